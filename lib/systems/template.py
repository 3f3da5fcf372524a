"""A JSON body with {{ names }} in it: each value goes in as JSON, once and literally, whatever it holds.

A ${NAME} inside quotes stands for a secret of the operator; one that comes with a trace's value is text.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from lib.models import keys
from lib.records import Trace, UsageError

OWN = ("input", "id", "messages", "context")
_NAME = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.S)
_NAME_OR_SECRET = re.compile(rf"{_NAME.pattern}|{keys.IN_TEXT.pattern}", re.S)
# A whole JSON string (perhaps with names in it), or a name that stands for a value of its own.
_PART = re.compile(r'"(?:[^"\\]|\\.)*"|\{\{\s*(.*?)\s*\}\}', re.S)


def check(template: str, dimensions: list[str], title: str) -> None:
    """Refuses names that are neither a trace's own nor a dimension."""
    for name in _NAME.findall(template):
        if name not in (*OWN, *dimensions):
            known = ", ".join(f"{{{{ {known} }}}}" for known in (*OWN, *dimensions))
            raise UsageError(f"{title} names '{name}', which no trace has. Allowed: {known}.")


def check_json(template: str, dimensions: list[str], title: str) -> None:
    """The same, and it has to be JSON once its names are filled in; every ${NAME} has to be one an operator names."""
    check(template, dimensions, title)
    keys.check_text(template)
    held = dict.fromkeys(keys.IN_TEXT.findall(template), "secret")
    sample = Trace("id", 'a "quoted" input', None, dimensions={name: ("value",) for name in dimensions})
    try:
        json.loads(fill_json(template, sample, held))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{title} is no JSON: {error}. A name stands for a whole value, as in "
                         '{"question": {{ input }}}, or inside quotes for a part of a text.') from None


def fill_json(template: str, trace: Trace, secrets: Mapping[str, str] = {}) -> str:
    """The template with a trace's values and these secrets in it; what is put in is never read as a template again."""
    values = _values(trace)

    def piece(found: re.Match) -> str:
        return json.dumps(_text(values.get(found[1])) if found[2] is None else secrets[found[2]])[1:-1]

    def part(found: re.Match) -> str:
        if found[1] is not None:
            return json.dumps(values.get(found[1]))
        return _NAME_OR_SECRET.sub(piece, found[0])

    return _PART.sub(part, template)


def fill_url(template: str, trace: Trace) -> str:
    """An address with a trace's values in it, each escaped."""
    values = _values(trace)
    return _NAME.sub(lambda name: quote(_text(values.get(name[1])).encode("utf-8", "replace"), safe=""), template)


def _values(trace: Trace) -> dict[str, Any]:
    dimensions = {name: found[0] if len(found) == 1 else list(found) for name, found in trace.dimensions.items()}
    return {**dimensions, "input": trace.input, "id": trace.id, "messages": trace.messages, "context": trace.context}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

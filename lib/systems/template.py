"""A JSON body with {{ names }} in it: each value goes in as JSON, once and literally, whatever it holds."""

import json
import re
from typing import Any
from urllib.parse import quote

from lib.records import Trace, UsageError

OWN = ("input", "id", "messages", "context")
_NAME = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.S)
# A whole JSON string (perhaps with names in it), or a name that stands for a value of its own.
_PART = re.compile(r'"(?:[^"\\]|\\.)*"|\{\{\s*(.*?)\s*\}\}', re.S)


def check(template: str, dimensions: list[str], title: str) -> None:
    """Refuses names that are neither a trace's own nor a dimension."""
    for name in _NAME.findall(template):
        if name not in (*OWN, *dimensions):
            known = ", ".join(f"{{{{ {known} }}}}" for known in (*OWN, *dimensions))
            raise UsageError(f"{title} names '{name}', which no trace has. Allowed: {known}.")


def check_json(template: str, dimensions: list[str], title: str) -> None:
    """The same, and it has to be JSON once its names are filled in."""
    check(template, dimensions, title)
    sample = Trace("id", 'a "quoted" input', None, dimensions={name: ("value",) for name in dimensions})
    try:
        json.loads(fill_json(template, sample))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{title} is no JSON: {error}. A name stands for a whole value, as in "
                         '{"question": {{ input }}}, or inside quotes for a part of a text.') from None


def fill_json(template: str, trace: Trace) -> str:
    """The template with a trace's values in it; what is put in is never read as a template again."""
    values = _values(trace)

    def part(found: re.Match) -> str:
        if found[1] is not None:
            return json.dumps(values.get(found[1]))
        return _NAME.sub(lambda name: json.dumps(_text(values.get(name[1])))[1:-1], found[0])

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

"""Where in a reply something stands: a JSONPath of names, numbers and *, which ends soon on any reply.

Filters and functions are left out: the library behind them can run without end, or end the server, on a path that
somebody keeps.
"""

import re
from typing import Any

import jsonpath

from lib.records import UsageError

MOST = 500  # characters of a path
_STEP = r"\*|-?\d{1,9}|-?\d{0,9}:-?\d{0,9}|'[^'\\]*'|\"[^\"\\]*\""
_PLAIN = re.compile(rf"\$?(?:\.?(?:\*|[\w-]+)|\.?\[(?:{_STEP})(?:\s*,\s*(?:{_STEP}))*\])"
                    rf"(?:\.(?:\*|[\w-]+)|\.?\[(?:{_STEP})(?:\s*,\s*(?:{_STEP}))*\])*")
# A part that is looked for at any depth: two of them multiply with each other.
_DEEP = ".."


def compiled(path: str) -> Any:
    """The path, ready to be followed; None for an empty one. UsageError for what is none, or not plain."""
    if not path:
        return None
    if len(path) > MOST or path.count(_DEEP) > 1 or not _PLAIN.fullmatch(path.replace(_DEEP, ".")):
        raise UsageError(f"'{path[:80]}' is no place that can be looked up: write a JSONPath of names, numbers and *, "
                         f"at most {MOST} characters, without filters. An example: $.choices[0].text")
    try:
        return jsonpath.compile(path)
    except (jsonpath.JSONPathError, RecursionError) as error:
        raise UsageError(f"'{path}' is no JSONPath ({str(error).splitlines()[0]}). "
                         "An example: $.choices[0].text") from None


def found(path: str, reply: Any) -> list[Any]:
    """All that stands at the place, in the reply's order; nothing for an empty path."""
    try:
        place = compiled(path)
        return place.findall(reply) if place else []
    except (jsonpath.JSONPathError, TypeError, RecursionError) as error:
        raise LookupError(path) from error

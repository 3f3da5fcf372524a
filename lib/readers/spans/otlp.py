"""How OTLP JSON writes things: lists, objects, times and values that say their type; in camel case or snake case.

Knows the specification's JSON and the one protobuf writes by itself; what attributes mean stands in semantics.
"""

import re
from typing import Any

from lib.readers.cells import text
from lib.records import DataError

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def field(found: dict[str, Any], key: str) -> Any:
    """The value of a key that may be written in snake case."""
    return found[key] if key in found else found.get(_HUMP.sub("_", key).lower())


def listed(found: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    """A list of objects, empty where there is none."""
    inside = field(found, key) or []
    if not isinstance(inside, list) or not all(isinstance(part, dict) for part in inside):
        raise DataError(f"{where}: {key} is no list of objects, so this is no OTLP JSON. Export the spans again.")
    return inside


def inside(found: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    """An object, empty where there is none."""
    part = field(found, key) or {}
    if not isinstance(part, dict):
        raise DataError(f"{where}: {key} is no object, so this is no OTLP JSON. Export the spans again.")
    return part


def time(found: dict[str, Any], key: str) -> Any:
    """A time in nanoseconds; 0 is none."""
    at = field(found, key)
    return None if at in (0, "0") else at


def attributes(found: dict[str, Any], where: str) -> dict[str, Any]:
    """The attributes as a plain dict."""
    return {text(pair.get("key")): value(pair.get("value"), where) for pair in listed(found, "attributes", where)}


def value(found: Any, where: str) -> Any:
    """One value of OTLP, which says its type in its key."""
    if not isinstance(found, dict):
        return found
    if field(found, "arrayValue") is not None:
        return [value(part, where) for part in listed(inside(found, "arrayValue", where), "values", where)]
    if field(found, "kvlistValue") is not None:
        return {text(pair.get("key")): value(pair.get("value"), where)
                for pair in listed(inside(found, "kvlistValue", where), "values", where)}
    return next(iter(found.values()), None)

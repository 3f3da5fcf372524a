"""Reads JSON: a list of objects, or an object that holds exactly one such list."""

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lib.readers.files.source import Source, source_of
from lib.readers.table import MAX_ROWS, Content, Format, LazyRows, Literal, Row, Table, decode, paths
from lib.records import DataError, visible

MAX_DEPTH = 100  # far below what SQLite's JSON and Python's own writer can take
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_TOO_DEEP = f"the JSON is nested more than {MAX_DEPTH} levels deep. Flatten it."


def unpack(name: str, data: bytes | Path | Source, encoding: str | None = None) -> Content:
    """A JSON file: the objects of its list, or the one object it is; numbered from 1."""
    value = parse(decode(name, source_of(name, data).whole(), encoding), name)
    items = value if isinstance(value, list) and all(isinstance(item, dict) for item in value) else (
        [value] if isinstance(value, dict) else [])
    return Content(name, "json", _numbered(name, items), value)


def _numbered(name: str, items: list[dict]) -> list[Row]:
    if len(items) > MAX_ROWS:
        raise DataError(f"{name} has more than {MAX_ROWS:,} rows: split it into smaller files.")
    return [Row(number, item) for number, item in enumerate(items, 1)]


def _read(content: Content) -> Table:
    return table(content, "json", _numbered(content.name, _items(content.name, content.value)))


FORMAT = Format("JSON", "a list of objects, or an object that holds one such list", "",
                lambda content: content.container == "json", _read)


def _items(name: str, value: Any) -> list[dict]:
    lists = [value] if isinstance(value, list) else [
        part for part in (value.values() if isinstance(value, dict) else ()) if isinstance(part, list)]
    if len(lists) != 1:
        raise DataError(f"{name}: expected a list of objects, or an object with one such list inside. "
                        "Put the traces into one list.")
    for number, item in enumerate(lists[0], 1):
        if not isinstance(item, dict):
            raise DataError(f"{name}, item {number}: expected an object like {{\"input\": …}}, found {_kind(item)}.")
    return lists[0]


def table(content: Content, format: str, rows: Sequence[Row]) -> Table:
    """A table whose columns are the keys in the order first seen, nested ones as dotted paths."""
    if not rows:
        raise DataError(f"{content.name} holds no rows: nothing to import.")
    if isinstance(rows, LazyRows):
        return Table(content.name, format, list(rows.profile.columns), rows, content.unit, unread=content.unread)
    columns: dict[str, None] = {}
    for row in rows:
        columns.update(dict.fromkeys(paths(row.cells)))
    return Table(content.name, format, list(columns), rows, content.unit)


def parse(text: str, where: str) -> Any:
    """One JSON value, strictly: no doubled keys, infinity or endless nesting, NaN is nothing; DataError says where."""
    try:
        strict = _SURROGATE.search(text) is not None or not _is_clean(text)
        value = json.loads(text, object_pairs_hook=_no_doubles if strict else _no_doubles_in_clean_text,
                           parse_constant=_no_constant, parse_float=_number)
        if text.count("[") + text.count("{") >= MAX_DEPTH:
            _refuse_deep(value)
        return _clean(value) if strict else value
    except json.JSONDecodeError as error:
        place = f"column {error.colno}" if error.lineno == 1 else f"line {error.lineno}, column {error.colno}"
        raise DataError(f"{where}, {place}: this is not valid JSON ({error.msg}). "
                        "Correct it, or take it out.") from None
    except RecursionError:
        raise DataError(f"{where}: {_TOO_DEEP}") from None
    except ValueError as error:
        raise DataError(f"{where}: {error}") from None


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return _no_doubles_in_clean_text([(visible(key), _clean(value)) for key, value in pairs])


def _no_doubles_in_clean_text(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        double = next(key for key, n in Counter(key for key, _ in pairs).items() if n > 1)
        raise ValueError(f"the key '{double}' stands twice in one object. Rename one of them.")
    return made


def _is_clean(text: str) -> bool:
    """Whether it holds no lone surrogate itself; its escapes may still make some."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _refuse_deep(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [part for found in level if isinstance(found, (dict, list))
                 for part in (found.values() if isinstance(found, dict) else found)]
        if not level:
            return
    raise ValueError(_TOO_DEEP)


def _number(text: str) -> Literal:
    number = Literal(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:40]} is too large. Put it in quotes.")
    return number


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    return [_clean(part) for part in value] if isinstance(value, list) else value


def _no_constant(word: str) -> Any:
    if word == "NaN":
        return None  # how Python writes a number that is missing
    raise ValueError(f"{word} is not a JSON value. Write null where there is none.")


def _kind(value: Any) -> str:
    return {str: "text", list: "a list", bool: "true or false", type(None): "null"}.get(type(value), "a number")

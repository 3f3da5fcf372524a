"""JSON that is several values one after another, as programs print them: each object is a row, over as many lines.

Knows where a value ends; one value is read as any JSON file is.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from lib.readers.files import json_file
from lib.readers.files.json_file import parse
from lib.readers.files.source import Source, source_of
from lib.readers.table import MAX_ROWS, Content, Row, decode
from lib.records import DataError

_BLANK = " \t\r\n"


def unpack(name: str, data: bytes | Path | Source, encoding: str | None = None) -> Content:
    """A JSON file, or several values in one: every object of theirs is a row, numbered from 1."""
    try:
        return json_file.unpack(name, data, encoding)
    except DataError as error:
        # Whatever else is wrong with it, is wrong with the first value too.
        if "Extra data" not in str(error):
            raise
    text = decode(name, source_of(name, data).whole(), encoding)
    rows = [Row(number, found) for number, found in enumerate(_objects(name, text), 1)]
    if len(rows) > MAX_ROWS:
        raise DataError(f"{name} has more than {MAX_ROWS:,} rows: split it into smaller files.")
    return Content(name, "json", rows, [row.cells for row in rows])


def _objects(name: str, text: str) -> Iterator[dict]:
    for start, end in _places(name, text):
        value = parse(text[start:end], f"{name}, the value at line {text.count(chr(10), 0, start) + 1}")
        for found in value if isinstance(value, list) else [value]:
            if not isinstance(found, dict):
                raise DataError(f"{name}, line {text.count(chr(10), 0, start) + 1}: expected an object like "
                                "{\"input\": …}. Take out what is none.")
            yield found


def _places(name: str, text: str) -> Iterator[tuple[int, int]]:
    """Where each value begins and ends."""
    decoder, place = json.JSONDecoder(), 0
    while place < len(text):
        if text[place] in _BLANK:
            place += 1
            continue
        try:
            _, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            line = text.count("\n", 0, place) + 1
            raise DataError(f"{name}: the value that begins in line {line} is not valid JSON. "
                            "Correct it, or take it out.") from None
        yield place, end
        place = end

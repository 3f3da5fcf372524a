"""Reads JSONL: one JSON object a line; a broken line ends the reading with its number."""

from lib.readers.json_file import parse, table
from lib.readers.table import MAX_ROWS, Content, Format, Row, decode
from lib.records import DataError


def unpack(name: str, data: bytes, encoding: str | None = None) -> Content:
    """The rows of a JSONL file; blank lines are passed over."""
    # Only a line feed ends a line: JSON strings may hold other separators of Unicode.
    lines = decode(name, data, encoding).split("\n")
    rows = [Row(number, _object(name, number, line)) for number, line in enumerate(lines, 1) if line.strip()]
    if len(rows) > MAX_ROWS:
        raise DataError(f"{name} has more than {MAX_ROWS:,} rows: split it into smaller files.")
    return Content(name, "jsonl", rows)


FORMAT = Format("JSONL", "one JSON object on each line", "", lambda content: content.container == "jsonl",
                lambda content: table(content, "jsonl", content.rows))


def _object(name: str, number: int, line: str) -> dict:
    value = parse(line, f"{name}, line {number}")
    if not isinstance(value, dict):
        raise DataError(f"{name}, line {number}: expected one JSON object like {{\"input\": …}} on each line.")
    return value

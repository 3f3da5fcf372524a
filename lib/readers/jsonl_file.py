"""Reads JSONL: one JSON object a line; a broken line ends the reading with its number."""

from lib.readers.json_file import parse, table
from lib.readers.table import MAX_ROWS, Row, Table, decode
from lib.records import DataError


def read(name: str, data: bytes, encoding: str | None = None) -> Table:
    """The table of a JSONL file; blank lines are passed over."""
    # Only a line feed ends a line: JSON strings may hold other separators of Unicode.
    lines = decode(name, data, encoding).split("\n")
    rows = [Row(number, _object(name, number, line)) for number, line in enumerate(lines, 1) if line.strip()]
    if len(rows) > MAX_ROWS:
        raise DataError(f"{name} has more than {MAX_ROWS:,} rows: split it into smaller files.")
    return table(name, "jsonl", rows)


def _object(name: str, number: int, line: str) -> dict:
    value = parse(line, f"{name}, line {number}")
    if not isinstance(value, dict):
        raise DataError(f"{name}, line {number}: expected one JSON object like {{\"input\": …}} on each line.")
    return value

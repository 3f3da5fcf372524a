"""Reads JSONL: one JSON object a line; a broken line ends the reading with its number."""

from collections.abc import Iterator

from lib.readers.files.json_file import parse, table
from lib.readers.table import MAX_ROWS, Content, Format, Row, decode
from lib.records import DataError


def unpack(name: str, data: bytes, encoding: str | None = None) -> Content:
    """The rows of a JSONL file; blank lines are passed over."""
    lines = enumerate(_lines(decode(name, data, encoding)), 1)
    rows = [Row(number, _object(name, number, line)) for number, line in lines if line.strip()]
    if len(rows) > MAX_ROWS:
        raise DataError(f"{name} has more than {MAX_ROWS:,} rows: split it into smaller files.")
    return Content(name, "jsonl", rows)


FORMAT = Format("JSONL", "one JSON object on each line", "", lambda content: content.container == "jsonl",
                lambda content: table(content, "jsonl", content.rows))


def _lines(text: str) -> Iterator[str]:
    """One after another, never all at once: a list of them would be the file a second time.

    Only a line feed ends a line: JSON strings may hold other separators of Unicode.
    """
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _object(name: str, number: int, line: str) -> dict:
    value = parse(line, f"{name}, line {number}")
    if not isinstance(value, dict):
        raise DataError(f"{name}, line {number}: expected one JSON object like {{\"input\": …}} on each line.")
    return value

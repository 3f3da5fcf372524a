"""Reads JSONL: one JSON object a line, as often as needed; a broken line ends the reading with its number."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lib.readers.files.json_file import parse, table
from lib.readers.files.source import Source, lines, source_of
from lib.readers.profile import Tally
from lib.readers.table import MAX_ROWS, Content, Format, LazyRows, Row
from lib.records import DataError


def unpack(name: str, data: bytes | Path | Source, encoding: str | None = None) -> Content:
    """The rows of a JSONL file, each checked and counted once; blank lines are passed over."""
    return Content(name, "jsonl", rows_of(File(source_of(name, data), encoding)))


FORMAT = Format("JSONL", "one JSON object on each line", "", lambda content: content.container == "jsonl",
                lambda content: table(content, "jsonl", content.rows))


@dataclass(frozen=True, eq=False)
class File:
    """JSON lines in a source; `unit` is what a message calls a line."""

    source: Source
    encoding: str | None
    unit: str = "line"

    def rows(self) -> Iterator[Row]:
        """Every object; only a line feed ends a line, as JSON strings may hold other separators of Unicode."""
        name = self.source.name
        for number, line in enumerate(lines(self.source, self.encoding, "\n"), 1):
            if line.strip():
                yield Row(number, _object(f"{name}, {self.unit} {number}", line.removesuffix("\n")))


def rows_of(file: File) -> LazyRows:
    """Goes through the file once: what is wrong in it is said now, and what stands in it is counted."""
    tally, stamp = Tally(), file.source.stamp()
    for row in file.rows():
        tally.add_row(row.line, row.cells)
        if tally.rows > MAX_ROWS:
            raise DataError(f"{file.source.name} has more than {MAX_ROWS:,} rows: split it into smaller files.")

    def again() -> Iterator[Row]:
        file.source.refuse_changed(stamp)
        return file.rows()

    return LazyRows(again, tally.rows, tally.done())


def _object(where: str, line: str) -> dict:
    value = parse(line, where)
    if not isinstance(value, dict):
        raise DataError(f"{where}: expected one JSON object like {{\"input\": …}} on each line.")
    return value

"""One function per export format; WRITERS is the table. Rows in, the pieces of a file out; knows no SQL."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lib.readers.formulas import MARK, escape, escape_id
from lib.writers.cells import as_text
from lib.writers.xlsx import workbook


def csv_lines(rows: Iterable[dict[str, Any]], columns: list[str]) -> Iterator[bytes]:
    """CSV that a spreadsheet opens: no cell is run, no id becomes a number; JSON values as compact text."""
    line = csv.writer(_Last(), lineterminator="\r\n").writerow
    safe = [escape_id if column == "id" else escape for column in columns]
    yield f"\ufeff{MARK}{line([escape(column) for column in columns])}".encode()
    for row in rows:
        yield line([made(as_text(row.get(column))) for made, column in zip(safe, columns, strict=True)]).encode()


class _Last:
    """A file whose write returns what was written: csv's writer passes it on."""

    def write(self, text: str) -> str:
        return text


def json_lines(rows: Iterable[dict[str, Any]], columns: list[str]) -> Iterator[bytes]:
    """One JSON object a line, null for what is missing."""
    for row in rows:
        yield json.dumps({column: row.get(column) for column in columns}, ensure_ascii=False).encode() + b"\n"


WRITERS: dict[str, Callable[[Iterable[dict[str, Any]], list[str]], Iterator[bytes]]] = {
    "csv": csv_lines, "jsonl": json_lines, "xlsx": workbook}


def lines(ending: str, rows: Iterable[dict[str, Any]], columns: list[str]) -> Iterator[bytes]:
    """A file in the format of this ending (a key of WRITERS), piece by piece: a whole one may not fit into memory."""
    return WRITERS[ending](rows, columns)


def write(ending: str, rows: Iterable[dict[str, Any]], columns: list[str]) -> bytes:
    """The same in one piece."""
    return b"".join(lines(ending, rows, columns))

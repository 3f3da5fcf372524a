"""One function per export format; WRITERS is the table. Rows in, lines out; knows no SQL."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lib.readers.formulas import MARK, escape


def csv_lines(rows: Iterable[dict[str, Any]], columns: list[str]) -> Iterator[str]:
    """CSV that a spreadsheet opens and no cell of which it runs; JSON values as compact text."""
    line = csv.writer(_Last(), lineterminator="\r\n").writerow
    yield "\ufeff" + MARK + line([escape(column) for column in columns])
    for row in rows:
        yield line([escape(_text(row.get(column))) for column in columns])


class _Last:
    """A file whose write returns what was written: csv's writer passes it on."""

    def write(self, text: str) -> str:
        return text


def json_lines(rows: Iterable[dict[str, Any]], columns: list[str]) -> Iterator[str]:
    """One JSON object a line, null for what is missing."""
    for row in rows:
        yield json.dumps({column: row.get(column) for column in columns}, ensure_ascii=False) + "\n"


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


WRITERS: dict[str, Callable[[Iterable[dict[str, Any]], list[str]], Iterator[str]]] = {
    "csv": csv_lines, "jsonl": json_lines}


def lines(ending: str, rows: Iterable[dict[str, Any]], columns: list[str]) -> Iterator[bytes]:
    """A file in the format of this ending (a key of WRITERS), line by line: a whole one may not fit into memory."""
    return (line.encode() for line in WRITERS[ending](rows, columns))


def write(ending: str, rows: Iterable[dict[str, Any]], columns: list[str]) -> bytes:
    """The same in one piece."""
    return b"".join(lines(ending, rows, columns))

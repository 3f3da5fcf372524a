"""One function per export format; WRITERS is the table. Rows in, bytes out; knows no SQL."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from typing import Any

from lib.readers.formulas import MARK, escape


def write_csv(rows: Iterable[dict[str, Any]], columns: list[str]) -> bytes:
    """CSV that a spreadsheet opens and no cell of which it runs; JSON values as compact text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([escape(column) for column in columns])
    writer.writerows([escape(_text(row.get(column))) for column in columns] for row in rows)
    return ("\ufeff" + MARK + out.getvalue()).encode("utf-8")


def write_jsonl(rows: Iterable[dict[str, Any]], columns: list[str]) -> bytes:
    """One JSON object a line, null for what is missing."""
    return "".join(json.dumps({column: row.get(column) for column in columns}, ensure_ascii=False) + "\n"
                   for row in rows).encode("utf-8")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


WRITERS: dict[str, Callable[[Iterable[dict[str, Any]], list[str]], bytes]] = {"csv": write_csv, "jsonl": write_jsonl}


def write(ending: str, rows: Iterable[dict[str, Any]], columns: list[str]) -> bytes:
    """A whole file in the format of this ending (a key of WRITERS)."""
    return WRITERS[ending](rows, columns)

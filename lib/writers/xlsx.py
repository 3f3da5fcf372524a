"""A table as an Excel workbook to read and fill in: every cell is text that no spreadsheet runs or rewrites.

What is there to be filled in is white, what is there to be read is grey, and the outcome is picked from a list.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain
from typing import Any

from lib.records import FAIL, PASS, DataError
from lib.records.sheets import FULL_CELL, INPUTS, LABELS, OURS, QUEUE, cell_length
from lib.records.words import counted
from lib.writers.cells import as_text

_MOST_ROWS = 1_048_575  # below the header
_WIDTHS = {"input": 55, "output": 70, "messages": 40, "context": 45, "steps": 40, "critique": 60,
           "revised_response": 50, "note": 60, "definition": 50, "judge_critique": 50, "expert_critique": 50,
           "outcome": 11, "id": 22, "expert": 14, "queue": 12, "assumptions": 30, "split": 8, "current": 9,
           "label_created_at": 25, "created_at": 25, OURS: 22}
_WIDTH, _LINE, _TALLEST = 18, 15, 240  # characters; points: a long text is read by widening its row
_FILLED_IN = {QUEUE: ("expert", "outcome", "critique", "revised_response"), LABELS: ("outcome", "critique"),
              INPUTS: ("output", "system_version", "created_at")}


def workbook(rows: Iterable[dict[str, Any]], columns: list[str]) -> Iterator[bytes]:
    """A workbook of one sheet; rows are written as they come, and the file is whole at the end."""
    import xlsxwriter  # only here: no other file needs to wait for it

    out, rows = BytesIO(), iter(rows)
    first = next(rows, None)
    kind = str((first or {}).get(OURS, "")).partition(":")[0]
    # Rows go to a file on the disk, so that a long table does not stand in memory.
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet(kind or "table")
    _head(book, sheet, columns, kind)
    count = _body(book, sheet, columns, kind, chain([first] if first else [], rows))
    _drop_down(sheet, columns, kind, count)
    book.close()
    yield out.getvalue()


def _head(book: Any, sheet: Any, columns: list[str], kind: str) -> None:
    bold, asked = (book.add_format({"bold": True, "bg_color": color, "bottom": 1, "num_format": "@"})
                   for color in ("#D9D9D9", "#FFE699"))
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS.get(column, _WIDTH))
        _write(sheet, 0, place, column, asked if column in _FILLED_IN.get(kind, ()) else bold)


def _body(book: Any, sheet: Any, columns: list[str], kind: str, rows: Iterable[dict[str, Any]]) -> int:
    # Cells of the format Text stay text when somebody edits them: no =1+1 runs, no 0012 becomes 12.
    style = {"text_wrap": True, "valign": "top", "num_format": "@", "quote_prefix": True}
    white, grey = book.add_format({**style, "border": 1, "border_color": "#BFBFBF"}), book.add_format(
        {**style, "bg_color": "#F2F2F2", "border": 1, "border_color": "#D9D9D9"})
    formats = [white if column in _FILLED_IN.get(kind, columns) else grey for column in columns]
    number = 0
    for number, row in enumerate(rows, 1):
        if number > _MOST_ROWS:
            raise DataError(f"A sheet holds {_MOST_ROWS:,} rows, and these are more: write .csv or .jsonl.")
        texts = [_cut(as_text(row.get(column))) for column in columns]
        sheet.set_row(number, _height(columns, texts))
        for place, cell in enumerate(texts):
            _write(sheet, number, place, cell, formats[place])
    return number


def _write(sheet: Any, row: int, place: int, cell: str, format: Any) -> None:
    if cell:
        sheet.write_string(row, place, cell, format)
    else:
        sheet.write_blank(row, place, None, format)


def _cut(cell: str) -> str:
    """As much of a text as a cell can hold, and an end that says where the rest is: no spreadsheet would say it."""
    if cell_length(cell) <= FULL_CELL:
        return cell
    said = f" … [cut off here: the text has {counted(len(cell), 'character')}, all of them are in .csv and .jsonl]"
    kept = cell.encode("utf-16-le")[:2 * (FULL_CELL - len(said))].decode("utf-16-le", "ignore") + said
    return kept + " " * (FULL_CELL - cell_length(kept))


def _height(columns: list[str], texts: list[str]) -> float:
    lines = max((sum(1 + len(line) // _WIDTHS.get(column, _WIDTH) for line in cell[:5_000].split("\n"))
                 for column, cell in zip(columns, texts, strict=True) if cell and column != OURS), default=1)
    return min(max(2 * _LINE, lines * _LINE), _TALLEST)


def _drop_down(sheet: Any, columns: list[str], kind: str, count: int) -> None:
    if count and "outcome" in _FILLED_IN.get(kind, ()) and "outcome" in columns:
        place = columns.index("outcome")
        sheet.data_validation(1, place, count, place, {
            "validate": "list", "source": [PASS, FAIL], "error_title": "Outcome",
            "error_message": f"Pick {PASS} or {FAIL}, or leave the cell empty."})

"""The sheets of an OpenDocument workbook (.ods), cell by cell as the text a person sees; one row at a time."""

import re
import zipfile
from collections.abc import Iterator
from itertools import chain
from typing import Any
from xml.etree import ElementTree

from lib.readers.files.xlsx_cells import number

_OFFICE, _TABLE, _TEXT = (f"{{urn:oasis:names:tc:opendocument:xmlns:{part}:1.0}}" for part in ("office", "table",
                                                                                           "text"))
_LEADING_ZEROS = re.compile(r"0\d+")
MAX_REPEATS = 1_000_000


def ods_sheets(archive: zipfile.ZipFile, data: bytes) -> list[tuple]:
    """(name, its rows, how many formulas hold no value) of every sheet."""
    names = [found.get(f"{_TABLE}name", "") for event, found in _events(archive)
             if event == "start" and found.tag == f"{_TABLE}table"]
    return [(name, lambda place=place: _rows(archive, place), lambda: 0) for place, name in enumerate(names)]


def _events(archive: zipfile.ZipFile) -> Iterator[tuple[str, Any]]:
    """Elements as they begin and end; a row is forgotten once it was looked at."""
    with archive.open("content.xml") as part:
        for event, found in ElementTree.iterparse(part, ("start", "end")):
            yield event, found
            if event == "end" and found.tag == f"{_TABLE}table-row":
                found.clear()


def _rows(archive: zipfile.ZipFile, wanted: int) -> Iterator[tuple[int, list[str]]]:
    place, line = -1, 0
    for event, found in _events(archive):
        if event == "start":
            place += found.tag == f"{_TABLE}table"
        elif found.tag == f"{_TABLE}table-row":
            if place == wanted:
                cells = list(_cells(found))
                for again in range(_repeats(found, "rows")):
                    # Below the last row a sheet repeats its empty one to its end.
                    if cells or not again:
                        yield line + again + 1, cells
                line += _repeats(found, "rows")
        elif found.tag == f"{_TABLE}table" and place == wanted:
            return


def _repeats(found: Any, what: str) -> int:
    return min(int(found.get(f"{_TABLE}number-{what}-repeated", "1")), 2 * MAX_REPEATS)


def _cells(row: Any) -> Iterator[str]:
    """The cells of a row; empty ones at its end are none."""
    waiting = 0
    for cell in row:
        if cell.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            text, times = _text(cell), _repeats(cell, "columns")
            if not text:
                waiting += times
                continue
            if waiting + times > MAX_REPEATS:
                raise ValueError("a row repeats one cell more often than a sheet has columns")
            yield from chain([""] * waiting, [text] * times)
            waiting = 0


def _text(cell: Any) -> str:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind is None:
        return ""
    said = "\n".join(_words(part) for part in cell if part.tag == f"{_TEXT}p")
    if kind == "float" and not _LEADING_ZEROS.fullmatch(said):
        return number(float(cell.get(f"{_OFFICE}value")))
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value", "").upper()
    return cell.get(f"{_OFFICE}date-value", said) if kind == "date" else said


def _words(part: Any) -> str:
    """The text of a paragraph: blanks, tabs and line breaks are elements of their own."""
    found = [part.text or ""]
    for inner in part:
        if inner.tag == f"{_TEXT}s":
            found.append(" " * min(int(inner.get(f"{_TEXT}c", "1")), MAX_REPEATS))
        elif inner.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            found.append("\t" if inner.tag == f"{_TEXT}tab" else "\n")
        elif not inner.tag.startswith(_OFFICE):
            found.append(_words(inner))
        found.append(inner.tail or "")
    return "".join(found)

"""Reads workbooks, .xlsx and .ods: one sheet as a table of the text a person sees.

Which sheet, where its header is and what was left out is decided here; what a cell says, in xlsx_cells and xlsx_ods.
Nothing is calculated, fetched or run, and what a small file unpacks to is bounded before a cell is read.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from pathlib import Path

from lib.readers.files.source import Source, source_of
from lib.readers.files.xlsx_cells import xlsx_sheets
from lib.readers.files.xlsx_ods import ods_sheets
from lib.readers.formulas import MARK, unescape
from lib.readers.table import MAX_ROWS, Content, Format, Row, Table, Unread
from lib.records import DataError, UsageError, visible
from lib.records.sheets import FULL_CELL, OURS, cell_length
from lib.records.words import counted

MAX_UNPACKED = 500_000_000
MAX_RATIO = 500  # text repeated by a program packs to a hundredth, a file made to burst to a thousandth
MAX_MEMBERS = 5_000
MAX_CELLS = 20_000_000
_SMALL = 10_000_000  # below it the ratio is nobody's trouble
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True)
class Sheet:
    """A sheet before it is read: its rows come with their numbers, cells as text."""

    name: str
    rows: Callable[[], Iterator[tuple[int, list[str]]]]
    empty_formulas: Callable[[], int]  # formulas whose value the file does not hold


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are a workbook that can be read, whatever the name says."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return ("[Content_Types].xml" in archive.namelist() and any(
                re.fullmatch(r"xl/workbook\d*\.xml", name) for name in archive.namelist())) or _is_ods(archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return False


def _is_ods(archive: zipfile.ZipFile) -> bool:
    return "content.xml" in archive.namelist() and "mimetype" in archive.namelist() \
        and archive.getinfo("mimetype").file_size < 200 and archive.read("mimetype").startswith(_ODS)


def unpack(name: str, data: bytes | Path | Source, encoding: str | None = None, sheet: str | None = None) -> Content:
    """The rows of one sheet: the one named, else the first that holds a table; the others are counted as unread."""
    data = source_of(name, data).whole()
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _refuse_large(name, archive)
            _refuse_entities(archive)
            found = [Sheet(*made) for made in (ods_sheets if _is_ods(archive) else xlsx_sheets)(archive, data)]
            return _chosen(name, found, sheet)
    except (DataError, UsageError):
        raise
    except Exception as error:  # whatever a damaged file makes the parsers of other people raise
        raise DataError(f"{name} is a workbook that cannot be read ({' '.join(str(error).split())[:120]}). It is cut "
                        "off or damaged, or protected by a password: open it and save it again, as .xlsx or CSV."
                        ) from None


def _refuse_large(name: str, archive: zipfile.ZipFile) -> None:
    """What the archive says of its sizes is true, or reading it ends with the wrong checksum."""
    size = sum(member.file_size for member in archive.infolist())
    packed = sum(member.compress_size for member in archive.infolist())
    if size > MAX_UNPACKED or len(archive.infolist()) > MAX_MEMBERS or (size > _SMALL and size > MAX_RATIO * packed):
        raise DataError(f"{name} unpacks to {size / 1e6:,.0f} MB in {counted(len(archive.infolist()), 'part')}, more "
                        f"than {MAX_UNPACKED // 1_000_000} MB or {MAX_RATIO} times its own size. Save the sheet as "
                        "CSV, or split it.")


def _refuse_entities(archive: zipfile.ZipFile) -> None:
    """No spreadsheet writes a document type; one can make a short text endless, or name a file of this machine."""
    for member in archive.namelist():
        if member.lower().endswith((".xml", ".rels")):
            with archive.open(member) as part:
                if b"<!DOCTYPE" in part.read(2_000):
                    raise ValueError(f"{member} declares a document type")


def _chosen(name: str, sheets: list[Sheet], wanted: str | None) -> Content:
    if wanted is not None and wanted not in {sheet.name for sheet in sheets}:
        raise UsageError(f"{name} has no sheet '{wanted}'. Sheets: {', '.join(sheet.name for sheet in sheets)}.")
    for sheet in sheets:
        if wanted in (None, sheet.name) and (header := _first_row(sheet)):
            made = _content(name, sheet, header)
            if made.rows or wanted:
                return _with_others(made, [other.name for other in sheets if other is not sheet])
    raise DataError(f"{name} holds no sheet with a header and a row below it: nothing to import.")


def _first_row(sheet: Sheet) -> tuple[int, list[str]] | None:
    return next(((number, cells) for number, cells in sheet.rows() if any(map(str.strip, cells))), None)


def _with_others(made: Content, others: list[str]) -> Content:
    if not made.rows:
        raise DataError(f"{made.name} has a header but no rows: nothing to import.")
    if not others:
        return made
    left = Unread("sheets: " + ", ".join(others[:10]), len(others), "one sheet is read; name another to read that")
    return Content(made.name, made.container, made.rows, unread=(*made.unread, left), marked=made.marked)


def _content(name: str, sheet: Sheet, first: tuple[int, list[str]]) -> Content:
    start, head = first
    bare = [cell.strip() for cell in head]
    head = head if OURS in bare else bare  # the names of a file of ours are kept as they are
    marked = any(cell.startswith(MARK) for cell in head)
    names = [unescape(cell.removeprefix(MARK)) if marked else cell for cell in head]
    body = [(number, cells) for number, cells in _body(name, sheet, start) if any(cells)]
    counted = _counts_rows(names, body)
    places = {place: names[place] for place in _columns(name, start, names, body) if not (counted and place == 0)}
    rows = [Row(number, {column: _cell(cells, place, marked) for place, column in places.items()})
            for number, cells in body]
    return Content(name, "xlsx", rows, unread=tuple(_left_out(sheet, rows, counted)), marked=marked)


def _cell(cells: list[str], place: int, marked: bool) -> str:
    found = visible(cells[place]) if place < len(cells) else ""
    return unescape(found) if marked else found


def _body(name: str, sheet: Sheet, start: int) -> Iterator[tuple[int, list[str]]]:
    read = rows = 0
    for number, cells in sheet.rows():
        if number <= start:
            continue
        rows, read = rows + any(cells), read + len(cells) + 1
        if rows > MAX_ROWS:
            raise DataError(f"{name} has more than {MAX_ROWS:,} rows: split it into smaller files.")
        if read > MAX_CELLS:
            raise DataError(f"{name} has more than {MAX_CELLS:,} cells, most of them empty: save the sheet as CSV.")
        yield number, cells


def _columns(name: str, row: int, names: list[str], body: list[tuple[int, list[str]]]) -> list[int]:
    """The places of the columns: one without a name is passed over where it is empty throughout."""
    width = max((len(cells) for _, cells in body), default=0)
    filled = {place for _, cells in body for place, cell in enumerate(cells) if cell}
    named: dict[str, int] = {}
    for place in range(max(width, len(names))):
        column = names[place] if place < len(names) else ""
        if not column and place in filled and not (place == 0 and _counts_rows(names, body)):
            raise DataError(f"{name}, row {row}, column {letters(place)}: this column has no name. Name it, or take "
                            "it out.")
        if column and named.setdefault(column, place) != place:
            raise DataError(f"{name}, row {row}, column {letters(place)}: the name '{column}' stands twice. "
                            "Give each column a name of its own.")
    return list(named.values())


def _counts_rows(names: list[str], body: list[tuple[int, list[str]]]) -> bool:
    """A first column without a name that counts 0, 1, 2 is the index of a data frame."""
    return bool(body) and not names[0] and all(
        cells and cells[0] == str(number) for number, (_, cells) in zip(count(), body, strict=False))


def _left_out(sheet: Sheet, rows: list[Row], counted: bool) -> Iterator[Unread]:
    if counted:
        yield Unread("first column, without a name", len(rows), "it counts the rows")
    if missing := sheet.empty_formulas():
        yield Unread("formulas without a value", missing, "open the file in a spreadsheet, save it, import it again")
    for column in rows[0].cells if rows else ():
        if full := sum(cell_length(row.cells[column]) == FULL_CELL for row in rows):
            yield Unread(f"the end of cells of column '{column}'", full,
                         f"{FULL_CELL:,} characters, as many as a cell holds: probably cut off; CSV and JSONL hold all")


def letters(place: int) -> str:
    """What a spreadsheet calls a column: A, B … AA."""
    return (letters(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


FORMAT = Format("Excel or OpenDocument sheet", "a zip archive that holds a workbook",
                "formulas (their values are read), comments, pictures, all sheets but one",
                lambda content: content.container == "xlsx",
                lambda content: Table(content.name, "xlsx", list(content.rows[0].cells), content.rows, content.unit))

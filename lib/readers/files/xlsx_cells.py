"""The sheets of an .xlsx workbook, cell by cell as the text a person sees; one row at a time."""

import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# A formula whose cell ends without a value.
_NO_VALUE = re.compile(rb"(?:</f>|<f\b[^>]*/>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_DIGITS = 15  # as many as a spreadsheet keeps


def xlsx_sheets(archive: zipfile.ZipFile, data: bytes) -> list[tuple]:
    """(name, its rows, how many formulas hold no value) of every sheet."""
    import openpyxl  # only here: a tenth of a second that no other format needs to wait

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that are no cells: styles, drop-downs, pictures
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    return [(sheet.title, lambda sheet=sheet: _rows(sheet), lambda sheet=sheet: _empty_formulas(archive, sheet))
            for sheet in book.worksheets]


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # what a file says of its size may be wrong
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, _without_end([_text(cell) for cell in cells])


def _without_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _empty_formulas(archive: zipfile.ZipFile, sheet: Any) -> int:
    return len(_NO_VALUE.findall(archive.read(sheet._worksheet_path)))


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if "_x" in value else value
    return shown(value, cell.number_format)


def shown(value: Any, number_format: str) -> str:
    """A number, moment or truth as a sheet shows it: no .0, ISO dates, TRUE, 85%, leading zeros of a format."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return _number(value, number_format)
    if isinstance(value, datetime):
        whole = value.time() == time() and not re.search("h", number_format, re.I)
        return value.date().isoformat() if whole else value.isoformat(timespec="auto")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _number(value: float, number_format: str) -> str:
    if found := re.fullmatch(r"0(?:\.(0+))?%", number_format):
        return f"{value * 100:.{len(found[1] or '')}f}%"
    text = str(value) if isinstance(value, int) else number(value)
    return text.zfill(len(number_format)) if re.fullmatch("0+", number_format) and text.isdigit() else text


def number(value: float) -> str:
    """A number in the digits that a spreadsheet keeps, a whole one without .0."""
    if value == int(value) and abs(value) < 10 ** _DIGITS:
        return str(int(value))
    return f"{value:.{_DIGITS}g}".upper()

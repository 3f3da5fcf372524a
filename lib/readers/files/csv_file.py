"""Reads CSV and TSV, everything as text: ids, "NA" and blanks stay as they are.

Columns never shift: a row that is short, long or badly quoted ends the reading with its line.
"""

import csv
import re
from collections.abc import Iterator

from lib.readers.files import odd_columns
from lib.readers.formulas import MARK, unescape
from lib.readers.table import MAX_ROWS, Content, Format, Row, Table, decode
from lib.records import DataError

DELIMITERS = (",", ";", "\t")
# A cell may be as long as the file: the file's own limit is the bound.
csv.field_size_limit(2**31 - 1)
# Only CR, LF and CRLF end a line, no other separator of Unicode.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def unpack(name: str, data: bytes, encoding: str | None = None) -> Content:
    """The rows of a CSV file; the delimiter (comma, semicolon, tab) is the one the header uses most."""
    text = decode(name, data, encoding)
    if not text.strip():
        raise DataError(f"{name} is empty: give a file with a header line and at least one row.")
    marked = text.startswith((MARK, '"' + MARK))  # a spreadsheet may have put quotes around it
    text = text.replace(MARK, "", 1) if marked else text
    reader = csv.reader(_lines(text), delimiter=_delimiter(text, marked), strict=True)
    header = _header(name, reader, marked)
    rows = list(_rows(name, reader, header, marked))
    if not rows:
        raise DataError(f"{name} has a header but no rows: nothing to import.")
    return Content(name, "csv", rows, marked=marked)


def _read(content: Content) -> Table:
    return Table(content.name, "csv", list(content.rows[0].cells), content.rows)


FORMAT = Format("CSV or TSV", "a header line, then as many cells on each row", "",
                lambda content: content.container == "csv", _read)


def _lines(text: str) -> Iterator[str]:
    """Physical lines with their ends, which a quoted cell keeps."""
    return (match[0] for match in _LINE.finditer(text))


def _delimiter(text: str, marked: bool) -> str:
    """The one the header uses most; ours has commas, unless a spreadsheet has written it anew."""
    quoted, counts = False, dict.fromkeys(DELIMITERS, 0)
    for letter in text:
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in "\r\n":
            break
        elif not quoted and letter in counts:
            counts[letter] += 1
    return "," if marked and counts[","] else max(counts, key=counts.get)


def _header(name: str, reader, marked: bool) -> list[str]:
    header = [unescape(column) if marked else column for column in _next(name, reader, 1)]
    if not header:
        raise DataError(f"{name}, line 1: the line is empty where the header should be. Put the column names there.")
    for place, column in enumerate(header, 1):
        if not column.strip() and not (place == 1 and odd_columns.has_index(header)):
            raise DataError(f"{name}, line 1, column {place}: this column has no name. Name it, or take it out.")
    return odd_columns.numbered(header)


def _rows(name: str, reader, header: list[str], marked: bool):
    twice, index = odd_columns.pairs(header), odd_columns.has_index(header)
    while True:
        line = reader.line_num + 1
        cells = _next(name, reader, line)
        if cells is None:
            return
        if not cells:
            continue  # a blank line between rows is no row
        if len(cells) != len(header):
            raise DataError(f"{name}, line {line}: {len(cells)} cells where the header has {len(header)} columns. "
                            f"Put quotes around a cell that holds '{reader.dialect.delimiter}' or a line break.")
        if line > MAX_ROWS + 1:
            raise DataError(f"{name} has more than {MAX_ROWS:,} rows: split it into smaller files.")
        odd_columns.refuse_unequal(name, line, header, cells, twice)
        if index:
            odd_columns.refuse_no_index(name, line, cells[0])
        named = zip(header, map(unescape, cells) if marked else cells, strict=True)
        yield Row(line, dict(list(named)[1:] if index else named))


def _next(name: str, reader, line: int) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        where = f"{name}, line {line}"
        if "unexpected end of data" in str(error):
            raise DataError(f"{where}: a quote is opened here and never closed. "
                            "Close it, or double every quote inside a cell.") from None
        raise DataError(f"{where}: the quotes do not fit ({error}). Double every quote inside a quoted cell.") from None

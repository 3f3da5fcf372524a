"""Reads CSV and TSV, everything as text, as often as needed: ids, "NA" and blanks stay as they are.

Columns never shift: a row that is short, long or badly quoted ends the reading with its line.
"""

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lib.readers.files.columns import Header
from lib.readers.files.source import Source, lines, source_of
from lib.readers.formulas import MARK, unescape
from lib.readers.profile import Tally
from lib.readers.table import MAX_ROWS, Content, Format, LazyRows, Row, Table
from lib.records import DataError
from lib.records.words import counted

DELIMITERS = (",", ";", "\t")
# A cell may be as long as the file: the file's own limit is the bound.
csv.field_size_limit(2**31 - 1)
_BATCH = 1_000  # rows that are counted together


def unpack(name: str, data: bytes | Path | Source, encoding: str | None = None) -> Content:
    """The rows of a CSV file; the delimiter (comma, semicolon, tab) is the one the header uses most."""
    source = source_of(name, data)
    if not any(line.strip() for line in lines(source, encoding, "")):
        raise DataError(f"{name} is empty: give a file with a header line and at least one row.")
    marked, delimiter = _dialect(source, encoding)
    file = _File(source, encoding, marked, delimiter)
    header, rows = _checked(file)
    if not rows:
        raise DataError(f"{name} has a header but no rows: nothing to import.")
    return Content(name, "csv", rows, unread=header.unread(len(rows)), marked=marked)


def _read(content: Content) -> Table:
    return Table(content.name, "csv", list(content.rows[0].cells), content.rows, unread=content.unread)


FORMAT = Format("CSV or TSV", "a header line, then as many cells on each row", "",
                lambda content: content.container == "csv", _read)


@dataclass(frozen=True)
class _File:
    source: Source
    encoding: str | None
    marked: bool  # it came out of Plumbline: what guards cells against spreadsheets is undone
    delimiter: str

    def cells(self) -> Iterator[tuple[int, list[str]]]:
        """(line it starts on, cells) of each row, the header first; blank lines between rows are no rows."""
        name, text = self.source.name, lines(self.source, self.encoding, "")
        if self.marked:
            text = itertools.chain((next(text).replace(MARK, "", 1),), text)
        reader = csv.reader(text, delimiter=self.delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            cells = _next(name, reader, line)
            if cells is None:
                return
            if cells or line == 1:
                yield line, list(map(unescape, cells)) if self.marked else cells


def _checked(file: _File) -> tuple[Header, LazyRows]:
    """Goes through the file once: what is wrong in it is said now, and what stands in it is counted."""
    found, stamp, name = file.cells(), file.source.stamp(), file.source.name
    header, tally = Header(name, next(found)[1], file.marked), Tally()
    for batch in _batches(_whole_rows(file, header, found)):
        places, cells = zip(*batch, strict=True)
        header.check(places, cells)
        tally.add_batch(header.all, places, cells)
        if tally.rows > MAX_ROWS:
            raise DataError(f"{name} has more than {MAX_ROWS:,} rows: split it into smaller files.")
    kept = header.kept()

    def again() -> Iterator[Row]:
        file.source.refuse_changed(stamp)
        rows = file.cells()
        next(rows)
        take, names = header.take(), [header.all[place] for place in kept]
        return (Row(line, dict(zip(names, take(cells), strict=True))) for line, cells in rows
                if any(cells) or file.marked)

    return header, LazyRows(again, tally.rows, tally.done().only(header.all[place] for place in kept))


def _whole_rows(file: _File, header: Header, found: Iterator[tuple[int, list[str]]]):
    """Rows with as many cells as the header; an empty one, as Excel leaves behind, is no row."""
    width = len(header.all)
    for line, cells in found:
        if len(cells) != width:
            raise DataError(f"{file.source.name}, line {line}: {counted(len(cells), 'cell')} where the header has "
                            f"{width} columns. Put quotes around a cell that holds '{file.delimiter}' or a line break.")
        if any(cells) or file.marked:
            yield line, cells


def _batches(rows: Iterator) -> Iterator[list]:
    while batch := list(itertools.islice(rows, _BATCH)):
        yield batch


def _dialect(source: Source, encoding: str | None) -> tuple[bool, str]:
    """Whether the file carries our mark, and its delimiter."""
    text = itertools.chain.from_iterable(lines(source, encoding, ""))
    begin = "".join(itertools.islice(text, 2))
    marked = begin.startswith((MARK, '"' + MARK))  # a spreadsheet may have put quotes around it
    return marked, _delimiter(itertools.chain(begin.replace(MARK, "") if marked else begin, text), marked)


def _delimiter(text: Iterator[str], marked: bool) -> str:
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


def _next(name: str, reader, line: int) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        where = f"{name}, line {line}"
        if "unexpected end of data" in str(error):
            raise DataError(f"{where}: a quote is opened here and never closed. "
                            "Close it, or double every quote inside a cell.") from None
        raise DataError(f"{where}: the quotes do not fit ({error}). Double every quote inside a quoted cell.") from None

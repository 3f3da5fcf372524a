"""Workbooks of other people: cells as a person sees them, which sheet is read, what is left out, what is refused."""

import io
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.readers import guess, read_table
from lib.readers.files import xlsx_file
from lib.readers.mapping import rows
from lib.records import DataError, UsageError
from lib.records.sheets import FULL_CELL
from lib.writers import write

ODS = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
                 for short in ("office", "table", "text"))


def book(*sheets: list[list], formats: dict[str, str] | None = None) -> bytes:
    """A workbook with these sheets, and number formats of cells of the first."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, cells in enumerate(sheets, 1):
        sheet = made.create_sheet(f"s{number}")
        for row in cells:
            sheet.append(row)
    for place, format in (formats or {}).items():
        made.worksheets[0][place].number_format = format
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def ods(body: str, before: str = "") -> bytes:
    """An OpenDocument sheet with these rows."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr("content.xml", f"{before}<office:document-content {NAMES}><office:body><office:spreadsheet>"
                                        f"{body}</office:spreadsheet></office:body></office:document-content>")
    return out.getvalue()


def cell(text: str, kind: str = 'office:value-type="string"', more: str = "") -> str:
    return f"<table:table-cell {kind} {more}><text:p>{text}</text:p></table:table-cell>"


def read(data: bytes, sheet: str | None = None) -> list[dict]:
    return [row.cells for row in read_table("t.bin", data, sheet=sheet).rows]


def unread(data: bytes) -> list[tuple[str, int]]:
    return [(left.what, left.count) for left in read_table("t.xlsx", data).unread]


def refusal(data: bytes, sheet: str | None = None) -> str:
    with pytest.raises((DataError, UsageError)) as refused:
        read_table("t.xlsx", data, sheet=sheet)
    return str(refused.value)


def test_typed_cells_become_the_text_a_person_sees():
    data = book([["id", "whole", "part", "truth", "day", "moment", "clock", "share", "small", "code"],
                 [7, 12.0, 0.1 + 0.2, True, date(2026, 3, 1), datetime(2026, 3, 1, 10, 30), time(9, 5), 0.85, 0.125,
                  12]],
                formats={"H2": "0%", "I2": "0.0%", "J2": "0000"})
    assert read(data) == [{"id": "7", "whole": "12", "part": "0.3", "truth": "TRUE", "day": "2026-03-01",
                           "moment": "2026-03-01T10:30:00", "clock": "09:05:00", "share": "85%", "small": "12.5%",
                           "code": "0012"}]


def test_text_keeps_its_blanks_line_breaks_and_control_characters():
    found = {"id": "0012", "input": "  a\r\nb\tc \x01 _x000D_ ", "output": "=1+1"}
    assert read(write("xlsx", [found], list(found))) == [found]


def test_empty_rows_and_columns_around_a_table_are_passed_over():
    data = book([[], [None, " input ", None, "output"], [], [None, "a", None, "b"], [None, "", None, None],
                 [None, "c", None, None]])
    table = read_table("t.xlsx", data)
    assert [(row.line, row.cells) for row in table.rows] == [(4, {"input": "a", "output": "b"}),
                                                            (6, {"input": "c", "output": ""})]
    assert table.unit == "row" and rows(table, guess(table))[1].trace.output is None


def test_the_index_of_a_data_frame_is_passed_over_and_counted():
    data = book([[None, "input"], [0, "a"], [1, "b"]])
    assert read(data) == [{"input": "a"}, {"input": "b"}]
    assert unread(data) == [("first column, without a name", 2)]


def test_the_first_sheet_with_a_table_is_read_or_the_one_named_and_the_others_are_counted():
    data = book([["only a title"]], [["input"], ["a"]], [["input"], ["b"]])
    assert read(data) == [{"input": "a"}] and read(data, "s3") == [{"input": "b"}]
    assert unread(data) == [("sheets: s1, s3", 2)]
    assert "t.xlsx has no sheet 's9'. Sheets: s1, s2, s3." in refusal(data, "s9")
    assert "t.xlsx is no workbook: it has no sheet 'x'" in refusal(b"a\n1\n", "x")


def test_a_formula_is_never_calculated_and_one_without_a_value_is_counted():
    data = book([["input", "output"], ["a", "=1+1"], ["b", '=HYPERLINK("http://evil.example")']])
    assert read(data) == [{"input": "a", "output": ""}, {"input": "b", "output": ""}]
    assert unread(data) == [("formulas without a value", 2)]


def test_a_cell_as_full_as_a_cell_can_be_is_said_to_be_cut():
    data = write("xlsx", [{"input": "a", "output": "é" * 40_000}], ["input", "output"])
    [found] = read(data)
    assert len(found["output"]) == FULL_CELL and "[cut off here: the text has 40,000 characters" in found["output"]
    assert unread(data) == [("the end of cells of column 'output'", 1)]


@pytest.mark.parametrize(("cells", "place", "cure"), [
    ([["a", None, "b"], [1, 2, 3]], "row 1, column B: this column has no name", "Name it, or take it out"),
    ([["a", "b", "a"], [1, 2, 3]], "row 1, column C: the name 'a' stands twice", "a name of its own"),
    ([[None, "a"], [5, "x"]], "row 1, column A: this column has no name", "Name it"),
    ([["a"]], "holds no sheet with a header and a row below it", "nothing to import"),
    ([], "holds no sheet with a header", "nothing to import"),
])
def test_a_sheet_that_is_no_table_is_refused_with_place_and_cure(cells, place, cure):
    said = refusal(book(cells))
    assert place in said and cure in said


def test_opendocument_cells_are_read_as_they_are_shown():
    said = ods('<table:table table:name="one"><table:table-row>' + "".join(map(cell, (
        "id", "input", "output", "share", "day", "truth", "twice"))) + "</table:table-row><table:table-row>"
        + cell("0012", 'office:value-type="float" office:value="12"')
        + "<table:table-cell office:value-type='string'><text:p>a<text:s text:c='2'/>b<text:tab/>c</text:p>"
          "<office:annotation><text:p>a comment</text:p></office:annotation><text:p>second <text:span>line</text:span>"
          "</text:p></table:table-cell>"
        + cell("12,5", 'office:value-type="float" office:value="12.5"')
        + cell("85 %", 'office:value-type="percentage" office:value="0.85"')
        + cell("1.3.26", 'office:value-type="date" office:date-value="2026-03-01"')
        + cell("WAHR", 'office:value-type="boolean" office:boolean-value="true"')
        + cell("x", more='table:number-columns-repeated="1"')
        + '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
          '<table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row></table:table>')
    assert read(said) == [{"id": "0012", "input": "a  b\tc\nsecond line", "output": "12.5", "share": "85 %",
                           "day": "2026-03-01", "truth": "TRUE", "twice": "x"}]


@pytest.mark.parametrize("body", [
    '<table:table-row table:number-rows-repeated="1000000000">' + cell("a", more='table:number-columns-repeated="900"')
    + "</table:table-row>",
    f"<table:table-row>{cell('a', more='table:number-columns-repeated=' + chr(34) + '999999999' + chr(34))}"
    "</table:table-row>"])
def test_a_sheet_that_repeats_its_cells_without_end_is_refused(body, monkeypatch):
    monkeypatch.setattr(xlsx_file, "MAX_CELLS", 100_000)
    head = f"<table:table-row>{cell('h')}</table:table-row>"
    said = refusal(ods(f"<table:table table:name='s'>{head}{body}</table:table>"))
    assert "100,000 cells" in said or "cannot be read" in said


def test_a_cell_at_the_far_end_is_no_table_of_seventeen_thousand_million_cells(monkeypatch):
    monkeypatch.setattr(xlsx_file, "MAX_CELLS", 100_000)
    made = openpyxl.Workbook()
    made.active["A1"], made.active["A2"] = "input", "a"
    for row in range(3, 20):
        made.active[f"XFD{row}"] = "far"
    out = io.BytesIO()
    made.save(out)
    assert "more than 100,000 cells, most of them empty" in refusal(out.getvalue())


def test_a_small_archive_that_would_burst_is_refused_before_it_is_unpacked(monkeypatch):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", b" " * 30_000_000)
    assert "t.xlsx unpacks to 30 MB in 2 parts" in refusal(out.getvalue())
    monkeypatch.setattr(xlsx_file, "MAX_UNPACKED", 1_000)
    assert "more than 0 MB or 500 times its own size" in refusal(book([["a"], [1]]))


def test_a_document_type_is_refused():
    data = ods("<table:table table:name='s'/>", "<!DOCTYPE a [<!ENTITY b 'bbbbbbbb'>]>")
    assert "t.xlsx is a workbook that cannot be read (content.xml declares a document type)" in refusal(data)


@given(st.integers(0, 10_000), st.binary(max_size=4))
def test_a_workbook_with_odd_bytes_is_read_or_refused(place, odd):
    data = bytearray(WORKBOOK)
    data[place % len(data):place % len(data) + len(odd)] = odd
    try:
        read_table("t.xlsx", bytes(data))
    except DataError as error:
        assert len(str(error)) > 20


WORKBOOK = write("xlsx", [{"id": "1", "input": "a", "output": "b"}], ["id", "input", "output"])

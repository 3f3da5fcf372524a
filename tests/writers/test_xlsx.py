"""A workbook of ours is made to be filled in: a list of outcomes, a header that stays, cells that nothing runs."""

import io

import openpyxl
import pytest

from lib.records import FAIL, PASS
from lib.records.sheets import FULL_CELL, Ids
from lib.workflow.dataset import exchange
from lib.workflow.review import queueing
from lib.writers import write
from tests.support.steps import add


def opened(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data)).active


def test_a_queue_is_a_sheet_with_a_list_of_outcomes_and_a_header_that_stays(db, make_trace):
    add(db, make_trace("0012", input='=HYPERLINK("http://evil.example")', output="- a list\n- of two"),
        make_trace("t2", output="x" * 40_000))
    queueing.draw(db, ["Ann"], 2, {"random": 100}, seed=1)
    sheet = opened(exchange.export(db, "queue", "xlsx"))
    names = [cell.value for cell in sheet[1]]
    [rule] = sheet.data_validations.dataValidation
    assert rule.type == "list" and rule.formula1 == f'"{PASS},{FAIL}"'
    assert str(rule.sqref) == f"{sheet.cell(1, names.index('outcome') + 1).column_letter}2:" \
                              f"{sheet.cell(1, names.index('outcome') + 1).column_letter}3"
    assert (sheet.title, sheet.freeze_panes) == ("queue", "B2")
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells if cell.value} == {"s"} and {cell.number_format for cell in cells} == {"@"}
    assert all(cell.alignment.wrap_text for cell in cells)
    assert max(len(cell.value or "") for cell in cells) == FULL_CELL
    fills = {name: sheet.cell(2, place).fill.fgColor.rgb for place, name in enumerate(names, 1)}
    assert fills["critique"] == fills["outcome"] != fills["input"] == fills["output"] == fills["plumbline"]


def test_a_table_without_a_mark_is_a_sheet_too():
    sheet = opened(write("xlsx", [{"a": ["x", 1]}], ["a", "=b"]))
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["a", "=b"], ['["x", 1]', None]]
    assert sheet["B1"].data_type == "s" and not sheet.data_validations.dataValidation


@pytest.mark.parametrize(("cell", "meant"), [
    ("12", {"0012"}), ("1.1", {"1.10"}), ("1,1", {"1.10"}), ("1.00E+05", {"1e5"}), ("100000", {"1e5"}),
    ("1.23456789012346E+019", {"12345678901234567890"}), ("1.23457E+19", {"12345678901234567890"}),
    ("true", {"TRUE"}), ("04-Mar", {"3-4"}), ("2026-03-04", {"3-4"}), ("700", {"007E2"}), ("x", set()), ("13", set()),
    ("01.03.2026", {"MAR1", "2026-03-01"}), ("1-Mar", {"MAR1", "2026-03-01"}), ("'0012", {"0012"}), ("nan", set()),
    ("1e999999", set())])
def test_what_a_spreadsheet_left_of_an_id_tells_which_it_was(cell, meant):
    ids = Ids(["0012", "1.10", "1e5", "12345678901234567890", "TRUE", "3-4", "007E2", "2026-03-01", "MAR1"])
    assert ids.meant(cell) == meant

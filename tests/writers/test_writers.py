"""What is exported can be imported again unchanged, and no spreadsheet runs a cell of it."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.readers import Mapping, read_table
from lib.readers.formulas import escape, unescape
from lib.readers.mapping import rows
from lib.records import UsageError
from lib.store import projects
from lib.store.dataset import imports
from lib.workflow.dataset import exchange
from lib.writers import WRITERS, write
from tests.support.steps import add

LIVE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", '"=1', "'=1", " \"' @x", "''=1", "=", "＝1",
        "＠x", '=HYPERLINK("http://evil.example","x")', "=cmd|' /C calc'!A0", "\t", "\r\n"]
TAME = ["", "1", "a=b", "it's", "'quoted'", "NA", "a\t=b", "0012", "é", "\x00"]
any_text = st.text(st.characters(exclude_categories=["Cs"]))
near_formula = st.text(st.sampled_from("=+-@\t\r\n '\"a1＝"), max_size=6)


def back(ending: str, exported: bytes) -> list[dict]:
    return [row.cells for row in read_table(f"t.{ending}", exported).rows]


def grid(exported: bytes) -> list[list[str]]:
    """The cells as a spreadsheet sees them, which knows nothing of our rule."""
    return list(csv.reader(io.StringIO(exported.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("ending", WRITERS)
def test_every_writer_keeps_text_as_it_is(ending):
    found = [{"id": "0012", "input": "a,\"b\"\r\nc;\td"}, {"id": "1e5", "input": "\u2028 é 😀"}]
    assert back(ending, write(ending, found, ["id", "input"])) == found


@pytest.mark.parametrize("ending", WRITERS)
def test_every_writer_makes_a_file_without_rows(ending):
    assert isinstance(write(ending, [], ["id", "input"]), bytes)


def test_jsonl_tells_missing_from_empty():
    assert back("jsonl", write("jsonl", [{"a": ""}], ["a", "b"])) == [{"a": "", "b": None}]


def test_csv_holds_json_values_as_compact_text():
    assert back("csv", write("csv", [{"a": {"b": ["é", None]}, "c": None}], ["a", "c"])) == [
        {"a": '{"b": ["é", null]}', "c": ""}]


def test_csv_opens_in_a_spreadsheet_as_utf8():
    assert write("csv", [{"a": "é"}], ["a"]).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("cell", LIVE)
def test_a_formula_is_never_live_neither_in_a_cell_nor_in_the_header(cell):
    name = cell + "name"
    exported = write("csv", [{"id": "1", name: cell}], ["id", name])
    assert [row[1] for row in grid(exported)] == ["'" + name, "'" + cell]
    assert back("csv", exported) == [{"id": "1", name: cell}]


@pytest.mark.parametrize("cell", TAME)
def test_what_is_no_formula_stays_untouched(cell):
    assert escape(cell) == cell


def test_a_foreign_file_keeps_its_apostrophes():
    assert read_table("t.csv", b"id,input\n1,'=1\n").rows[0].cells["input"] == "'=1"


@given(any_text | near_formula)
def test_the_rule_is_reversible(cell):
    assert unescape(escape(cell)) == cell


@given(any_text | near_formula)
def test_no_exported_cell_begins_like_a_formula(cell):
    assert not re.match(r"""[\s"]*[=+\-@＝＋－＠]|[\t\r\n]""", grid(write("csv", [{"a": cell}], ["a"]))[1][0])


# A sheet has no empty rows, and its XML has no place for two characters that are none.
sheet_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"))


@given(st.lists(st.tuples(near_formula, sheet_text), min_size=1))
def test_a_workbook_restores_the_originals(pairs):
    found = [{"id": f"i{left}", "a;b;c;=d": right} for left, right in pairs]
    assert back("xlsx", write("xlsx", found, ["id", "a;b;c;=d"])) == found


@given(st.lists(st.tuples(near_formula, any_text), min_size=1), st.sampled_from(["csv", "jsonl"]))
def test_export_and_import_restore_the_originals(pairs, ending):
    found = [{"id": left, "a;b;c;=d": right} for left, right in pairs]
    assert back(ending, write(ending, found, ["id", "a;b;c;=d"])) == found


TRACES = Mapping(id="id", input="input", output="output", messages="messages", context=("context",),
                 system_version="system_version", created_at="created_at", dimensions=("topic", "=who"))


def stored(db) -> list:
    columns, found = exchange.EXPORTS["traces"].rows(db)
    return [columns, *found]


@pytest.mark.parametrize("ending", WRITERS)
def test_exported_traces_imported_elsewhere_are_the_same_traces(db, make_trace, ending):
    add(db, make_trace("0012", input="=1+1", output="'-x", context={"doc": "a", "n": [1, 2.5]},
                   messages=[{"role": "user", "content": "=1+1"}]),
        make_trace("1e5", output=None, system_version="v1", created_at="2026-11-24T16:00:00Z",
                   dimensions={"topic": ("a", "[b]"), "=who": ("[c",)}),
        make_trace(" NA ", dimensions={"topic": ('["d"]',)}, input="\x00\u202e"))
    other = projects.create(db, "Other")
    found = rows(read_table("t", exchange.export(db, "traces", ending)), TRACES)
    imports.add_rows(other, "t", ending, "{}", found)
    assert stored(other) == stored(db)


def test_a_dimension_called_like_a_field_of_ours_takes_a_column_of_its_own(db, make_trace):
    add(db, make_trace(dimensions={"input": ("x",), "split": ("y",)}))
    columns, row = stored(db)
    assert len(set(columns)) == len(columns)
    assert (row["input"], row["dimension input"], row["dimension split"]) == ("question of t1", "x", "y")


@pytest.mark.parametrize("what", exchange.EXPORTS)
@pytest.mark.parametrize("ending", WRITERS)
def test_every_export_of_an_empty_project_is_a_file(db, what, ending):
    assert isinstance(exchange.export(db, what, ending), bytes)


def test_an_unknown_export_is_named_with_those_there_are(db):
    with pytest.raises(UsageError, match="Exports: traces, inputs, labels, feedback, verdicts"):
        exchange.export(db, "scores", "csv")
    with pytest.raises(UsageError, match=r"Endings: csv, jsonl, xlsx"):
        exchange.export(db, "labels", "ods")

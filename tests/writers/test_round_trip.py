"""An export imported again: every trace, label and verdict that one file held stands in the other."""

import pytest

from lib.readers import guess, read_table
from lib.readers.mapping import LabelColumns, rows
from lib.readers.options import from_options
from lib.records import SYNTHETIC, DataError
from lib.store import open_store, projects
from lib.store.dataset import traces
from lib.store.review import labels
from lib.workflow.dataset import exchange
from tests.support.steps import add, say

ENDINGS = ("csv", "jsonl", "xlsx")


@pytest.fixture
def full(db, make_trace):
    """Traces with context and dimensions, one synthetic without an output; two experts, one changed her mind."""
    add(db, make_trace("0012", context={"doc": "=1+1"}, dimensions={"topic": ("a", "b")}),
        make_trace("NA", output=None, source=SYNTHETIC, assumptions="no such order"))
    say(db, "0012", "pass", "Ann", "fine, though slow")
    say(db, "0012", "fail", "Bob", "misses the point")
    say(db, "0012", "fail", "Ann", "no: it names another city")
    return db


def copied(store, tmp_path, what: str, ending: str):
    other = projects.create(open_store(tmp_path / "other.db"), "Other")
    return other, imported(other, what, ending, exchange.export(store, what, ending))


def imported(store, what: str, ending: str, data: bytes):
    table = read_table(f"{what}.{ending}", data)
    return exchange.import_table(store, table, guess(table))


@pytest.mark.parametrize("ending", ENDINGS)
def test_labels_of_several_experts_come_back_with_their_history(full, tmp_path, ending):
    other, _ = copied(full, tmp_path, "traces", ending)
    imported(other, "labels", ending, exchange.export(full, "labels", ending))
    said = [(one.expert, one.outcome, one.critique) for one in labels.history(other, "0012")]
    assert said == [(one.expert, one.outcome, one.critique) for one in labels.history(full, "0012")]


@pytest.mark.parametrize("ending", ENDINGS)
def test_labels_imported_where_they_came_from_add_nothing(full, ending):
    assert imported(full, "labels", ending, exchange.export(full, "labels", ending)).added == 0


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_synthetic_trace_comes_back_as_synthetic(full, tmp_path, ending):
    other, _ = copied(full, tmp_path, "traces", ending)
    assert [traces.get(other, name).source for name in ("0012", "NA")] == ["real", "synthetic"]
    assert traces.get(other, "NA").assumptions == "no such order"
    assert traces.get(other, "0012").context == {"doc": "=1+1"}
    assert traces.get(other, "0012").dimensions == {"topic": ("a", "b")}


@pytest.mark.parametrize("ending", ENDINGS)
def test_names_that_blanks_or_a_question_mark_tell_apart_and_texts_with_an_apostrophe_come_back(
        db, tmp_path, make_trace, ending):
    named = {"topic": ("a",), " topic": ("b",), "\u00a0topic": ("c",), "?topic": ("d",), "topic ": ("e",)}
    add(db, make_trace("1", input="'=1+1", dimensions=named))
    other, _ = copied(db, tmp_path, "traces", ending)
    found = traces.get(other, "1")
    assert (found.input, found.dimensions) == ("'=1+1", named)


def test_labels_for_stored_traces_need_no_context_of_their_own(full):
    table = read_table("more.csv", b"id,input,output,outcome,critique,reviewer\n"
                                   b"0012,question of 0012,answer to 0012,pass,good enough,Cy\n")
    result = exchange.import_table(full, table, guess(table))
    assert (result.traces, result.labels) == (0, 1) and labels.current(full, "0012", "Cy").outcome == "pass"


def test_a_column_may_name_the_expert_of_each_row():
    table = read_table("t.csv", b"id,input,who,said,why\n1,a,Ann,yes,x\n1,a,Bob,no,y\n")
    mapping = from_options(table, labels=["@who=said:why"])
    assert mapping.labels == (LabelColumns("", "said", "why", "who"),)
    assert [(one.expert, one.outcome) for one in rows(table, mapping)[0].labels] == [("Ann", "pass"), ("Bob", "fail")]


def test_a_label_without_its_expert_is_refused_with_its_place():
    table = read_table("t.csv", b"id,input,who,said\n1,a,,yes\n")
    with pytest.raises(DataError, match=r"line 2, column 'who': the expert's name is empty"):
        rows(table, from_options(table, labels=["@who=said"]))


def test_a_source_that_is_none_is_refused_with_its_place():
    table = read_table("t.csv", b"id,input,source\n1,a,web\n")
    assert guess(table).source_column is None
    mapping = guess(read_table("t.csv", b"id,input,source\n1,a,Synthetic\n"))
    with pytest.raises(DataError, match=r"line 2, column 'source': 'web' is no source"):
        rows(table, mapping)

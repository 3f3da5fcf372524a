"""Files that went out of us, were filled in and saved by a spreadsheet, and came back: each label finds its trace.

The first ones are of older releases, whose ids a spreadsheet rewrote; the others LibreOffice 7.4 saved of today's.
"""

import csv
import io
import json

import pytest

from lib.readers import guess, read_table
from lib.records import DataError
from lib.store.dataset import traces
from lib.store.review import labels
from lib.workflow.dataset import exchange, reading
from tests.support.removal.taking_out import take_out
from tests.support.spreadsheets.sheets import (
    ANSWER,
    RECORDED,
    VERSION,
    bring,
    case,
    fill,
    ids,
    judged,
    said,
    saved_files,
    waiting,
    whole,
)
from tests.support.steps import say

SEVEN = ["spreadsheet-queue-saved-by-calc.csv", "spreadsheet-queue-saved-by-calc-quote-all.csv"]


@pytest.mark.parametrize("name", SEVEN)
def test_all_seven_labels_of_an_old_file_land_on_the_ids_that_calc_rewrote(db, name):
    before = whole(waiting(db, "spreadsheet-the-traces.jsonl"))
    result = bring(db, name, case(name))
    assert (result.traces, result.labels, result.rows) == (0, 7, 7) and whole(db) == before
    lines = list(csv.reader(io.StringIO(case(name).decode("utf-8-sig"))))[1:]
    assert {trace: critique.split("misses ")[-1].split("critique for ")[-1].split("\n")[0]
            for trace, (_, critique) in said(db).items()} == {trace: trace for trace in ids(db)}
    assert sorted(said(db).values()) == sorted((row[7], row[8]) for row in lines)
    assert result.known_labels == 0 and bring(db, name, case(name)).known_labels == 7


def test_a_number_like_answer_and_a_cut_cell_block_no_label(db):
    waiting(db, "spreadsheet-numeric-answer-the-traces.jsonl")
    before = whole(db)
    result = bring(db, "q.csv", case("spreadsheet-queue-numeric-answer.csv"))
    assert (result.traces, result.labels) == (0, 10) and whole(db) == before
    assert said(db)["1e5"] == ("pass", "critique for 1e5\nsecond line; with, marks")
    assert said(db)["+49301234"][0] == "fail" and len(traces.get(db, "t-1").output) == 40_000


def test_an_old_workbook_brings_its_labels(db):
    data = case("spreadsheet-queue.xlsx")
    names = [row.cells["id"] for row in read_table("q.xlsx", data).rows]
    bring(db, "t.jsonl", "".join(json.dumps({"id": name, "input": "x", "output": "y"}) + "\n"
                                 for name in names).encode())
    assert bring(db, "q.xlsx", data).labels == len(names) == len(said(db)) and ids(db) == names
    assert said(db)["t-2"] == ("pass", "critique for t-2\nsecond line; with, marks")


@pytest.mark.parametrize("name", [*SEVEN, "spreadsheet-queue.xlsx"])
def test_where_nobody_has_the_traces_each_line_is_refused_and_none_invented(db, name):
    bring(db, "t.csv", b"id,input,output\nt-7,a,b\n")
    with pytest.raises(DataError) as refused:
        bring(db, name, case(name))
    place = "row" if name.endswith("xlsx") else "line"
    assert f"{place} 2: there is no trace 't-1'; near: 't-7'" in str(refused.value)
    assert ids(db) == ["t-7"] and said(db) == {}


def test_an_id_that_two_traces_may_have_been_is_refused_with_both(db):
    waiting(db, "spreadsheet-the-traces.jsonl")
    bring(db, "t.csv", b"id,input,output\n12,a,b\n")
    with pytest.raises(DataError, match="line 3: '12' may be each of the traces '0012', '12'"):
        bring(db, "q.csv", case(SEVEN[0]))
    assert said(db) == {}


def test_every_way_is_recorded():
    assert len(saved_files()) == 31


@pytest.mark.parametrize("name", [path.name for path in saved_files() if path.name.startswith("queue")])
def test_a_queue_saved_by_libreoffice_brings_each_label_to_its_trace(db, name):
    before = whole(waiting(db, "more-traces.jsonl"))
    data = (RECORDED / name).read_bytes()
    result = bring(db, name, data)
    assert (result.traces, result.labels) == (0, 13) and whole(db) == before
    assert said(db) == {trace: judged(trace) for trace, (_, output, _) in before.items() if output}
    again = bring(db, name, data)
    assert (again.added, again.known_labels) == (0, 13)


@pytest.mark.parametrize("name", [path.name for path in saved_files() if path.name.startswith("inputs")])
def test_inputs_saved_by_libreoffice_bring_outputs_and_dates(db, name):
    waiting(db, "more-traces.jsonl")
    result = bring(db, name, (RECORDED / name).read_bytes())
    assert (result.traces, result.answered) == (0, 1)
    found = traces.get(db, "10:30")
    assert (found.output, found.system_version, found.created_at) == (ANSWER, VERSION, "2026-11-24T16:00:00Z")
    assert bring(db, name, (RECORDED / name).read_bytes()).added == 0


@pytest.mark.parametrize("name", [path.name for path in saved_files() if path.name.startswith("labels")])
def test_labels_saved_by_libreoffice_keep_who_said_what_when_and_how(db, name):
    waiting(db, "more-traces.jsonl")
    assert bring(db, name, (RECORDED / name).read_bytes()).labels == 13
    for trace in set(ids(db)) - {"10:30"}:
        label = labels.current(db, trace, "Bob")
        assert (label.outcome, label.critique, label.created_at) == (
            "pass", f"critique of {trace}", "2026-03-01T10:30:00.120Z")
        assert (label.circumstances.mode, label.circumstances.revised_response) == ("blind", "- better")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_id_that_nobody_has_is_refused_with_its_line_and_the_near_one(db, ending):
    waiting(db, "spreadsheet-the-traces.jsonl")
    data = fill("queue", exchange.export(db, "queue", ending), ending)
    db.execute("update traces set trace_id = '00012' where trace_id = '0012'")
    with pytest.raises(DataError, match=r"\d: there is no trace '0012'; near: '00012'. Nothing was imported"):
        bring(db, f"q.{ending}", data)
    assert said(db) == {}


def test_columns_moved_against_each_other_are_refused(db):
    waiting(db, "spreadsheet-the-traces.jsonl")
    grid = list(csv.reader(io.StringIO(fill("queue", exchange.export(db, "queue", "csv"), "csv").decode("utf-8-sig"))))
    marks = sorted(row[-1] for row in grid[1:])
    out = io.StringIO()
    csv.writer(out).writerows([grid[0], *([*row[:-1], mark] for row, mark in zip(grid[1:], marks, strict=True))])
    with pytest.raises(DataError, match="Columns were moved against each other: sort and paste whole rows"):
        bring(db, "q.csv", out.getvalue().encode())


def test_without_the_mark_of_the_header_and_without_texts_the_rows_still_say_whose_they_are(db):
    waiting(db, "spreadsheet-the-traces.jsonl")
    out, text = io.StringIO(), fill("queue", exchange.export(db, "queue", "csv"), "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    out.write("critique,plumbline,outcome,expert\n")
    csv.writer(out).writerows([row["critique"], row["plumbline"], row["outcome"], "Cy"] for row in rows)
    assert bring(db, "q.csv", out.getvalue().encode()).labels == 7
    assert labels.current(db, "12345678901234567890", "Cy").outcome == judged("12345678901234567890")[0]


def test_rows_of_two_kinds_in_one_file_are_refused(db):
    with pytest.raises(DataError, match=r"line 3: this row is of a file of labels, the others are of queue"):
        bring(db, "q.csv", b"id,outcome,expert,plumbline\na,pass,Ann,queue:a\nb,pass,Ann,labels:b\n")


@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx"])
def test_a_change_of_mind_and_back_comes_back_in_its_order(db, ending):
    bring(db, "t.csv", b"id,input,output\nt1,a,b\n")
    for outcome, critique in (("pass", "fine"), ("fail", "no"), ("pass", "fine")):
        say(db, "t1", outcome, "Ann", critique)
        # A person takes longer than the file's clock, of which a millisecond is the smallest part.
        while db.value("select max(created_at) = strftime('%Y-%m-%dT%H:%M:%fZ') from labels"):
            pass
    data = exchange.export(db, "labels", ending)
    assert bring(db, f"l.{ending}", data).added == 0
    history = [(one.outcome, one.created_at) for one in labels.history(db, "t1")]
    take_out(db, "labels", "true")
    assert bring(db, f"l.{ending}", data).labels == 3
    assert [(one.outcome, one.created_at) for one in labels.history(db, "t1")] == history


def test_a_label_older_than_the_one_that_counts_does_not_take_its_place(db):
    bring(db, "t.csv", b"id,input,output\nt1,a,b\n")
    say(db, "t1", "fail", "Ann", "the last word")
    row = {"id": "t1", "outcome": "pass", "critique": "once", "expert": "Ann", "plumbline": "labels:t1",
           "label_created_at": "2020-01-01T00:00:00Z"}
    result = bring(db, "l.jsonl", json.dumps(row).encode())
    assert (result.labels, result.older_labels) == (0, 1)
    assert labels.current(db, "t1", "Ann").critique == "the last word"


def test_another_output_than_the_one_stored_is_refused(db):
    bring(db, "t.csv", b"id,input,output\nt1,a,b\n")
    with pytest.raises(DataError, match="line 2: trace 't1' has another output already"):
        bring(db, "i.csv", b"id,input,output,plumbline\nt1,a,c,inputs:t1\n")


def test_before_a_file_of_ours_is_taken_in_it_says_what_it_brings_or_what_stops_it(db):
    waiting(db, "spreadsheet-the-traces.jsonl")
    data = case(SEVEN[0])

    def looked_at(text: bytes) -> str:
        table = read_table("q.csv", text)
        said = reading.report_of(db, reading.read(db, table, guess(table)))
        assert said.unanswered == () and "plumbline" not in str(said.unread)
        return said.returned

    assert looked_at(data).startswith("New are 7 labels, 0 outputs and 0 failure modes of traces. ")
    assert said(db) == {}
    bring(db, "q.csv", data)
    assert looked_at(data).startswith("New are 0 labels") and "7 of its labels were stored already" in looked_at(data)
    with pytest.raises(DataError, match="nobody"):
        looked_at(data.replace(next(csv.reader(data.decode("utf-8-sig").splitlines()[1:]))[0].encode(), b"nobody", 1))

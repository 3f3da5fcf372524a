"""What the expert knew leaves with every label, comes back with it, and is read out of nobody else's column."""

import csv
import io
import json

import pytest

from lib.readers import guess, read_table
from lib.records import Circumstances, Verdict
from lib.store import open_store, projects
from lib.store.judge import runs
from lib.store.review import labels, queues, reveals
from lib.workflow.dataset import exchange, reading
from lib.workflow.judge import disagreements
from lib.workflow.review import queueing
from lib.writers import WRITERS
from tests.support.commands import CommandLine
from tests.support.steps import add, row, say

MODES = {"t1": "blind", "t2": "known", "t3": "shadow", "t4": "unknown"}


@pytest.fixture
def four(db, make_trace):
    """A label of each mode, and a judge's verdict on each trace."""
    add(db, *(row(make_trace(name), verdicts={"bot": Verdict("pass")}) for name in MODES))
    for name, mode in MODES.items():
        say(db, name, "fail", critique=f"{mode} it was", circumstances=Circumstances(mode))
    return db


@pytest.fixture
def half_done(db, make_trace):
    """A batch of four traces for Ann, of which she has labelled the first, blind."""
    add(db, *(make_trace(f"t{n}") for n in range(4)))
    queueing.draw(db, ["Ann"], 4, {"random": 100}, seed=1)
    [first, *_] = [one["trace"] for one in queues.listing(db, "Ann")]
    say(db, first, "pass", circumstances=Circumstances("blind"))
    return db, first


def imported(store, name: str, data: bytes):
    table = read_table(name, data)
    return exchange.import_table(store, table, guess(table))


def modes(store) -> dict[str, str]:
    return {name: labels.current(store, name, "Ann").circumstances.mode for name in MODES}


def cells(name: str, data: bytes) -> list[dict]:
    return [one.cells for one in read_table(name, data).rows]


@pytest.mark.parametrize("ending", WRITERS)
def test_of_labels_it_goes_out_comes_back_and_adds_nothing_where_it_came_from(four, tmp_path, ending):
    data = exchange.export(four, "labels", ending)
    assert {one["id"]: one["mode"] for one in cells(f"labels.{ending}", data)} == MODES
    assert imported(four, f"labels.{ending}", data).added == 0
    other = projects.create(open_store(tmp_path / "other.db"), "Other")
    imported(other, f"traces.{ending}", exchange.export(four, "traces", ending))
    assert imported(other, f"labels.{ending}", data).labels == 4 and modes(other) == MODES


@pytest.mark.parametrize("ending", WRITERS)
def test_of_a_queue_it_goes_out_with_what_is_labelled_and_adds_nothing(half_done, ending):
    db, first = half_done
    data = exchange.export(db, "queue", ending)
    found = {one["id"]: one["mode"] or "" for one in cells(f"queue.{ending}", data)}
    assert found == {name: "blind" if name == first else "" for name in found} and len(found) == 4
    assert imported(db, f"queue.{ending}", data).added == 0


def refilled(data: bytes, trace: str, outcome: str) -> bytes:
    """The queue as it is saved after somebody has written an outcome into the row of a trace."""
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    next(one for one in rows if one["plumbline"] == f"queue:{trace}")["outcome"] = outcome
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def test_a_row_that_was_changed_keeps_it_and_a_new_one_has_none(half_done):
    db, first = half_done
    another = next(one["trace"] for one in queues.listing(db, "Ann") if one["trace"] != first)
    for trace, mode in ((first, "blind"), (another, "unknown")):
        assert imported(db, "queue.csv", refilled(exchange.export(db, "queue", "csv"), trace, "fail")).labels == 1
        found = labels.current(db, trace, "Ann")
        assert (found.outcome, found.circumstances.mode) == ("fail", mode)


def test_nobody_comes_back_blind_to_a_verdict_that_was_shown(half_done):
    db, first = half_done
    data = refilled(exchange.export(db, "queue", "csv"), first, "fail")
    reveals.add(db, first, "Ann")
    imported(db, "queue.csv", data)
    assert labels.current(db, first, "Ann").circumstances.mode == "known"
    assert [one.circumstances.mode for one in labels.history(db, first)] == ["known", "blind"]


def test_of_the_pairs_of_a_run_it_goes_out(four):
    data = disagreements.pairs(four, runs.newest(four, "bot").id, "Ann", True, "jsonl")
    found = [json.loads(line) for line in data.splitlines()]
    assert {one["id"]: one["expert_mode"] for one in found} == MODES


def test_the_list_of_traces_has_it_beside_the_label(four):
    found = CommandLine(four.path).json("traces")["traces"]
    assert {one["trace_id"]: one["mode"] for one in found} == MODES


@pytest.mark.parametrize("word", ["blind", "known", "dark", "fast"])
def test_a_column_of_that_name_in_another_file_is_not_taken_for_it(db, word):
    data = f"id,input,output,outcome,critique,reviewer,mode\n1,a,A,pass,good,Ann,{word}\n".encode()
    table = read_table("theirs.csv", data)
    report = reading.report_of(db, reading.read(db, table, guess(table)))
    assert "mode" in repr(report.unread)
    exchange.import_table(db, table, guess(table))
    assert labels.current(db, "1", "Ann").circumstances.mode == "unknown"

"""What an export says of notes, codes, failure modes and assertions, and which of it an import takes back."""

import csv
import io
import json
from dataclasses import replace

import pytest

from lib.readers import guess
from lib.records import UsageError, Verdict
from lib.records.feedback import Feedback
from lib.store import open_store, projects
from lib.store.dataset import traces
from lib.store.errors import (
    analyses,
    assertions,
    cause_tables,
    codings,
    failure_modes,
    mode_decisions,
    mode_history,
    notes,
)
from lib.store.errors.assertions import Result
from lib.store.errors.mode_decisions import Decision
from lib.workflow.dataset import exchange
from lib.workflow.review import queueing
from lib.writers import WRITERS
from tests.support.commands import CommandLine
from tests.support.steps import add, row, say

LIVE = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def fails(db, make_trace):
    """Fails t1 to t4 of Ann; the judge's verdict on t1."""
    add(db, row(make_trace("t1", context={"doc": "x"}), verdicts={"bot": Verdict("fail", "why")}),
        *(make_trace(f"t{n}") for n in (2, 3, 4)))
    for number in range(1, 5):
        say(db, f"t{number}", "fail")
    return db


@pytest.fixture
def worked(fails, make_trace):
    """Rows of every kind that goes out, with words that a spreadsheet would run."""
    add(fails, make_trace("asked", output=None), *(make_trace(f"new{n}", input=LIVE) for n in (1, 2)))
    note = notes.save(fails, "t1", LIVE, LIVE)
    mode = mode_history.propose(fails, LIVE, LIVE, [note])
    mode_history.confirm(fails, mode)
    failure_modes.give(fails, "t2", [LIVE, "+late"], LIVE)
    mode_history.merge(fails, mode_history.by_name(fails, "+late"), mode)
    mode_decisions.decide(fails, LIVE, Decision(owner=LIVE))
    check(fails, assertions.add(fails, LIVE, "contains", {"text": LIVE}, LIVE, LIVE), "t1", "fail", LIVE)
    add(fails, replace(row(make_trace("liked")), feedback=(Feedback(LIVE, "down", LIVE, LIVE),)))
    queueing.draw(fails, ["Ann", "Bob"], 2, {"random": 100}, overlap=1, seed=1)
    return fails


def check(store, assertion, trace: str, outcome: str | None, why: str, seen: str | None = None) -> None:
    found = traces.get(store, trace)
    assertions.save(store, assertion.key, [Result(found.key, seen or found.content_hash, outcome, why)])


def table(found, *columns: str) -> list[tuple]:
    """Some columns of a whole table."""
    names, rows = found
    assert {*columns} <= {*names}
    return [tuple(one[column] for column in columns) for one in rows]


def test_every_note_goes_out_with_what_it_stands_behind_and_the_newest_marked(fails):
    first = notes.save(fails, "t2", "Ann", "the year")
    notes.save(fails, "t1", "Bob", "the name")
    second = notes.save(fails, "t2", "Ann", "the year is of another meeting")
    for name, behind in (("wrong year", [second]), ("invented", [first, second])):
        mode_history.propose(fails, name, "", behind)
    assert table(cause_tables.notes(fails), "id", "author", "note", "behind", "current") == [
        ("t2", "Ann", "the year", ["invented"], "no"), ("t1", "Bob", "the name", [], "yes"),
        ("t2", "Ann", "the year is of another meeting", ["invented", "wrong year"], "yes")]


def test_codes_are_the_confirmed_ones_and_none_is_an_answer(fails):
    made = [notes.save(fails, f"t{number}", "Ann", "x") for number in (1, 2)]
    mode_history.confirm(fails, mode_history.propose(fails, "wrong year", "", made))
    mode_history.propose(fails, "not confirmed", "", made)
    failure_modes.give(fails, "t2", ["wrong year", "late"], "Ann")
    failure_modes.give(fails, "t3", [], "Ann")
    assert table(cause_tables.codes(fails), "id", "failure_modes", "from_model", "coder", "proposals_seen") == [
        ("t1", ["wrong year"], ["wrong year"], None, None), ("t2", ["late", "wrong year"], ["wrong year"], "Ann", "no"),
        ("t3", [], [], "Ann", "no")]


def test_a_code_confirmed_from_a_proposal_says_that_it_was_seen(fails):
    late = failure_modes.add(fails, "late")
    key = traces.key_of(fails, "t4")
    analysis = analyses.create(fails, analyses.CODES, [(key, {})], config={"modes": [late]}, endpoint="e", model="m")
    codings.save(fails, analysis, key, [late])
    assert table(cause_tables.codes(fails), "id") == []
    codings.decide(fails, "confirmed", coder="Ann")
    assert table(cause_tables.codes(fails), "id", "from_model", "proposals_seen") == [("t4", ["late"], "yes")]


def test_modes_say_what_became_of_each_and_what_was_decided(fails):
    one, two = mode_history.create(fails, "wrong year", "a year no source has"), mode_history.create(fails, "late")
    mode_history.merge(fails, two, one)
    mode_history.reject(fails, mode_history.propose(fails, "rude", "", []))
    mode_decisions.decide(fails, "wrong year", Decision("in work", "high", decision="fix the prompt", owner="Maya",
                                                        due_on="2026-12-24"))
    assert table(cause_tables.modes(fails), "failure_mode", "definition", "confirmed", "merged_into", "status",
                 "impact", "decision", "owner", "due_on") == [
        ("wrong year", "a year no source has", "yes", None, "in work", "high", "fix the prompt", "Maya", "2026-12-24"),
        ("late", "", "yes", "wrong year", "open", "medium", "", "", None),
        ("rude", "", "no", None, "open", "medium", "", "", None)]
    rejected = table(cause_tables.modes(fails), "rejected_at")
    assert [bool(at) for (at,) in rejected] == [False, False, True]


def test_history_names_traces_and_modes_never_their_rows(fails):
    note = notes.save(fails, "t2", "Ann", "x")
    late = mode_history.propose(fails, "late", "", [note])
    mode_history.confirm(fails, late)
    year, old = mode_history.create(fails, "year"), mode_history.create(fails, "old")
    failure_modes.give(fails, "t2", ["late", "year"])
    failure_modes.give(fails, "t3", ["late"])
    mode_history.merge(fails, old, late)
    mode_history.merge(fails, late, year)
    mode_history.rename(fails, year, "wrong year")
    found = table(cause_tables.history(fails), "failure_mode", "event", "detail")
    assert found[:2] == [("late", "proposed", None), ("late", "confirmed", None)]
    assert [(name, event) for name, event, _ in found[2:]] == [
        ("wrong year", "made by hand"), ("old", "made by hand"), ("old", "merged"), ("late", "took in"),
        ("late", "merged"), ("wrong year", "took in"), ("wrong year", "renamed")]
    assert found[6][2] == {"name": "late", "target": "year", "traces": ["t2", "t3"], "model": ["t2"], "both": ["t2"],
                           "notes": ["t2"], "both_notes": [], "inside": ["old"]}
    assert found[8][2] == {"before": "year", "after": "wrong year"}


def test_checks_say_which_results_still_count(fails):
    kept, gone = (assertions.add(fails, name, "contains", {"text": "x"}) for name in ("kept", "gone"))
    check(fails, kept, "t1", "fail", "no x")
    check(fails, kept, "t2", "pass", "", seen="what it held before")
    check(fails, kept, "t3", None, "half a second")
    check(fails, gone, "t1", "pass", "")
    assertions.retire(fails, "gone")
    assert table(cause_tables.checks(fails), "id", "assertion", "outcome", "detail", "current") == [
        ("t1", "kept", "fail", "no x", "yes"), ("t2", "kept", "pass", "", "no"),
        ("t3", "kept", None, "half a second", "yes"), ("t1", "gone", "pass", "", "no")]


def test_assertions_keep_their_settings_and_follow_a_merge(fails):
    late, slow = (mode_history.create(fails, name) for name in ("late", "slow"))
    assertions.add(fails, "in time", "latency", {"most": 900}, "late", "a promise")
    mode_history.merge(fails, late, slow)
    assertions.add(fails, "old", "JSON valid", {})
    assertions.retire(fails, "old")
    assert table(cause_tables.assertions(fails), "assertion", "kind", "settings", "failure_mode", "reason") == [
        ("in time", "latency", {"most": 900}, "slow", "a promise"), ("old", "JSON valid", {}, None, "")]
    assert [bool(at) for (at,) in table(cause_tables.assertions(fails), "retired_at")] == [False, True]


@pytest.mark.parametrize("what", exchange.EXPORTS)
def test_no_cell_of_any_export_is_run_by_a_spreadsheet(worked, what):
    cells = [cell for line in csv.reader(io.StringIO(exchange.export(worked, what, "csv").decode("utf-8-sig")))
             for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert what in ("inputs", "labels", "verdicts") or any(LIVE[:10] in cell for cell in cells)


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize("what", [what for what, kind in exchange.EXPORTS.items() if kind.back])
def test_what_can_be_imported_again_adds_nothing_where_it_came_from(worked, what, ending):
    table = exchange.read_file(f"t.{ending}", exchange.export(worked, what, ending))
    assert table.rows and exchange.import_table(worked, table, guess(table)).added == 0


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize("what", [what for what, kind in exchange.EXPORTS.items() if not kind.back])
def test_what_cannot_be_imported_is_refused_and_mistaken_for_nothing_else(worked, what, ending):
    table = exchange.read_file(f"t.{ending}", exchange.export(worked, what, ending))
    with pytest.raises(UsageError, match="say which column holds the input"):
        exchange.import_table(worked, table, guess(table))


@pytest.mark.parametrize("ending", WRITERS)
def test_codes_come_back_in_another_file(worked, tmp_path, ending):
    failure_modes.give(worked, "t3", ["one", "[two]"])
    other = projects.create(open_store(tmp_path / "other.db"), "Other")
    for what in ("traces", "codes"):
        table = exchange.read_file(f"{what}.{ending}", exchange.export(worked, what, ending))
        exchange.import_table(other, table, guess(table))
    names = [f"t{number}" for number in range(1, 5)]
    assert [failure_modes.of_trace(other, name) for name in names] == [
        failure_modes.of_trace(worked, name) for name in names] == [[LIVE], [LIVE], ["[two]", "one"], []]


def test_the_command_writes_them_by_the_ending(worked, tmp_path):
    cli = CommandLine(worked.path)
    cli("export", "notes", tmp_path / "notes.jsonl")
    cli("export", "checks", tmp_path / "checks.csv")
    [note] = map(json.loads, (tmp_path / "notes.jsonl").read_text().splitlines())
    assert (note["id"], note["note"], note["behind"], note["current"]) == ("t1", LIVE, [LIVE], "yes")
    assert f"\nt1,\"'{LIVE.replace(chr(34), chr(34) * 2)}\",fail," in (tmp_path / "checks.csv").read_text("utf-8-sig")


def test_the_command_says_what_each_kind_holds():
    said = CommandLine(None)("export", "--help").stdout
    assert all(f"{what} " in said and kind.text in said for what, kind in exchange.EXPORTS.items())

"""An import taken back whole: what it brought goes, what others did since stays unless it hangs on it."""

import json

import pytest

from lib.records import ImportedRow, Label, Trace, UsageError, Verdict
from lib.store import Store, experts, people
from lib.store.dataset import imported, imports, traces
from lib.store.errors import failure_modes
from lib.store.judge import judges
from lib.store.removal import log
from lib.store.review import labels
from lib.workflow.overview import removing
from tests.support.removal.filled import dump
from tests.support.steps import add, row, say


def bring(store: Store, file: str, *rows: ImportedRow) -> int:
    imports.add_rows(store, file, "csv", "{}", list(rows))
    return imported.every(store)[0].number


def taken_back(store: Store, number: int) -> removing.Look:
    seen = removing.look(store, removing.of_import(store, number))
    assert removing.remove(store, seen, seen.thing.typed) is None
    return seen


def state(store: Store) -> dict:
    """All of the project, but for the log."""
    return dump(store, store.project)


def whole(make_trace) -> list[ImportedRow]:
    return [row(make_trace(f"n{n}", dimensions={"topic": (f"{n % 2}",)}, session="s"), n + 2, ("rude",),
                {"old judge": Verdict("pass", "fine")}, Ann="fail", Eve="pass") for n in range(4)]


def test_what_an_import_brought_goes_and_comes_again_with_the_file(db, make_trace):
    add(db, row(make_trace("t1"), Ann="pass"))
    before = state(db)
    number = bring(db, "new.csv", *whole(make_trace))
    one = imported.get(db, number)
    assert (one.traces, one.labels, one.verdicts, one.codes, one.file) == (4, 8, 4, 4, "new.csv")
    seen = taken_back(db, number)
    assert seen.hanging.labels == {"Ann": 4, "Eve": 4} and seen.hanging.counts["traces"] == 4
    assert state(db) == before
    again = imports.add_rows(db, "new.csv", "csv", "{}", whole(make_trace))
    assert (again.traces, again.labels, again.verdicts, again.failure_modes) == (4, 8, 4, 4)
    assert db.rows("pragma foreign_key_check") == []


def test_an_import_of_labels_alone_leaves_the_traces_and_what_others_said(db, make_trace):
    add(db, make_trace("t1"), make_trace("t2"))
    say(db, "t1", "pass", "Bob")
    number = bring(db, "labels.csv", row(make_trace("t1", dimensions={"topic": ("a",)}), 2, ("rude",), Ann="fail"))
    say(db, "t1", "fail", "Bob", "another mind")
    taken_back(db, number)
    assert [(one.expert, one.outcome) for one in labels.history(db, "t1")] == [("Bob", "fail"), ("Bob", "pass")]
    assert traces.count(db) == 2 and failure_modes.every(db) == {} and traces.get(db, "t1").dimensions == {}
    assert "Ann" not in [one.name for one in people.every(db)]


def test_what_the_import_began_and_others_use_stays(db, make_trace):
    add(db, make_trace("t1"))
    number = bring(db, "new.csv", row(make_trace("n1"), 2, ("rude",), {"theirs": Verdict("pass")}, Ann="fail"))
    say(db, "t1", "fail", "Ann")
    db.execute("insert into trace_failure_modes (trace, failure_mode) select t.id, f.id from traces t, failure_modes f"
               " where t.trace_id = 't1'")
    judges.save_prompt(db, "theirs", "Is it good? {{input}}")
    taken_back(db, number)
    assert list(failure_modes.every(db)) == ["rude"] and judges.every(db) == ["theirs"]
    assert experts.principal(db).name == "Ann" and [one.outcome for one in labels.history(db, "t1")] == ["fail"]
    assert db.rows("pragma foreign_key_check") == []


def test_a_trace_that_got_its_answer_waits_for_one_again(db, make_trace):
    add(db, make_trace("t1", output=None, context={"plan": "basic"}), make_trace("t2", output=None))
    before = state(db)
    number = bring(db, "answers.csv", row(make_trace("t1", session="s", system_version="v2"), Ann="fail"),
                   row(make_trace("t2", created_at="2026-11-01T10:00:00Z")))
    say(db, "t1", "pass", "Bob")
    seen = removing.look(db, removing.of_import(db, number))
    assert seen.hanging.counts["restored"] == 2 and seen.hanging.labels == {"Ann": 1, "Bob": 1}
    assert any("waits for an answer again" in note for note in seen.notes)
    removing.remove(db, seen, "answers.csv")
    after = state(db)
    assert after["traces"] == before["traces"] and after["labels"] == []


def test_the_time_that_a_later_file_gave_stays(db, make_trace):
    add(db, make_trace("t1", output=None))
    number = bring(db, "answers.csv", row(make_trace("t1")))
    db.execute("update traces set created_at = '2026-11-02T00:00:00Z'")
    taken_back(db, number)
    found = traces.get(db, "t1")
    assert (found.output, found.created_at) == (None, "2026-11-02T00:00:00Z")


def test_an_answer_that_is_another_one_now_is_left_and_said(db, make_trace):
    add(db, make_trace("t1", output=None))
    number = bring(db, "answers.csv", row(make_trace("t1")))
    db.execute("update traces set output = 'mended', content_hash = 'other'")
    seen = removing.look(db, removing.of_import(db, number))
    assert "1 trace stays as it is, for it has changed since" in seen.lines
    removing.remove(db, seen, "answers.csv")
    assert traces.get(db, "t1").output == "mended"


def test_of_an_older_version_the_traces_go_and_the_rest_is_said(db, make_trace):
    number = bring(db, "old.csv", row(make_trace("n1"), Ann="pass"))
    db.execute("update imports set noted = 0")
    db.execute("update labels set import = null")
    one = imported.get(db, number)
    assert (one.traces, one.labels) == (1, None)
    seen = taken_back(db, number)
    assert "did not note what it brought" in seen.notes[0] and traces.count(db) == 0


def test_one_that_is_under_way_is_refused(db, make_trace):
    number = bring(db, "new.csv", row(make_trace("n1")))
    db.execute("update imports set stage = 'somewhere'")
    with pytest.raises(UsageError, match=r"the import of new\.csv is at work on it"):
        removing.look(db, removing.of_import(db, number))


def test_names_are_typed_and_counts_are_those_that_were_seen(db, make_trace):
    number = bring(db, "new.csv", row(make_trace("n1")))
    seen = removing.look(db, removing.of_import(db, number))
    with pytest.raises(UsageError, match=r"Type 'new\.csv'"):
        removing.remove(db, seen, "new")
    say(db, "n1", "pass", "Bob")
    with pytest.raises(UsageError, match="Somebody has changed something"):
        removing.remove(db, seen, "new.csv")
    assert traces.count(db) == 1 and db.value("select count(*) from leaving") == 0


def test_an_import_has_a_name_of_its_own_and_the_log_keeps_it(db, make_trace):
    number = bring(db.by("Bob"), "new.csv", row(make_trace("n1")))
    imported.rename(db.by("Bob"), number, " March, support ")
    assert (imported.get(db, number).called, imported.get(db, number).author) == ("March, support", "Bob")
    seen = removing.look(db.by("Bob"), removing.of_import(db, number))
    removing.remove(db.by("Bob"), seen, "March, support")
    told = [(one.kind, one.author, one.words) for one in log.every(db)]
    assert told == [("taken back", "Bob", f"import {number}, March, support taken back: 1 trace"
                     + ("; 1 of them in the test split" if "test" in seen.hanging.counts else "")),
                    ("renamed", "Bob", "import new.csv is called March, support now")]
    assert json.loads(db.value("select detail from removals order by id desc limit 1"))["counts"]["traces"] == 1


def test_one_taken_back_leaves_another_files_labels_of_the_same_words(db, make_trace):
    add(db, make_trace("t1"))
    first = bring(db, "a.csv", row(make_trace("t1"), Ann="fail"))
    second = bring(db, "b.csv", row(make_trace("t1"), Ann="pass"))
    taken_back(db, first)
    assert [one.outcome for one in labels.history(db, "t1")] == ["pass"]
    taken_back(db, second)
    assert labels.history(db, "t1") == []


def test_dates_of_a_file_that_came_back_are_taken_back_too(db, make_trace):
    from lib.store.dataset import returns

    add(db, make_trace("t1", output=None))
    given = returns.Given("back.csv", "csv", "{}", lambda: [ImportedRow(
        Trace("t1", "question of t1", "answer", created_at="2026-11-03T00:00:00Z"), 2,
        (Label("t1", "Eve", "pass", "fine"),), (), ("rude",))], True, "line")
    before = state(db)
    returns.add_returned(db, given, lambda: None)
    number = imported.every(db)[0].number
    assert (traces.get(db, "t1").output, imported.get(db, number).labels) == ("answer", 1)
    taken_back(db, number)
    assert state(db) == before

"""What the views of error analysis show, each as one record: fixes, checks, a fail, a failure mode."""

from lib.store.dataset import systems
from lib.store.errors import failure_modes, fixes, mode_history, notes
from lib.workflow.errors import checking, fixing, naming, special
from lib.workflow.errors.views import checks, coding
from lib.workflow.errors.views import fixes as views
from tests.support.steps import add, say


def two_fails(store, make_trace) -> None:
    """Ann failed t1 and t2 for one reason each and passed t3, which v1 answered too."""
    add(store, *(make_trace(f"t{n}", output="sorry, no" if n == 1 else "yes", system_version="v1") for n in (1, 2, 3)))
    for trace, outcome in (("t1", "fail"), ("t2", "fail"), ("t3", "pass")):
        say(store, trace, outcome)
    failure_modes.give(store, "t1", ["too short"], "Ann")
    failure_modes.give(store, "t2", ["wrong"], "Ann")


def test_of_fixes_the_wanted_one_is_read_and_without_failure_modes_there_is_no_record(db, make_trace):
    assert views.of(db) is None
    two_fails(db, make_trace)
    assert views.of(db).listed == () and views.of(db).read is None
    first = fixing.create(db, "Say more", ["too short"], version="v2", control=0)
    second = fixing.create(db, "Check it", ["wrong"], control=0)
    found = views.of(db)
    assert found.modes == ("too short", "wrong") and [fix.id for fix in found.listed] == [second.id, first.id]
    assert found.read.fix.id == second.id and found.read.effect is None and found.read.missing == ""
    read = views.of(db, wanted=str(first.id)).read
    assert read.effect.unanswered == 1 and not read.set_up and read.loose == 0
    assert read.missing == "1 of 1 input is not answered by the new version yet."
    assert [fix.id for fix in views.of(db, "wrong", wanted=str(first.id)).listed] == [second.id]


def test_an_answer_that_was_imported_is_loose_until_it_waits_in_a_queue(db, make_trace):
    two_fails(db, make_trace)
    fix = fixing.create(db, "Say more", ["too short"], version="v2", control=0)
    assert systems.every(db) == []
    add(db, make_trace("t1@v2", input="question of t1", output="much more", system_version="v2"))
    assert fixes.again(db, fix.id, "Ann")[0].answer == "t1@v2"
    assert views.of(db).read.loose == 1 and views.of(db).read.missing == "1 new answer is still unread."
    fixing.queue(db, fix.id)
    assert views.of(db).read.loose == 0


def test_what_a_fix_may_be_tried_on_is_counted_for_the_failure_modes_that_are_picked(db, make_trace):
    two_fails(db, make_trace)
    assert views.material(db, []) == views.Material(0, 0)
    assert views.material(db, ["too short"]) == views.Material(1, 1)


def test_checks_are_one_record_of_a_failure_mode_or_of_all(db, make_trace):
    two_fails(db, make_trace)
    checking.add(db, "no excuse", "does not contain", {"text": "sorry"}, "too short", "a test of the record")
    checking.add(db, "any", "contains", {"text": "e"}, None, "a test of the record")
    special.build(db, "too short", "terse", "a test of the record")
    found = checks.of(db, "too short")
    assert found.answered == 3 and [row.one.name for row in found.rows] == ["no excuse"] and found.others == 1
    assert found.judges == (("terse", "too short"),) and found.rows[0].tally.waiting == 3
    assert found.rows[0].stands.n == 0
    checking.run(db, found.rows[0].one)
    row = checks.of(db, "too short").rows[0]
    assert (row.tally.waiting, row.tally.failed, row.stands.fail_fail) == (0, 1, 1)
    assert len(checks.of(db).rows) == 2 and checks.of(db, "wrong").judges == ()


def test_a_fail_comes_with_its_label_note_and_failure_modes(db, make_trace):
    two_fails(db, make_trace)
    fail = coding.of(db, "t1", "Ann")
    assert (fail.label.outcome, fail.note, fail.given) == ("fail", None, ["too short"])
    assert fail.modes == ["too short", "wrong"]
    notes.save(db, "t1", "Ann", "it apologises", "press")
    assert coding.of(db, "t1", "Ann").note["text"] == "it apologises"


def test_a_failure_mode_that_is_looked_at_comes_with_its_fails_and_its_history(db, make_trace):
    assert naming.groups(db) is None
    two_fails(db, make_trace)
    found = naming.groups(db)
    row = next(one for one in found.confirmed if one["name"] == "wrong")
    mode_history.rename(db, row["id"], "wrong year")
    chosen = naming.chosen(db, row)
    assert [one["trace_id"] for one in chosen.fails] == ["t2"] and chosen.events[0]["kind"] == "renamed"
    assert found.naming.words.startswith("0 of 2 fails have a note, 2 more a critique")

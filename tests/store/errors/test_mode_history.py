"""What becomes of failure modes: nothing unconfirmed is counted, merges are undone exactly, history is kept."""

import pytest

from lib.records import UsageError
from lib.statistics import breakdowns
from lib.store.errors import distributions, failure_modes, mode_history, notes
from lib.workflow.overview import process
from tests.support.steps import add, row, say


@pytest.fixture
def six(db, make_trace):
    """Fails t1 to t6 of Ann, a note on each: n1 to n6 are the numbers of the notes."""
    add(db, *(make_trace(f"t{n}") for n in range(1, 7)))
    for number in range(1, 7):
        say(db, f"t{number}", "fail")
        notes.save(db, f"t{number}", "Ann", f"note {number}")
    return db


def numbers(store) -> list[int]:
    return [note["id"] for note in notes.every(store, notes.Fails("Ann"))]


def kinds(store, mode: int) -> list[str]:
    return [event["kind"] for event in mode_history.events(store, mode)]


def codes(store) -> dict[str, list[str]]:
    """Trace -> names of its codes with who named them first, confirmed or not."""
    found = {}
    for name, trace, source in store.rows("""select f.name, t.trace_id, c.source from trace_failure_modes c
            join failure_modes f on f.id = c.failure_mode join traces t on t.id = c.trace order by 2, 1"""):
        found.setdefault(trace, []).append(f"{name} ({source})")
    return found


def whole(store) -> list[list[tuple]]:
    return [[tuple(found) for found in store.rows(sql)] for sql in (
        "select id, name, merged_into, confirmed from failure_modes order by id",
        "select * from trace_failure_modes order by 1, 2", "select * from failure_mode_notes order by 1, 2")]


def test_a_proposed_group_is_counted_nowhere_until_a_person_confirms_it(six):
    n = numbers(six)
    failure_modes.give(six, "t6", ["too long"])
    mode = mode_history.propose(six, "wrong year", "a year no source has", n[:3])
    before = failure_modes.distribution(six, "Ann"), distributions.as_read(six, "Ann"), process.steps(six)[3].text
    assert before == (({"too long": 1}, 1, 5), [["too long"]], "1 of 6 fails have a failure mode.")
    assert failure_modes.unconfirmed(six) == ["wrong year"] and failure_modes.of_trace(six, "t1") == []
    assert [(one["trace_id"], one["source"]) for one in mode_history.traces_of(six, mode)] == [
        (f"t{number}", "model") for number in (1, 2, 3)]
    mode_history.confirm(six, mode)
    assert failure_modes.distribution(six, "Ann") == ({"wrong year": 3, "too long": 1}, 4, 2)
    assert breakdowns.saturation(distributions.as_read(six, "Ann")) == [1, 1, 1, 2]
    assert kinds(six, mode) == ["confirmed", "proposed"] and failure_modes.unconfirmed(six) == []


def test_a_rejected_mode_counts_no_more_and_can_be_taken_up_again(six):
    failure_modes.give(six, "t1", ["wrong year"])
    mode = mode_history.by_name(six, "wrong year")
    mode_history.reject(six, mode)
    assert failure_modes.distribution(six, "Ann") == ({}, 1, 5)  # a person did look at t1
    assert mode_history.propose(six, "wrong year", "", []) is None  # a model cannot bring it back
    failure_modes.give(six, "t2", ["wrong year"])  # a person can
    assert failure_modes.distribution(six, "Ann") == ({"wrong year": 2}, 2, 4)
    assert kinds(six, mode) == ["confirmed", "rejected"]


def test_a_merge_moves_codes_and_notes_and_is_undone_exactly(six):
    n = numbers(six)
    one, two = (mode_history.propose(six, name, "", chosen) for name, chosen in (("a", n[:3]), ("b", n[2:5])))
    mode_history.confirm(six, one)
    mode_history.confirm(six, two)
    three = mode_history.create(six, "c")
    mode_history.merge(six, three, one)
    failure_modes.give(six, "t6", ["a"])
    before = whole(six)
    mode_history.merge(six, one, two)
    assert failure_modes.distribution(six, "Ann") == ({"b": 6}, 6, 0)
    assert codes(six)["t6"] == ["b (person)"] and codes(six)["t1"] == ["b (model)"]
    # What was merged into it before goes along, and an import with an old name finds its way.
    assert [failure_modes.add(six, name) for name in "abc"] == [two, two, two]
    assert [one["merged_into"] for one in failure_modes.listing(six, "Ann")] == [None, "b", "b"]
    mode_history.take_apart(six, one)
    assert whole(six) == before and kinds(six, one)[:2] == ["taken apart", "merged"]


def test_what_joined_the_target_after_a_merge_stays_there(six):
    failure_modes.give(six, "t1", ["a"])
    failure_modes.give(six, "t2", ["b"])
    one, two = mode_history.by_name(six, "a"), mode_history.by_name(six, "b")
    mode_history.merge(six, one, two)
    failure_modes.give(six, "t3", ["b"])
    failure_modes.give(six, "t1", [])  # recoded since: no longer one of them
    mode_history.take_apart(six, one)
    assert codes(six) == {"t2": ["b (person)"], "t3": ["b (person)"]}
    assert set(failure_modes.every(six)) == {"a", "b"}


def test_a_split_takes_traces_and_their_notes_along(six):
    n = numbers(six)
    mode = mode_history.propose(six, "wrong year", "", n)
    new = mode_history.split(six, mode, "wrong month", ["t1", "t4"], "a month no source has")
    assert failure_modes.unconfirmed(six) == ["wrong month", "wrong year"]  # as unconfirmed as it was
    assert [note["text"] for note in mode_history.notes_behind(six, new)] == ["note 1", "note 4"]
    assert [one["trace_id"] for one in mode_history.traces_of(six, mode)] == ["t2", "t3", "t5", "t6"]
    assert mode_history.events(six, mode)[0]["detail"] == {"name": "wrong month", "fails": 2}
    assert kinds(six, new) == ["split off"]


def test_names_definitions_kind_and_impact_change_with_their_history(six):
    mode = mode_history.create(six, "wrong year", "no source has it")
    mode_history.rename(six, mode, " invented year ")
    mode_history.redefine(six, mode, "a year that no source has", "specification", "high")
    mode_history.redefine(six, mode, "a year that no source has", "specification", "high")  # nothing new
    failure_modes.add(six, "invented year", "any year without a source")
    found = mode_history.get(six, mode)
    assert (found["name"], found["kind"], found["impact"]) == ("invented year", "specification", "high")
    assert [event["detail"] for event in mode_history.events(six, mode)] == [
        {"definition": ["a year that no source has", "any year without a source"]},
        {"definition": ["no source has it", "a year that no source has"], "kind": ["", "specification"],
         "impact": ["medium", "high"]},
        {"before": "wrong year", "after": "invented year"}, {}]


@pytest.mark.parametrize(("act", "sentence"), [
    (lambda s, a, b: mode_history.rename(s, a, "b"), "'b' already"),
    (lambda s, a, b: mode_history.create(s, "b"), "'b' already"),
    (lambda s, a, b: mode_history.rename(s, a, " "), "needs a name"),
    (lambda s, a, b: mode_history.merge(s, a, a), "into itself"),
    (lambda s, a, b: mode_history.split(s, a, "b", ["t1"]), "'b' already"),
    (lambda s, a, b: mode_history.split(s, a, "new", []), "Choose the traces"),
    (lambda s, a, b: mode_history.take_apart(s, a), "was not merged"),
    (lambda s, a, b: mode_history.redefine(s, a, "", "mine", "low"), "kind is one of"),
    (lambda s, a, b: mode_history.by_name(s, "zzz"), "no failure mode 'zzz'"),
    (lambda s, a, b: (mode_history.reject(s, b), mode_history.merge(s, a, b)), "'b' was rejected"),
    (lambda s, a, b: (mode_history.merge(s, a, b), mode_history.rename(s, a, "c")), "take it apart first")])
def test_what_cannot_be_done_is_a_sentence(six, act, sentence):
    modes = [mode_history.create(six, name) for name in "ab"]
    with pytest.raises(UsageError, match=sentence):
        act(six, *modes)


def test_merging_a_confirmed_mode_into_a_proposed_one_confirms_that(six):
    failure_modes.give(six, "t1", ["a"])
    proposed = mode_history.propose(six, "b", "", numbers(six)[1:2])
    mode_history.merge(six, mode_history.by_name(six, "a"), proposed)
    assert failure_modes.distribution(six, "Ann") == ({"b": 2}, 2, 4)


def test_a_fail_with_none_is_coded_and_an_imported_one_needs_no_second_look(six, make_trace):
    add(six, row(make_trace("t7"), modes=("a",), Ann="fail"))
    failure_modes.give(six, "t1", [], "Ann")
    assert failure_modes.distribution(six, "Ann") == ({"a": 1}, 2, 5)
    assert failure_modes.next_uncoded(six, "Ann") == "t2" and failure_modes.next_uncoded(six, "Ann", "t6") == "t2"
    assert len(failure_modes.uncoded(six, "Ann")) == 5 and len(failure_modes.coded_unseen(six, "Ann")) == 2


def test_coding_by_hand_leaves_a_proposed_group_waiting(six):
    mode_history.propose(six, "wrong year", "", numbers(six)[:1])
    failure_modes.give(six, "t1", ["too long"])
    assert codes(six)["t1"] == ["too long (person)", "wrong year (model)"]

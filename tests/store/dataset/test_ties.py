"""Which traces share an input or a session: noted as they come, in whatever order, and of older files by migration."""

from dataclasses import replace

from lib.records import Trace, Verdict
from lib.store import projects
from lib.store.dataset import imports
from lib.store.judge import runs, verdicts
from tests.support.steps import add, row, say


def noted(store) -> dict[str, tuple[str | None, str | None]]:
    """Trace -> the first trace of its session, and the first with its input."""
    return {found[0]: (found[1], found[2]) for found in store.rows("""
        select t.trace_id, s.trace_id, i.trace_id from tied_traces x join traces t on t.id = x.trace
        left join traces s on s.id = x.session left join traces i on i.id = x.input
        where t.project = :project order by t.id""")}


def test_what_shares_nothing_is_not_noted(db):
    add(db, Trace("a", "one", "x"), Trace("b", "two", "x", session="s1"), Trace("c", "three", "x", session="s2"))
    assert noted(db) == {}


def test_the_first_is_noted_with_the_second_whichever_import_brings_it(db):
    add(db, Trace("a", "one", "x", session="s"), Trace("b", "two", "x"))
    add(db, Trace("c", "one", "y"), Trace("d", "four", "x", session="s"))
    add(db, Trace("e", "one", "z", session="s"))
    assert noted(db) == {"a": ("a", "a"), "c": (None, "a"), "d": ("a", None), "e": ("a", "a")}


def test_a_trace_that_somebody_writes_by_hand_is_noted_too(db):
    add(db, Trace("a", "one", "x"))
    imports.insert_trace(db, Trace("b", "one", None, source="synthetic"))
    assert noted(db) == {"a": (None, "a"), "b": (None, "a")}


def test_another_project_shares_nothing(db):
    add(db, Trace("a", "one", "x", session="s"))
    other = projects.create(db, "Other")
    add(other, Trace("a", "one", "x", session="s"))
    assert noted(db) == noted(other) == {}


def test_a_trace_whose_answer_brings_its_session_joins_the_others(db):
    add(db, Trace("a", "one", None), Trace("b", "two", "x", session="s"))
    assert noted(db) == {}
    add(db, Trace("a", "one", "y", session="s"))
    assert noted(db) == {"a": ("a", None), "b": ("a", None)}


def test_pairs_know_the_groups_they_are_in(db):
    # Three answers to one question, two of one conversation, one alone.
    shared = [Trace(f"q{n}", "one question", f"answer {n}", split="dev") for n in range(3)]
    talk = [Trace(f"s{n}", f"turn {n}", "x", session="s", split="dev") for n in range(2)]
    alone = Trace("alone", "another", "x", split="dev")
    add(db, *(row(replace(one, split="dev"), verdicts={"judge": Verdict("pass")}) for one in (*shared, *talk, alone)))
    for one, outcome in zip((*shared, *talk, alone), ("pass", "pass", "fail", "pass", "fail", "pass"), strict=True):
        say(db, one.id, outcome)
    counts = verdicts.counts(db, runs.newest(db, "judge").id, "Ann")
    assert counts.cells == (4, 0, 2, 0)
    assert dict(counts.groups["input"]) == {(2, 0, 1, 0): 1} and dict(counts.groups["session"]) == {(1, 0, 1, 0): 1}

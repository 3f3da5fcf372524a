"""Frozen sets and the traces of what was fixed are a project's own: nothing of another one is seen or changed."""

import pytest

from lib.records import UsageError, Verdict
from lib.store import projects
from lib.store.dataset import traces
from lib.store.errors import failure_modes, fixes
from lib.store.errors.gates import frozen, regressions
from lib.store.judge import judges, replacements, runs, verdicts
from tests.support.ownership import public, reads_its_own, writes_its_own
from tests.support.steps import add, row


def fill(store, word: str) -> None:
    """A judge whose labelled traces are frozen and were read again once; a failure mode that v2 has fixed."""
    add(store, *(row(traces.Trace(f"t{n}", f"{word} {n}", word, split="dev"), Ann="fail" if n else "pass")
                 for n in range(2)), traces.Trace("new", f"{word} 1", f"{word} anew", system_version="v2"))
    key = judges.save_prompt(store, word, "Judge {{ trace }}").key
    made = runs.create(store, key, word, "embedded", token=word)
    judged(store, made)
    frozen.freeze(store, made, "Ann", 9)
    judged(store, frozen.reading(store, frozen.every(store)[0]))
    failure_modes.give(store, "t1", ["late"])
    fixes.create(store, word, "", "v2", ["late"], [traces.key_of(store, "t1")])


def judged(store, run: int) -> None:
    for trace in runs.pending(store, run):
        verdicts.save(store, run, trace, Verdict("pass", "because"))
    runs.set_status(store, run, "done")


def first(store) -> int:
    return min(runs.numbers(store))


def last(store) -> int:
    return max(runs.numbers(store))


def of(store):
    return frozen.every(store)[0]


def every_fix(store) -> list[int]:
    return [one.id for one in fixes.every(store)]


READS = {
    "frozen.every": frozen.every,
    "frozen.of": lambda s: frozen.of(s, first(s)),
    "frozen.whole": lambda s: frozen.whole(s, of(s)),
    "frozen.still": lambda s: frozen.still(s, of(s)),
    "frozen.readings": frozen.readings,
    "frozen.said": lambda s: frozen.said(s, of(s), last(s)),
    "frozen.refrozen": lambda s: frozen.refrozen(s, first(s)),
    "regressions.fixed": lambda s: regressions.fixed(s, every_fix(s), "v2", "Ann"),
    "regressions.verdicts": lambda s: regressions.verdicts(s, first(s), traces.keys(s)),
    "regressions.run_of": lambda s: (regressions.run_of(s, "mine"), regressions.run_of(s, "theirs")),
}
WRITES = {
    "frozen.freeze": lambda s: frozen.freeze(s, last(s), "Ann", 9),
    "frozen.reading": lambda s: frozen.reading(s, of(s)),
    "frozen.tell": lambda s: frozen.tell(s, last(s), "moved"),
    "replacements.over": lambda s: replacements.over(s, first(s), "m", "embedded", "", traces.keys(s)),
}


def test_every_function_is_tried_here():
    own = public(frozen, regressions) | {"replacements.over"}
    assert own == {*READS, *WRITES}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, name):
    reads_its_own(db, fill, READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_leaves_the_other_project_as_it_is(db, name):
    writes_its_own(db, fill, WRITES[name], [*READS.values(), runs.every])


def test_a_run_of_another_project_is_refused_or_shows_nothing(db):
    other = projects.create(db, "Other")
    fill(db, "mine")
    fill(other, "theirs")
    theirs, before = of(other), (frozen.every(other), frozen.said(other, of(other), last(other)))
    for wrong in (lambda: frozen.freeze(db, last(other), "Ann", 9), lambda: frozen.reading(db, theirs),
                  lambda: replacements.over(db, first(other), "m", "embedded", "", [])):
        with pytest.raises(UsageError):
            wrong()
    frozen.tell(db, last(other), "moved")
    assert frozen.of(db, first(other)) is None and frozen.said(db, theirs, last(other)) == []
    assert regressions.verdicts(db, first(other), traces.keys(other)) == {}
    assert regressions.fixed(db, every_fix(other), "v2", "Ann") == []
    assert (frozen.every(other), frozen.said(other, theirs, last(other))) == before

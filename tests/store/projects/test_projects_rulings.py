"""Rulings, notes and criteria of one project show and change nothing of another that uses the same names."""

import pytest

from lib.records import UsageError, Verdict
from lib.records.disagreements import Draft
from lib.store import projects
from lib.store.judge import judges, rulings, runs, verdicts
from lib.store.review import criteria
from tests.support import ownership
from tests.support.steps import add, row


def fill(store, make_trace, word: str) -> int:
    """A run that differs from Ann on two dev traces: the first ruled on, something typed on the second."""
    add(store, *(row(make_trace(f"t{n}", input=f"{word} {n}", split="dev"), Ann="fail") for n in range(2)))
    criteria.save(store, f"{word} criteria", word)
    criteria.keep_draft(store, criteria.Draft(1, f"{word} typed", word))
    run = runs.create(store, judges.save_prompt(store, "judge", word).key, "m", "environment")
    for key in runs.pending(store, run):
        verdicts.save(store, run, key, Verdict("pass", word))
    first, second = (rulings.case(store, run, "Ann", trace) for trace in ("t0", "t1"))
    rulings.add(store, first.verdict, first.label, "judge wrong", word, word)
    rulings.keep_draft(store, second.verdict, second.label, Draft("borderline", word))
    return run


def newest(store) -> int:
    return runs.newest(store, "judge").id


def keys(store, trace: str = "t1") -> tuple[int, int]:
    found = rulings.case(store, newest(store), "Ann", trace)
    return found.verdict, found.label


READS = {
    "rulings.tallies": lambda s: rulings.tallies(s, newest(s), "Ann"),
    "rulings.cases": lambda s: rulings.cases(s, newest(s), "Ann"),
    "rulings.case": lambda s: rulings.case(s, newest(s), "Ann", "t0"),
    "rulings.draft": lambda s: rulings.draft(s, *keys(s)),
    "rulings.endings": lambda s: rulings.endings(s, newest(s), "Ann"),
    "rulings.notes": lambda s: rulings.notes(s, "judge"),
    "rulings.of_token": lambda s: [rulings.of_token(s, "mine") is None, rulings.of_token(s, "theirs")],
    "criteria.every": lambda s: [(one.number, one.text) for one in criteria.every(s)],
    "criteria.newest": lambda s: criteria.newest(s).text,
    "criteria.draft": criteria.draft,
    "criteria.earlier": lambda s: criteria.earlier(s, "Ann"),
    "criteria.earlier_labels": lambda s: criteria.earlier_labels(s, "Ann"),
}
WRITES = {
    "rulings.add": lambda s: rulings.add(s, *keys(s), "borderline", version=1),
    "rulings.keep_draft": lambda s: rulings.keep_draft(s, *keys(s), Draft("label wrong", "x")),
    "criteria.save": lambda s: criteria.save(s, "x", "y"),
    "criteria.keep_draft": lambda s: criteria.keep_draft(s, criteria.Draft(1, "x")),
    "criteria.forget_draft": criteria.forget_draft,
}


def test_every_function_is_tried_here():
    assert ownership.public(rulings, criteria) == {*READS, *WRITES, "criteria.key_of"}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, make_trace, name):
    ownership.reads_its_own(db, lambda store, word: fill(store, make_trace, word), READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_leaves_the_other_project_as_it_is(db, make_trace, name):
    ownership.writes_its_own(db, lambda store, word: fill(store, make_trace, word), WRITES[name], READS.values())


def test_a_run_and_a_case_of_another_project_are_nothing_here(db, make_trace):
    other = projects.create(db, "Other")
    fill(db, make_trace, "mine")
    run = fill(other, make_trace, "theirs")
    assert rulings.tallies(db, run, "Ann") == [] == rulings.cases(db, run, "Ann")
    assert rulings.endings(db, run, "Ann") == {} and rulings.draft(db, *keys(other)) == Draft()
    with pytest.raises(UsageError, match="do not differ"):
        rulings.case(db, run, "Ann", "t0")
    with pytest.raises(UsageError, match="not of one trace"):
        rulings.add(db, *keys(other), "borderline")
    rulings.keep_draft(db, *keys(other), Draft("label wrong", "mine"))
    assert rulings.draft(other, *keys(other)).note == "theirs"
    with pytest.raises(UsageError, match="There is no version 2"):
        criteria.key_of(db, 2)

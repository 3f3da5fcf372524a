"""Users' feedback of one project shows and changes nothing of another that uses the same names."""

from dataclasses import replace

import pytest

from lib.records.feedback import Feedback
from lib.store import feedback, projects
from tests.support import ownership
from tests.support.steps import add, row, say


def fill(store, make_trace, word: str) -> None:
    """A labelled trace with a thumb, and a check that was noted."""
    add(store, replace(row(make_trace("t1", input=word)), feedback=(Feedback("thumbs", "down", word),)))
    say(store, "t1", "pass", critique=word)
    feedback.note(store, word, {"n": word})
    feedback.set_days(store, 7 if word == "mine" else 9)


READS = {
    "feedback.of_trace": lambda s: feedback.of_trace(s, "t1"),
    "feedback.by_trace": lambda s: list(feedback.by_trace(s).values()),
    "feedback.count": feedback.count,
    "feedback.rows": lambda s: list(feedback.rows(s)),
    "feedback.held": lambda s: [(one.trace, one.critique, one.said) for one in feedback.held(s, "Ann")],
    "feedback.days": feedback.days,
    "feedback.checks": lambda s: [(one.reason, one.figures) for one in feedback.checks(s)],
}
WRITES = {"feedback.set_days": lambda s: feedback.set_days(s, 3), "feedback.note": lambda s: feedback.note(s, "x", {})}


def test_every_function_is_tried_here():
    # What a stage holds is published by the import, which is tried with its own.
    assert ownership.public(feedback) - {"feedback.publish"} == {*READS, *WRITES}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, make_trace, name):
    ownership.reads_its_own(db, lambda store, word: fill(store, make_trace, word), READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_leaves_the_other_project_as_it_is(db, make_trace, name):
    ownership.writes_its_own(db, lambda store, word: fill(store, make_trace, word), WRITES[name], READS.values())


def test_a_project_that_is_made_later_has_none(db, make_trace):
    fill(db, make_trace, "mine")
    other = projects.create(db, "Other")
    assert feedback.count(other) == 0 and feedback.days(other) is None

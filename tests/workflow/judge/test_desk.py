"""What the desk of disagreements says beside a ruling: whether its note is offered, and whether its line arrives."""

import pytest

from lib.records import UsageError, Verdict
from lib.records.disagreements import JUDGE_WRONG, LABEL_WRONG
from lib.sampling.splits import FEW
from lib.store.judge import judges, prompt_drafts, rulings, runs, verdicts
from lib.workflow.judge import disagreements, judging
from lib.workflow.judge.disagreements import Ending
from tests.support.steps import add, row

JUDGE = judging.DEFAULT_JUDGE


@pytest.fixture
def case(db, make_trace):
    """A trace of the test split that Ann failed and the judge passed."""
    add(db, row(make_trace("t7", split="test"), Ann="fail"))
    judging.save_prompt(db, JUDGE, "Critique first. {{ trace }}", [])
    run = runs.create(db, judges.newest_prompt(db, JUDGE).key, "m", "environment")
    verdicts.save(db, run, runs.pending(db, run)[0], Verdict("pass", "said"))
    return rulings.case(db, run, "Ann", "t7")


def test_a_note_on_a_test_trace_is_offered_until_the_test_split_is_sealed(db, case, make_trace):
    disagreements.rule(db, case, Ending(JUDGE_WRONG, "of a test trace"))
    assert [one.trace for one in rulings.notes(db, JUDGE)] == ["t7"] and not disagreements.is_sealed(db, case)
    add(db, *(row(make_trace(f"more{n}", split="dev"), Ann="pass") for n in range(FEW - 1)))
    assert rulings.notes(db, JUDGE) == [] and disagreements.is_sealed(db, case)


def test_a_line_of_the_criteria_that_the_prompt_does_not_show_is_noticed(db, case):
    assert not disagreements.shows_criteria(db, case)
    version = judges.newest_prompt(db, JUDGE)
    prompt_drafts.keep(db, version.key, prompt_drafts.Draft("{{ criteria }} {{ trace }}"))
    assert disagreements.shows_criteria(db, case)
    prompt_drafts.keep(db, version.key, prompt_drafts.Draft("{{ half {{ trace }}"))
    assert disagreements.shows_criteria(db, case), "what is being typed is not complained of"


def test_all_that_a_changed_label_misses_is_said_at_once(db, case):
    with pytest.raises(UsageError, match=r"Say shortly why the label changes.+Write why it is pass"):
        disagreements.rule(db, case, Ending(LABEL_WRONG, "", critique="", expert="Ann"))

"""A look at a run that goes on: it adds what came, and begins anew where anything but verdicts has changed."""

import pytest

from lib.records import Verdict
from lib.store.judge import judges, runs, splits, verdicts
from lib.workflow import figures, live
from lib.workflow.judge import judging
from tests.support.running import add_traces
from tests.support.steps import say


@pytest.fixture
def run(db) -> int:
    """A run over twelve traces, of which nine are labelled, without a verdict yet."""
    add_traces(db, 12)
    for number in range(9):
        say(db, f"t{number}", "fail" if number % 3 else "pass")
    judging.ensure_judge(db)
    return runs.create(db, judges.newest_prompt(db, judging.DEFAULT_JUDGE).key, "m", "embedded")


def judge(store, run: int, outcome: str | None, count: int = 1) -> None:
    for trace in runs.pending(store, run)[:count]:
        verdicts.save(store, run, trace, Verdict(outcome, error=None if outcome else "refusal"))


def looked(store, run: int, before=None):
    return live.look(store, runs.get(store, run), "Ann", False, before)


def test_looks_add_up_to_what_one_read_says(db, run):
    seen = looked(db, run)
    for outcome in ("pass", "fail", None, "pass"):
        judge(db, run, outcome, 3)
        seen = looked(db, run, seen)
        assert seen.read == verdicts.measured(db, run, "Ann") and seen.done == runs.get(db, run).done
        assert figures.agreement(db, run=run, seen=seen) == figures.agreement(db, run=run)
    assert seen.read.counts.n == 6 and seen.read.counts.errors == 3


def test_a_look_reads_what_is_new_alone(db, run):
    judge(db, run, "pass", 4)
    first = looked(db, run)
    judge(db, run, "fail", 2)
    new = verdicts.measured_between(db, run, "Ann", False, first.newest, looked(db, run).newest)
    assert new.counts.n == 2 and first.read.plus(new) == looked(db, run, first).read


@pytest.mark.parametrize("change", [
    lambda store, run: say(store, "t1", "pass"),
    lambda store, run: splits.move(store, 1, {}, {}),
    runs.drop_errors])
def test_whatever_else_changes_all_is_read_anew(db, run, change):
    judge(db, run, None, 2)
    judge(db, run, "pass", 5)
    before = looked(db, run)
    change(db, run)
    after = looked(db, run, before)
    assert after.read == verdicts.measured(db, run, "Ann") and (*after.of, after.done) != (
        *before.of, before.done)


def test_another_run_is_never_gone_on_from(db, run):
    judge(db, run, "pass", 3)
    other = runs.create(db, judges.newest_prompt(db, judging.DEFAULT_JUDGE).key, "m2", "embedded", anew=True)
    assert looked(db, other, looked(db, run)).read == verdicts.measured(db, other, "Ann")

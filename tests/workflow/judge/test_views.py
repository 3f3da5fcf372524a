"""What the views Splits and Models of the judge show, each as one record."""

from lib.sampling.splits import FEW
from lib.store.judge import runs
from lib.workflow.judge import splitting
from lib.workflow.judge.views import models, splits
from tests.support.splitting import fill, judged


def test_splits_are_one_record_with_draws_and_looks(db):
    assert splits.of(db, "judge") is None
    fill(db)
    run = judged(db, "test")
    found = splits.of(db, "judge")
    assert (found.n, found.sealed, found.draws, found.looks) == (FEW, True, (), ())
    assert splits.of(db, "recorded").looks is None, "nothing of a judge that was recorded elsewhere is sealed"
    splitting.open_test(db, run, "before release")
    assert [look.reason for look in splits.of(db, "judge").looks] == ["before release"]


def test_the_test_split_of_a_run_is_provisional_sealed_or_opened(db):
    fill(db, 10)
    run = runs.get(db, judged(db, "test"))
    assert splits.of_run(db, run).seal is None and "10 labelled traces" in splits.of_run(db, run).provisional
    fill(db)
    run = runs.get(db, judged(db, "test"))
    assert splits.of_run(db, run).provisional == "" and splits.of_run(db, run).seal.opened is None
    splitting.open_test(db, run.id, "before release")
    assert splits.of_run(db, run).seal.opened.counts.n == 24
    recorded = runs.newest(db, "recorded")
    assert splits.of_run(db, recorded) is None


def test_models_are_one_record_and_without_an_expert_there_is_none(db):
    assert models.of(db, "judge") is None
    fill(db)
    judged(db)
    found = models.of(db, "judge")
    assert found.replaceable and not found.going and found.recorded is None
    assert not models.of(db, "recorded").replaceable

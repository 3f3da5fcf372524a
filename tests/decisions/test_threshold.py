"""The threshold of a decision judge: made of train, measured on dev, blind to test, void after an edit."""

import pytest

from lib.records import Decision, UsageError, Verdict
from lib.records.decision import SYSTEM_ONE
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.judge import fits, runs, verdicts
from lib.workflow.judge import fitting, judging, kinds
from tests.support.commands import CommandLine
from tests.support.judge.decision_wires import system_one
from tests.support.steps import add, row, say

ASKED = Decision(SYSTEM_ONE, "It helps.", "It does not.")
PER_SPLIT = 80


def probability(n: int) -> float:
    """Too low by far, and wrong on one in eight: passes around .30, fails around .15."""
    high = (n % 2 == 0) != (n % 8 == 7)
    return round((0.26 if high else 0.11) + (n % 5) * 0.02, 2)


@pytest.fixture
def judged(db, make_trace):
    """Traces of each split, every second one a pass, with probabilities of one version in a run for each split."""
    add(db, *(row(make_trace(f"{split}{n}", split=split), Ann="fail" if n % 2 else "pass")
              for split in ("train", "dev", "test") for n in range(PER_SPLIT)))
    version = kinds.save(db, "quick", ASKED)
    for split in ("train", "dev", "test"):
        answered(db, version, split)
    return version


def answered(db, version, split: str, model: str = "jev-1") -> int:
    run = runs.create(db, version.key, "jev", "environment", where=Filter(split=split))
    for n in range(PER_SPLIT):
        p = probability(n)
        verdicts.save(db, run, traces.key_of(db, f"{split}{n}"), Verdict("fail", p_pass=p, p_raw="{}", model=model))
    runs.set_status(db, run, "done")
    return run


def test_a_fit_takes_the_level_out_and_its_outcomes_follow_without_a_call(db, judged):
    before = {run.id for run in runs.every(db)}
    found = fitting.fit(db, "quick")
    assert (found.fit.method, found.fit.split, found.fit.provisional) == ("platt", "train", False)
    assert (found.fit.n_pass, found.fit.n_fail, found.fit.model) == (40, 40, "jev-1")
    assert 0.19 < found.fit.threshold < 0.26 and found.plateau[0] <= 0.25
    at = found.measured
    assert (at.split, at.n, at.passes) == ("dev", PER_SPLIT, 0.5) and at.mean < 0.3
    assert at.at_half["tpr"].value == 0 and at.at_threshold["kappa"].value > 0.7
    assert at.calibrated < at.always < at.brier and at.auc.value > 0.8
    assert "too low" in found.said[0] and f"threshold {found.fit.threshold:.2f} takes that out" in found.said[0]
    made = [run for run in runs.every(db) if run.id in found.runs]
    assert {run.split for run in made} == {"train", "dev", "test"} and not before & set(found.runs)
    assert all((run.status, run.reused, run.done) == ("done", PER_SPLIT, PER_SPLIT) for run in made)
    dev = next(run.id for run in made if run.split == "dev")
    assert verdicts.whole(db, dev, "dev0").outcome == "pass" and verdicts.whole(db, dev, "dev1").outcome == "fail"
    counts = verdicts.counts(db, dev, "Ann")
    assert counts.cells == calibrated_counts(found)


def calibrated_counts(found) -> tuple[int, ...]:
    cells = [0, 0, 0, 0]
    for n in range(PER_SPLIT):
        cells[2 * (n % 2) + (probability(n) < found.fit.threshold)] += 1
    return tuple(cells)


def test_no_row_of_test_is_read_and_its_labels_change_nothing(db, judged):
    read = fits.said(db, judged.key, "jev-1", "Ann")
    assert len(read) == 2 * PER_SPLIT and {one.split for one in read} == {"train", "dev"}
    first = fitting.fit(db, "quick").fit
    for n in range(1, 20, 2):
        say(db, f"test{n}", "pass")
    assert fitting.fit(db, "quick").fit == first


def test_a_dearer_miss_moves_the_threshold_up_and_a_cost_of_nothing_is_refused(db, judged):
    cheap, dear = (fitting.fit(db, "quick", cost).fit.threshold for cost in (1, 5))
    assert dear > cheap
    with pytest.raises(UsageError, match="between"):
        fitting.fit(db, "quick", 0)


def test_an_edit_or_another_model_begins_again_at_half(db, judged):
    made = fitting.fit(db, "quick").fit
    assert fits.in_force(db, judged.key, "jev-1") == made and fits.in_force(db, judged.key, "jev-2") is None
    edited = kinds.save(db, "quick", ASKED, note="again", template="Say whether it passes. {{ question }}")
    assert fits.in_force(db, edited.key, "jev-1") is None
    with pytest.raises(UsageError, match="has answered nothing yet"):
        fitting.fit(db, "quick")


def test_few_labels_are_provisional_and_fewer_are_not_fitted(db, make_trace):
    add(db, *(row(make_trace(f"{split}{n}", split=split), Ann="fail" if n % 2 else "pass")
              for split in ("train", "dev") for n in range(PER_SPLIT if split == "dev" else 20)))
    version = kinds.save(db, "quick", ASKED)
    run = runs.create(db, version.key, "jev", "environment", where=Filter(split="train"))
    for n in range(20):
        verdicts.save(db, run, traces.key_of(db, f"train{n}"), Verdict("fail", p_pass=probability(n), model="jev-1"))
    runs.set_status(db, run, "done")
    none = fitting.fit(db, "quick")
    assert (none.fit.method, none.fit.threshold, none.measured) == ("none", 0.5, None)
    assert "a fit needs 15 of the rarer outcome" in none.said[1]
    answered(db, version, "dev")
    found = fitting.fit(db, "quick")
    assert (found.fit.method, found.fit.split, found.fit.provisional) == ("platt", "train and dev", True)
    assert "Provisional" in found.said[1] and found.measured.at_threshold["kappa"].value > 0.6


def test_only_a_judge_with_probabilities_has_one(db, make_trace):
    add(db, row(make_trace("t0"), Ann="pass"))
    judging.ensure_judge(db)
    with pytest.raises(UsageError, match="writes its verdicts"):
        fitting.fit(db, judging.DEFAULT_JUDGE)
    with pytest.raises(UsageError, match="There is no judge"):
        fitting.fit(db, "nobody")


def test_the_command_fits_and_later_runs_cut_at_the_threshold(db, judged, endpoint_env):
    cli = CommandLine(db.path)
    found = cli.json("threshold", "quick", "--miss-cost", "2")
    assert found["method"] == "platt" and found["miss_cost"] == 2 and found["dev"]["n"] == PER_SPLIT
    said = cli("threshold", "quick").stdout
    assert "too low" in said and "Kappa" in said and "holds the outcomes; nothing was asked" in said
    endpoint_env.others["/v1/systemone"] = system_one(0.3, {"model": "jev-1"})
    cli("run", "--judge", "quick", "--split", "dev", "--model", "test-model")
    newest = runs.every(db, "quick")[0]
    assert newest.model == "test-model" and newest.done == PER_SPLIT
    assert {verdicts.whole(db, newest.id, f"dev{n}").outcome for n in range(PER_SPLIT)} == {"pass"}  # .3 is above it

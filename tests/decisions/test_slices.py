"""How far probabilities can be believed by a dimension: hand-worked means and intervals, the sentence, the command."""

import numpy as np
import pytest
from scipy import stats

from lib.records import Decision, Verdict
from lib.records.decision import SYSTEM_ONE
from lib.statistics.probable.slices import believed, mean
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.judge import runs, verdicts
from lib.workflow.judge import kinds
from tests.support.commands import CommandLine
from tests.support.steps import add, row

PER_SPLIT = 80


def test_figures_are_those_of_numpy_and_scipy():
    rng = np.random.default_rng(2)
    p, passed = rng.random(40), rng.random(40) < 0.3
    [found] = believed({"a": [(float(x), bool(y), f"{n}") for n, (x, y) in enumerate(zip(p, passed, strict=True))]})
    for figure, values in ((found.gap, p - passed), (found.brier, (p - passed) ** 2)):
        low, high = stats.t.interval(0.95, 39, values.mean(), stats.sem(values))
        assert (figure.value, figure.low, figure.high) == pytest.approx((values.mean(), low, high))
    ranks = stats.mannwhitneyu(p[passed], p[~passed]).statistic
    assert found.auc.value == pytest.approx(ranks / (passed.sum() * (~passed).sum()))
    assert found.off and found.mean == pytest.approx(p.mean())  # .5 said, .3 passed


def test_a_group_counts_once_and_few_traces_say_nothing():
    twice = [(x, f"g{n}") for n in range(10) for x in (0.1 * n, 0.1 * n)]
    once = [(0.1 * n, f"g{n}") for n in range(10)]
    assert (mean(twice, 0.0).low, mean(twice, 0.0).high) == pytest.approx((mean(once, 0.0).low, mean(once, 0.0).high))
    assert "there are 9" in mean(once[:9], 0.0).why and "share one" in mean([(0.5, "g")] * 12, 0.0).why


@pytest.fixture
def cli(db, make_trace) -> CommandLine:
    """On search three of four pass and the judge says low of all of them; on chat it knows the half that fail."""
    add(db, *(row(make_trace(f"{split}{n}", split=split, dimensions={"feature": ["search" if n % 4 < 2 else "chat"]}),
                  Ann="fail" if n % 8 == 1 or n % 4 == 3 else "pass") for split in ("train", "dev")
              for n in range(PER_SPLIT)))
    version = kinds.save(db, "quick", Decision(SYSTEM_ONE, "It helps.", "It does not."))
    for split in ("train", "dev"):
        run = runs.create(db, version.key, "jev", "environment", where=Filter(split=split))
        for n in range(PER_SPLIT):
            p = (0.7 if n % 4 == 2 else 0.2) + n % 5 * 0.02
            verdicts.save(db, run, traces.key_of(db, f"{split}{n}"), Verdict("fail", p_pass=p, model="jev-1"))
        runs.set_status(db, run, "done")
    return CommandLine(db.path)


def test_the_command_tells_each_slice_and_how_far_it_can_be_believed(cli):
    found = cli.json("threshold", "quick", "--by", "feature")["slices"]
    assert {one["value"]: one["n"] for one in found["values"]} == {"search": 40, "chat": 40}
    search = next(one for one in found["values"] if one["value"] == "search")
    assert search["gap"]["high"] < 0 and search["passes"]["value"] == 0.75 and 0 < search["brier"]["value"] < 0.5
    assert "cannot be believed as they are" in found["said"] and "where it is" in found["said"]
    said = cli("threshold", "quick", "--by", "feature").stdout
    assert found["said"] in said and "search\tn 40" in said
    assert "slices" not in cli.json("threshold", "quick")
    before = len(cli.json("runs")["runs"])
    assert "no dimension 'persona'" in cli.refused("threshold", "quick", "--by", "persona")
    assert len(cli.json("runs")["runs"]) == before  # nothing was fitted

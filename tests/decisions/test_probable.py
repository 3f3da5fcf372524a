"""The corrected pass rate from probabilities: its ends beside numpy and SciPy, groups, refusals, a small coverage."""

import numpy as np
import pytest
from scipy import stats

from lib.records import Figure
from lib.statistics import calibration
from lib.statistics.probable import probable_rate, with_labelled


def drawn(rng, n: int, rate: float, apart: float = 1.5, level: float = -1.0):
    """Probabilities whose logits are normal, so far apart for passes and fails, and too low."""
    passed = rng.random(n) < rate
    logits = rng.normal(size=n) + apart * passed + level
    return (1 / (1 + np.exp(-logits))).tolist(), passed.tolist()


def known_of(rng, n: int, rate: float, **more):
    found = zip(*drawn(rng, n, rate, **more), strict=True)
    return [(p, passed, f"k{place}") for place, (p, passed) in enumerate(found)]


def unseen_of(rng, n: int, rate: float, **more):
    return [(p, f"u{place}") for place, p in enumerate(drawn(rng, n, rate, **more)[0])]


def test_the_rate_and_its_ends_are_those_of_means_and_variances():
    rng = np.random.default_rng(7)
    known, unseen = known_of(rng, 80, 0.5), unseen_of(rng, 300, 0.7)
    found, fit = probable_rate(known, unseen), calibration.platt([(p, passed) for p, passed, _ in known])
    sides = [np.array([fit.calibrated(p) for p, passed, _ in known if passed == side]) for side in (True, False)]
    seen = np.array([fit.calibrated(p) for p, _ in unseen])
    (passes, fails), n = sides, [len(one) for one in (*sides, seen)]
    assert found.value == pytest.approx((seen.mean() - fails.mean()) / (passes.mean() - fails.mean()))
    # A 0 and a 1 are added to both sides; about the mean they had before.
    variances = [(one.var() * m + one.mean() ** 2 + (1 - one.mean()) ** 2) / ((m + 2) * (m + 1))
                 for one, m in zip(sides, n, strict=False)] + [seen.var(ddof=1) / n[2]]
    parts = [found.value**2 * variances[0], (1 - found.value) ** 2 * variances[1], variances[2]]
    t = stats.t.ppf(0.975, sum(parts) ** 2 / sum(part**2 / (m - 1) for part, m in zip(parts, n, strict=True)))
    for end in (found.low, found.high):
        error = np.sqrt(end**2 * variances[0] + (1 - end) ** 2 * variances[1] + variances[2])
        assert abs(seen.mean() - (1 - end) * fails.mean() - end * passes.mean()) / error == pytest.approx(t)
    assert found.low < 0.7 < found.high


def test_the_level_of_the_probabilities_makes_no_difference_beyond_the_calibration():
    rates = [probable_rate(known_of(np.random.default_rng(1), 100, 0.5, level=level),
                           unseen_of(np.random.default_rng(2), 500, 0.8, level=level)) for level in (-3.0, 0.0, 2.0)]
    # The same draws, moved on the logit: the calibration takes that out whole.
    assert [one.value for one in rates] == pytest.approx([rates[0].value] * 3, abs=0.01)
    assert all(one.low < 0.8 < one.high for one in rates)


def test_the_interval_holds_also_where_passes_are_more_frequent_than_among_the_labels():
    rng = np.random.default_rng(3)
    found = [probable_rate(known_of(rng, 60, 0.6), unseen_of(rng, 120, 0.8)) for _ in range(200)]
    held = [one.low <= 0.8 <= one.high for one in found if one.value is not None]
    assert len(held) > 190 and sum(held) / len(held) >= 0.93


def test_traces_of_a_group_count_as_they_vary_together():
    rng = np.random.default_rng(5)
    known, unseen = known_of(rng, 80, 0.5), unseen_of(rng, 100, 0.5)
    # Every trace five times, in a group with itself: no more is known than before.
    five = [(p, passed, group) for p, passed, group in known for _ in range(5)]
    alone = probable_rate(known, unseen)
    together = probable_rate(five, [one for one in unseen for _ in range(5)])
    apart = probable_rate([(p, passed, f"{group}{n}") for n, (p, passed, group) in enumerate(five)], unseen)
    assert together.high - together.low == pytest.approx(alone.high - alone.low, rel=0.1)
    assert apart.high - apart.low < 0.9 * (together.high - together.low)


@pytest.mark.parametrize("passes,fails,unseen,why", [
    (9, 40, 50, "there are 9 and 40"), (20, 20, 9, "there are 9"), (20, 20, 0, "there are 0"),
])
def test_too_few_are_said(passes, fails, unseen, why):
    known = [(0.8, True, f"p{n}") for n in range(passes)] + [(0.2, False, f"f{n}") for n in range(fails)]
    found = probable_rate(known, [(0.5, f"u{n}") for n in range(unseen)])
    assert found.value is None and why in found.why


def test_probabilities_that_do_not_tell_passes_from_fails_are_refused():
    wrong = [(0.3, True, f"p{n}") for n in range(20)] + [(0.6, False, f"f{n}") for n in range(20)]
    unseen = [(0.5, f"u{n}") for n in range(50)]
    assert "no higher for passes" in probable_rate(wrong, unseen).why
    alike = [((0.3, 0.7)[n % 2], True, f"p{n}") for n in range(20)] + [((0.28, 0.69)[n % 2], False, f"f{n}")
                                                                       for n in range(20)]
    assert "may be no higher" in probable_rate(alike, unseen).why


def test_traces_unlike_the_labelled_ones_are_refused():
    rng = np.random.default_rng(13)
    known = known_of(rng, 200, 0.5)
    lower, higher = ([(p, f"u{n}") for n in range(50)] for p in (0.0001, 0.9999))
    assert "lower" in probable_rate(known, lower).why and "higher" in probable_rate(known, higher).why


def test_one_group_alone_says_nothing_of_how_groups_differ():
    known = [(0.8 - n * 0.001, True, "a") for n in range(20)] + [(0.2, False, f"f{n}") for n in range(20)]
    assert probable_rate(known, [(0.5, f"u{n}") for n in range(50)]).value is None


def test_labelled_traces_weigh_as_many_as_they_are():
    # .75 x .6 + .25 x .8 = .65; the ends lie sqrt((.75 x .1)² + (.25 x .2)²) = .0901 away
    found = with_labelled(Figure(0.6, 0.5, 0.7), Figure(0.8, 0.6, 1.0), 0.75)
    assert (found.value, found.low, found.high) == pytest.approx((0.65, 0.5599, 0.7401), abs=1e-4)
    assert with_labelled(Figure(None, why="x"), Figure(0.8, 0.6, 0.9), 0.5).why == "x"

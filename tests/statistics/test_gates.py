"""Thresholds: the nearer end of the interval decides, and how often a judge that is too bad passes."""

import pytest
from scipy.stats import binom

from lib.records import FAIL, PASS, Figure
from lib.records.pairs import Flips
from lib.statistics import metrics
from lib.statistics.deciding import gates
from lib.statistics.deciding.gates import INCONCLUSIVE


@pytest.mark.parametrize("low, high, least, most", [
    (0.81, 0.90, PASS, FAIL), (0.80, 0.90, PASS, INCONCLUSIVE), (0.70, 0.79, FAIL, PASS),
    (0.75, 0.85, INCONCLUSIVE, INCONCLUSIVE),
    (0.70, 0.80, INCONCLUSIVE, PASS), (None, None, INCONCLUSIVE, INCONCLUSIVE)])
def test_an_interval_on_one_side_decides_and_one_that_straddles_does_not(low, high, least, most):
    figure = Figure(None if low is None else (low + high) / 2, low, high)
    assert gates.at_least(figure, 0.8) == least
    assert gates.at_most(figure, 0.8) == most


def test_a_difference_is_held_against_its_margin():
    # 200 pairs, 6 fixed and 4 broken: +1 point, its interval about -2.4 to +4.5.
    assert gates.no_worse(Flips(6, 4, 190), 0.03)[1] == PASS
    assert gates.no_worse(Flips(6, 4, 190), 0.01)[1] == INCONCLUSIVE
    assert gates.no_worse(Flips(2, 40, 158), 0.05)[1] == FAIL
    assert gates.no_worse(Flips(), 0.05)[1] == INCONCLUSIVE


@pytest.mark.parametrize("answers, one", [
    ((), INCONCLUSIVE), ((PASS, PASS), PASS), ((PASS, INCONCLUSIVE), INCONCLUSIVE), ((INCONCLUSIVE, FAIL, PASS), FAIL)])
def test_one_that_fails_fails_all_and_none_is_no_pass(answers, one):
    assert gates.together(answers) == one


@pytest.mark.parametrize("n", [10, 20, 50, 100, 200, 1_000])
@pytest.mark.parametrize("wanted", [0.6, 0.7, 0.8, 0.9, 0.95])
def test_a_judge_just_below_the_threshold_passes_and_one_on_it_fails_at_most_once_in_forty(n, wanted):
    """Exact, by the binomial distribution: the chance that so many of n bring the lower end to the threshold."""
    passing = [k for k in range(n + 1) if gates.at_least(metrics.wilson(k, n), wanted) == PASS]
    assert sum(binom.pmf(k, n, wanted - 1e-9) for k in passing) <= 0.025
    failing = [k for k in range(n + 1) if gates.at_least(metrics.wilson(k, n), wanted) == FAIL]
    assert sum(binom.pmf(k, n, wanted) for k in failing) <= 0.025


@pytest.mark.parametrize("k, n, wanted", [(44, 50, 0.8), (74, 100, 0.8), (33, 40, 0.8), (19, 20, 0.9)])
def test_so_many_more_decide_it_and_half_as_many_do_not(k, n, wanted):
    figure = metrics.wilson(k, n)
    more = gates.more(figure, wanted)
    held = [gates.at_least(metrics.wilson(round(k / n * size), size), wanted) for size in (n + more, n + more // 2)]
    assert held[0] != INCONCLUSIVE and held[1] == INCONCLUSIVE


def test_nobody_can_say_how_many_more_where_the_share_is_the_threshold_or_not_known():
    assert gates.more(metrics.wilson(8, 10), 0.8) is None and gates.more(Figure(None), 0.8) is None


def test_cases_that_share_their_inputs_need_more():
    plain, tied = metrics.wilson(440, 500), metrics.wilson(440, 500, worth=100)
    assert gates.at_least(tied, 0.85) == INCONCLUSIVE
    # 500 are worth 100, so that about five times as many are needed as if each stood for itself.
    assert gates.more(tied, 0.85) + 500 == pytest.approx(5 * (gates.more(plain, 0.85) + 500), rel=0.1)

"""A replacement beside a model: Tango's interval against published ones, and the rule of better, same and worse."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.records.pairs import Flips
from lib.statistics.comparison import mcnemar_exact
from lib.statistics.deciding import replacements
from lib.statistics.deciding.replacements import BETTER, SAME, UNKNOWN, WORSE


def of(fixed: int, broken: int, n: int) -> Flips:
    """So many fixed and broken of n pairs that share nothing."""
    return Flips(fixed, broken, n - fixed - broken)


def difference(fixed, broken, n):
    return replacements.difference(of(fixed, broken, n))


def answer(fixed, broken, n, margin):
    return replacements.answer(of(fixed, broken, n), margin)


def not_worse(fixed, broken, n, margin):
    return replacements.not_worse(of(fixed, broken, n), margin)


@pytest.mark.parametrize(("fixed", "broken", "n", "low", "high"), [
    # Airway reactivity before and after transplantation, 1 and 7 of 21: Fagerland, Lydersen and Laake 2014.
    (1, 7, 21, -0.517, -0.026),
    # The example of scoreci.mp in the R package PropCIs.
    (40, 20, 160, 0.0309, 0.2181)])
def test_the_interval_is_the_published_one(fixed, broken, n, low, high):
    found = difference(fixed, broken, n)
    assert found.value == pytest.approx((fixed - broken) / n)
    assert (found.low, found.high) == (pytest.approx(low, abs=6e-4), pytest.approx(high, abs=6e-4))


@pytest.mark.parametrize("n", [1, 5, 30, 73, 1_000])
def test_where_nothing_flipped_the_interval_shrinks_with_the_pairs(n):
    # By hand: without flips the statistic is -sqrt(n d / (1 - d)); it is -1.96 at d = 3.8415 / (n + 3.8415).
    assert difference(0, 0, n).high == pytest.approx(3.841459 / (n + 3.841459), abs=1e-6)
    assert difference(0, 0, n).low == pytest.approx(-difference(0, 0, n).high)


def test_without_a_pair_there_is_no_difference():
    assert difference(0, 0, 0).value is None and "no trace" in difference(0, 0, 0).why
    assert answer(0, 0, 0, 0.05) == UNKNOWN and not not_worse(0, 0, 0, 0.05)


flips = st.integers(1, 300).flatmap(lambda n: st.integers(0, n).flatmap(
    lambda fixed: st.tuples(st.just(fixed), st.integers(0, n - fixed), st.just(n))))


@given(flips)
def test_the_interval_holds_the_difference_and_mirrors_when_the_sides_swap(found):
    fixed, broken, n = found
    one, other = difference(fixed, broken, n), difference(broken, fixed, n)
    assert -1 <= one.low <= one.value <= one.high <= 1
    assert (one.low, one.high) == (pytest.approx(-other.high, abs=1e-9), pytest.approx(-other.low, abs=1e-9))


@pytest.mark.parametrize(("fixed", "broken", "n", "says"), [
    (0, 0, 72, UNKNOWN), (0, 0, 73, SAME),  # 3.841 / (73 + 3.841) is 4.999 points
    (0, 0, 5, UNKNOWN), (5, 0, 5, UNKNOWN),  # five of five: the exact p is 2 / 2^5 = 0.0625
    (6, 0, 6, BETTER), (0, 6, 6, WORSE), (30, 10, 100, BETTER), (10, 30, 100, WORSE), (12, 10, 100, UNKNOWN),
    (30, 10, 2_000, SAME), (10, 30, 2_000, SAME)])  # surely other, by less than the margin
def test_the_rule_with_a_margin_of_five_points(fixed, broken, n, says):
    assert answer(fixed, broken, n, 0.05) == says


def test_a_wider_margin_lets_more_be_the_same():
    # 3 fixed and 2 broken of 60: 1.7 points, the interval about -7.4 to 11.
    assert [answer(3, 2, 60, margin) for margin in (0.05, 0.12)] == [UNKNOWN, SAME]
    assert not_worse(3, 2, 60, 0.08) and not not_worse(3, 2, 60, 0.05)


@given(flips, st.floats(0.005, 0.5))
def test_better_and_worse_are_mirrors_and_never_chance(found, margin):
    fixed, broken, n = found
    mirror = {BETTER: WORSE, WORSE: BETTER}
    says = answer(fixed, broken, n, margin)
    assert answer(broken, fixed, n, margin) == mirror.get(says, says)
    if says in mirror:
        assert mcnemar_exact(fixed, broken) < 0.05 and (fixed > broken) == (says == BETTER)


@pytest.mark.parametrize("n", [30, 75, 120])
@pytest.mark.parametrize("both", [0.0, 0.02, 0.1])
def test_a_model_that_is_worse_by_the_whole_margin_is_hardly_ever_called_the_same(n, both):
    """Added up over all outcomes: of models that break 10 points more than they fix, at most 3.5 % pass as same."""
    wrong = sum(_chance(fixed, broken, n, both, both + 0.1) for fixed in range(n + 1) for broken in range(n + 1 - fixed)
                if _chance(fixed, broken, n, both, both + 0.1) > 1e-9 and answer(fixed, broken, n, 0.1) == SAME)
    assert wrong < 0.035


def _chance(fixed: int, broken: int, n: int, p: float, q: float) -> float:
    """Of exactly so many of either, where each pair is fixed with chance p and broken with chance q."""
    return math.comb(n, fixed) * math.comb(n - fixed, broken) * p**fixed * q**broken * (1 - p - q)**(n - fixed - broken)

"""Where a failure mode clusters: Fisher's test against SciPy, Holm's adjustment by hand, and the words for both."""

import random

import pytest
from scipy.stats import fisher_exact as reference

from lib.records.rating import Tally
from lib.statistics import clusters as statistics
from lib.statistics.clusters import differ, fisher_exact, holm


def clusters(rows, k, n):
    """The same from (dimension, value, have it, all), where k of n have it and nothing is shared."""
    return statistics.clusters([(dimension, value, Tally(have, of - have)) for dimension, value, have, of in rows],
                               Tally(k, n - k))


def test_fisher_agrees_with_scipy_on_tables_of_every_shape():
    chance = random.Random(7)
    for _ in range(400):
        n = chance.randint(1, 120)
        k, of = chance.randint(0, n), chance.randint(1, n)
        here = chance.randint(max(0, of + k - n), min(of, k))
        expected = reference([[here, of - here], [k - here, n - of - k + here]])[1]
        assert fisher_exact(here, of, k, n) == pytest.approx(expected, abs=1e-9), (here, of, k, n)


def test_large_tables_neither_overflow_nor_take_long():
    assert fisher_exact(9_500, 30_000, 30_000, 100_000) == pytest.approx(6.03e-14, rel=0.01)
    assert fisher_exact(0, 30_000, 30_000, 100_000) == 0 and fisher_exact(9_000, 30_000, 30_000, 100_000) == 1


def test_each_value_is_compared_with_all_others_and_adjusted_for_their_number():
    """10 of 40: 9 of the 12 shops' against 1 of 28; by hand, Fisher's p of shop is 8.5e-06, doubled for two values."""
    shop, other = clusters([("place", "shop", 9, 12), ("place", "web", 1, 28)], 10, 40)
    raw = reference([[9, 3], [1, 27]])[1]
    assert (shop.value, shop.p, other.p) == ("shop", pytest.approx(2 * raw), pytest.approx(2 * raw))
    assert (shop.share.value, shop.elsewhere.value) == (0.75, 1 / 28)
    assert shop.small and shop.reading == "more often than elsewhere"
    assert not other.small and other.reading == "less often than elsewhere"


def test_one_of_one_never_stands_on_top_and_many_values_stand_out_less():
    found = clusters([("d", "one", 1, 1), ("d", "most", 60, 100), ("d", "rest", 20, 99)], 81, 200)
    assert [one.value for one in found] == ["most", "one", "rest"]
    assert found[1].reading == "no clear difference"
    alone = reference([[5, 5], [15, 75]])[1]
    assert alone < 0.05
    many = clusters([("d", "v", 5, 10), *(("e", str(number), 2, 10) for number in range(9))], 20, 100)
    assert next(one for one in many if one.value == "v").reading == "no clear difference"


def test_a_value_that_all_have_is_compared_with_nothing():
    [only] = clusters([("lang", "en", 3, 10)], 3, 10)
    assert only.p is None and only.reading == "nothing to compare with" and only.elsewhere.value is None


def test_where_fails_share_their_inputs_a_value_stands_out_less():
    here, rest = [(8, 0)] * 3 + [(0, 8)], [(0, 8)] * 6 + [(8, 0)]
    tied = [(None, number, *cells, 0, 0) for number, cells in enumerate(here + rest)]
    shop, whole = Tally(24, 8, tied=tuple(tied[:4])), Tally(32, 56, tied=tuple(tied))
    [alone], [grouped] = clusters([("place", "shop", 24, 32)], 32, 88), statistics.clusters(
        [("place", "shop", shop)], whole)
    assert alone.reading == "more often than elsewhere" and grouped.reading == "no clear difference"
    assert grouped.share.value == alone.share.value and grouped.share.low < alone.share.low
    assert grouped.elsewhere.high > alone.elsewhere.high


def test_two_shares_differ_as_fishers_test_says_and_by_few_inputs_less():
    one, other = Tally(18, 2), Tally(9, 11)
    assert differ(one, other, (0,), (0, 1)) == pytest.approx(reference([[18, 2], [9, 11]])[1])
    assert differ(one, Tally(), (0,), (0, 1)) is None
    tied = tuple((None, number, *cells, 0, 0) for number, cells in enumerate([(9, 1), (9, 1)]))
    assert differ(Tally(18, 2, tied=tied), Tally(9, 11, tied=((None, 7, 9, 11, 0, 0),)), (0,), (0, 1)) > 0.05


def test_holm_by_hand():
    # .01 × 3, .02 × 2, .5 × 1: none below one before it.
    assert holm([0.5, 0.01, 0.02]) == [0.5, 0.03, 0.04] and holm([0.03, 0.02]) == [0.04, 0.04] and holm([]) == []

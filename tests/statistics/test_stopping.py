"""The two meters by hand-worked sums: unseen mass after Good and Turing, and how many labels make a share exact."""

import pytest

from lib.records import Counts, Figure
from lib.statistics.metrics import tpr, wilson
from lib.statistics.stopping import half_width, need, needed, needs, reading, ticked, unseen_mass


@pytest.mark.parametrize(("codings", "value", "low", "high"), [
    # a four times, b twice, c and d once: 2 of 8, and 1.96 × √(2 × .75 + 2 × 1) / 8 = .458.
    (["a", "a", "ab", "c", "ab", "d"], 0.25, 0, 0.708),
    # Nothing seen but once, or never so: .025 ** (1 / n), and 1 less that.
    (["a"], 1, 0.025, 1), (["ab", "cd"], 1, 0.398, 1), (["a", "a", "a"], 0, 0, 0.708),
    (["aa"], 0, 0, 1)])
def test_unseen_mass_is_the_share_of_modes_seen_once_with_esty_s_interval(codings, value, low, high):
    found = unseen_mass(codings)
    assert (found.value, round(found.low, 3), round(found.high, 3)) == (value, low, high)


def test_without_a_mode_nothing_is_estimated():
    assert unseen_mass([]) == Figure(None, why="no fail has a failure mode yet")
    assert unseen_mass([[], []]).value is None


def test_the_estimate_falls_when_known_modes_come_again_and_rises_with_a_new_one():
    read = [["a"], ["b"], ["a"], ["b"], ["c"]]
    assert [unseen_mass(read[:n]).value for n in range(1, 6)] == [1, 1, 1 / 3, 0, 1 / 5]


def test_ticks_are_those_of_the_newest_twenty():
    # 3 of 20; Wilson: (.15 + .09604 ± 1.96 · √(.006375 + .0024010)) / 1.19208
    found = ticked([True, False, True, True, *[False] * 16, *[True] * 50])
    assert (found.value, round(found.low, 3), round(found.high, 3)) == (0.15, 0.052, 0.36)
    assert ticked([True]).value == 1 and ticked([]).why == "no label yet"


@pytest.mark.parametrize(("value", "n", "said"), [
    (None, 0, "Nothing to go by"), (0.0, 19, "Too few"), (0.05, 20, "nearly dried up"), (0.051, 20, "drying up"),
    (0.2, 20, "drying up"), (0.21, 500, "still come")])
def test_the_estimate_is_read_in_words(value, n, said):
    assert said in reading(Figure(value), n)


def test_the_half_width_is_that_of_wilson():
    # n = 45, share .9: 1.95996 · √(.09/45 + 3.84146/8100) / (1 + 3.84146/45) = .0974924 / 1.085366
    assert half_width(45) == pytest.approx(0.08982, abs=1e-5)
    found = wilson(90, 100)
    assert half_width(100) == pytest.approx((found.high - found.low) / 2)


def test_the_number_needed_is_the_least_that_is_enough():
    # share .9: n = 36 gives ± .1008, n = 37 gives ± .0994.
    assert needed(0.1) == 37 and half_width(36) > 0.1 >= half_width(37)
    for width in (0.2, 0.15, 0.05, 0.02, 0.013):
        assert half_width(needed(width)) <= width < half_width(needed(width) - 1)


def test_a_share_near_a_half_needs_more():
    # 97 is what (1.96 / .2)² = 96.04 would ask of the plain normal; Wilson's is narrower by z² = 3.84.
    assert needed(0.1, 0.5) == 93 > needed(0.1, 0.9)


def test_the_width_always_falls_so_that_halving_finds_the_least():
    widths = [half_width(n) for n in range(1, 500)]
    assert widths == sorted(widths, reverse=True)


def test_what_is_missing_of_an_outcome():
    found = need("fail", 12, 0.1)
    assert (found.needed, found.more, found.half_width) == (37, 25, half_width(12))
    assert need("fail", 0, 0.1).half_width is None and need("pass", 500, 0.1).more == 0


def test_what_pairs_need_follows_their_own_tpr_and_tnr_once_there_are_twenty_of_an_outcome():
    passes, fails = needs(Counts(pass_pass=15, pass_fail=5, fail_pass=1, fail_fail=18), 0.1)
    # TPR 15 of 20; 19 fails are too few to go by, so .9 is assumed.
    assert (passes.outcome, passes.have, passes.share) == ("pass", 20, 0.75)
    assert passes.needed == needed(0.1, 0.75) and half_width(passes.needed - 1, 0.75) > 0.1
    assert (fails.outcome, fails.have, fails.share, fails.needed) == ("fail", 19, 0.9, 37)


def test_labels_whose_interval_is_narrow_enough_are_enough():
    found = wilson(80, 100)
    for width, more in ((found.high - found.low) / 2 + 1e-9, 0), ((found.high - found.low) / 2 - 1e-9, 1):
        assert needs(Counts(pass_pass=80, pass_fail=20), width)[0].more == more


def test_labels_of_few_inputs_are_worth_less_and_more_are_needed():
    groups = [(8, 0, 0, 0)] * 4 + [(0, 8, 0, 0)] + [(0, 0, 0, 8)] * 4 + [(0, 0, 8, 0)]
    cells = [sum(one) for one in zip(*groups, strict=True)]
    tied = Counts(*cells, tied=tuple((None, number, *one) for number, one in enumerate(groups)))
    [alone, _], [grouped, _] = needs(Counts(*cells), 0.1), needs(tied, 0.1)
    assert grouped.share == alone.share == 0.8 and not grouped.assumed
    # What stands beside it is the interval of the same share.
    found = tpr(tied)
    assert grouped.half_width == pytest.approx((found.high - found.low) / 2) and grouped.needed > 4 * alone.needed
    [one, _] = needs(Counts(24, 6, tied=((None, 1, 24, 6, 0, 0),)), 0.1)
    assert one.more > 0 and one.half_width > 0.3

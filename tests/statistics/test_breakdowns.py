"""Tables for error analysis: rates lowest first, shares of coded fails, the saturation curve."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.records.rating import Tally
from lib.statistics.breakdowns import SMALL_N, days, mode_distribution, rate_by, saturation


def test_the_lowest_pass_rate_comes_first_and_equal_ones_by_name():
    rates = rate_by([("b", Tally(5, 5)), ("good", Tally(9, 1)), ("a", Tally(5, 5)), ("bad", Tally(1, 9))])
    assert [rate.value for rate in rates] == ["bad", "a", "b", "good"]


def test_a_rate_holds_its_counts_and_its_interval():
    rate, = rate_by([("refunds", Tally(47, 3))])
    assert (rate.n, rate.passes, rate.fails, rate.rate.value) == (50, 47, 3, 0.94)
    assert (round(rate.rate.low, 3), round(rate.rate.high, 3)) == (0.838, 0.979)


def test_a_value_without_outcomes_is_undefined_and_last():
    rates = rate_by([("nothing", Tally(0, 0)), ("all pass", Tally(3, 0))])
    assert [rate.value for rate in rates] == ["all pass", "nothing"]
    assert rates[1].rate.value is None and rates[1].rate.why


def test_few_outcomes_are_marked_small():
    assert [rate.small for rate in rate_by([("a", Tally(SMALL_N - 1, 0)), ("b", Tally(SMALL_N, 0))])] == [True, False]


def test_nothing_in_nothing_out():
    assert rate_by([]) == [] and saturation([]) == []
    assert mode_distribution({}, 0, 0).modes == []


def test_the_root_causes_of_the_article():
    # 8 / 6 / 4 / 2 of 20 fails are 40 / 30 / 20 / 10 %
    found = mode_distribution({"d": 2, "a": 8, "c": 4, "b": 6}, coded=20, uncoded=3)
    assert [(mode.name, mode.share.value) for mode in found.modes] == [("a", .4), ("b", .3), ("c", .2), ("d", .1)]
    assert (found.coded, found.uncoded, found.note) == (20, 3, "")


def test_several_modes_per_fail_are_said():
    found = mode_distribution({"a": 2, "b": 2}, coded=3, uncoded=0)
    assert "more than 100 %" in found.note


@pytest.mark.parametrize(("period", "first", "last"), [
    ("2026-04", "2026-04-01", "2026-04-30"), ("2026-12", "2026-12-01", "2026-12-31"),
    ("2024-02", "2024-02-01", "2024-02-29"), ("2026-02", "2026-02-01", "2026-02-28"),
    ("2026-03-02", "2026-03-02", "2026-03-08"), ("2026-12-28", "2026-12-28", "2027-01-03"),
    ("9999-12", "9999-12-01", "9999-12-31")])
def test_a_month_and_a_week_have_a_first_and_a_last_day(period, first, last):
    assert days(period) == (first, last)


def test_a_mode_without_coded_fails_has_no_share():
    mode, = mode_distribution({"a": 0}, coded=0, uncoded=5).modes
    assert mode.share.value is None and mode.share.why == "no fail is coded yet"


def test_saturation_counts_distinct_modes_in_reading_order():
    assert saturation([["a"], [], ["a", "b"], ["b"], ["c", "d"]]) == [1, 1, 2, 2, 4]


@given(st.lists(st.lists(st.sampled_from("abcdef"))))
def test_saturation_never_falls_and_ends_at_all_modes(codings):
    curve = saturation(codings)
    assert curve == sorted(curve) and len(curve) == len(codings)
    assert not curve or curve[-1] == len({mode for modes in codings for mode in modes})

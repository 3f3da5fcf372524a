"""The alarm on a pass rate: exact by hand and by scipy, found on a fall, silent without one, bounded over years."""

import random
from datetime import date, timedelta

import pytest
from scipy.stats import hypergeom

from lib.records.rating import Tally
from lib.statistics.over_time import alarm

FIRST = date(2026, 1, 1)


def day(number: int) -> str:
    return (FIRST + timedelta(number)).isoformat()


def days(*passes: int, n: int = 20) -> list[tuple[str, Tally]]:
    return [(day(number), Tally(0, 0, k, n - k)) for number, k in enumerate(passes)]


def alarms(found) -> list[str]:
    return [one.day for one in found if one.alarm]


def test_the_chance_by_hand():
    # 1 of 2 pass here, 3 of 3 before. Of all C(5, 2) = 10 ways to draw 2 of 5, of which 4 pass, those that hold the one
    # that fails are 4: 4 / 10.
    assert alarm.chance_of_so_few(Tally(0, 0, 1, 1), Tally(0, 0, 3, 0)) == pytest.approx(0.4)


@pytest.mark.parametrize(("k", "n", "before", "of"), [
    (12, 20, 180, 200), (0, 5, 30, 30), (60, 100, 900, 1000), (20, 20, 10, 20), (1, 1, 1, 1), (0, 3, 0, 7),
    (140, 200, 4500, 5000)])
def test_the_chance_is_scipys(k, n, before, of):
    found = alarm.chance_of_so_few(Tally(0, 0, k, n - k), Tally(0, 0, before, of - before))
    assert found == pytest.approx(hypergeom.cdf(k, n + of, k + before, n), rel=1e-9)


def test_without_a_side_there_is_no_chance():
    assert alarm.chance_of_so_few(Tally(), Tally(0, 0, 9, 1)) is None
    assert alarm.chance_of_so_few(Tally(0, 0, 9, 1), Tally()) is None
    assert not alarm.looked(days(20), None, "9999", 7)[0].alarm


def test_a_fall_from_90_to_60_is_told_once_within_days():
    found = alarm.looked(days(*[18] * 20, *[12] * 20), None, "9999", 7)
    assert alarms(found) == [day(21)]
    [told] = [one for one in found if one.alarm]
    assert (told.since, told.here, told.before) == (day(20), (24, 40), (360, 400))


def test_a_second_fall_is_a_second_alarm():
    found = alarm.looked(days(*[18] * 20, *[12] * 20, *[4] * 10), None, "9999", 7)
    assert len(alarms(found)) == 2 and alarms(found)[1] >= day(40)


def test_a_steady_rate_and_a_rise_are_none():
    assert alarms(alarm.looked(days(*[18] * 60), None, "9999", 7)) == []
    assert alarms(alarm.looked(days(*[12] * 30, *[19] * 30), None, "9999", 7)) == []


def test_each_day_is_tested_once_and_today_not_yet():
    series = days(*[18] * 10)
    assert [one.day for one in alarm.looked(series, day(3), day(8), 7)] == [day(4), day(5), day(6), day(7)]
    assert alarm.looked(series, day(9), "9999", 7) == []


def test_in_two_parts_the_same_is_found_as_at_once():
    series = days(*[18] * 20, *[12] * 20)
    first = alarm.looked(series, None, day(25), 7)
    since = alarm.following(alarms(first)[-1])
    assert first + alarm.looked(series, day(24), "9999", 7, since) == alarm.looked(series, None, "9999", 7)


def test_traces_of_one_session_count_as_fewer():
    """Two sessions of ten fail whole: twenty fails that are worth little."""
    alone = alarm.chance_of_so_few(Tally(0, 0, 10, 20), Tally(0, 0, 180, 20))
    tied = Tally.total([*(Tally.sharing(number, None, 0, 0, 0, 10) for number in (1, 2)),
                        Tally.sharing(3, None, 0, 0, 10, 0)])
    before = Tally.total(Tally.sharing(10 + number, None, 0, 0, *((0, 10) if number % 10 == 0 else (10, 0)))
                         for number in range(20))
    assert alone < alarm.LEVEL < alarm.chance_of_so_few(tied, before)


@pytest.mark.parametrize(("n", "rate"), [(20, 0.9), (5, 0.7)])
def test_over_years_without_a_fall_false_alarms_stay_within_the_bound(n, rate):
    """At most 0.1 a year are promised. In 60 years 6 are then expected, and more than 12 in 1 of 100 cases."""
    chance, told = random.Random(7), 0
    for _ in range(60):
        year = days(*(sum(chance.random() < rate for _ in range(n)) for _ in range(365)), n=n)
        told += len(alarms(alarm.looked(year, None, "9999", 7)))
    assert told <= 12

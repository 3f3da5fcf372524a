"""Changes of a series against SciPy and by hand, how often chance alone is marked, and whether a judge moved."""

import random
from dataclasses import replace

import pytest
from scipy.stats import binomtest
from scipy.stats import fisher_exact as reference
from statsmodels.stats.proportion import proportion_confint

from lib.records import Counts
from lib.records.pairs import Flips
from lib.records.rating import Reading, Tally
from lib.statistics.over_time.changes import changes, comparisons
from lib.statistics.over_time.judge_moves import MOVED, STILL, UNKNOWN, Again, again


def labelled(*points: tuple[int, int]) -> list[Tally]:
    """(passes, fails) by labels."""
    return [Tally(*point) for point in points]


def directions(tallies: list[Tally]) -> list[str | None]:
    return [change and change.direction for change in changes(tallies)]


def test_each_point_is_tested_against_all_before_it_and_p_times_the_tests():
    # 27 of 30, 27 of 30, then 15 of 30 against 54 of 60; two tests.
    first, second, third = changes(labelled((27, 3), (27, 3), (15, 15)))
    raw = reference([[15, 15], [54, 6]])[1]
    assert first is None and second.p == pytest.approx(1) and second.direction is None
    assert (third.before, third.here, third.of) == ((54, 60), (15, 30), "labels")
    assert third.p == pytest.approx(raw) and third.adjusted == pytest.approx(2 * raw)
    assert third.direction == "lower" and third.shift == pytest.approx(-0.4)


def test_after_a_change_points_are_tested_against_it_and_so_a_new_level_is_marked_once():
    drop_and_back = labelled((27, 3), (27, 3), (12, 18), (13, 17), (12, 18), (27, 3), (26, 4))
    assert directions(drop_and_back) == [None, None, "lower", None, None, "higher", None]
    back = changes(drop_and_back)[5]
    assert back.before == (37, 90) and back.p == pytest.approx(reference([[27, 3], [37, 53]])[1])


def test_labels_are_not_compared_with_verdicts():
    # The judge passes half of what the expert passes: that is no change of the system.
    series = [Tally(18, 2), Tally(17, 3), Tally(0, 0, 10, 10), Tally(0, 0, 9, 11)]
    assert directions(series) == [None] * 4 and comparisons(series) == 2
    assert changes(series)[2] is None and changes(series)[3].of == "verdicts"


def test_of_labels_and_verdicts_the_clearer_test_stands_and_both_are_counted():
    series = [Tally(18, 2, 40, 10), Tally(15, 5, 10, 40)]
    [_, change] = changes(series)
    raw = reference([[10, 40], [40, 10]])[1]
    assert comparisons(series) == 2 and change.of == "verdicts" and change.adjusted == pytest.approx(2 * raw)


@pytest.mark.parametrize("series", [[], [Tally(3, 1)], [Tally(), Tally()]])
def test_without_two_points_there_is_no_test(series):
    assert comparisons(series) == 0 and changes(series) == [None] * len(series)


@pytest.mark.parametrize(("n", "rate"), [(10, 0.8), (30, 0.5), (30, 0.9), (100, 0.5), (100, 0.8)])
def test_of_a_thousand_steady_series_of_twelve_points_at_most_five_in_a_hundred_are_marked(n, rate):
    chance = random.Random(f"{n} {rate}")
    marked = sum(any(directions(drawn(chance, [rate] * 12, n))) for _ in range(1_000))
    # Red only where the true share is surely above 5 %.
    assert binomtest(marked, 1_000, 0.05, alternative="greater").pvalue > 0.01, marked
    assert marked <= 50, marked


def test_of_steady_series_of_sessions_of_five_alike_at_most_five_in_a_hundred_are_marked_too():
    """Taken for independent, they would look like changes in a third of the series."""
    chance, marked, taken = random.Random(55), 0, 0
    for _ in range(400):
        weeks = [[5 * (chance.random() < 0.7) for _ in range(12)] for _ in range(12)]
        tied = [Tally(sum(week), 60 - sum(week), tied=tuple(
            (12 * place + session, None, k, 5 - k, 0, 0) for session, k in enumerate(week)))
            for place, week in enumerate(weeks)]
        marked += any(directions(tied))
        taken += any(directions([Tally(*one.cells) for one in tied]))
    assert marked <= 20 and taken > 130, (marked, taken)


def test_a_drop_of_thirty_points_is_found_where_it_is_and_marked_once():
    chance = random.Random(30)
    found = [[place for place, one in enumerate(directions(drawn(chance, [0.9] * 6 + [0.6] * 6, 60))) if one]
             for _ in range(300)]
    assert sum(6 in places for places in found) > 270
    assert sum(len(places) > 1 for places in found) <= 15


def drawn(chance: random.Random, rates: list[float], n: int) -> list[Tally]:
    return labelled(*((k, n - k) for rate in rates for k in [sum(chance.random() < rate for _ in range(n))]))


# (label, what the judge said at 1, 2, 3 …); a dash: it was not asked.
READ = ["pass: pass pass", "pass: pass fail", "pass: fail pass", "fail: pass fail", "fail: fail pass", "fail: fail -",
        "fail: - fail"]


def readings(*lines: str) -> list[Reading]:
    return [Reading(trace, line.split(": ")[0], outcome, float(at)) for trace, line in enumerate(lines)
            for at, outcome in enumerate(line.split(": ")[1].split(), 1) if outcome != "-"]


def twice(passes: int, fails: int, passed: int, to_fail: int = 0, to_pass: int = 0, fixed: int = 0,
          broken: int = 0) -> Again:
    """Labels, what the judge passed at first, what it turned, and what that was by the labels."""
    n = passes + fails
    return Again(passes, fails, Counts(passed - to_fail, to_fail, to_pass, n - passed - to_pass),
                 Flips(fixed, broken, n - fixed - broken))


def test_flips_are_counted_on_traces_that_were_read_twice():
    # Two lines were read once. Of five: pass to fail 2, fail to pass 2; right then wrong 2, wrong then right 2.
    assert again(readings(*READ)) == twice(3, 2, passed=3, to_fail=2, to_pass=2, fixed=2, broken=2)


def test_a_cut_takes_the_last_reading_before_it_and_the_first_after_it():
    lines = readings("pass: pass fail pass fail", "pass: - - pass fail")
    assert again(lines) == twice(2, 0, passed=2, to_fail=2, broken=2)
    assert again(lines, 2.5) == twice(1, 0, passed=0, to_pass=1, fixed=1)
    assert again(lines, 9) == again(lines, 0) == Again()


def test_a_judge_may_move_without_being_less_right():
    # 16 flips to fail, half of them right: McNemar on right and wrong sees nothing, on the outcomes it does.
    found = twice(30, 30, passed=40, to_fail=16, fixed=8, broken=8)
    assert found.p == pytest.approx(2 * binomtest(0, 16).pvalue) and found.state() == MOVED


def test_traces_of_one_session_flip_together_and_count_as_one():
    lines = [Reading(trace, "pass", outcome, at, session=trace // 8 * 8) for trace in range(16)
             for at, outcome in ((1.0, "pass"), (2.0, "fail"))]
    # Two sessions that turned: both in one direction by chance in every second case, and two tests.
    assert again(lines).p == pytest.approx(1) and again([replace(one, session=None) for one in lines]).p < 0.001


def test_few_labels_do_not_say_that_a_judge_stood_still():
    assert twice(40, 9, passed=40).state() == UNKNOWN
    assert twice(10, 10, passed=10).state() == STILL
    # Of 10 that it passed none flipped: it may still fail up to 28 % of such traces (Wilson), so a drop of 20 points
    # where it passed 90 % stays open, one of 40 does not.
    few = twice(10, 10, passed=10)
    assert few.state((-0.2, 0.9)) == UNKNOWN and few.state((-0.4, 0.9)) == STILL
    assert few.state((0.02, 0.9)) == UNKNOWN and few.state((0.2, 0.9)) == STILL


def test_a_judge_that_gave_one_outcome_alone_leaves_its_shift_open():
    found = twice(10, 10, passed=20)
    assert found.shift(0.9).why and found.state((-0.4, 0.9)) == UNKNOWN
    assert found.shift(1.0).value == 0


def test_the_shift_is_that_of_the_traces_it_is_taken_to_and_its_interval_joins_two():
    # 8 of 16 passes turned, 4 of 12 fails; on traces of which it passed 90 %: .1 × 4/12 - .9 × 8/16.
    found = twice(16, 12, passed=16, to_fail=8, to_pass=4, broken=12).shift(0.9)
    assert found.value == pytest.approx(0.1 * 4 / 12 - 0.9 * 8 / 16)
    (low, high), (least, most) = (proportion_confint(k, n, method="wilson") for k, n in ((8, 16), (4, 12)))
    assert found.low == pytest.approx(found.value - ((0.9 * (high - 8 / 16))**2 + (0.1 * (4 / 12 - least))**2) ** 0.5)
    assert found.high == pytest.approx(found.value + ((0.9 * (8 / 16 - low))**2 + (0.1 * (most - 4 / 12))**2) ** 0.5)


def test_the_interval_of_the_shift_holds_the_true_one_as_often_as_it_says():
    chance, held = random.Random(5), 0
    for _ in range(2_000):
        to_fail, to_pass = (sum(chance.random() < share for _ in range(n)) for share, n in ((0.15, 40), (0.05, 20)))
        found = twice(40, 20, 40, to_fail, to_pass).shift(0.8)
        held += found.low <= 0.2 * 0.05 - 0.8 * 0.15 <= found.high
    assert held / 2_000 > 0.94


def test_a_judge_that_only_contradicts_itself_moves_in_at_most_five_of_a_hundred():
    chance, moved = random.Random(9), 0
    for _ in range(1_000):
        lines = [Reading(trace, "pass" if trace < 30 else "fail", said, at) for trace in range(60) for at in (1.0, 2.0)
                 for said in [chance.choices(("pass", "fail"), (8, 2) if trace < 30 else (2, 8))[0]]]
        moved += again(lines).state() == MOVED
    assert moved <= 50, moved


@pytest.mark.parametrize(("system", "strictness", "wrong"), [(0.3, 0, MOVED), (0, 0.34, STILL)])
def test_a_change_is_seldom_put_on_the_wrong_one(system, strictness, wrong):
    """The system drops by 30 points, or the judge fails a third of what it passed; 100 labelled traces, 60 a point."""
    chance, told = random.Random(f"{system} {strictness}"), []
    for _ in range(300):
        before, here = ([said(chance, chance.random() < 0.9 - drop, strict) for _ in range(n)]
                        for n, drop, strict in ((120, 0, 0), (60, system, strictness)))
        [_, change] = changes([Tally(0, 0, one.count("pass"), one.count("fail")) for one in (before, here)])
        read = [Reading(trace, label, said(chance, label == "pass", strict), at) for trace in range(100)
                for label in ["pass" if trace % 2 else "fail"] for at, strict in ((1.0, 0), (2.0, strictness))]
        told += [again(read, 2.0).state((change.shift, before.count("pass") / 120))] if change.direction else []
    assert len(told) > 250 and told.count(wrong) / len(told) < 0.05
    assert told.count(UNKNOWN) / len(told) < 0.15


def said(chance: random.Random, good: bool, strictness: float) -> str:
    """A judge that errs and contradicts itself at 5 %."""
    return "pass" if chance.random() >= (0.05 + strictness if good else 0.95) else "fail"

"""Is the judge the one it was? Exact tests on a frozen set, by hand, and how often a judge is called changed."""

from random import Random

import pytest
from scipy.stats import binomtest

from lib.records import FAIL, PASS
from lib.statistics.deciding import moved
from lib.statistics.deciding.moved import MOVED, STILL, UNKNOWN, Reread, chance, found
from tests.support.errors import gates_again


def rows(*kinds: tuple[int, str, str, str]) -> list[Reread]:
    """(how many, label, earlier outcomes by their first letters, today's outcome) of each kind of trace."""
    words = {"p": PASS, "f": FAIL}
    return [Reread(label, words[before[0]], {n: words[one] for n, one in enumerate(before)}, now)
            for n, label, before, now in kinds for _ in range(n)]


def test_with_one_earlier_reading_it_is_mcnemar_s_exact_test():
    # 9 turn to fail, 1 to pass: twice the chance of at most 1 in 10 tosses is 22/1024; three tests, of which the
    # second sees 9 broken and 1 fixed and finds the same.
    read = rows((40, PASS, "p", PASS), (9, PASS, "p", FAIL), (1, PASS, "f", PASS), (30, FAIL, "f", FAIL))
    assert chance(read) == pytest.approx(3 * binomtest(1, 10).pvalue) == pytest.approx(3 * 22 / 1024)
    assert found(read, 0.5).state == UNKNOWN or found(read, 0.5).state == STILL
    assert (found(read, 0.5).to_fail, found(read, 0.5).to_pass, found(read, 0.5).right.broken) == (9, 1, 9)


def test_changes_that_cancel_out_are_seen_where_its_own_noise_is_known():
    # 6 turn to fail, 6 to pass, right and wrong in equal parts: no direction. Of two earlier readings both say the
    # other thing, and it never contradicted itself: that today's is the odd one of three has a chance of 1/3 each time.
    turned = [(3, PASS, "pp", FAIL), (3, FAIL, "pp", FAIL), (3, PASS, "ff", PASS), (3, FAIL, "ff", PASS)]
    read = rows((20, PASS, "pp", PASS), (20, FAIL, "ff", FAIL), *turned)
    assert chance(read) == pytest.approx(3 * 3.0 ** -12) and found(read, 0.5).state == MOVED
    # A judge that contradicted itself as often before does nothing new today.
    noisy = [(4, PASS, "pf", PASS), (4, FAIL, "fp", FAIL), (4, PASS, "fp", PASS), (4, FAIL, "pf", FAIL)]
    assert chance(rows((20, PASS, "pp", PASS), (20, FAIL, "ff", FAIL), *turned[:1], *noisy)) > 0.05


def test_traces_that_share_an_input_turn_together():
    # Five traces of one input are one toss, not five: 2 × 1/2.
    alone = rows((20, PASS, "p", PASS), (8, PASS, "p", FAIL), (20, FAIL, "f", FAIL))
    shared = [Reread(one.label, one.first, one.before, one.now, None, 1 if one.now != one.first else None)
              for one in alone]
    assert chance(alone) == pytest.approx(3 * 2 / 2 ** 8) and chance(shared) == 1.0


@pytest.mark.parametrize("kinds, margin, state", [
    ([(60, PASS, "p", PASS), (60, FAIL, "f", FAIL)], 0.1, STILL),
    ([(60, PASS, "p", PASS), (60, FAIL, "f", FAIL)], 0.01, UNKNOWN),  # 120 traces do not tell one point
    ([(12, PASS, "p", PASS), (12, FAIL, "f", FAIL)], 0.1, UNKNOWN), ([(60, PASS, "p", PASS)], 0.1, UNKNOWN),
    ([(60, PASS, "p", PASS), (20, PASS, "p", FAIL), (60, FAIL, "f", FAIL)], 0.1, MOVED), ([], 0.1, UNKNOWN)])
def test_it_did_not_move_where_both_shifts_surely_lie_within_the_margin(kinds, margin, state):
    assert found(rows(*kinds), margin).state == state


def test_what_is_too_few_is_said():
    assert moved.found(rows((60, PASS, "p", PASS), (3, FAIL, "f", FAIL)), 0.2).few == "fewer than 10 fails"


def test_a_judge_that_stayed_is_called_changed_and_one_beyond_the_margin_the_same_at_most_5_times_in_100():
    table = gates_again.judges(Random(7), draws=60, sizes=(100,))
    assert all(row.changed <= 0.05 for row in table if row.shift == 0) and any(row.noise for row in table)
    assert all(row.same <= 0.05 for row in table if row.shift >= gates_again.MARGIN)
    assert max(row.changed for row in table if row.shift >= 0.2) > 0.8

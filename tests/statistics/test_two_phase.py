"""The rate from a random draw of labels: the sum by hand, when it is refused, and that its interval holds."""

import numpy as np
import pytest

from lib.records import Counts
from lib.records.rating import Tally
from lib.statistics.corrected import corrected_rate
from lib.statistics.two_phase import two_phase_rate


def of(passed: int, judged: int) -> Tally:
    return Tally(judged_passes=passed, judged_fails=judged - passed)


def test_it_is_the_sum_worked_by_hand():
    # Of 600 judged pass 45 of 50 drawn are passes, of 400 judged fail 10 of 50: .6 × .9 + .4 × .2 = .62.
    # The middle: .6 × 46/52 + .4 × 11/52 = .6154; the error² .36 × .001926 + .16 × .003133 + .24 × .673² / 1,000.
    found = two_phase_rate(Counts(45, 10, 5, 40), of(600, 1_000))
    error = (0.36 * 46 / 52 * 6 / 52 / 52 + 0.16 * 11 / 52 * 41 / 52 / 52 + 0.24 * (35 / 52) ** 2 / 1_000) ** 0.5
    assert found.value == pytest.approx(0.62)
    assert (found.low, found.high) == (pytest.approx(0.6 * 46 / 52 + 0.4 * 11 / 52 - 1.959964 * error),
                                       pytest.approx(0.6 * 46 / 52 + 0.4 * 11 / 52 + 1.959964 * error))


def test_with_fewer_than_twenty_labels_it_is_refused():
    found = two_phase_rate(Counts(15, 0, 0, 4), of(60, 100))
    assert found.value is None and "it takes 20 labels that the random queue drew" in found.why and "19" in found.why
    assert two_phase_rate(Counts(), Tally()).value is None


def test_where_the_draw_met_none_of_what_the_judge_failed_that_part_stays_open():
    found = two_phase_rate(Counts(pass_pass=30), of(950, 1_000))
    assert found.value == pytest.approx(0.95 + 0.05 / 2) and found.low < 0.93 and found.high <= 1


def test_labels_of_few_inputs_make_it_wider():
    tied = tuple((None, n, 9, 0, 1, 0) if n % 2 else (None, n, 0, 2, 0, 8) for n in range(10))
    alone, grouped = (two_phase_rate(Counts(45, 10, 5, 40, tied=one), of(600, 1_000)) for one in ((), tied))
    assert grouped.value == alone.value and grouped.high - grouped.low > 1.3 * (alone.high - alone.low)


@pytest.mark.parametrize(("n", "rate", "judge"), [(20, 0.8, (0.9, 0.9)), (40, 0.95, (0.7, 0.98)),
                                                  (100, 0.5, (0.7, 0.7)), (100, 0.8, (0.98, 0.98))])
def test_its_interval_holds_and_is_narrower_than_the_corrected_one(n, rate, judge):
    """95 % wanted: at least .92 of 500 datasets are covered."""
    rng = np.random.default_rng([n, round(rate * 100), round(judge[0] * 100)])
    cells = [rate * judge[0], rate * (1 - judge[0]), (1 - rate) * (1 - judge[1]), (1 - rate) * judge[1]]
    hits, widths, corrected = 0, [], []
    for drawn, rest in zip(rng.multinomial(n, cells, 500), rng.multinomial(2_000, cells, 500), strict=True):
        counts, passed = Counts(*map(int, drawn)), int(drawn[0] + drawn[2] + rest[0] + rest[2])
        found = two_phase_rate(counts, of(passed, n + 2_000))
        hits += found.low <= rate <= found.high
        other = corrected_rate(counts, of(int(rest[0] + rest[2]), 2_000))
        if other.value is not None:
            widths.append(found.high - found.low)
            corrected.append(other.high - other.low)
    assert hits / 500 >= 0.92
    assert len(widths) < 20 or np.mean(widths) < np.mean(corrected)

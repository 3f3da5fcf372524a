"""Is a fixed failure back? The share that fails again, with a judge that errs; and how often the answer is wrong."""

from random import Random

import pytest
from scipy.stats import beta, binom

from lib.records import Counts
from lib.records.rating import Tally
from lib.statistics.deciding import returned
from lib.statistics.deciding.returned import Again, judge_of, share
from tests.support.errors import gates_again

SURE = judge_of(Counts(400, 4, 4, 400))


def test_the_ends_of_tpr_and_tnr_are_those_of_clopper_and_pearson():
    found = judge_of(Counts(40, 10, 5, 45))
    low, high = beta.ppf(0.00625, 40, 11), beta.ppf(0.99375, 41, 10)
    assert found.wrong == pytest.approx((1 - high, 1 - low)) and found.point == (0.2, 0.9)
    assert judge_of(Counts(30, 0, 0, 30)).right[1] == 1.0


def test_what_the_expert_has_labelled_needs_no_judge():
    # The largest share at which none of 10 comes more often than 1.25 times in 100: (1 - share) ** 10 = 0.0125.
    found = share(Again(0, 0, 0, 10), None)
    assert (found.value, found.low) == (0.0, 0.0) and found.high == pytest.approx(1 - 0.0125 ** 0.1, abs=1e-6)
    assert share(Again(0, 0, 10, 10), None).low == pytest.approx(0.0125 ** 0.1, abs=1e-6)


def test_the_judge_s_own_errors_are_taken_off():
    # It fails 2 of 10 passes: 4 of 20 that it fails are what a mended failure brings.
    weak = judge_of(Counts(80, 20, 20, 80))
    assert share(Again(4, 20), weak).value == pytest.approx(0.0)
    assert share(Again(16, 20), weak).value == pytest.approx(1.0)
    at = share(Again(4, 20), weak)
    q = at.high * weak.right[0] + (1 - at.high) * weak.wrong[0]
    assert binom.cdf(4, 20, q) == pytest.approx(0.0125, rel=1e-4)


def test_the_expert_s_outcomes_and_the_judge_s_are_counted_together():
    both = share(Again(0, 10, 0, 10), SURE)
    assert both.high < share(Again(0, 10), SURE).high and both.n == 20


@pytest.mark.parametrize("again, judge, why", [
    (Again(), SURE, "none of its traces"), (Again(1, 2), None, "never measured"),
    (Again(1, 2), judge_of(Counts(5, 5, 5, 5)), "better than chance")])
def test_what_cannot_be_told_is_none_with_its_reason(again, judge, why):
    found = share(again, judge)
    assert found.value is None and why in found.why


def test_so_many_more_decide_it_and_half_as_many_do_not():
    more = returned.more(Again(2, 10), SURE, 0.5)
    ends = [share(Again(round(0.2 * n), n), SURE).high for n in (10 + more, 10 + more // 2)]
    assert ends[0] <= 0.5 < ends[1]
    assert returned.more(Again(5, 10), SURE, 0.5) is None and returned.more(Again(0, 5), None, 0.5) is None


def test_answers_of_one_session_count_as_fewer():
    alone = Tally(0, 0, 16, 4)
    tied = Tally.total([Tally.sharing(1, None, 0, 0, 8, 2), Tally.sharing(2, None, 0, 0, 8, 2)])
    assert Again.of(alone) == Again(4, 20) and Again.of(tied).n < 20


def test_a_failure_that_is_back_passes_and_one_that_is_not_fails_at_most_5_times_in_100():
    table = gates_again.failures(Random(7), draws=100)
    assert all(row.passed <= 0.05 for row in table if row.true >= row.most)
    assert all(row.failed <= 0.05 for row in table if row.true <= row.most)
    assert max(row.passed for row in table if row.true == 0) > 0.8

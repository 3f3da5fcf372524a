"""Traces that share an input or a session: what they are worth, by hand, at the ends, and in simulation."""

from collections import Counter

import numpy as np
import pytest
from scipy.stats import t

from lib.records import Counts
from lib.records.pairs import Flips
from lib.records.rating import Tally
from lib.statistics import effective, metrics
from lib.statistics.comparison import chance_of, mcnemar_exact
from lib.statistics.corrected import corrected_rate
from lib.statistics.deciding.replacements import difference

WIDTHS = ("agreement", "tpr", "tnr", "kappa", "precision_pass", "precision_fail")


def by_inputs(groups: list[tuple[int, int, int, int]]) -> Counts:
    """The pairs of these groups, each group of one input; a group of one is on its own."""
    cells = [sum(one) for one in zip(*groups, strict=True)]
    return Counts(*cells, tied=tuple((None, number, *one) for number, one in enumerate(groups) if sum(one) > 1))


def test_where_nothing_is_shared_every_trace_counts_once():
    assert effective.of_share(Counts(40, 10, 5, 45), (0, 3), (0, 1, 2, 3)) == 100
    single = Counts(40, 10, 5, 45, tied=((None, 1, 1, 0, 0, 0), (7, None, 0, 0, 0, 1)))
    assert effective.of_share(single, (0, 3), (0, 1, 2, 3)) == 100 and effective.sentence(single) == ""
    assert metrics.all_figures(single) == metrics.all_figures(Counts(40, 10, 5, 45))


def test_the_effective_size_is_the_sum_worked_by_hand():
    # 10 inputs with 4 traces each, all alike: 6 right, 4 wrong; 24 of 40, and half a group of 4 each: 26 of 44.
    # Influence of a right one 18/44, of a wrong one -26/44. By groups 6 (4 × 18/44)² + 4 (4 × 26/44)² + ½ each;
    # one by one 26 (18/44)² + 18 (26/44)². With 11 groups: 11/10 of it.
    groups = Counter({(4, 0): 6, (0, 4): 4})
    by_group = 6.5 * (4 * 18 / 44) ** 2 + 4.5 * (4 * 26 / 44) ** 2
    alone = 26 * (18 / 44) ** 2 + 18 * (26 / 44) ** 2
    wanted = 40 / (11 / 10 * by_group / alone) * (effective.Z / t.ppf(0.975, 9)) ** 2
    found = effective.size([24, 16], groups, lambda shares: (shares[1], -shares[0]))
    assert found == pytest.approx(wanted) and 6 < found < 9


def test_one_input_alone_says_nothing_and_its_interval_is_all_there_is():
    found = metrics.agreement(by_inputs([(5, 0, 0, 3)]))
    assert (found.value, found.low, found.high) == (1.0, 0.0, 1.0)
    few = metrics.kappa(by_inputs([(5, 1, 1, 3)]))
    assert few.low <= few.value <= few.high


def test_every_figure_is_wider_where_groups_agree_with_themselves():
    groups = [(8, 0, 0, 0)] * 9 + [(0, 8, 0, 0)] * 2 + [(0, 0, 8, 0)] * 2 + [(0, 0, 0, 8)] * 12
    tied, alone = by_inputs(groups), Counts(*by_inputs(groups).cells)
    for name in WIDTHS:
        wide, narrow = (metrics.METRICS[name].figure(one) for one in (tied, alone))
        assert wide.value == narrow.value and wide.high - wide.low > 1.8 * (narrow.high - narrow.low), name
    rated = Tally(judged_passes=60, judged_fails=40)
    wide, narrow = (corrected_rate(one, rated) for one in (tied, alone))
    assert wide.value == narrow.value and wide.high - wide.low > 1.8 * (narrow.high - narrow.low)
    assert "may be no better than chance" in corrected_rate(by_inputs(groups[5:18]), rated).why
    grouped = Tally(0, 0, 60, 40, tuple((None, n, 0, 0, *((10, 0) if n < 6 else (0, 10))) for n in range(10)))
    plain = corrected_rate(alone, grouped)
    assert plain.high - plain.low > 1.5 * (narrow.high - narrow.low)


def test_of_session_and_input_the_one_that_leaves_least_counts_and_is_named():
    # 12 traces: 6 inputs in pairs, 3 sessions of four.
    tied = tuple((n // 4, n // 2, 1, 0, 0, 0) if n % 4 < 2 else (n // 4, n // 2, 0, 0, 0, 1) for n in range(12))
    both = Counts(6, 0, 0, 6, tied=tied)
    only_inputs = Counts(6, 0, 0, 6, tied=tuple((None, *one[1:]) for one in tied))
    assert metrics.agreement(both).low < metrics.agreement(only_inputs).low
    assert effective.sentence(both, "pairs").startswith("12 pairs of 3 sessions: ")
    assert effective.sentence(only_inputs).startswith("12 traces of 6 inputs: ")


@pytest.mark.parametrize(("groups", "size", "rate", "alike"), [
    (20, 5, 0.5, 0.3), (20, 5, 0.95, 0.3), (25, 8, 0.8, 0.7), (25, 8, 0.95, 0.7), (10, 4, 0.8, 0.3)])
def test_intervals_hold_in_simulated_conversations(groups, size, rate, alike):
    """Conversations whose traces are alike (intraclass correlation), 95 % wanted: at least .92 of 400 are covered."""
    rng = np.random.default_rng([groups, size, round(rate * 100)])
    chances = rng.beta(rate * (1 - alike) / alike, (1 - rate) * (1 - alike) / alike, (400, groups))
    hits = plain = 0
    for right in rng.binomial(size, chances):
        counts = by_inputs([(int(one), size - int(one), 0, 0) for one in right])
        found, without = metrics.tpr(counts), metrics.wilson(counts.pass_pass, counts.n)
        hits += found.low <= rate <= found.high
        plain += without.low <= rate <= without.high
    assert hits / 400 >= 0.92 > plain / 400


def test_flips_are_turned_round_by_whole_groups():
    # 3 inputs with 4 fixed each and nothing broken: of 2³ ways to turn them round, 2 come as far from 0.
    assert chance_of(Flips(12, 0, 0, tied=tuple((None, n, 4, 0, 0, 0) for n in range(3)))) == pytest.approx(0.25)
    assert chance_of(Flips(12, 0, 0)) == pytest.approx(2 / 2**12)
    # 2 fixed by one input, 1 fixed and 1 broken elsewhere: sums ±2 ± 1 ± 1, of 8 ways 4 at |sum| ≥ 2 … and 2 at 4.
    found = Flips(3, 1, 5, tied=((None, 1, 2, 0, 3, 0),))
    assert chance_of(found) == pytest.approx(6 / 8)
    assert chance_of(Flips(4, 4, 0, tied=((3, None, 4, 4, 0, 0),))) == 1.0


def test_groups_of_one_give_the_exact_p_of_mcnemar():
    for fixed, broken in ((5, 0), (12, 4), (300, 240)):
        single = Flips(fixed, broken, 7, tied=((None, 1, 0, 0, 2, 0),))
        assert chance_of(single) == pytest.approx(mcnemar_exact(fixed, broken), rel=1e-9)


def test_the_difference_of_two_models_is_less_certain_where_flips_come_in_groups():
    alone, tied = Flips(24, 8, 68), Flips(24, 8, 68, tied=tuple((None, n, 8, 0, 0, 0) if n < 3 else (
        None, n, 0, 8, 0, 0) if n < 4 else (None, n, 0, 0, 8, 0) for n in range(12)))
    one, other = difference(alone), difference(tied)
    assert one.value == other.value == pytest.approx(0.16) and one.low > 0 > other.low
    assert difference(Flips(3, 0, 0, tied=((None, 1, 3, 0, 0, 0),))).low == -1.0

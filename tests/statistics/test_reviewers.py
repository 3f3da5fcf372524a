"""Alpha and AC1 of any number of reviewers: sums worked out by hand, krippendorff, irrCAC, and reviewers made up."""

from collections import Counter

import krippendorff
import numpy as np
import pandas as pd
import pytest
from irrCAC.raw import CAC

from lib.records import Counts
from lib.statistics.metrics import kappa
from lib.statistics.reviewers import ac1, alpha, beside, of_pair, paired

# Three reviewers: ppp, ppf, ff and one missing, pf and one missing, p alone.
FIVE = {(3, 0): 1, (2, 1): 1, (0, 2): 1, (1, 1): 1, (1, 0): 1}
TRIALS = 200  # a coverage of .95 is seen in so many as .92 to .98, nineteen times in twenty; the seed is fixed


def table(rng, most: int = 7) -> np.ndarray:
    """Traces × reviewers: 1 pass, 0 fail, NaN where a label is missing; some reviewers are right more often."""
    n, reviewers = int(rng.integers(8, 60)), int(rng.integers(2, most))
    passed = rng.random((n, 1)) < rng.uniform(0.05, 0.95)
    said = (passed == (rng.random((n, reviewers)) < rng.uniform(0.4, 1, reviewers))).astype(float)
    said[rng.random((n, reviewers)) < rng.choice([0, 0.2, 0.6])] = np.nan
    return said


def kinds_of(said: np.ndarray) -> Counter:
    """The traces by how many of their labels are pass and fail; those without any are none."""
    passes, fails = (np.sum(said == outcome, axis=1).tolist() for outcome in (1, 0))
    return Counter(kind for kind in zip(passes, fails, strict=True) if sum(kind))


def irrcac(said: np.ndarray) -> float:
    # Its own list of categories would hold NaN: pandas has kept missing cells since its version 3.
    return CAC(pd.DataFrame(said), categories=[0.0, 1.0], digits=15).gwet()["est"]["coefficient_value"]


def test_by_hand():
    # Of the four with two labels or more: 6 passes, 4 fails; a pass beside a fail: 2·1/(3-1) + 1·1/(2-1) = 2.
    # Alpha: 1 - (10 - 1)·2 / (6·4).
    assert alpha(FIVE).value == pytest.approx(0.25)
    # Equal pairs: (1 + 1/3 + 1 + 0) / 4 = 7/12. Passes of all five: (1 + 2/3 + 0 + 1/2 + 1) / 5 = 19/30;
    # by chance 2·19/30·11/30 = 209/450. AC1: (7/12 - 209/450) / (1 - 209/450).
    assert ac1(FIVE).value == pytest.approx((7 / 12 - 209 / 450) / (241 / 450))


def test_alpha_is_that_of_the_package_krippendorff():
    rng, compared = np.random.default_rng(11), 0
    for said in (table(rng) for _ in range(400)):
        ours = alpha(kinds_of(said))
        several = said[np.sum(~np.isnan(said), axis=1) > 1]
        if len(set(several[~np.isnan(several)])) < 2:
            assert ours.value is None
            continue
        theirs = krippendorff.alpha(reliability_data=said.T, level_of_measurement="nominal")
        assert abs(ours.value - theirs) <= 1e-9
        compared += 1
    assert compared > 350


def test_ac1_is_that_of_the_package_irrcac():
    rng, compared = np.random.default_rng(12), 0
    for said in (table(rng) for _ in range(400)):
        found = kinds_of(said)
        if not paired(found):
            assert ac1(found).value is None
            continue
        assert abs(ac1(found).value - irrcac(said)) <= 1e-9
        compared += 1
    assert compared > 350


def test_of_two_ac1_comes_from_the_counts():
    rng = np.random.default_rng(13)
    for cells in rng.integers(0, 60, (100, 4)).tolist():
        said = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], cells, axis=0).astype(float)
        if len(said):
            assert abs(ac1(of_pair(Counts(*cells))).value - irrcac(said)) <= 1e-9


@pytest.mark.parametrize(("kinds", "why"), [
    ({}, "no trace has labels of two reviewers"), ({(1, 0): 9, (0, 1): 9}, "no trace has labels of two reviewers"),
    ({(3, 0): 9}, "every label is pass, so chance explains all"),
    ({(0, 2): 9, (1, 0): 4}, "every label is fail, so chance explains all")])
def test_where_nothing_can_be_told_alpha_says_why(kinds, why):
    assert (alpha(kinds).value, alpha(kinds).why) == (None, why)


def test_where_all_passed_ac1_is_one_and_without_a_pair_undefined():
    assert ac1({(3, 0): 20}).value == 1 and ac1({(1, 0): 3}).why == "no trace has labels of two reviewers"


def test_always_the_same_leaves_something_open_and_the_interval_is_the_same_each_time():
    for figure_of in (alpha, ac1):
        found = figure_of({(3, 0): 10, (0, 3): 10})
        assert found.value == found.high == 1 and 0.6 < found.low < 0.95
        assert found == figure_of({(0, 3): 10, (3, 0): 10})


def test_intervals_cover_what_is_true_of_known_reviewers():
    """Three of them, each right on 95 % of traces of which 80 % are passes; a fifth of the labels is missing."""
    rng, rate, right, n = np.random.default_rng(14), 0.8, 0.95, 60
    passes, unlike = rate * right + (1 - rate) * (1 - right), 2 * right * (1 - right)
    chance = 2 * passes * (1 - passes)
    hits = np.zeros(2)
    for _ in range(TRIALS):
        said = ((rng.random((n, 1)) < rate) == (rng.random((n, 3)) < right)).astype(float)
        said[rng.random((n, 3)) < 0.2] = np.nan
        found = kinds_of(said)
        for place, (figure, truth) in enumerate(((alpha(found), 1 - unlike / chance),
                                                 (ac1(found), (1 - unlike - chance) / (1 - chance)))):
            hits[place] += figure.low <= truth <= figure.high
    assert 0.92 <= hits.min() / TRIALS and hits.max() / TRIALS <= 0.99


def test_where_fails_are_rare_it_says_why_kappa_is_low():
    counts = Counts(90, 5, 4, 1)
    found = beside(of_pair(counts), "Kappa", kappa(counts))
    # 91 of 100 agree, 11 of 200 outcomes are fail, by chance .95·.94 + .05·.06... = 89.6 %; ten traces have a fail.
    assert found.rare == "fail" and found.ac1.value == pytest.approx(0.9, abs=0.001)
    assert found.why == (
        "Kappa (0.13) is lower than the agreement (91%) because only 5.5% of the outcomes are fail: where so many "
        "are pass, chance alone gives 90%. AC1 (0.90) takes less for chance, and tells little of the fails: of "
        "10 traces that somebody failed, everybody failed 1.")


def test_where_passes_are_rare_it_speaks_of_passes():
    kinds = {(0, 3): 40, (1, 2): 3, (3, 0): 2}
    found = beside(kinds, "Alpha", alpha(kinds))
    assert found.rare == "pass" and "of 5 traces that somebody passed, everybody passed 2." in found.why


@pytest.mark.parametrize("counts", [Counts(40, 10, 10, 40), Counts(60, 5, 15, 20), Counts(8, 2, 2, 1), Counts()])
def test_where_no_outcome_is_rare_it_says_nothing(counts):
    found = beside(of_pair(counts), "Kappa", kappa(counts))
    assert (found.rare, found.why) == ("", "")


def test_where_nobody_differs_there_is_nothing_to_explain():
    for counts in (Counts(95, 0, 0, 5), Counts(95, 0, 0, 0)):
        found = beside(of_pair(counts), "Kappa", kappa(counts))
        assert (found.rare, found.why, found.ac1.value) == ("fail", "", 1)

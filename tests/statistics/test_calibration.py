"""The calibration of probabilities: Platt's fit found again, thresholds of costs, ranking, reliability."""

import math
import random

import pytest

from lib.statistics import calibration
from lib.statistics.calibration import Platt


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


@pytest.fixture(scope="module")
def drawn():
    """Probabilities whose logit tells the expert's word by slope 1.7 and intercept 0.9, drawn with a seed."""
    chance, made = random.Random(7), []
    for _ in range(6_000):
        x = chance.gauss(-0.5, 1.2)
        made.append((sigmoid(x), chance.random() < sigmoid(1.7 * x + 0.9)))
    return made


def test_a_fit_finds_the_slope_and_intercept_that_made_the_labels(drawn):
    found = calibration.platt(drawn)
    assert found.slope == pytest.approx(1.7, abs=0.12) and found.intercept == pytest.approx(0.9, abs=0.1)
    calibrated = [(found.calibrated(p), passed) for p, passed in drawn]
    assert calibration.brier(calibrated) < calibration.brier(drawn) < calibration.always(drawn) + 0.05
    assert sum(p for p, _ in calibrated) == pytest.approx(sum(passed for _, passed in drawn), rel=0.01)


def test_a_fit_is_the_same_as_a_reference_without_a_penalty(drawn):
    from sklearn.linear_model import LogisticRegression
    x = [[math.log(p / (1 - p))] for p, _ in drawn]
    reference = LogisticRegression(C=1e9).fit(x, [passed for _, passed in drawn])
    found = calibration.platt(drawn)
    assert found.slope == pytest.approx(reference.coef_[0][0], abs=0.01)
    assert found.intercept == pytest.approx(reference.intercept_[0], abs=0.01)


@pytest.mark.parametrize("cost", [0.2, 1, 5])
def test_the_threshold_is_where_a_pass_begins_to_be_the_cheaper_word(cost):
    fit = Platt(1.7, 0.9)
    cut = fit.threshold(cost)
    assert fit.calibrated(cut) == pytest.approx(cost / (1 + cost))
    assert Platt(-1.0, 0.0).threshold(cost) is None  # fails have the higher probability


def test_nought_and_one_are_fitted_and_one_outcome_alone_is_none():
    found = calibration.platt([(0.0, False), (1.0, True), (1.0, True), (0.0, True), (1.0, False)])
    assert math.isfinite(found.slope) and 0 < found.calibrated(0.0) < found.calibrated(1.0) < 1
    with pytest.raises(ValueError, match="passes and fails"):
        calibration.platt([(0.2, True)])


def test_auc_counts_ties_half_and_has_an_interval():
    pairs = [(0.9, True), (0.5, True), (0.5, False), (0.1, False)]
    found = calibration.auc(pairs)
    assert found.value == 0.875 and 0 < found.low < 0.875 < found.high < 1
    assert calibration.auc([(0.9, True)]).value is None
    perfect = calibration.auc([(0.9, True)] * 20 + [(0.1, False)] * 20)
    assert perfect.value == perfect.high == 1 and 0.8 < perfect.low < 1


def test_auc_covers_its_value_in_simulated_samples():
    """Two normal populations a distance of 1 apart: the true value is Phi(1 / sqrt 2)."""
    chance, truth = random.Random(3), 0.5 * (1 + math.erf(0.5))
    inside = 0
    for _ in range(400):
        found = calibration.auc([(sigmoid(chance.gauss(1, 1)), True) for _ in range(40)]
                                + [(sigmoid(chance.gauss(0, 1)), False) for _ in range(40)])
        inside += found.low <= truth <= found.high
    assert 0.925 <= inside / 400 <= 0.99


def test_counts_bins_and_plateau():
    pairs = [(n / 100, n >= 60) for n in range(100)]
    assert calibration.counts_at(pairs, 0.6).cells == (40, 0, 0, 60)
    assert calibration.counts_at(pairs, lambda place: 0.0).cells == (40, 0, 60, 0)
    low, high = calibration.plateau(pairs)
    assert low <= 0.595 <= high and high - low < 0.06
    bins = calibration.reliability(pairs)
    assert [one.passes.n for one in bins] == [20] * 5 and [one.passes.value for one in bins] == [0, 0, 0, 1, 1]
    assert calibration.plateau([(0.5, True), (0.5, False)]) is None and calibration.brier([]) is None

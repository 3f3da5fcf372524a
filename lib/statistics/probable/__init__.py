"""The corrected pass rate from probabilities: what their mean says of traces without a label, their level taken off.

Pure functions of probabilities, labels and groups. Closed forms, no draws: the same numbers give the same figure.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lib.records import Counts, Figure
from lib.statistics import calibration
from lib.statistics.corrected import ENOUGH, missing

Known = tuple[float, bool, str]  # probability of pass, whether the expert passed, what it shares with others
Unseen = tuple[float, str]  # probability of pass, what it shares with others
MISPLACED = "the labelled traces do not stand for these: the mean probability here is {} than that of any of them"


@dataclass(frozen=True)
class _Mean:
    """A mean, the variance of it, the groups it is of, and what each group adds to it."""

    mean: float
    variance: float
    groups: int
    added: dict[str, float]


def probable_rate(known: Sequence[Known], unseen: Sequence[Unseen]) -> Figure:
    """The pass rate of the unseen traces: where their mean probability lies between that of the fails and the passes.

    The soft form of Rogan and Gladen, "probabilistic adjusted count" (Bella et al. 2010, ICDM 737-742), of
    probabilities calibrated by these labels (Platt). It holds where passes and fails are more or less frequent than
    among the labelled ones, as long as a pass looks like a pass. The interval is Fieller's with Student's t: it counts
    labelled and unseen traces and that all were fitted; traces of a group count as they vary together. Undefined with
    fewer than 10 labels of either outcome or 10 unseen traces, where the passes' probabilities are not surely higher,
    and where the labelled traces do not stand for these.
    """
    if why := _too_few(known, unseen):
        return Figure(None, why=why)
    fit = calibration.platt([(p, passed) for p, passed, _ in known])
    passes, fails = (_mean([(fit.calibrated(p), group) for p, passed, group in known if passed == side], 1)
                     for side in (True, False))
    return _fieller(passes, fails, _mean([(fit.calibrated(p), group) for p, group in unseen], 0), fit.slope)


def _too_few(known: Sequence[Known], unseen: Sequence[Unseen]) -> str:
    passes = sum(passed for _, passed, _ in known)
    if why := missing(Counts(passes, 0, len(known) - passes, 0)):
        return why
    return "" if len(unseen) >= ENOUGH else (
        f"not enough traces: it takes {ENOUGH} with a probability and without a label, and there are {len(unseen)}")


def _mean(found: Sequence[tuple[float, str]], padded: int) -> _Mean:
    """Padded with so many of 0 and of 1: what few labels have not shown stays possible (as Lang and Reiczigel do)."""
    n = len(found)
    mean = sum(p for p, _ in found) / n
    added: dict[str, float] = {}
    for p, group in found:
        added[group] = added.get(group, 0.0) + (p - mean) / n
    groups, m = len(added), n + 2 * padded
    spread = sum(one * one for one in added.values()) * n * n + padded * (mean**2 + (1 - mean) ** 2)
    # One group says nothing of how groups differ.
    worth = m * (m - 1) if groups == n else n * n * (groups - 1) / groups
    return _Mean(mean, spread / worth if groups > 1 else math.inf, groups, added)


def _fieller(passes: _Mean, fails: _Mean, seen: _Mean, slope: float) -> Figure:
    """The rates from which the mean seen lies less than t standard errors away: between two roots of a quadratic."""
    apart, above = passes.mean - fails.mean, seen.mean - fails.mean
    if slope <= 0 or apart <= 0:
        return Figure(None, why="its probabilities are no higher for passes than for fails")
    both = sum(part * fails.added.get(group, 0.0) for group, part in passes.added.items())
    rate = min(1.0, max(0.0, above / apart))
    t2 = _t(rate, passes, fails, seen) ** 2
    a = apart**2 - t2 * (passes.variance + fails.variance - 2 * both)
    b = -2 * apart * above + 2 * t2 * (fails.variance - both)
    inside = b * b - 4 * a * (above**2 - t2 * (seen.variance + fails.variance))
    if not (a > 0 and inside >= 0):  # an infinite variance too
        return Figure(None, why="by so few labels its probabilities may be no higher for passes than for fails")
    low, high = ((-b + side * math.sqrt(inside)) / (2 * a) for side in (-1, 1))
    if low > 1 or high < 0:
        return Figure(None, why=MISPLACED.format("lower" if high < 0 else "higher"))
    return Figure(rate, max(0.0, min(low, rate)), min(1.0, max(high, rate)))


def _t(rate: float, passes: _Mean, fails: _Mean, seen: _Mean) -> float:
    """Student's t of 95 % for three means of unlike variances (Welch and Satterthwaite)."""
    from scipy.special import stdtrit  # here, not above: few projects need it, and it takes a moment to load

    parts = [(rate**2 * passes.variance, passes.groups), ((1 - rate) ** 2 * fails.variance, fails.groups),
             (seen.variance, seen.groups)]
    whole, below = sum(part for part, _ in parts), sum(part**2 / max(1, groups - 1) for part, groups in parts)
    return float(stdtrit(whole**2 / below, 0.975)) if 0 < below < math.inf else math.inf


def with_labelled(unseen: Figure, labelled: Figure, part: float) -> Figure:
    """The rate of unseen and labelled traces together, of which `part` are unseen (Zou and Donner 2008, MOVER)."""
    if unseen.value is None or labelled.value is None:
        return unseen
    value = part * unseen.value + (1 - part) * labelled.value
    below, above = (math.hypot(part * (unseen.value - mine), (1 - part) * (labelled.value - theirs))
                    for mine, theirs in ((unseen.low, labelled.low), (unseen.high, labelled.high)))
    return Figure(value, max(0.0, value - below), min(1.0, value + above))

"""How far a judge's probabilities can be believed: calibration, threshold, ranking, reliability.

Pure functions of pairs (probability of pass from 0 to 1, whether the expert passed). An undefined figure is None.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lib.records import FAIL, PASS, Counts, Figure
from lib.statistics import metrics

Pair = tuple[float, bool]
CLIP = 0.0001  # two decimals of a hosted reply hold 0 and 1, which have no logit
BINS, STEPS, FLAT = 5, 100, 1e-10
MOST_CUTS = 200  # that are tried for the plateau
NEAR = 0.05  # of kappa: what lies within it of the best is the plateau


@dataclass(frozen=True)
class Platt:
    """Calibrated probability = sigmoid(slope * logit(p) + intercept)."""

    slope: float
    intercept: float

    def calibrated(self, probability: float) -> float:
        """How often the expert passes where the judge says this."""
        return sigmoid(self.slope * logit(probability) + self.intercept)

    def threshold(self, miss_cost: float = 1.0) -> float | None:
        """The judge's own probability from which a pass is the cheaper word; None where it ranks the wrong way.

        `miss_cost` is what a missed fail costs where a missed pass costs 1: the calibrated cut is cost / (1 + cost).
        """
        if self.slope <= 0:
            return None
        return sigmoid((logit(miss_cost / (1 + miss_cost)) - self.intercept) / self.slope)


def platt(pairs: Sequence[Pair]) -> Platt:
    """Fits slope and intercept (Platt 1999) by Newton's method with his smoothed targets (Lin, Lin and Weng 2007).

    ValueError without a pass and a fail.
    """
    passes = sum(passed for _, passed in pairs)
    fails = len(pairs) - passes
    if not passes or not fails:
        raise ValueError("a fit needs passes and fails")
    high, low = (passes + 1) / (passes + 2), 1 / (fails + 2)
    points = [(logit(p), high if passed else low) for p, passed in pairs]
    slope, intercept = 0.0, math.log((passes + 1) / (fails + 1))
    loss = _loss(points, slope, intercept)
    for _ in range(STEPS):
        down, across = _newton(points, slope, intercept)
        if abs(down) + abs(across) < FLAT:
            break
        step = 1.0
        while step > FLAT and (new := _loss(points, slope - step * down, intercept - step * across)) > loss:
            step /= 2
        if step <= FLAT:
            break
        slope, intercept, loss = slope - step * down, intercept - step * across, new
    return Platt(slope, intercept)


def _newton(points: list[tuple[float, float]], slope: float, intercept: float) -> tuple[float, float]:
    first, second, xx, x1, ones = 0.0, 0.0, 1e-12, 0.0, 1e-12
    for x, target in points:
        p = sigmoid(slope * x + intercept)
        weight, gap = p * (1 - p), p - target
        first, second = first + gap * x, second + gap
        xx, x1, ones = xx + weight * x * x, x1 + weight * x, ones + weight
    size = xx * ones - x1 * x1 or FLAT
    return (ones * first - x1 * second) / size, (xx * second - x1 * first) / size


def _loss(points: list[tuple[float, float]], slope: float, intercept: float) -> float:
    total = 0.0
    for x, target in points:
        z = slope * x + intercept
        total += max(z, 0.0) - z * target + math.log1p(math.exp(-abs(z)))
    return total


def counts_at(pairs: Sequence[Pair], cut: float | Callable[[int], float]) -> Counts:
    """The 2×2 table with pass from `cut` on; a function gives each pair, by its place, a cut of its own."""
    table: dict[tuple[str, str | None], int] = {}
    for place, (p, passed) in enumerate(pairs):
        at = cut(place) if callable(cut) else cut
        key = (PASS if passed else FAIL, PASS if p >= at else FAIL)
        table[key] = table.get(key, 0) + 1
    return Counts.of(table)


def plateau(pairs: Sequence[Pair]) -> tuple[float, float] | None:
    """The lowest and highest threshold around the best one whose kappa is within .05 of it; None without any kappa."""
    found = sorted({p for p, _ in pairs})
    cuts = [(low + high) / 2 for low, high in pairwise(found)]
    cuts = cuts[::max(1, len(cuts) // MOST_CUTS)]
    values = [metrics.kappa_alone(*counts_at(pairs, cut).cells) for cut in cuts]
    if not any(value is not None for value in values):
        return None
    best = max(range(len(cuts)), key=lambda at: -1.0 if values[at] is None else values[at])
    good = [value is not None and value >= values[best] - NEAR for value in values]
    first = last = best
    while first and good[first - 1]:
        first -= 1
    while last + 1 < len(good) and good[last + 1]:
        last += 1
    return cuts[first], cuts[last]


def auc(pairs: Sequence[Pair]) -> Figure:
    """How often a pass has a higher probability than a fail, ties half; 95 % score interval (Newcombe 2006, method 5).

    Its ends are the values from which the one seen lies 1.96 standard errors away.
    """
    passed = sorted(p for p, good in pairs if good)
    failed = sorted(p for p, good in pairs if not good)
    if not passed or not failed:
        return Figure(None, why="it takes passes and fails to rank")
    m, n = len(passed), len(failed)
    value = sum(bisect_left(failed, p) + bisect_right(failed, p) for p in passed) / (2 * m * n)
    low, high = (_end(value, m, n, side) for side in (0.0, 1.0))
    return Figure(value, low, high, n=m + n)


def _end(value: float, m: int, n: int, far: float) -> float:
    """Halves the way between the value and the end of its range; there the variance is of the value asked about."""
    near, each = value, (m + n) / 2 - 1
    for _ in range(60):
        at = (near + far) / 2
        spread = at * (1 - at) / (m * n) * (1 + each * (1 - at) / (2 - at) + each * at / (1 + at))
        near, far = (at, far) if (value - at) ** 2 <= metrics.Z**2 * spread else (near, at)
    return near


def brier(pairs: Sequence[Pair]) -> float | None:
    """The mean squared gap between probability and outcome (Brier 1950); None without pairs."""
    return sum((p - passed) ** 2 for p, passed in pairs) / len(pairs) if pairs else None


def always(pairs: Sequence[Pair]) -> float | None:
    """The Brier of always saying the share of passes; None without pairs."""
    share = sum(passed for _, passed in pairs) / len(pairs) if pairs else 0.0
    return share * (1 - share) if pairs else None


@dataclass(frozen=True)
class Bin:
    """Pairs of like probability: their mean, and how often the expert passed, with a Wilson interval."""

    mean: float
    passes: Figure


def reliability(pairs: Sequence[Pair], bins: int = BINS) -> list[Bin]:
    """The pairs in bins of equal width, the empty ones left out."""
    groups: dict[int, list[Pair]] = {}
    for p, passed in pairs:
        groups.setdefault(min(int(p * bins), bins - 1), []).append((p, passed))
    return [Bin(sum(p for p, _ in group) / len(group), metrics.wilson(sum(good for _, good in group), len(group)))
            for _, group in sorted(groups.items())]


def sigmoid(z: float) -> float:
    """The probability of a logit."""
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def logit(p: float) -> float:
    """The logit of a probability, clipped to CLIP from either end."""
    inner = min(max(p, CLIP), 1 - CLIP)
    return math.log(inner / (1 - inner))

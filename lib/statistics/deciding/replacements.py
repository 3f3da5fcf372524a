"""A model and its replacement on the same labelled traces: the paired difference of their agreement, and what it means.

Pure. Knows nothing of runs, files or screens.
"""

import math
from collections.abc import Sequence

from lib.records import Figure
from lib.records.pairs import Flips
from lib.statistics import effective
from lib.statistics.comparison import chance_of
from lib.statistics.effective import Z

BETTER, SAME, WORSE, UNKNOWN = "better", "same", "worse", "not enough labels to tell"
CHANCE = 0.05  # a p from here on may well be chance
_STEPS = 60  # halvings: far below what is shown


def difference(found: Flips) -> Figure:
    """How much more often the second one agrees, with Tango's 95 % score interval; in shares, -1 to 1.

    Tango 1998, Statistics in Medicine 17:891-908; recommended also for few pairs by Fagerland, Lydersen and Laake 2014,
    Statistics in Medicine 33:2850-2875. The ends are the differences whose score test has just the 97.5th percentile;
    where traces are not independent, the test of as many pairs as they are worth.
    """
    if not found.n:
        return Figure(None, why="no trace has a label and a readable verdict of both")
    value, n = (found.fixed - found.broken) / found.n, effective.of_figure(found, _influence)
    if not n:
        return Figure(value, -1.0, 1.0)
    fixed, broken = found.fixed / found.n * n, found.broken / found.n * n
    return Figure(value, _end(fixed, broken, n, -1.0, value, Z), _end(fixed, broken, n, value, 1.0, -Z))


def _influence(shares: Sequence[float]) -> list[float]:
    """What a pair that is fixed, broken or unchanged adds to the difference."""
    by = shares[0] - shares[1]
    return [1 - by, -1 - by, -by, -by]


def _end(fixed: float, broken: float, n: float, low: float, high: float, wanted: float) -> float:
    """The difference between low and high at which the test statistic, which falls, is the wanted one."""
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _statistic(fixed, broken, n, middle) > wanted else (low, middle)
    return (low + high) / 2


def _statistic(fixed: float, broken: float, n: float, delta: float) -> float:
    """Tango's score statistic of a difference: its variance takes the likeliest share of broken ones under it."""
    a, b, c = 2 * n, (2 * n - fixed + broken) * delta - fixed - broken, -broken * delta * (1 - delta)
    share = (math.sqrt(max(0.0, b * b - 4 * a * c)) - b) / (2 * a)
    variance, distance = n * (2 * share + delta * (1 - delta)), fixed - broken - n * delta
    if variance <= 0:
        return 0.0 if not distance else math.copysign(math.inf, distance)
    return distance / math.sqrt(variance)


def answer(flips: Flips, margin: float) -> str:
    """Better, same, worse, or not enough labels to tell; `margin` is a share that was chosen before.

    Same: the whole 95 % interval of the difference lies within ± margin, which is two one-sided tests at 2.5 % each.
    Better: else, the interval lies above 0 and the exact test of the flips finds no chance (p < 0.05). Worse: the
    mirror of it. So small a difference that the margin allows it is the same, however sure it is.
    """
    found = difference(flips)
    if found.value is None:
        return UNKNOWN
    if -margin < found.low and found.high < margin:
        return SAME
    if chance_of(flips) < CHANCE:
        return BETTER if found.low > 0 else WORSE if found.high < 0 else UNKNOWN
    return UNKNOWN


def not_worse(flips: Flips, margin: float) -> bool:
    """Whether it is at least not worse by more than the margin: the interval lies above - margin."""
    found = difference(flips)
    return found.low is not None and found.low > -margin

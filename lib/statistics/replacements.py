"""A model and its replacement on the same labelled traces: the paired difference of their agreement, and what it means.

Pure. Knows nothing of runs, files or screens.
"""

import math

from lib.records import Figure
from lib.statistics.comparison import mcnemar_exact
from lib.statistics.metrics import Z

BETTER, SAME, WORSE, UNKNOWN = "better", "same", "worse", "not enough labels to tell"
CHANCE = 0.05  # a p from here on may well be chance
_STEPS = 60  # halvings: far below what is shown


def difference(fixed: int, broken: int, n: int) -> Figure:
    """How much more often the second one agrees, of n pairs, with Tango's 95 % score interval; in shares, -1 to 1.

    Tango 1998, Statistics in Medicine 17:891-908; recommended also for few pairs by Fagerland, Lydersen and Laake 2014,
    Statistics in Medicine 33:2850-2875. The ends are the differences whose score test has just the 97.5th percentile.
    """
    if not n:
        return Figure(None, why="no trace has a label and a readable verdict of both")
    value = (fixed - broken) / n
    return Figure(value, _end(fixed, broken, n, -1.0, value, Z), _end(fixed, broken, n, value, 1.0, -Z))


def _end(fixed: int, broken: int, n: int, low: float, high: float, wanted: float) -> float:
    """The difference between low and high at which the test statistic, which falls, is the wanted one."""
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _statistic(fixed, broken, n, middle) > wanted else (low, middle)
    return (low + high) / 2


def _statistic(fixed: int, broken: int, n: int, delta: float) -> float:
    """Tango's score statistic of a difference: its variance takes the likeliest share of broken ones under it."""
    a, b, c = 2 * n, (2 * n - fixed + broken) * delta - fixed - broken, -broken * delta * (1 - delta)
    share = (math.sqrt(max(0.0, b * b - 4 * a * c)) - b) / (2 * a)
    variance, distance = n * (2 * share + delta * (1 - delta)), fixed - broken - n * delta
    if variance <= 0:
        return 0.0 if not distance else math.copysign(math.inf, distance)
    return distance / math.sqrt(variance)


def answer(fixed: int, broken: int, n: int, margin: float) -> str:
    """Better, same, worse, or not enough labels to tell; `margin` is a share that was chosen before.

    Same: the whole 95 % interval of the difference lies within ± margin, which is two one-sided tests at 2.5 % each.
    Better: else, the interval lies above 0 and the exact McNemar test finds no chance (p < 0.05). Worse: the mirror of
    it. So small a difference that the margin allows it is the same, however sure it is.
    """
    found = difference(fixed, broken, n)
    if found.value is None:
        return UNKNOWN
    if -margin < found.low and found.high < margin:
        return SAME
    if mcnemar_exact(fixed, broken) < CHANCE:
        return BETTER if found.low > 0 else WORSE if found.high < 0 else UNKNOWN
    return UNKNOWN


def not_worse(fixed: int, broken: int, n: int, margin: float) -> bool:
    """Whether it is at least not worse by more than the margin: the interval lies above - margin."""
    found = difference(fixed, broken, n)
    return found.low is not None and found.low > -margin

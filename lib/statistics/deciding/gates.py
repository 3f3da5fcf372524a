"""Is it good enough? A figure held against a threshold: pass, fail, or inconclusive where its interval straddles it.

Pure. The nearer end of the 95 % interval decides, never the figure itself, and of a share the exact binomial test has
to agree: where cases are independent, a judge whose true share lies below the threshold passes at most 2.5 times in
100, and one whose share is the threshold fails as seldom.
"""

from collections.abc import Sequence

from lib.records import FAIL, PASS, Figure
from lib.records.pairs import Flips
from lib.statistics.deciding.replacements import difference
from lib.statistics.metrics import wilson

INCONCLUSIVE = "inconclusive"
ANSWERS = (PASS, FAIL, INCONCLUSIVE)
_MOST = 1_000_000  # labels; more than that nobody gives
_CHANCE = 0.025  # one side of 95 %
_STEPS = 40  # halvings


def at_least(figure: Figure, wanted: float) -> str:
    """Whether a figure is surely no lower than a threshold, surely lower, or neither."""
    if figure.value is None:
        return INCONCLUSIVE
    if figure.low >= wanted and _chance(figure, wanted, above=True) <= _CHANCE:
        return PASS
    return FAIL if figure.high < wanted and _chance(figure, wanted, above=False) <= _CHANCE else INCONCLUSIVE


def at_most(figure: Figure, wanted: float) -> str:
    """Whether a figure is surely no higher than a threshold, surely higher, or neither."""
    if figure.value is None:
        return INCONCLUSIVE
    if figure.high <= wanted and _chance(figure, wanted, above=False) <= _CHANCE:
        return PASS
    return FAIL if figure.low > wanted and _chance(figure, wanted, above=True) <= _CHANCE else INCONCLUSIVE


def _chance(figure: Figure, share: float, above: bool) -> float:
    """How often so many of n, or more extreme ones, come of this true share; 0 for what is no share of cases."""
    if figure.n is None:
        return 0.0
    from scipy.special import bdtr, bdtrc  # here, not above: few commands need it, and it takes a moment to load

    k = round(figure.value * figure.n)
    if above:
        return float(bdtrc(k - 1, figure.n, share)) if k else 1.0
    return float(bdtr(k, figure.n, share))


def no_worse(flips: Flips, margin: float) -> tuple[Figure, str]:
    """The difference in agreement of a second run, and whether it is surely no worse than by the margin (a share)."""
    found = difference(flips)
    return found, at_least(found, -margin)


def together(answers: Sequence[str]) -> str:
    """One answer of several: a fail fails them all, else an inconclusive one leaves them so; of none inconclusive."""
    return next((answer for answer in (FAIL, INCONCLUSIVE) if answer in answers), PASS if answers else INCONCLUSIVE)


def more(figure: Figure, wanted: float) -> int | None:
    """How many cases more would decide, if the share stays what it is and they are independent; None: nobody can say.

    The smallest number for which Wilson's interval of the same share lies on one side of the threshold; cases that
    share their inputs or sessions are taken to be worth as little as those there are.
    """
    if figure.value is None or not figure.n or figure.value == wanted:
        return None
    worth = _worth(figure) / figure.n
    low, high = figure.n, _MOST
    if not _decided(figure.value, high, worth, wanted):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _decided(figure.value, middle, worth, wanted) else (middle + 1, high)
    return max(1, low - figure.n)


def _worth(figure: Figure) -> float:
    """As how many independent cases an interval is that wide: n, or fewer where they are not independent."""
    low, high = 0.0, float(figure.n)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        found = wilson(round(figure.value * figure.n), figure.n, worth=middle)
        low, high = (middle, high) if found.high - found.low > figure.high - figure.low else (low, middle)
    return high


def _decided(share: float, n: int, worth: float, wanted: float) -> bool:
    return at_least(wilson(round(share * n), n, worth=worth * n), wanted) != INCONCLUSIVE

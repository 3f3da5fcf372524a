"""Where something clusters: its share among the traces of each dimension value, tested against all the others.

Pure. Knows counts and chance; nothing of failure modes, traces or screens.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lib.records import Counts, Figure
from lib.records.pairs import Cells
from lib.records.rating import Tally
from lib.statistics import effective
from lib.statistics.metrics import share

SMALL_N = 20  # as in breakdowns: below this an interval is wide
CHANCE = 0.05


@dataclass(frozen=True)
class Cluster:
    """One value of a dimension: k of its n have it; p is Fisher's, adjusted for all values looked at (Holm 1979).

    p is None where there is no trace without this value to compare with.
    """

    dimension: str
    value: str
    k: int
    n: int
    share: Figure
    elsewhere: Figure
    p: float | None

    @property
    def small(self) -> bool:
        """Whether the interval is wide because there are few."""
        return self.n < SMALL_N

    @property
    def reading(self) -> str:
        """The test in words."""
        if self.p is None:
            return "nothing to compare with"
        if self.p >= CHANCE:
            return "no clear difference"
        return "more often than elsewhere" if self.share.value > self.elsewhere.value else "less often than elsewhere"


def clusters(rows: Iterable[tuple[str, str, Tally]], whole: Tally) -> list[Cluster]:
    """Every value from (dimension, value, have it or not), of all these traces; the clearest high share comes first.

    In order of the lower end of the interval, so that one of one never stands on top.
    """
    found = [_cluster(dimension, value, here, whole) for dimension, value, here in rows]
    adjusted = iter(holm([one.p for one in found if one.p is not None]))
    found = [one if one.p is None else replace(one, p=next(adjusted)) for one in found]
    return sorted(found, key=lambda one: (-(one.share.low or 0), one.dimension, one.value))


def _cluster(dimension: str, value: str, here: Tally, whole: Tally) -> Cluster:
    sides = {row[:2]: row[2:] for row in whole.tied}
    for *ties, have, without, _, _ in here.tied:
        all_of = sides[tuple(ties)]
        sides[tuple(ties)] = (all_of[0] - have, all_of[1] - without, 0, 0)
    rest = Tally(whole.passes - here.passes, whole.fails - here.fails,
                 tied=tuple((*ties, *cells) for ties, cells in sides.items()))
    return Cluster(dimension, value, here.passes, here.labelled, share(here, (0,), (0, 1)), share(rest, (0,), (0, 1)),
                   differ(here, rest, (0,), (0, 1)))


def holm(found: Sequence[float]) -> list[float]:
    """Each p times the number of tests not yet ruled out, never below one before it (Holm 1979), in their order."""
    adjusted, least = [0.0] * len(found), 0.0
    for place, which in enumerate(sorted(range(len(found)), key=found.__getitem__)):
        least = max(least, min(1.0, found[which] * (len(found) - place)))
        adjusted[which] = least
    return adjusted


def fisher_exact(here: int, of: int, k: int, n: int) -> float:
    """Two-sided exact p that `here` of `of` have it where k of n do (Fisher 1935): all that is no likelier, summed."""
    least, most = max(0, of + k - n), min(of, k)
    if least == most:
        return 1.0
    log = _log_chance(of, k, n)
    bound, top = log(here) + 1e-9, (of + 1) * (k + 1) // (n + 2)
    # Both tails begin where nothing is likelier than what was seen; they fall from there on.
    low = _last(least, min(top, most), lambda x: log(x) <= bound)
    high = _last(-most, -max(top, least), lambda x: log(-x) <= bound)
    below = [] if low is None else _tail(low, least, log)
    above = [] if high is None else _tail(-high, most, log)
    both = math.fsum(below + above)
    return min(1.0, both - (math.exp(log(low)) if low is not None and high == -low else 0.0))


def differ(one: Cells, other: Cells, among: Sequence[int], within: Sequence[int]) -> float | None:
    """Fisher's exact p that a share, of the cells `within` those in `among`, is not the same in both; None without any.

    Where traces are not independent each side counts as many as the traces of both together are worth.
    """
    whole = tuple(a + b for a, b in zip(one.cells, other.cells, strict=True))
    sides = [(sum(side.cells[cell] for cell in among), sum(side.cells[cell] for cell in within))
             for side in (one, other)]
    if not all(n for _, n in sides):
        return None
    worth = effective.of_share(Counts(*whole, tied=one.tied + other.tied), among, within) / sum(n for _, n in sides)
    (k, of), (others_k, others_of) = (effective.deflated(k, n, n * worth) for k, n in sides)
    return fisher_exact(k, of, k + others_k, of + others_of)


def _log_chance(of: int, k: int, n: int):
    """The log of the hypergeometric chance of x, as a function of x."""
    whole = _log_choose(n, of)
    return lambda x: _log_choose(k, x) + _log_choose(n - k, of - x) - whole


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _last(first: int, end: int, holds) -> int | None:
    """The last number from first to end for which it holds; it holds up to one place and not from there on."""
    if not holds(first):
        return None
    low, high = first, end
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _tail(start: int, end: int, log) -> list[float]:
    """Chances from a place to the end, until they are too small to matter."""
    found, step = [], 1 if end >= start else -1
    for x in range(start, end + step, step):
        found.append(math.exp(log(x)))
        if found[-1] < 1e-18:
            break
    return found

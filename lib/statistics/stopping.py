"""When to stop: is anything new still coming, and are there passes and fails enough for figures as exact as wanted?

Pure and advisory: the method says to begin with about thirty labels and to go on while something new is learned.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lib.records import FAIL, PASS, Counts, Figure
from lib.statistics import effective
from lib.statistics.metrics import PLACES, Z, wilson

START = 30  # labels to begin with
LATEST = 20  # labels whose ticks are looked at
FEW = 20  # failure modes given, or labels of an outcome, below which an estimate says little
DRY, SLOW = 0.05, 0.2  # of what is given next: up to here new ones have dried up, up to there they are drying up
ASSUMED = 0.9  # the share TPR and TNR are assumed to have: the target; nearer to a half more labels are needed
MOST = 1_000_000


@dataclass(frozen=True)
class Need:
    """How many labels of one outcome there are, how exact a share of so many is, and how many it takes."""

    outcome: str
    have: int
    half_width: float | None  # None without a label
    needed: int
    share: float = ASSUMED  # the share this is for
    assumed: bool = True  # it is not one that was found

    @property
    def more(self) -> int:
        """How many are missing."""
        return max(0, self.needed - self.have)


def unseen_mass(codings: Iterable[Iterable[str]]) -> Figure:
    """The chance that the next failure mode given is one never seen before (Good 1953, after Turing).

    It is the share of the modes seen exactly once among all n modes given, N1 / n. The interval is Esty's (1983, Annals
    of Statistics 11:905-912), N1 / n ± z √(N1 (1 - N1 / n) + 2 N2) / n with N2 modes seen twice: an approximation for
    many modes. Where every mode was seen three times or more, or each just once, its width would be 0: then the other
    end is the chance that n draws may have missed, or met each time, with a probability of 2.5 %.
    """
    seen = Counter(mode for modes in codings for mode in modes)
    n, times = seen.total(), Counter(seen.values())
    if not n:
        return Figure(None, why="no fail has a failure mode yet")
    share = times[1] / n
    half = Z * math.sqrt(times[1] * (1 - share) + 2 * times[2]) / n
    never = 0.025 ** (1 / n)
    low, high = max(0.0, share - half), min(1.0, share + half)
    return Figure(share, min(low, never) if times[1] == n else low, max(high, 1 - never) if not times[1] else high)


def ticked(newest: Sequence[bool]) -> Figure:
    """The share of the newest labels whose expert ticked "this showed me something new"."""
    latest = newest[:LATEST]
    return wilson(sum(latest), len(latest), "no label yet")


def reading(figure: Figure, n: int) -> str:
    """What an estimate from n of them says, in a few words."""
    if figure.value is None:
        return "Nothing to go by yet."
    if n < FEW:
        return "Too few to go by: read on."
    if figure.value <= DRY:
        return "New ones have nearly dried up."
    return "New ones are drying up." if figure.value <= SLOW else "New ones still come: read on."


def half_width(n: float, share: float = ASSUMED) -> float:
    """Half the width of the 95 % Wilson interval of a share found among n."""
    return Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)


def needed(width: float, share: float = ASSUMED) -> int:
    """The least n at which a share is known to ± width; found by halving, for the width falls as n grows."""
    low, high = 0, MOST  # too few, enough
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if half_width(middle, share) <= width else (middle, high)
    return high


def need(outcome: str, have: int, width: float, share: float | None = None, worth: float = 1.0) -> Need:
    """How far the labels of one outcome are on the way to ± width, each worth so much of an independent one."""
    at = ASSUMED if share is None else share
    return Need(outcome, have, half_width(have * worth, at) if have else None, math.ceil(needed(width, at) / worth), at,
                share is None)


def needs(counts: Counts, width: float) -> list[Need]:
    """How many passes and fails TPR and TNR need for ± width, if they stay what these pairs found.

    Found among too few of them, a share says little: then the assumed one takes its place. Labels of traces that share
    an input or a session count for as many as they are worth, and more of them are needed.
    """
    return [_need(counts, width, outcome, *PLACES[name]) for outcome, name in ((PASS, "tpr"), (FAIL, "tnr"))]


def _need(counts: Counts, width: float, outcome: str, among: Sequence[int], within: Sequence[int]) -> Need:
    k, n = (sum(counts.cells[cell] for cell in cells) for cells in (among, within))
    # Of one input alone nothing can be told: as if each of its labels were that one input's.
    worth = (effective.of_share(counts, among, within) or 1.0) / n if n else 1.0
    return need(outcome, n, width, k / n if n >= FEW else None, worth)

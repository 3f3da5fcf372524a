"""Two runs on the same labelled traces, row by row: what the second one fixed and broke, and whether that is chance.

Pure. Knows nothing of runs, files or screens: a row is a label and two outcomes.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from lib.records.pairs import Flips

FIXED, BROKEN, UNCHANGED, ERROR = "fixed", "broken", "unchanged", "error"
CHANGES = (FIXED, BROKEN, UNCHANGED, ERROR)


@dataclass(frozen=True)
class Row:
    """One trace: the expert's outcome, and what the first and the second run said (None: an error)."""

    trace: str
    label: str
    first: str | None
    second: str | None
    session: int | None = None  # the first trace of its session; None: it shares none
    input: int | None = None  # the first trace with its input; None: it shares none
    noisy: bool = False  # asked the same again, one of the two versions contradicts itself here

    @property
    def change(self) -> str:
        """One of CHANGES; an error on either side is neither fixed nor broken."""
        if self.first is None or self.second is None:
            return ERROR
        before, after = self.first == self.label, self.second == self.label
        return UNCHANGED if before == after else FIXED if after else BROKEN


@dataclass(frozen=True)
class Comparison:
    """Counts of the rows by their change, the exact p of the flips, and the rows themselves."""

    fixed: int
    broken: int
    unchanged: int
    p: float
    rows: tuple[Row, ...]
    errors: tuple[int, int] = (0, 0)  # of the first run, of the second
    within_noise: int | None = None  # flips that are within the noise; None where neither version was repeated
    p_without: float | None = None  # of the flips outside it

    @property
    def n(self) -> int:
        """Rows on which both runs gave an outcome."""
        return self.fixed + self.broken + self.unchanged

    @property
    def flips(self) -> Flips:
        """The same counts, and which rows are not independent."""
        return flips(self.rows)


def compared(rows: Iterable[Row], noisy: Collection[str] | None = None) -> Comparison:
    """The rows counted and tested; `noisy` are the traces within the noise, None where nothing is known of it."""
    kept = tuple(replace(row, noisy=row.trace in (noisy or ())) for row in rows)
    whole, outside = flips(kept), flips(row for row in kept if not row.noisy)
    within = whole.fixed + whole.broken - outside.fixed - outside.broken
    return Comparison(whole.fixed, whole.broken, whole.unchanged, chance_of(whole), kept,
                      (sum(row.first is None for row in kept), sum(row.second is None for row in kept)),
                      None if noisy is None else within, None if noisy is None else chance_of(outside))


def flips(rows: Iterable[Row]) -> Flips:
    """The rows counted by their change, errors left out."""
    places = {FIXED: 0, BROKEN: 1, UNCHANGED: 2}
    return Flips.of(Counter((row.session, row.input, places[row.change]) for row in rows if row.change != ERROR))


def name_of_test(found: Flips) -> str:
    """What the test behind `chance_of` is called: by groups where there are any."""
    return ("exact test by groups of traces that share an input or a session"
            if found.tied and any(found.groups.values()) else "exact McNemar test")


def chance_of(found: Flips) -> float:
    """The two-sided exact p of so many flips in either direction where both are as likely.

    McNemar's test (1947) where all traces are independent. Else whole groups are turned round: the exact share of all
    ways to give each group's net flips a sign that come at least as far from 0 (Fisher's randomisation test, by
    clusters). Of session and input the larger p counts.
    """
    plain = mcnemar_exact(found.fixed, found.broken)
    return max([plain, *(_by_groups(found, groups) for groups in found.groups.values() if groups)]
               if found.tied else [plain])


def _by_groups(found: Flips, groups: Counter[tuple[int, ...]]) -> float:
    import numpy as np  # here, not above: pages start faster without it

    alone = found.fixed + found.broken - sum((group[0] + group[1]) * times for group, times in groups.items())
    nets = Counter({1: alone})
    for group, times in groups.items():
        nets[abs(group[0] - group[1])] += times
    chances = np.ones(1)
    for net, times in nets.items():
        if net and times:
            # k of the groups in one direction move the sum by 2 k net from its lowest place.
            steps = np.zeros(2 * net * times + 1)
            steps[::2 * net] = [math.exp(math.lgamma(times + 1) - math.lgamma(k + 1) - math.lgamma(times - k + 1)
                                         - times * math.log(2)) for k in range(times + 1)]
            chances = np.convolve(chances, steps)
    middle, seen = len(chances) // 2, abs(found.fixed - found.broken)
    return min(1.0, float(chances.sum() - chances[middle - seen + 1:middle + seen].sum())) if seen else 1.0


def mcnemar_exact(fixed: int, broken: int) -> float:
    """The two-sided exact p of so many flips in either direction where both are as likely (McNemar 1947).

    1 where nothing flipped: nothing speaks against chance.
    """
    n, fewer = fixed + broken, min(fixed, broken)
    # The likeliest term of the tail is divided as whole numbers, so it is exact; the others are shares of it.
    share = tail = 1.0
    for k in range(fewer, 0, -1):
        share *= k / (n - k + 1)
        tail += share
        if share < 1e-18:
            break
    return min(1.0, 2 * tail * (math.comb(n, fewer) / 2**n))


def format_p(p: float) -> str:
    """A p as it is written, with no more digits than it deserves."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"

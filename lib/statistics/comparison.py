"""Two runs on the same labelled traces, row by row: what the second one fixed and broke, and whether that is chance.

Pure. Knows nothing of runs, files or screens: a row is a label and two outcomes.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

FIXED, BROKEN, UNCHANGED, ERROR = "fixed", "broken", "unchanged", "error"
CHANGES = (FIXED, BROKEN, UNCHANGED, ERROR)


@dataclass(frozen=True)
class Row:
    """One trace: the expert's outcome, and what the first and the second run said (None: an error)."""

    trace: str
    label: str
    first: str | None
    second: str | None
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
    """Counts of the rows by their change, the exact p of McNemar's test, and the rows themselves."""

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


def compared(rows: Iterable[Row], noisy: Collection[str] | None = None) -> Comparison:
    """The rows counted and tested; `noisy` are the traces within the noise, None where nothing is known of it."""
    kept = tuple(replace(row, noisy=row.trace in (noisy or ())) for row in rows)
    seen, outside = (Counter(row.change for row in kept if every or not row.noisy) for every in (True, False))
    flips = (seen[FIXED] + seen[BROKEN]) - (outside[FIXED] + outside[BROKEN])
    return Comparison(seen[FIXED], seen[BROKEN], seen[UNCHANGED], mcnemar_exact(seen[FIXED], seen[BROKEN]), kept,
                      (sum(row.first is None for row in kept), sum(row.second is None for row in kept)),
                      None if noisy is None else flips,
                      None if noisy is None else mcnemar_exact(outside[FIXED], outside[BROKEN]))


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

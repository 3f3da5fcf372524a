"""Where a series of pass rates changed beyond chance: each point against those since the last change.

Pure. Knows counts in an order; nothing of weeks, judges or screens.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.records.rating import Tally
from lib.statistics import effective
from lib.statistics.clusters import CHANCE, fisher_exact

LOWER, HIGHER = "lower", "higher"
LABELS, VERDICTS = "labels", "verdicts"
# Of a Tally's cells: the passes, and all of them.
_CELLS = {LABELS: ((0,), (0, 1)), VERDICTS: ((2,), (2, 3))}


@dataclass(frozen=True)
class Change:
    """One point against those before it, by labels or by verdicts: passes and n of both, and the chance of it.

    `p` is Fisher's, two-sided, of as many traces as they are worth where some share a session or an input. `adjusted`
    is p × the tests of the whole series (Dunn 1961), at most 1.
    """

    of: str
    before: tuple[int, int]
    here: tuple[int, int]
    p: float
    adjusted: float

    @property
    def shift(self) -> float:
        """How far the pass rate moved, as a share: below 0 it fell."""
        return self.here[0] / self.here[1] - self.before[0] / self.before[1]

    @property
    def direction(self) -> str | None:
        """Lower or higher than before, or None: it may well be chance."""
        if self.adjusted >= CHANCE:
            return None
        return LOWER if self.shift < 0 else HIGHER


@dataclass(frozen=True)
class _Side:
    """Labels, or verdicts, of some points: passes, all, and how many independent ones these are worth."""

    passes: int = 0
    n: int = 0
    worth: float = 0.0

    def __add__(self, other: "_Side") -> "_Side":
        return _Side(self.passes + other.passes, self.n + other.n, self.worth + other.worth)


_Sides = dict[str, _Side]


def changes(tallies: Sequence[Tally]) -> list[Change | None]:
    """Each point's test against all points since the last change, pooled; None where there is nothing to compare.

    Labels are tested against labels and verdicts against verdicts, so that a point which only has more of the one is no
    change; of two tests the clearer one stands. Of series that never change at most 5 % get a mark: up to the first
    mark each point is tested against all before it, and the sum of as many chances of 5 % / tests is 5 %.
    """
    tests, found = comparisons(tallies), []
    before: _Sides = {of: _Side() for of in _CELLS}
    for here in map(_sides, tallies):
        tried = [_tested(of, before[of], here[of], tests) for of in _CELLS if before[of].n and here[of].n]
        change = min(tried, key=lambda one: one.p, default=None)
        found.append(change)
        before = here if change and change.direction else {of: before[of] + here[of] for of in _CELLS}
    return found


def comparisons(tallies: Sequence[Tally]) -> int:
    """How many tests a series takes: points with labels after the first one with any, and the same of verdicts."""
    counted = [sum(one > 0 for one in side) for side in zip(*((tally.labelled, tally.judged) for tally in tallies),
                                                            strict=True)]
    return sum(points - 1 for points in counted if points)


def _sides(tally: Tally) -> _Sides:
    found = {}
    for of, (passes, every) in _CELLS.items():
        found[of] = _Side(*(sum(tally.cells[cell] for cell in cells) for cells in (passes, every)),
                          effective.of_share(tally, passes, every))
    return found


def _tested(of: str, before: _Side, here: _Side, tests: int) -> Change:
    (k, n), (past_k, past_n) = (effective.deflated(side.passes, side.n, side.worth) for side in (here, before))
    p = fisher_exact(k, n, past_k + k, past_n + n)
    return Change(of, (before.passes, before.n), (here.passes, here.n), p, min(1.0, p * tests))

"""Where a series of pass rates changed beyond chance: each point against those since the last change.

Pure. Knows counts in an order; nothing of weeks, judges or screens.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.records.rating import Tally
from lib.statistics.clusters import CHANCE, differ

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


def changes(tallies: Sequence[Tally]) -> list[Change | None]:
    """Each point's test against all points since the last change, pooled; None where there is nothing to compare.

    Labels are tested against labels and verdicts against verdicts, so that a point which only has more of the one is no
    change; of two tests the clearer one stands. Of series that never change at most 5 % get a mark: up to the first
    mark each point is tested against all before it, and the sum of as many chances of 5 % / tests is 5 %.
    """
    tests, found, before = comparisons(tallies), [], Tally()
    for here in tallies:
        tried = [change for of in _CELLS if (change := _tested(of, before, here, tests))]
        change = min(tried, key=lambda one: one.p, default=None)
        found.append(change)
        before = here if change and change.direction else before + here
    return found


def comparisons(tallies: Sequence[Tally]) -> int:
    """How many tests a series takes: points with labels after the first one with any, and the same of verdicts."""
    counted = [sum(one > 0 for one in side) for side in zip(*((tally.labelled, tally.judged) for tally in tallies),
                                                            strict=True)]
    return sum(points - 1 for points in counted if points)


def _tested(of: str, before: Tally, here: Tally, tests: int) -> Change | None:
    p = differ(here, before, *_CELLS[of])
    return None if p is None else Change(of, _side(of, before), _side(of, here), p, min(1.0, p * tests))


def _side(of: str, tally: Tally) -> tuple[int, int]:
    passes, n = (sum(tally.cells[cell] for cell in cells) for cells in _CELLS[of])
    return passes, n

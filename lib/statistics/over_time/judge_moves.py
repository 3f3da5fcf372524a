"""Whether a judge moved: labelled traces that never changed, read by the same judge at two times.

Pure. Knows readings and counts; nothing of runs, files or screens.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from lib.records import FAIL, PASS, Counts, Figure
from lib.records.pairs import Flips
from lib.records.rating import Reading
from lib.statistics.clusters import CHANCE
from lib.statistics.comparison import chance_of
from lib.statistics.corrected import ENOUGH
from lib.statistics.metrics import share

MOVED, STILL, UNKNOWN = "moved", "did not move", "not known"


@dataclass(frozen=True)
class Again:
    """Labelled traces read before and after: what the labels say of them, and how the judge's outcomes flipped."""

    passes: int = 0  # by the expert
    fails: int = 0
    outcomes: Counts = field(default_factory=Counts)  # of the judge: before, after
    right: Flips = field(default_factory=Flips)  # by the label: wrong, then right; the reverse; neither

    @property
    def n(self) -> int:
        """Traces read before and after."""
        return self.outcomes.n

    @property
    def to_fail(self) -> int:
        """How many the judge passed, then failed."""
        return self.outcomes.pass_fail

    @property
    def to_pass(self) -> int:
        """How many the judge failed, then passed."""
        return self.outcomes.fail_pass

    @property
    def p(self) -> float:
        """The smaller exact p, of the outcomes' flips and of fixed against broken, × 2 for two tests."""
        one = self.outcomes
        flips = Flips(one.fail_pass, one.pass_fail, one.pass_pass + one.fail_fail, tuple(
            (session, text, to_pass, to_fail, passed + failed, 0)
            for session, text, passed, to_fail, to_pass, failed in one.tied))
        return min(1.0, 2 * min(chance_of(flips), chance_of(self.right)))

    @property
    def enough(self) -> bool:
        """Whether both outcomes are there often enough to say that a judge stood still."""
        return self.passes >= ENOUGH and self.fails >= ENOUGH

    def shift(self, passing: float) -> Figure:
        """How far a pass rate moves by these flips alone, as a share, on traces of which the judge passed so many.

        (1 - passing) × the share of fails that turned - passing × the share of passes that turned. The interval joins
        their Wilson intervals (MOVER: Zou and Donner 2008, Statistics in Medicine 27:1693-1702).
        """
        none = Figure(0.0, 0.0, 0.0)
        to_fail = share(self.outcomes, (1,), (0, 1)) if passing else none
        to_pass = share(self.outcomes, (2,), (2, 3)) if passing < 1 else none
        if to_fail.value is None or to_pass.value is None:
            return Figure(None, why="the judge gave these traces a single outcome")
        value = (1 - passing) * to_pass.value - passing * to_fail.value
        down = math.hypot((1 - passing) * (to_pass.value - to_pass.low), passing * (to_fail.high - to_fail.value))
        up = math.hypot((1 - passing) * (to_pass.high - to_pass.value), passing * (to_fail.value - to_fail.low))
        return Figure(value, value - down, value + up)

    def covers(self, change: float, passing: float) -> bool:
        """Whether the judge's shift may be as large as this change of a pass rate; true where it is not known."""
        found = self.shift(passing)
        if found.value is None:
            return True
        return found.low <= change if change < 0 else found.high >= change

    def state(self, change: tuple[float, float] | None = None) -> str:
        """Moved, did not move, or not known; `change`: of a rate to be explained (how far it moved, what it was).

        A judge did not move where neither test says so (p < 0.05), both outcomes have enough labels, and, of a change,
        where its shift cannot be as large: few traces would not show it.
        """
        if self.p < CHANCE:
            return MOVED
        if not self.enough:
            return UNKNOWN
        return UNKNOWN if change is not None and self.covers(*change) else STILL


def again(readings: Iterable[Reading], cut: float | None = None) -> Again:
    """Each trace's last reading before the cut beside its first one after it; without a cut its first and its newest.

    A trace that was read on one side alone says nothing and is left out. The label is that of the later reading.
    """
    of_trace: dict[int, list[Reading]] = defaultdict(list)
    for one in sorted(readings, key=lambda one: one.at):
        of_trace[one.trace].append(one)
    pairs = [pair for found in of_trace.values() if (pair := _pair(found, cut))]
    outcomes = Counter((new.session, new.input, old.outcome, new.outcome) for old, new in pairs)
    right = Counter((new.session, new.input, 2 if old.outcome == new.outcome else 0 if new.outcome == new.label else 1)
                    for old, new in pairs)
    return Again(sum(new.label == PASS for _, new in pairs), sum(new.label == FAIL for _, new in pairs),
                 Counts.of_tied(outcomes), Flips.of(right))


def _pair(found: list[Reading], cut: float | None) -> tuple[Reading, Reading] | None:
    if cut is None:
        return (found[0], found[-1]) if len(found) > 1 else None
    old, new = [one for one in found if one.at < cut], [one for one in found if one.at >= cut]
    return (old[-1], new[0]) if old and new else None

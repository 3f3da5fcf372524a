"""Whether a pass rate has fallen: the days of a window against the time before, once a day, by an exact test.

Pure. A day is tested once, when it is over, at a level of 0.1 / 365. So whatever the rate is and however days hang
together in windows that overlap, the chance of a false alarm in a year is at most the sum of 365 such levels: one in
ten years. Within a day the whole window is tested and its last 1, 2, 4 … days, so that a steep fall is told early; the
smallest p is multiplied by how many these are. After an alarm the time before begins anew: one fall is one alarm.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate, chain

from lib.records import Counts
from lib.records.rating import Tally
from lib.statistics import effective

FALSE_A_YEAR = 0.1  # at most so many are to be expected
LEVEL = FALSE_A_YEAR / 365
# Of a Tally's cells: what a judge passed, and all that it judged.
_PASSES, _JUDGED = (2,), (2, 3)


@dataclass(frozen=True)
class Look:
    """One day's test: the first day that tells most, (passes, n) from there on and before, the chance of so few passes.

    `p` is None where one side has nothing; it is multiplied by the windows that were tried.
    """

    day: str
    since: str
    here: tuple[int, int]
    before: tuple[int, int]
    p: float | None

    @property
    def alarm(self) -> bool:
        """Whether the rate has fallen beyond chance."""
        return self.p is not None and self.p < LEVEL


class _Days:
    """Outcomes by day in their order, summed from any day to any other."""

    def __init__(self, days: Sequence[tuple[str, Tally]]) -> None:
        self.names = [day for day, _ in days]
        self._tied = [tally.tied for _, tally in days]
        self._passes = [0, *accumulate(tally.judged_passes for _, tally in days)]
        self._fails = [0, *accumulate(tally.judged_fails for _, tally in days)]

    def between(self, first: str, end: str) -> Tally:
        """All from the first day on and before the end."""
        low, high = bisect_left(self.names, first), bisect_left(self.names, end)
        high = max(low, high)
        return Tally(0, 0, self._passes[high] - self._passes[low], self._fails[high] - self._fails[low],
                     tied=tuple(chain.from_iterable(self._tied[low:high])))


def looked(days: Sequence[tuple[str, Tally]], after: str | None, until: str, window: int,
           since: str | None = None) -> list[Look]:
    """The tests of every day behind `after` and before `until`, in order, each day as ISO text with its outcomes.

    `window` is in days. `since`: where the time before begins. A day of an alarm is the last one of what was before.
    """
    every, found = _Days(days), []
    for day in every.names:
        if (after is None or day > after) and day < until:
            found.append(_look(every, day, window, since or ""))
            since = following(day) if found[-1].alarm else since
    return found


def following(day: str) -> str:
    """The day after."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _look(days: _Days, day: str, window: int, since: str) -> Look:
    spans = [1 << power for power in range(window.bit_length()) if 1 << power < window] + [window]
    found = [_over(days, day, span, since) for span in spans]
    best = min(found, key=lambda one: 1.0 if one.p is None else one.p)
    return best if best.p is None else replace(best, p=min(1.0, best.p * len(spans)))


def _over(days: _Days, day: str, span: int, since: str) -> Look:
    first = (date.fromisoformat(day) - timedelta(days=span - 1)).isoformat()
    here, before = days.between(max(first, since), following(day)), days.between(since, first)
    return Look(day, first, (here.judged_passes, here.judged), (before.judged_passes, before.judged),
                chance_of_so_few(here, before))


def chance_of_so_few(here: Tally, before: Tally) -> float | None:
    """The one-sided p of Fisher's exact test (1935) that verdicts here pass no less often than before.

    None where one side has no verdict. Of traces that share a session or an input each side counts as many as both
    together are worth.
    """
    if not (here.judged and before.judged):
        return None
    both = here + before
    worth = effective.of_share(Counts(*both.cells, tied=both.tied), _PASSES, _JUDGED) / both.judged
    (k, n), (k_before, n_before) = (effective.deflated(side.judged_passes, side.judged, side.judged * worth)
                                    for side in (here, before))
    return _at_most(k, n, k + k_before, n + n_before)


def _at_most(k: int, n: int, passes: int, whole: int) -> float:
    """The chance that of n drawn out of so many, of which so many pass, at most k do."""
    log = math.lgamma
    fixed = (log(n + 1) + log(whole - n + 1) + log(passes + 1) + log(whole - passes + 1) - log(whole + 1))
    total = 0.0
    for x in range(k, max(0, n + passes - whole) - 1, -1):
        part = math.exp(fixed - log(x + 1) - log(n - x + 1) - log(passes - x + 1)
                        - log(whole - passes - n + x + 1))
        total += part
        if part < total * 1e-12:  # from the middle on each is smaller than the one before
            break
    return min(1.0, total)

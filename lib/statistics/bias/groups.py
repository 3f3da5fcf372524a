"""A judge's pass rate beside the expert's, by length of the output, system version and order of the examples.

Pure. Traces of a group may truly be better or worse: a bias is that the judge errs on them differently than elsewhere.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from lib.records import FAIL, PASS, Counts, Figure
from lib.records.pairs import Flips
from lib.records.rating import Tally
from lib.records.words import counted
from lib.statistics import effective, metrics
from lib.statistics.breakdowns import SMALL_N
from lib.statistics.clusters import CHANCE, differ, fisher_exact, holm
from lib.statistics.comparison import Row, chance_of, format_p
from lib.statistics.metrics import METRICS, PLACES, share
from lib.statistics.pivots import Unlike, unlike

MOST_GROUPS = 4
_EVERY = PLACES["agreement"][1]
_NO_PAIR = "no trace has both a label and a readable verdict"
# What each error is, and its cure: a low TNR passes what the expert fails.
_ERRS = {"tnr": "passes {} that the expert fails", "tpr": "fails {} that the expert passes"}


@dataclass(frozen=True)
class Group:
    """Some of a run's pairs: how often the judge passes them, how often the expert, and how far both agree."""

    name: str
    counts: Counts
    judge: Figure
    expert: Figure
    tpr: Figure
    tnr: Figure

    @property
    def small(self) -> bool:
        """Whether the intervals are wide because there are few."""
        return self.counts.n < SMALL_N


@dataclass(frozen=True)
class Groups:
    """A run's pairs in groups; `found` are those in which the judge errs differently, with a sentence for all of it."""

    groups: list[Group]
    found: list[Unlike]
    reading: str


def by_length(counts: Mapping[int, Counts]) -> Groups:
    """Groups by the length of the output in characters, from short to long; the bounds are quartiles of these pairs.

    Three groups below 80 pairs, two below 60, none below 20.
    """
    n = sum(one.n for one in counts.values())
    if n < SMALL_N:
        return Groups([], [], f"{counted(n, 'pair is', 'pairs are')} too few to cut by length: from {SMALL_N} on there "
                              "are groups.")
    bounds = _bounds({length: one.n for length, one in counts.items()}, min(MOST_GROUPS, max(2, n // SMALL_N)))
    cells: dict[str, Counts] = {}
    for length in sorted(counts):
        name = _name(length, bounds)
        cells[name] = cells.get(name, Counts()) + counts[length]
    return _groups(cells, "outputs of {} characters", "All outputs are about equally long")


def _bounds(sizes: Mapping[int, int], parts: int) -> list[int]:
    """The longest length of each group but the last; equal lengths stay together, so there may be fewer groups."""
    lengths = sorted(length for length, n in sizes.items() if n)
    upto = list(accumulate(sizes[length] for length in lengths))
    found = dict.fromkeys(next(length for length, n in zip(lengths, upto, strict=True) if n * parts >= part * upto[-1])
                          for part in range(1, parts))
    return [length for length in found if length < lengths[-1]]


def _name(length: int, bounds: Sequence[int]) -> str:
    if not bounds:
        return "all"
    if length <= bounds[0]:
        return f"up to {bounds[0]:,}"
    for low, high in pairwise(bounds):
        if length <= high:
            return f"{low + 1:,} to {high:,}"
    return f"more than {bounds[-1]:,}"


def by_version(counts: Mapping[str, Counts]) -> Groups:
    """Groups by the version of the AI system that answered, in the order they are given."""
    return _groups(counts, "outputs of version {}", "All outputs are of one system version")


def _groups(counts: Mapping[str, Counts], where: str, one: str) -> Groups:
    groups = [Group(name, cells, share(cells, (0, 2), _EVERY, _NO_PAIR), share(cells, (0, 1), _EVERY, _NO_PAIR),
                    metrics.tpr(cells), metrics.tnr(cells)) for name, cells in counts.items()]
    paired = {(group.name,): group.counts for group in groups if group.counts.n}
    if not paired:
        return Groups(groups, [], "No pair yet.")
    if len(paired) == 1:
        return Groups(groups, [], f"{one}: there is nothing to compare.")
    if not _can_tell(paired):
        return Groups(groups, [], "Too few to tell: no two groups have enough passes, or fails, for a test to find "
                                  "anything.")
    found = _of_two(paired) if len(paired) == 2 else unlike(paired)
    worse = {each.metric for each in found if _worse(each)}
    # Beside a group in which the judge errs more, another one errs less than the rest for that very reason.
    told = [each for each in found if _worse(each) or each.metric not in worse]
    return Groups(groups, found, " ".join(_words(each, where) for each in told) or (
        "The judge's errors differ between these groups no more than by chance (Fisher's exact test of TPR and TNR in "
        "each against the others)."))


def _can_tell(cells: Mapping[tuple[str, ...], Counts]) -> bool:
    """Whether a test could find anything: were the judge right in one group and wrong in all the others."""
    for sides in map(PLACES.get, _ERRS):
        sizes = [sum(one.cells[cell] for cell in sides[1]) for one in cells.values()]
        n = sum(sizes)
        worth = effective.of_share(sum(cells.values(), Counts()), *sides) / n if n else 0
        for size in sizes:
            here, rest = math.floor(size * worth), math.floor((n - size) * worth)
            if here and rest and fisher_exact(here, here, here, here + rest) * (1 if len(cells) == 2 else 2 * len(
                    cells)) < CHANCE:
                return True
    return False


def _of_two(cells: Mapping[tuple[str, ...], Counts]) -> list[Unlike]:
    """The same for two groups: each is all that the other is not, so that one test is both; the worse one is named."""
    (one, here), (other, rest) = cells.items()
    tests = {name: p for name in _ERRS if (p := differ(here, rest, *PLACES[name])) is not None}
    found = []
    for name, p in zip(tests, holm(list(tests.values())), strict=True):
        first, second = share(here, *PLACES[name]), share(rest, *PLACES[name])
        found.append(Unlike(one, name, first, second, p) if first.value < second.value
                     else Unlike(other, name, second, first, p))
    return sorted((each for each in found if each.p < CHANCE), key=lambda each: each.p)


def _words(each: Unlike, where: str) -> str:
    here, elsewhere = (metrics.format_figure(each.metric, one) + metrics.format_beside(each.metric, one, one.n)
                       for one in (each.here, each.elsewhere))
    return (f"{'More' if _worse(each) else 'Less'} often than elsewhere the judge "
            f"{_ERRS[each.metric].format(where.format(each.values[0]))}: {METRICS[each.metric].label} {here} there, "
            f"{elsewhere} elsewhere (Fisher's exact test, {format_p(each.p)} for all groups together).")


def _worse(each: Unlike) -> bool:
    return each.here.value < each.elsewhere.value


@dataclass(frozen=True)
class Reordered:
    """A run whose prompt differs from this one's in the order of its examples alone, on the traces both judged.

    `flips` are to pass, to fail and unchanged, from this run to that one; p is exact, for all such runs together.
    """

    run: int
    version: int
    here: Figure  # pass rate of this run on them
    there: Figure  # of that one
    expert: Figure
    flips: Flips
    p: float

    @property
    def way(self) -> str | None:
        """The outcome that the other order moves the judge towards, beyond chance; None for neither."""
        return None if self.p >= CHANCE else PASS if self.flips.fixed > self.flips.broken else FAIL

    @property
    def reading(self) -> str:
        """The test in words."""
        flips = (f"of {counted(self.flips.n, 'verdict')} {self.flips.fixed:,} flip to pass and {self.flips.broken:,} "
                 f"to fail ({format_p(self.p)})")
        moves = "moves the judge " + (f"towards {self.way}" if self.way else "neither way beyond chance")
        return f"Version {self.version} (run {self.run}): {flips}. The order of its examples {moves}."


def reordered(found: Iterable[tuple[int, int, Sequence[Row]]]) -> list[Reordered]:
    """From (run, version, rows of this run and that one); those that share no readable trace are left out.

    The exact sign test of the flips (McNemar 1947), by groups where traces share an input or a session, adjusted for
    all the orders looked at (Holm 1979).
    """
    made = [_reordered(run, version, both) for run, version, rows in found
            if (both := [row for row in rows if row.first is not None and row.second is not None])]
    return [replace(one, p=p) for one, p in zip(made, holm([one.p for one in made]), strict=True)]


def _reordered(run: int, version: int, rows: Sequence[Row]) -> Reordered:
    sides = [_share_of_passes(rows, name) for name in ("first", "second", "label")]
    flips = flips_to([(row.session, row.input, row.first, row.second) for row in rows])
    return Reordered(run, version, *sides, flips, chance_of(flips))


def _share_of_passes(rows: Sequence[Row], side: str) -> Figure:
    tally = Tally.of(Counter((row.session, row.input, getattr(row, side)) for row in rows))
    return share(tally, (0,), (0, 1), _NO_PAIR)


def flips_to(rows: Iterable[tuple[int | None, int | None, str, str]]) -> Flips:
    """From (session, input, outcome before, after): flips to pass, to fail, and unchanged ones."""
    return Flips.of(Counter((session, text, 2 if before == after else 0 if after == PASS else 1)
                            for session, text, before, after in rows))

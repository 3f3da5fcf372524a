"""Traces that share a session or an input are not independent: how many independent ones a figure's traces are worth.

Pure functions of counts and of their groups. The effective size replaces n wherever an interval or a test asks for it;
where nothing is shared it is n itself.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import mul

from lib.records.pairs import INPUT, Cells

Z = 1.959963984540054  # 97.5th percentile of the normal: two-sided 95 %
# From the share of each class to what one of its traces adds to the figure, on average 0.
Influence = Callable[[Sequence[float]], Sequence[float]]


def of_share(counts: Cells, among: Sequence[int], within: Sequence[int]) -> float:
    """The effective size of a share: of the traces in the cells `within`, those in the cells `among`."""
    return _least(counts, [among, [cell for cell in within if cell not in among]],
                  lambda sizes: (sizes[1], -sizes[0]))


def of_figure(counts: Cells, influence: Influence) -> float:
    """The effective size of a figure of all four cells, by what one trace of each adds to it."""
    return _least(counts, [[0], [1], [2], [3]], influence)


def widened(counts: Cells, among: Sequence[int], within: Sequence[int], by: float) -> tuple[float, float]:
    """A share with so many successes and as many failures added, and its variance; of nothing it is one half."""
    k, n = (sum(counts.cells[cell] for cell in cells) for cells in (among, within))
    worth = of_share(counts, among, within)
    found = ((k / n * worth if n else 0) + by) / (worth + 2 * by)
    return found, found * (1 - found) / (worth + 2 * by)


def _least(counts: Cells, classes: Sequence[Sequence[int]], influence: Influence) -> float:
    cells = [sum(counts.cells[cell] for cell in one) for one in classes]
    found = [float(sum(cells))]
    for groups in counts.groups.values() if counts.tied else ():
        inside: Counter[tuple[int, ...]] = Counter()
        for group, times in groups.items():
            inside[tuple(sum(group[cell] for cell in one) for one in classes)] += times
        found.append(size(cells, inside, influence))
    return min(found)


def size(cells: Sequence[int], groups: Counter[tuple[int, ...]], influence: Influence) -> float:
    """The effective size of cells of which some traces stand in groups (their cells -> how often).

    n over the design effect (Kish 1965), and that times (z / t)² with Student's t for groups - 1 degrees of freedom
    (Korn and Graubard 1998, Survey Methodology 24:193-201), so that whoever uses it may go on with z. The design effect
    is the linearised variance by groups over that of single traces, at least 1; half a group of each class, of mean
    size, is added before, so that a class that was not met stays possible. A single group says nothing: 0.
    """
    n = sum(cells)
    single = [cell - sum(group[place] * times for group, times in groups.items()) for place, cell in enumerate(cells)]
    found = sum(single) + sum(times for group, times in groups.items() if sum(group))
    if found == n:
        return float(n)
    if found < 2:
        return 0.0
    mean, half = n / found, len(cells) / 2
    added = [cell + mean / 2 for cell in cells]
    adds = influence([cell / sum(added) for cell in added])
    alone = sum(cell * each * each for cell, each in zip(added, adds, strict=True))
    if not alone:
        return float(n)
    together = (sum(times * sum(map(mul, group, adds)) ** 2 for group, times in groups.items())
                + sum((one + mean * mean / 2) * each * each for one, each in zip(single, adds, strict=True)))
    effect = max(1.0, (found + half) / (found + half - 1) * together / alone)
    return n / effect * (Z / _t(found - 1)) ** 2


@lru_cache
def _t(freedom: int) -> float:
    """The 97.5th percentile of Student's t."""
    from scipy.special import stdtrit  # here, not above: few projects need it, and it takes a moment to load

    return float(stdtrit(freedom, 0.975))


def shared(counts: Cells) -> tuple[str, int, int] | None:
    """(what is shared, session or input, in how many groups the traces then are, how many they are); None: nothing is.

    Where both are shared, what leaves fewer groups.
    """
    n, found = sum(counts.cells), []
    for name, groups in counts.groups.items() if counts.tied else ():
        if many := groups.total():
            inside = sum(sum(group) * times for group, times in groups.items())
            found.append((n - inside + many, name))
    return min(((name, many, n) for many, name in found), key=lambda one: (one[1], one[0] != INPUT), default=None)


def sentence(counts: Cells, things: str = "traces") -> str:
    """'200 traces of 25 inputs', and what that means for intervals; nothing where none is shared."""
    found = shared(counts)
    if found is None:
        return ""
    name, groups, n = found
    return (f"{n:,} {things} of {groups:,} {name}{'s' * (groups != 1)}: those that share one are not independent, so "
            "intervals and tests count fewer.")


def deflated(k: int, n: int, worth: float) -> tuple[int, int]:
    """k of n as whole numbers of independent traces, for an exact test: n is cut down to its effective size."""
    if worth >= n:
        return k, n
    whole = max(1, math.floor(worth)) if n else 0
    return round(k * whole / n) if n else 0, whole

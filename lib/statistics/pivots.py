"""Failure rates by one to three dimensions: groups of traces become cells, each with its interval.

Pure: knows counts and values, not where they come from.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from lib.records import Counts, Figure
from lib.records.rating import Tally
from lib.statistics.breakdowns import SMALL_N
from lib.statistics.corrected import corrected_rates
from lib.statistics.metrics import others, wilson

ENOUGH = 10  # labelled passes, and labelled fails: with fewer, TPR and TNR say too little to correct anything


@dataclass(frozen=True)
class PivotCell:
    """The failure rate of the traces that have these values."""

    values: tuple[str, ...]
    tally: Tally
    rate: Figure  # fails of n
    small: bool
    corrected: Figure | None = None  # None where no judge is in it

    @property
    def n(self) -> int:
        """Traces with an outcome."""
        return self.tally.n

    @property
    def fails(self) -> int:
        """Those that failed."""
        return self.tally.failed


@dataclass(frozen=True)
class Spread:
    """Outcomes by combinations of values, and how many traces are in several cells or in none."""

    cells: dict[tuple[str, ...], Tally]
    several: int
    without: int


def spread(groups: Iterable[tuple[Sequence[Sequence[str]], Tally]]) -> Spread:
    """Puts each group into every cell its values make: a trace with several values of a dimension counts in each."""
    cells: dict[tuple[str, ...], Tally] = {}
    several = without = 0
    for values, tally in groups:
        places = list(product(*values))
        several += tally.n if len(places) > 1 else 0
        without += 0 if places else tally.n
        for place in places:
            cells[place] = cells.get(place, Tally()) + tally
    return Spread(cells, several, without)


def pivot(cells: dict[tuple[str, ...], Tally]) -> list[PivotCell]:
    """Cells with their rates, the highest failure rate first: where to look comes on top."""
    found = [PivotCell(values, tally, wilson(tally.failed, tally.n, "no trace has an outcome"), tally.n < SMALL_N)
             for values, tally in cells.items()]
    return sorted(found, key=lambda cell: (1.0 if cell.rate.value is None else -cell.rate.value, cell.values))


def corrected(cells: list[PivotCell], pairs: Counts) -> list[PivotCell]:
    """The same cells, each with its rate corrected for the judge's errors by its TPR and TNR over all traces.

    Labels in a cell stay as they are; only what a judge alone has said is corrected.
    """
    if why := missing(pairs):
        return [replace(cell, corrected=Figure(None, why=why)) for cell in cells]
    figures = corrected_rates(pairs, [(cell.tally.judged_passes, cell.tally.judged_passes + cell.tally.judged_fails,
                                       cell.tally.passes, cell.tally.passes + cell.tally.fails) for cell in cells])
    return [replace(cell, corrected=others(figure)) for cell, figure in zip(cells, figures, strict=True)]


def missing(pairs: Counts) -> str:
    """Why there are not enough labels to correct a judge's rates, or nothing."""
    passes, fails = pairs.pass_pass + pairs.pass_fail, pairs.fail_pass + pairs.fail_fail
    if passes >= ENOUGH and fails >= ENOUGH:
        return ""
    return (f"not enough labels: it takes {ENOUGH} passes and {ENOUGH} fails of the expert on judged traces, "
            f"and there are {passes} and {fails}")

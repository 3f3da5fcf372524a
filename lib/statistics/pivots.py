"""Failure rates by one to three dimensions: groups of traces become cells, each with its interval.

Pure: knows counts and values, not where they come from.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product

from lib.records import Counts, Figure
from lib.records.rating import Tally
from lib.statistics.breakdowns import SMALL_N
from lib.statistics.clusters import CHANCE, differ, holm
from lib.statistics.corrected import corrected_rate, missing
from lib.statistics.metrics import METRICS, PLACES, others, share

OWN, OVERALL = "own", "overall"  # whose TPR and TNR correct a cell: of its own labels, or of all together
FAILED, EVERY = (1, 3), (0, 1, 2, 3)  # of a Tally's cells


@dataclass(frozen=True)
class PivotCell:
    """The failure rate of the traces that have these values."""

    values: tuple[str, ...]
    tally: Tally
    rate: Figure  # fails of n
    small: bool
    corrected: Figure | None = None  # None where no judge is in it
    by: str = ""  # OWN or OVERALL, where it is corrected

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
    found = [PivotCell(values, tally, share(tally, FAILED, EVERY, "no trace has an outcome"), tally.n < SMALL_N)
             for values, tally in cells.items()]
    return sorted(found, key=lambda cell: (1.0 if cell.rate.value is None else -cell.rate.value, cell.values))


def corrected(cells: list[PivotCell], pairs: Counts,
              own: Mapping[tuple[str, ...], Counts] | None = None) -> list[PivotCell]:
    """The same cells, each with its rate corrected for the judge's errors.

    By the TPR and TNR of its own labelled pairs where these are enough, else by those of all `pairs`, which may be far
    off where the judge errs differently in a cell. Labels in a cell stay as they are.
    """
    return [_corrected(cell, pairs, (own or {}).get(cell.values, Counts())) for cell in cells]


def _corrected(cell: PivotCell, pairs: Counts, own: Counts) -> PivotCell:
    by, counts = (OVERALL, pairs) if missing(own) else (OWN, own)
    figure = others(corrected_rate(counts, cell.tally))
    return replace(cell, corrected=figure, by=by if figure.value is not None and cell.tally.judged else "")


@dataclass(frozen=True)
class Unlike:
    """A cell in which the judge errs differently than elsewhere: on what share of so many; p adjusted (Holm 1979)."""

    values: tuple[str, ...]
    metric: str  # tpr or tnr
    here: Figure
    elsewhere: Figure
    p: float

    @property
    def text(self) -> str:
        """The same as a sentence."""
        return (f"The judge errs differently in {' × '.join(self.values)}: {METRICS[self.metric].label} "
                f"{self.here.value:.0%} of {self.here.n:,}, elsewhere {self.elsewhere.value:.0%} of "
                f"{self.elsewhere.n:,} (Fisher's exact test, p = {max(self.p, 0.001):.3f} for all cells together).")


def unlike(own: Mapping[tuple[str, ...], Counts]) -> list[Unlike]:
    """Cells whose TPR or TNR is not that of all the others: Fisher's exact test each, 5 % for all of them together.

    The test of homogeneity behind one TPR and TNR for every cell: it finds one in at most 1 of 20 tables where there
    is none.
    """
    whole = sum(own.values(), Counts())
    tested = []
    for values, here in own.items():
        rest = Counts(*(a - b for a, b in zip(whole.cells, here.cells, strict=True)),
                      tied=tuple(chain.from_iterable(one.tied for other, one in own.items() if other != values)))
        for name in ("tpr", "tnr"):
            if (p := differ(here, rest, *PLACES[name])) is not None:
                tested.append((Unlike(values, name, *(share(one, *PLACES[name]) for one in (here, rest)), 1.0), p))
    adjusted = holm([p for _, p in tested])
    return sorted((replace(one, p=p) for (one, _), p in zip(tested, adjusted, strict=True) if p < CHANCE),
                  key=lambda one: one.p)

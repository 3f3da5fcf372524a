"""The transition matrix of a system of several steps: the last step that was good × the first that failed.

Pure: knows names of steps in their order and counts of fails.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lib.records.words import counted

START = "(start)"  # the row of fails in which no step was good


@dataclass(frozen=True)
class Transitions:
    """Rows are the last good step, columns the first failing one; every pair that could be is a cell."""

    rows: list[str]
    columns: list[str]
    cells: dict[tuple[str, str], int]
    total: int


def matrix(steps: Sequence[str], found: Iterable[tuple[str | None, str, int]]) -> Transitions:
    """From (last good step or None, first failing step, fails); a step fails only after the one that was good.

    A pair that today's order of the steps rules out (they were put in order again) still gets a cell.
    """
    rows = [START, *steps[:-1]]
    cells = {(row, column): 0 for place, row in enumerate(rows) for column in steps[place:]}
    for good, failing, fails in found:
        place = (START if good is None else good, failing)
        cells[place] = cells.get(place, 0) + fails
    later = [row for row, _ in cells if row not in rows]
    return Transitions(rows + list(dict.fromkeys(later)), list(steps), cells, sum(cells.values()))


def reading(found: Transitions) -> str:
    """Where most fails begin, in words."""
    if not found.total:
        return "No fail has its steps yet."
    by_column = {column: sum(n for (_, failing), n in found.cells.items() if failing == column)
                 for column in found.columns}
    worst = max(found.columns, key=lambda column: by_column[column])
    fails = counted(found.total, "fail begins", "fails begin")
    return f"{by_column[worst]:,} of {fails} at {worst}: look there first."

"""What a gate says: a row for each threshold, and the one answer they give together."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lib.records import FAIL, PASS, Figure, Run
from lib.statistics.deciding import gates

EXIT = {PASS: 0, FAIL: 1, gates.INCONCLUSIVE: 3}


@dataclass(frozen=True)
class Row:
    """One threshold: its name, the figure in words, the answer, what would decide it, and the traces behind it."""

    name: str
    said: str
    answer: str
    figure: Figure
    more: str = ""
    traces: tuple[str, ...] = ()
    of_judge: bool = True  # rests on what a judge says of the AI system, not on labels or assertions alone

    @property
    def text(self) -> str:
        """The figure, and what would decide it where it is open."""
        return f"{self.said}. {self.more}" if self.more else f"{self.said}."


@dataclass(frozen=True)
class Gate:
    """All rows of a gate, and the one answer they give together."""

    judge: str
    run: Run | None
    rows: tuple[Row, ...]
    whose: str = ""  # whether the judge changed or the system, in words; "" where no frozen set was read
    version: str = ""  # of the AI system, where one was asked again

    @property
    def answer(self) -> str:
        """Pass where every row passes; fail where one does; else inconclusive."""
        return gates.together([row.answer for row in self.rows])


def undecided(rows: Iterable[Row], why: str) -> tuple[Row, ...]:
    """The rows, those that rest on a judge left open for this reason."""
    return tuple(replace(row, answer=gates.INCONCLUSIVE, more=f"{why} {row.more}".strip()) if row.of_judge else row
                 for row in rows)


def percent(wanted: float) -> str:
    """A threshold as it was typed: 82.5 %."""
    return f"{100 * wanted:g} %"

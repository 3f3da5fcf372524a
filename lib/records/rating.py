"""What a rate counts: whose outcome on which traces, and how many of each.

Knows nothing of dimensions or intervals.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import add

from lib.records.pairs import FAIL, PASS, Cells, Four, Tied

EXPERT, JUDGE, BOTH = "expert", "judge", "both"
# Whose outcomes a rate may count, in the words of the screen.
RATE_SOURCES = {EXPERT: "labels of the expert", JUDGE: "verdicts of a judge",
                BOTH: "the expert where there is a label, else the judge"}


@dataclass(frozen=True)
class Rated:
    """Which outcomes count: of an expert, of a run, or the expert's where there is one and else the run's."""

    source: str
    expert: str | None = None  # None: the principal
    run: int | None = None
    seen: bool = False  # also verdicts on traces that the judge's prompt has seen
    runs: tuple[int, ...] = ()  # several in place of one: of a trace the newest verdict among theirs counts

    @property
    def in_run(self) -> str | None:
        """The run, or the runs as a JSON list: how a filter names them."""
        return json.dumps(self.runs) if self.runs else None if self.run is None else str(self.run)

    @property
    def values(self) -> dict[str, str | None]:
        """The fields as a statement binds them."""
        return {"rated": self.source, "expert": self.expert, "in_run": self.in_run,
                "seen": "yes" if self.seen else None}


def runs_in_words(in_run: str) -> str:
    """The run or the runs of a filter, as a sentence names them: run 3, runs 1, 2, 3."""
    return f"runs {in_run.strip('[]')}" if in_run.startswith("[") else f"run {in_run}"


@dataclass(frozen=True)
class Tally(Cells):
    """Outcomes on some traces: those an expert gave, and those only a judge gave."""

    passes: int = 0
    fails: int = 0
    judged_passes: int = 0
    judged_fails: int = 0
    tied: Tied = field(default=(), compare=False, repr=False)

    @classmethod
    def of(cls, table: Mapping[tuple[int | None, int | None, str], int]) -> "Tally":
        """From (session, input, outcome) -> how many; both None where the trace shares neither."""
        return cls.total(cls.sharing(session, text, n * (outcome == PASS), n * (outcome == FAIL))
                         for (session, text, outcome), n in table.items())

    @classmethod
    def sharing(cls, session: int | None, text: int | None, *cells: int) -> "Tally":
        """Outcomes (as the fields stand) on traces of one session and input; None where they share it with no other."""
        made = cls(*cells)
        return made if session is text is None else replace(made, tied=((session, text, *made.cells),))

    @classmethod
    def total(cls, parts: Iterable["Tally"]) -> "Tally":
        """All of them together."""
        found = list(parts)
        return cls(*(sum(one) for one in zip(*(part.cells for part in found), strict=True)),
                   tied=tuple(chain.from_iterable(part.tied for part in found)))

    @property
    def cells(self) -> Four:
        """The four counts in their order."""
        return self.passes, self.fails, self.judged_passes, self.judged_fails

    @property
    def failed(self) -> int:
        """Traces whose outcome is fail."""
        return self.fails + self.judged_fails

    def __add__(self, other: "Tally") -> "Tally":
        """The outcomes of both."""
        return Tally(*map(add, self.cells, other.cells), tied=self.tied + other.tied)

    @property
    def labelled(self) -> int:
        """Traces with an outcome of the expert."""
        return self.passes + self.fails

    @property
    def judged(self) -> int:
        """Traces with an outcome of a judge alone."""
        return self.judged_passes + self.judged_fails


@dataclass(frozen=True)
class NotRated:
    """What a rate leaves out: counted in, it would move the rate."""

    drawn: int = 0  # labels on traces that were drawn by looking at an outcome
    seen: int = 0  # verdicts on traces that the judge's prompt has seen: its examples, and the splits train and dev


@dataclass(frozen=True)
class Reading:
    """What a judge said of a labelled trace at one time; `at` is any measure of time that grows."""

    trace: int
    label: str
    outcome: str
    at: float
    session: int | None = None  # the first trace of its session; None: it shares none
    input: int | None = None  # the first trace with its input; None: it shares none

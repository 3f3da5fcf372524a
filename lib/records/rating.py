"""What a rate counts: whose outcome on which traces, and how many of each.

Knows nothing of dimensions or intervals.
"""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Tally:
    """Outcomes on some traces: those an expert gave, and those only a judge gave."""

    passes: int = 0
    fails: int = 0
    judged_passes: int = 0
    judged_fails: int = 0

    @property
    def n(self) -> int:
        """Traces with an outcome."""
        return self.passes + self.fails + self.judged_passes + self.judged_fails

    @property
    def failed(self) -> int:
        """Traces whose outcome is fail."""
        return self.fails + self.judged_fails

    def __add__(self, other: "Tally") -> "Tally":
        """The outcomes of both."""
        return Tally(self.passes + other.passes, self.fails + other.fails, self.judged_passes + other.judged_passes,
                     self.judged_fails + other.judged_fails)


@dataclass(frozen=True)
class NotRated:
    """What a rate leaves out: counted in, it would move the rate."""

    drawn: int = 0  # labels on traces that were drawn by looking at an outcome
    seen: int = 0  # verdicts on traces that the judge's prompt has seen: its examples, and the splits train and dev


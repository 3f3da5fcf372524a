"""The second figure beside a corrected rate, where the random queue drew the labels, and what it rests on in words."""

from dataclasses import dataclass

from lib.records import Figure
from lib.records.rating import Rated
from lib.records.words import counted
from lib.statistics.metrics import format_figure, format_interval
from lib.statistics.two_phase import two_phase_rate
from lib.store import Store
from lib.store.errors import random_draw


@dataclass(frozen=True)
class TwoPhase:
    """A pass rate of the traces that the random queue drew labels from."""

    rate: Figure
    drawn: int  # labels it rests on
    judged: int  # traces it is of
    later: int  # judged traces that were stored after the draw, and are not among them

    @property
    def text(self) -> str:
        """The rate in a sentence with what it rests on; nothing where there is none."""
        if self.rate.value is None:
            return ""
        after = counted(self.later, "trace was", "traces were")
        later = f" {after} stored after the draw: it says nothing of them." if self.later else ""
        return (f"Two-phase: {format_figure('rate', self.rate)} ({format_interval('rate', self.rate)}) of "
                f"{counted(self.judged, 'trace')}, {self.drawn:,} of them labelled. It rests on these being drawn at "
                f"random by the queue out of these very traces, and on nothing about the judge.{later}")


def of(store: Store, rated: Rated) -> TwoPhase:
    """The figure for a run's traces, by the labels of its expert; refused with the reason where the draw is small."""
    found = random_draw.of(store, rated)
    return TwoPhase(two_phase_rate(found.pairs, found.judged), found.pairs.n, found.judged.judged, found.later)

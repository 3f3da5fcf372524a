"""The corrected pass rate from a run's probabilities, beside that from its verdicts, and what it rests on in words."""

from dataclasses import dataclass

from lib.records import Figure, Run
from lib.records.rating import Rated, Tally
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.metrics import format_figure, format_interval
from lib.statistics.probable import probable_rate, with_labelled
from lib.store import Store
from lib.store.judge import judges
from lib.store.judge.fits import probabilities

MOST_WITHOUT = 0.02  # of the verdicts: those without a probability are no random part of all


@dataclass(frozen=True)
class Probable:
    """A pass rate out of probabilities; undefined with its reason."""

    rate: Figure
    labelled: int  # labels that calibrate it
    unseen: int  # traces without a label that it is of

    @property
    def text(self) -> str:
        """The rate in a sentence with what it rests on, or why there is none."""
        if self.rate.value is None:
            return f"By its probabilities: {format_interval('rate', self.rate)}."
        return (f"By its probabilities: {format_figure('rate', self.rate)} ({format_interval('rate', self.rate)}), "
                f"from {counted(self.unseen, 'trace')}, calibrated by {counted(self.labelled, 'label')}. It holds "
                "where a pass and a fail look to the judge as they do among these labels.")


def of(store: Store, run: Run, rated: Rated, sealed: bool, whole: Tally | None = None) -> Probable | None:
    """The figure of a run's traces without a label, or of `whole`, labels and all; None: it tells no probabilities.

    Calibrated by the labels that correct the rate from verdicts: of the test split alone where `sealed`.
    """
    outcomes, without = probabilities.told(store, run.id)
    if without == outcomes:
        return None
    if why := _why_not(store, run, without / outcomes):
        return Probable(Figure(None, why=why), 0, 0)
    if rated.expert is None:
        return Probable(Figure(None, why="nobody has labelled a trace yet"), 0, 0)
    known = probabilities.known(store, run.id, rated.expert, sealed)
    seen = probabilities.unseen(store, rated, whole is not None)
    found = probable_rate(known, seen)
    if whole and whole.labelled and seen:
        part = len(seen) / (len(seen) + whole.labelled)
        found = with_labelled(found, metrics.share(whole, (0,), (0, 1)), part)
    return Probable(found, len(known), len(seen))


def _why_not(store: Store, run: Run, without: float) -> str:
    if run.prompt is not None and judges.prompt_by_key(store, run.prompt).cascade:
        return "a cascade has a probability only where its first judge decides alone"
    return "" if without <= MOST_WITHOUT else (
        f"{without:.0%} of its verdicts have no probability, and these are no random part of them")

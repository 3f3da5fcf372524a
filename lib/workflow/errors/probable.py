"""The corrected pass rate from a run's probabilities, beside that from its verdicts, and what it rests on in words."""

from dataclasses import dataclass

from lib.records import Figure, Run
from lib.records.rating import Rated, Tally
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.metrics import format_figure, format_interval
from lib.statistics.probable import probable_rate, with_labelled
from lib.store import Store
from lib.store.judge.fits import probabilities


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
    if not probabilities.any_of(store, run.id):
        return None
    if rated.expert is None:
        return Probable(Figure(None, why="nobody has labelled a trace yet"), 0, 0)
    known = probabilities.known(store, run.id, rated.expert, sealed)
    seen = probabilities.unseen(store, rated, whole is not None)
    found = probable_rate(known, seen)
    if whole and whole.labelled and seen:
        part = len(seen) / (len(seen) + whole.labelled)
        found = with_labelled(found, metrics.share(whole, (0,), (0, 1)), part)
    return Probable(found, len(known), len(seen))

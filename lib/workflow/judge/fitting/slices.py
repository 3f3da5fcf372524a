"""How far a judge's probabilities can be believed on dev by the values of a dimension, and that in a sentence."""

from dataclasses import dataclass

from lib.records.words import counted
from lib.statistics.probable.slices import Believed, believed
from lib.store import Store
from lib.store.judge.fits import probabilities
from lib.workflow.figures import check_dimension
from lib.workflow.judge.fitting import Fitted

WITHOUT = "(no value)"


@dataclass(frozen=True)
class Slices:
    """The calibrated probabilities of dev by a dimension; a trace with several values counts under each."""

    dimension: str
    found: tuple[Believed, ...]

    @property
    def said(self) -> str:
        """How far they can be believed, in a sentence."""
        known = [one for one in self.found if one.gap.value is not None]
        if not known:
            return (f"No value of {self.dimension} has enough labelled traces of dev to say how far its probabilities "
                    "can be believed.")
        worst, values = next((one for one in known if one.off), None), counted(len(known), "value")
        if worst is None:
            return f"Of {values} of {self.dimension} none shows that its probabilities cannot be believed there."
        off, side = sum(one.off for one in known), "high" if worst.gap.value > 0 else "low"
        return (f"In {off:,} of {values} of {self.dimension} its probabilities cannot be believed as they are, most "
                f"where it is {worst.value}: too {side} by {abs(worst.gap.value):.2f}. Of many values one in twenty "
                "looks so by chance.")


def of(store: Store, fitted: Fitted, dimension: str) -> Slices:
    """The slices of a fit's dev; UsageError where the project has no such dimension."""
    check_dimension(store, dimension)
    values, slices = probabilities.values(store, dimension), {}
    for (trace, group), (p, passed) in zip(fitted.traces, fitted.calibrated, strict=True):
        for value in values.get(trace, [WITHOUT]):
            slices.setdefault(value, []).append((p, passed, group))
    return Slices(dimension, tuple(believed(slices)))

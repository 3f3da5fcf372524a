"""A fit: what was learnt from an expert's labels about the probabilities of one version and one model."""

from dataclasses import asdict, dataclass
from typing import Any

from lib.records.pairs import FAIL, PASS

PLATT, NONE = "platt", "none"
HALF = 0.5  # where a probability becomes an outcome as long as nothing was learnt


@dataclass(frozen=True)
class Fit:
    """A calibration and the threshold on the model's own probability that follows from it; never changed."""

    method: str  # platt, or none: cut at .5
    threshold: float
    slope: float  # of the logit of the probability, and intercept
    intercept: float
    split: str  # whose labels it was made of
    provisional: bool
    n_pass: int
    n_fail: int
    labels_hash: str  # of the labels and probabilities used
    miss_cost: float  # what a missed fail costs, where a missed pass costs 1
    model: str  # that answered, as it names itself

    def outcome(self, probability: float) -> str:
        """Pass from the threshold on."""
        return PASS if probability >= self.threshold else FAIL

    @property
    def stored(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

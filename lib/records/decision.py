"""How a judge is asked that answers with a probability, and a cascade: such a judge with a second one behind it."""

from dataclasses import asdict, dataclass, field
from typing import Any

from lib.records.pairs import FAIL, OUTCOMES, PASS

TEXT, DECISION = "text", "decision"
KINDS = (TEXT, DECISION)  # of judges: those that write their verdict, and those that answer with a probability
OPENAI, SYSTEM_ONE, LOGPROBS = "openai", "systemone", "logprobs"
WIRES = {
    OPENAI: "OpenAI's Decisions",
    SYSTEM_ONE: "System One",
    LOGPROBS: "log-probabilities of a chat model",
}
QUESTION = "Does the output pass?"
NO_REASON = "It answers with a probability and gives no reason."


def likely(outcome: str, probability: float | None) -> str:
    """An outcome with the probability of pass it rests on, where there is one: "fail, .23"."""
    return outcome if probability is None else f"{outcome}, {probability:.2f}".replace(", 0.", ", .")


@dataclass(frozen=True)
class Decision:
    """What belongs to a prompt version that asks for a probability; `order` is that in which the options are shown."""

    wire: str
    passes: str  # what pass means, in the expert's words
    fails: str
    question: str = QUESTION
    order: tuple[str, ...] = OUTCOMES
    path: str = ""  # of the address, where it is not the wire's own
    choice: bool = False  # asked between two options, for a model that answers no yes or no

    @property
    def stored(self) -> dict[str, Any]:
        """As plain data; `Decision.of` reads it."""
        return {"wire": self.wire, "pass": self.passes, "fail": self.fails, "question": self.question,
                "order": list(self.order), **({"path": self.path} if self.path else {}),
                **({"choice": True} if self.choice else {})}

    @staticmethod
    def of(stored: dict[str, Any]) -> "Decision":
        """From plain data that `stored` wrote."""
        return Decision(stored["wire"], stored["pass"], stored["fail"], stored["question"], tuple(stored["order"]),
                        stored.get("path", ""), stored.get("choice", False))


FIRST, SECOND = "first", "second"  # who gave the outcome of a cascade


@dataclass(frozen=True)
class Cascade:
    """What makes a version two judges: the band of probabilities in which the second one is asked, and its prompt.

    The version's own words, question and first `own` examples are those of the first judge. Nothing here names a
    row of the store: a cascade stays as it was measured, whatever becomes of the two judges.
    """

    first: str  # the judge's name, and the number of its version
    first_version: int
    then: str
    then_version: int
    low: float  # the band: the second one is asked from here
    high: float  # to here, both included
    threshold: float  # between them: outside the band it is pass from here on
    model: str  # whose probabilities the band was chosen on, as it names itself
    template: str  # of the second judge
    then_model: str  # that it is asked of
    own: int
    share: float  # that the first one decides alone, of the labelled traces the band was chosen on
    at_random: float  # share of what the expert is asked that is drawn from all traces, not from the band
    parameters: dict[str, Any] = field(default_factory=dict)  # of the second judge

    def asks(self, probability: float) -> bool:
        """Whether the second judge is asked."""
        return self.low <= probability <= self.high

    def outcome(self, probability: float) -> str:
        """What the first judge decides alone."""
        return PASS if probability >= self.threshold else FAIL

    @property
    def stored(self) -> dict[str, Any]:
        """As plain data; `Cascade(**stored)` reads it."""
        return asdict(self)

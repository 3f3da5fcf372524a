"""How a judge is asked that answers with a probability: the wire, the one question, and what pass and fail mean."""

from dataclasses import dataclass
from typing import Any

from lib.records.pairs import OUTCOMES

TEXT, DECISION = "text", "decision"
KINDS = (TEXT, DECISION)  # of judges: those that write their verdict, and those that answer with a probability
OPENAI, SYSTEM_ONE, LOGPROBS = "openai", "systemone", "logprobs"
WIRES = {
    OPENAI: "OpenAI's Decisions",
    SYSTEM_ONE: "System One",
    LOGPROBS: "log-probabilities of a chat model",
}
QUESTION = "Does the output pass?"


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

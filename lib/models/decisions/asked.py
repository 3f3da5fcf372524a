"""What is asked of a model that answers with a probability, and its answer, the same for every wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib.records import FAIL, PASS

NAME = "passes"  # of the one question
TRUE = {PASS: "true", FAIL: "false"}  # how a yes/no question names the outcomes


@dataclass(frozen=True)
class Shown:
    """An example: the trace as it is told, and the expert's outcome."""

    told: str
    outcome: str


@dataclass(frozen=True)
class Question:
    """One question about one trace. Instructions and examples are the same for every trace, and come first."""

    instructions: str
    text: str
    means: Mapping[str, str]  # outcome -> what it means, in the order in which the options are shown
    told: str  # the trace, in its fence
    examples: tuple[Shown, ...] = ()
    choice: bool = False  # between two options in place of yes or no, for a model that answers no other

    @property
    def order(self) -> list[str]:
        """The outcomes as they are shown."""
        return list(self.means)


@dataclass(frozen=True)
class Answer:
    """A probability of pass, or an error of a named kind; then `said` tells what came in its place."""

    p_pass: float | None
    raw: dict[str, Any]  # what it was read from: probabilities, mass on the labels, order of the options
    error: str | None = None
    said: str = ""
    model: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    milliseconds: int = 0


def meanings(question: Question) -> str:
    """What the outcomes mean, a line each, in the order of the options."""
    return "\n".join(f"{outcome.capitalize()} means: {question.means[outcome]}" for outcome in question.order)

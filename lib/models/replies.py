"""What comes back from a call: a Reply, an Answer, or an LlmError of a named kind; and texts made harmless.

Knows which errors are worth another call and which stop all work; knows no network.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from lib.records import UNANSWERED, PlumblineError, visible

MAX_RAW = 20_000  # characters of an unreadable reply are kept
Shape = TypeVar("Shape", bound=BaseModel)
_STOPPING = frozenset({"quota", "auth", "model_not_found", "parameter", "address", "cap",
                       "no probabilities", "not a decision model"})


class LlmError(PlumblineError):
    """A call that brought no reply; `kind` names why, the text says what to do."""

    def __init__(self, kind: str, message: str, retry_after: float | None = None, raw: str = "",
                 param: str = "") -> None:
        """`retry_after` in seconds and `param`, where the server named them; `raw` is what it sent."""
        super().__init__(message)
        self.kind, self.retry_after, self.raw, self.param = kind, retry_after, raw, param

    @property
    def transient(self) -> bool:
        """Whether the same call may go through later."""
        return self.kind in UNANSWERED

    @property
    def stops_the_run(self) -> bool:
        """Whether every further call would meet the same answer."""
        return self.kind in _STOPPING


@dataclass(frozen=True)
class Reply:
    """What came back, plainly; `format` is what the model was asked to answer in."""

    text: str
    finish_reason: str = "stop"
    refusal: str | None = None
    model: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    milliseconds: int | None = 0  # None: of a batch, where nobody waited
    format: str = "text"
    message: dict[str, Any] = field(default_factory=dict)  # as it came, tool calls and all
    thoughts: str = ""  # what the model thought before: no part of the text
    cached_tokens: int | None = None  # of the prompt's
    lenient: str = ""  # what was put right to get at the text
    tokens: Any = None  # with their log-probabilities as the endpoint tells them, where it was asked for them


@dataclass(frozen=True)
class Answer:
    """What the AI system under test answered to one input, with all that came along."""

    output: str
    messages: list[dict[str, Any]] | None = None
    context: dict[str, Any] = field(default_factory=dict)  # what the AI system looked up on the way
    log: dict[str, Any] = field(default_factory=dict)  # milliseconds, tokens, model, and whatever else it said


def clean(value: Any, scrub: Callable[[str], str]) -> Any:
    """A value SQLite and a page can take: lone surrogates escaped, a key in escapes taken out, NaN as a word."""
    if isinstance(value, str):
        return scrub(visible(value))
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {clean(str(name), scrub): clean(part, scrub) for name, part in value.items()}
    return [clean(part, scrub) for part in value] if isinstance(value, list) else value


def asked_wait(text: str) -> float | None:
    """The seconds a Retry-After header asks for, as a number or as a date; None where it says neither."""
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def parsed(reply: Reply, shape: type[Shape], what: str, cure: str = "choose another model") -> Shape:
    """The JSON object of a reply; LlmError where the model refused, broke off, or wrote something else."""
    if reply.refusal:
        raise LlmError("refusal", "The model refused. Change the prompt, or choose another model.", raw=reply.refusal)
    try:
        start, end = reply.text.index("{"), reply.text.rindex("}") + 1
        return shape.model_validate(json.loads(reply.text[start:end]))
    except (ValueError, ValidationError, RecursionError):
        raise LlmError("unreadable", f"The model gave no {what} that can be read. Try again, or {cure}.",
                       raw=reply.text) from None

"""What a model was asked to propose for a judge's prompt, what it proposed, and the critiques it drew that from.

Knows the words of a suggestion; knows nothing of how one is made, stored or shown.
"""

from dataclasses import dataclass, field
from typing import Any

from lib.records.work import Caps, Spent

GUIDELINES, REVISION, SEARCH = "guidelines", "revision", "search"
KINDS = (GUIDELINES, REVISION, SEARCH)
SEED = 20241029  # of a search: the same traces and the same replies give the same course
AT_ONCE = 5  # of a search: train traces that one proposal is drawn from


@dataclass(frozen=True)
class Suggestion:
    """A request for a draft: what it starts from, how far it is, what came. Applied by nobody but a person."""

    id: int
    judge: str
    prompt: int  # key of the prompt version it starts from
    kind: str
    config: dict[str, Any]
    endpoint: str
    model: str
    status: str
    message: str
    result: dict[str, Any] | None
    calls: int
    prompt_tokens: int
    completion_tokens: int
    created_at: str
    ended_at: str | None = None

    @property
    def caps(self) -> Caps:
        """What it may spend at most; stored with what was asked for."""
        return Caps(*(self.config.get(name) for name in ("calls", "tokens", "cost")))

    @property
    def spent(self) -> Spent:
        """What was spent on it so far."""
        return Spent(self.calls, self.prompt_tokens, self.completion_tokens)


@dataclass(frozen=True)
class Critique:
    """A complete label with the beginnings of its trace, as a model that proposes rules is shown it."""

    label: int
    trace: str
    outcome: str
    critique: str
    input: str
    output: str


@dataclass(frozen=True)
class Difference:
    """A dev trace on which judge and expert differ: both critiques, and what its ruling noted for the prompt."""

    trace: str
    input: str
    output: str
    expert_outcome: str
    expert_critique: str
    judge_outcome: str
    judge_critique: str
    note: str = ""


@dataclass(frozen=True)
class Rule:
    """A guideline of a prompt and the labels whose critiques justify it."""

    text: str
    labels: tuple[int, ...] = field(default=())


@dataclass(frozen=True)
class Decision:
    """What a person decided where the agreement stood still."""

    kind: str
    text: str
    created_at: str
    author: str = ""


NARROW, PROCESS, TARGET, PERSON, GO_ON = (
    "narrow the scope", "fix the process", "change the target", "keep a person on these", "go on")
DECISIONS = (NARROW, PROCESS, TARGET, PERSON, GO_ON)

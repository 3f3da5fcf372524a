"""One span: what every format's reader fills in, and the kinds of steps there are.

Knows no format, and nothing of the trace around a span.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lib.readers import chat
from lib.readers.cells import ends, text

MODEL, TOOL, RETRIEVAL, AGENT, HANDOFF, GUARDRAIL, OTHER = (
    "model", "tool", "retrieval", "agent", "handoff", "guardrail", "other")
JUDGE = "judge"  # no kind of step: what a judge was asked and said is no part of what it judges
# What the formats call their spans.
_KINDS = {
    **dict.fromkeys(("llm", "generation", "chat", "chat_model", "generate_content", "response", "text_completion",
                     "completion"), MODEL),
    **dict.fromkeys(("tool", "execute_tool", "function"), TOOL),
    **dict.fromkeys(("retriever", "retrieval", "reranker"), RETRIEVAL),
    **dict.fromkeys(("agent", "invoke_agent", "create_agent"), AGENT), "handoff": HANDOFF, "guardrail": GUARDRAIL,
    **dict.fromkeys(("embedding", "embeddings", "chain", "workflow", "task", "span", "event", "mcp_tools"), OTHER),
    **dict.fromkeys(("evaluator", "evaluation", "judge"), JUDGE)}


def kind_of(word: Any) -> str:
    """The kind of step behind a format's own word for it; "" where the word says nothing."""
    return _KINDS.get(text(word).strip().lower(), "")


@dataclass(frozen=True)
class Span:
    """One recorded step: a call to a model, a tool or an agent, or a step around them."""

    id: str
    trace: str
    line: int
    parent: str = ""
    name: str = ""
    start: datetime | None = None
    end: datetime | None = None
    input: Any = None
    output: Any = None
    messages: list[dict[str, Any]] = field(default_factory=list)  # asked and answered, where the span is a call
    documents: tuple[str, ...] = ()  # what was retrieved
    model: str = ""
    tokens: dict[str, int] = field(default_factory=dict)
    error: str = ""
    system_version: str = ""
    environment: str = ""
    tags: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)  # "session", and what the trace's context should hold
    kind: str = ""  # one of the kinds above; "" where the format does not say
    agent: str = ""  # who took the step
    title: str = ""  # the step's own name where the span's name says less: that of a tool, of an agent

    @property
    def is_model(self) -> bool:
        """Whether it is a call to a model."""
        return self.kind == MODEL or (not self.kind and bool(self.messages))

    @property
    def step(self) -> str:
        """What kind of step it is."""
        return self.kind or (MODEL if self.messages else RETRIEVAL if self.documents else OTHER)

    @property
    def says(self) -> bool:
        """Whether it tells anything of what was asked, answered or done."""
        return bool(self.messages or self.documents or self.error
                    or self.input not in (None, "") or self.output not in (None, ""))

    @property
    def asked(self) -> str:
        """What it was asked; a model's request is read from its messages, not from the raw parameters."""
        said = ends(self.messages)[0]
        return (said if self.is_model else "") or _once(chat.asked, self.input) or said

    @property
    def answered(self) -> str | None:
        """What it answered or did."""
        said = ends(self.messages)[1]
        return (said if self.is_model else None) or _once(chat.answered, self.output) or said


def _once(read: Any, found: Any) -> Any:
    return None if found in (None, "") else read(found)


def called(given: Any, told: Any) -> list[dict[str, Any]]:
    """The conversation of one call to a model; an answer that repeats the question's turns counts once."""
    before, after = chat.conversation(given), chat.conversation(told)
    if before and not after and isinstance(told, str) and told.strip():
        after = [{"role": "assistant", "content": told}]
    return after if _extends(after, before) else before + after


def _extends(longer: list[dict[str, Any]], shorter: list[dict[str, Any]]) -> bool:
    return len(longer) >= len(shorter) and (
        list(map(chat.core, longer[:len(shorter)])) == list(map(chat.core, shorter)))

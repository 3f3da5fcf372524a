"""Spans of one trace become one trace: the root's input and output, the longest conversation whole, what was retrieved.

Knows what a span says, whoever wrote it; knows nothing of the formats that write spans.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lib.readers import chat
from lib.readers.cells import ends
from lib.readers.table import Content, Row, Table
from lib.records import DataError

FIELDS = ("id", "input", "output", "messages", "context", "system_version", "created_at")
DIMENSIONS = ("model", "operation", "environment", "tags")


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
    facts: dict[str, Any] = field(default_factory=dict)  # session, metadata: what the trace's context should hold


def called(given: Any, told: Any) -> list[dict[str, Any]]:
    """The conversation of one call to a model; an answer that repeats the question's turns counts once."""
    before, after = chat.conversation(given), chat.conversation(told)
    if before and not after and isinstance(told, str) and told.strip():
        after = [{"role": "assistant", "content": told}]
    return after if _extends(after, before) else before + after


def table(content: Content, format: str, spans: Iterable[Span], cure: str) -> Table:
    """One row for each trace; DataError with the cure where no span holds what was asked."""
    groups: dict[str, list[Span]] = {}
    for span in spans:
        groups.setdefault(span.trace, []).append(span)
    dropped: Counter[str] = Counter()
    rows = [row for group in groups.values() if (row := _row(group, dropped))]
    if not rows:
        n = sum(map(len, groups.values()))
        raise DataError(f"{content.name}: none of its {n:,} spans says what was asked. {cure}")
    dimensions = tuple(name for name in DIMENSIONS if any(row.cells.get(name) for row in rows))
    return Table(content.name, format, [*FIELDS, *dimensions], rows, content.unit, dimensions, _notes(dropped))


def _notes(dropped: Counter[str]) -> tuple[str, ...]:
    return tuple(f"{what}: {n:,}." for what, n in dropped.items() if n)


def _row(group: list[Span], dropped: Counter[str]) -> Row | None:
    root, steps = _ordered(group)
    messages, aside = _longest(steps)
    told = [span for span in (root, *steps) if span.input not in (None, "")]
    given = chat.asked(told[0].input) if told else ends(messages)[0]
    if not given.strip():
        dropped["traces in which no step says what was asked"] += 1
        return None
    dropped["calls to a model beside a trace's longest conversation"] += aside
    answer = chat.answered(root.output) if root.output not in (None, "") else ends(messages)[1]
    if answer is None and told and not root.error:
        answer = chat.answered(told[0].output)
    return Row(root.line, {
        "id": root.trace, "input": given, "output": answer, "messages": messages or None,
        "context": _context(root, steps), "system_version": _first(steps, "system_version"),
        "created_at": root.start.isoformat() if root.start else None,
        "model": list(dict.fromkeys(span.model for span in steps if span.model)), "operation": root.name,
        "environment": _first(steps, "environment"), "tags": list(_first(steps, "tags") or ())})


def _ordered(group: list[Span]) -> tuple[Span, list[Span]]:
    """(the root, all spans by time): the root has no parent in the file; of several the first that says something."""
    steps = sorted(group, key=lambda span: span.start.timestamp() if span.start else 0)
    known = {span.id for span in group}
    roots = [span for span in steps if span.parent not in known or span.parent == span.id] or steps
    return next((span for span in roots if span.input not in (None, "") or span.messages), roots[0]), steps


def _longest(steps: list[Span]) -> tuple[list[dict[str, Any]], int]:
    """(the longest conversation, how many calls are no part of it)."""
    calls = [span.messages for span in steps if span.messages]
    whole = max(calls, key=len, default=[])
    cores = list(map(chat.core, whole))
    return whole, sum(not _within(list(map(chat.core, messages)), cores) for messages in calls)


def _extends(longer: list[dict[str, Any]], shorter: list[dict[str, Any]]) -> bool:
    return len(longer) >= len(shorter) and (
        list(map(chat.core, longer[:len(shorter)])) == list(map(chat.core, shorter)))


def _within(part: list[tuple], whole: list[tuple]) -> bool:
    """Whether every message of a call stands in the conversation, in its order."""
    rest = iter(whole)
    return all(message in rest for message in part)


def _first(steps: list[Span], name: str) -> Any:
    return next((found for span in steps if (found := getattr(span, name))), None)


def _context(root: Span, steps: list[Span]) -> dict[str, Any]:
    found = {"documents": [text for span in steps for text in span.documents]}
    for span in reversed((root, *steps)):
        found |= span.facts
    found["error"] = root.error or (_first(steps, "error") if root.output in (None, "") else "")
    if root.start and root.end:
        found["latency_ms"] = round((root.end - root.start).total_seconds() * 1000)
    found |= root.tokens or sum((Counter(span.tokens) for span in steps), Counter())
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}

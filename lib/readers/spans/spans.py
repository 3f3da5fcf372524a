"""Spans of one trace become one trace: what was asked and answered, the conversation whole, and every step in order.

Knows what a span says, whoever wrote it; knows nothing of the formats that write spans.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from lib.readers import chat
from lib.readers.cells import ends, text
from lib.readers.spans import outline
from lib.readers.spans.span import GUARDRAIL, HANDOFF, TOOL, Span, called, kind_of
from lib.readers.spans.tree import Tree
from lib.readers.table import Content, Row, Table, Unread
from lib.records import DataError
from lib.records.parts import ERROR
from lib.records.parts import called as tool_call
from lib.records.words import counted

__all__ = ["DIMENSIONS", "FIELDS", "WHERE_THERE", "Span", "called", "kind_of", "table"]

FIELDS = ("id", "input", "output", "messages", "context", "system_version", "created_at", "session", "steps")
WHERE_THERE = ("session", "steps")  # columns of their own only where a trace has one
DIMENSIONS = ("model", "operation", "environment", "tags")
MOST_NAMES = 12  # names of silent spans that are told one by one


def table(content: Content, format: str, spans: Iterable[Span], cure: str, unread: Iterable[Unread] = ()) -> Table:
    """One row for each trace; DataError with the cure where no span holds what was asked."""
    groups: dict[str, list[Span]] = {}
    for span in spans:
        groups.setdefault(span.trace, []).append(span)
    left: Counter[tuple[str, str]] = Counter()
    rows = [row for group in groups.values() if (row := _row(group, left, cure))]
    if not rows:
        n = sum(map(len, groups.values()))
        raise DataError(f"{content.name}: none of its {counted(n, 'span')} says what was asked. {cure}")
    dimensions = tuple(name for name in DIMENSIONS if any(row.cells.get(name) for row in rows))
    columns = [name for name in FIELDS if name not in WHERE_THERE or any(row.cells.get(name) for row in rows)]
    return Table(content.name, format, [*columns, *dimensions], rows, content.unit, dimensions,
                 unread=(*unread, *_unread(left)))


def _unread(left: Counter[tuple[str, str]]) -> list[Unread]:
    """What was left out, the most frequent first; many names of silent spans become one entry."""
    every = [Unread(what, n, why) for (what, why), n in left.most_common() if n]
    rest = [one for one in every if one.why == _SILENT][MOST_NAMES:]
    named = [one for one in every if one not in rest]
    return named + ([Unread(f"spans of {counted(len(rest), 'other name')}", sum(one.count for one in rest), _SILENT)]
                    if rest else [])


_SILENT = "they say nothing of what was asked, answered or done"
_JUDGED = "what a judge was asked and said is no part of a trace"


def _row(group: list[Span], left: Counter[tuple[str, str]], cure: str) -> Row | None:
    tree = Tree(group)
    left["spans of judges", _JUDGED] += tree.judged
    left["spans that stand twice", "the first of them counts"] += tree.doubled
    if not tree.spans:
        return None
    root, spans = tree.root, tree.spans
    messages = _main(root, spans)
    given, answer, failed = _asked(tree, messages), _answered(tree, messages), _failed(root, spans)
    if not given.strip():
        left["traces in which no step says what was asked" + (", ended in an error" if failed else ""), cure] += 1
        return None
    steps, silent = outline.steps(tree, given, answer)
    for span in silent:
        left[f"spans '{span.name[:60]}'", _SILENT] += 1
    return Row(root.line, {
        "id": root.trace, "input": given, "output": answer, "messages": messages or None,
        "context": _context(tree, failed if answer is None or answer.startswith(ERROR) else root.error),
        "system_version": _first(spans, "system_version"),
        "created_at": root.start.isoformat() if root.start else None,
        "session": next((text(one.facts["session"]) for one in (root, *spans) if one.facts.get("session")), None),
        "steps": steps, "model": list(dict.fromkeys(span.model for span in spans if span.model)),
        "operation": root.name, "environment": _first(spans, "environment"),
        "tags": list(_first(spans, "tags") or ())})


def _main(root: Span, spans: list[Span]) -> list[dict[str, Any]]:
    """The trace's conversation: the longest that holds all the span around the calls was asked and answered."""
    calls = [span.messages for span in (root, *spans) if span.messages]
    own = [] if root.is_model else list(map(chat.core, root.messages))
    return max((messages for messages in calls if _within(own, list(map(chat.core, messages)))), key=len, default=[])


def _within(part: list[tuple], whole: list[tuple]) -> bool:
    """Whether every message of a call stands in the conversation, in its order."""
    rest = iter(whole)
    return all(message in rest for message in part)


def _teller(tree: Tree) -> Span | None:
    """The span that tells the trace's question: of several turns of one name the last, else the first."""
    told = tree.tellers()
    return told[-1 if len({span.name for span in told}) == 1 else 0] if told else None


def _asked(tree: Tree, messages: list[dict[str, Any]]) -> str:
    teller = _teller(tree)
    return (teller.asked if teller else "") or ends(messages)[0] or next(
        (span.asked for span in tree.spans if span.kind not in (HANDOFF, GUARDRAIL) and span.asked.strip()), "")


def _answered(tree: Tree, messages: list[dict[str, Any]]) -> str | None:
    """The answer; where there is none, what the trace ended in: an error, a call of a tool, a handoff."""
    teller, root = _teller(tree), tree.root
    found = (teller.answered if teller else None) or (root.answered if not root.is_model else None)
    if found is None and not root.error:
        found = ends(messages)[1]
    if found is None and (failed := _failed(root, tree.spans)):
        return f"{ERROR} {failed}"
    return found if found is not None else _last_action(tree.spans)


def _last_action(spans: list[Span]) -> str | None:
    last = next((span for span in reversed(spans) if span.says), None)
    if last is not None and last.kind in (TOOL, HANDOFF):
        said = tool_call(last.title or last.name, text(last.input))
        return said if last.kind == TOOL else f"[handoff] {text(last.output) or last.title or last.name}"
    return last.answered if last is not None else None


def _failed(root: Span, spans: list[Span]) -> str:
    return root.error or next((span.error for span in reversed(spans) if span.error), "")


def _first(spans: list[Span], name: str) -> Any:
    return next((found for span in spans if (found := getattr(span, name))), None)


def _context(tree: Tree, error: str) -> dict[str, Any]:
    root, spans = tree.root, tree.spans
    found = {"documents": [text for span in spans for text in span.documents]}
    for span in reversed((root, *spans)):
        found |= {name: fact for name, fact in span.facts.items() if name != "session"}
    found["error"] = error
    if root.start and root.end:
        found["latency_ms"] = round((root.end - root.start).total_seconds() * 1000)
    # A span around others sums up what theirs count.
    counted = {span.id for span in spans if span.tokens}
    tokens: Counter[str] = Counter()
    for span in spans:
        tokens.update({} if any(one.id in counted for one in tree.above(span)) else span.tokens)
    found |= tokens
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}

"""Langfuse's evaluations: what people annotated is labels, what evaluators and programs said is verdicts.

Knows the fields of an evaluation in every version of the interface and of the exports; knows nothing of spans.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lib.readers import chat
from lib.readers.cells import text
from lib.readers.outcomes import text_of
from lib.readers.platforms.feedback import DOUBT, MACHINE, PERSON, UNSURE, Said
from lib.readers.spans.spans import Span
from lib.readers.table import Row, Unread
from lib.readers.tools import judged

_SOURCES = {"ANNOTATION": PERSON, "EVAL": MACHINE, "API": MACHINE}
_CORRECTION = "CORRECTION"
# What a row of the table of traces has besides one column for each name of an evaluation.
_OF_A_TRACE = {
    "id", "timestamp", "name", "userId", "sessionId", "release", "version", "environment", "tags", "bookmarked",
    "public", "input", "output", "metadata", "latency", "usage", "inputCost", "outputCost", "totalCost", "level",
    "errorCount", "warningCount", "defaultCount", "debugCount", "observationCount", "inputTokens", "outputTokens",
    "totalTokens", "comments", "projectId", "createdAt", "updatedAt", "observations", "scores", "usageDetails",
    "costDetails", "traceName", "htmlPath", "externalId"}
_EXPORTED = {"errorCount", "observationCount"}  # the table of traces alone has these


def is_one(cells: dict[str, Any]) -> bool:
    """Whether a row is an evaluation."""
    return {"name", "source", "value"} <= cells.keys() and text(cells["source"]) in _SOURCES and bool(
        {"traceId", "subject", "dataType", "sessionId"} & cells.keys())


def read(items: Iterable[dict[str, Any]], rows: Iterable[Row], spans: Mapping[str, Span]) -> tuple[
        list[Said], list[Unread]]:
    """(all evaluations of traces, what was not taken); `items` have camel case, `rows` are the file's own."""
    left: Counter[str] = Counter()
    said = []
    for cells in filter(is_one, items):
        trace, part = _subject(cells)
        if cells.get("dataType") == _CORRECTION:
            left["corrected outputs"] += 1
        elif not trace:
            left["evaluations of whole sessions or experiments"] += 1
        else:
            said.append(_said(cells, trace, part, spans))
    columns = [one for row in rows for one in _columns(row.cells)]
    return [*said, *columns], [Unread(what, n) for what, n in left.items()]


def _subject(cells: dict[str, Any]) -> tuple[str, str]:
    """(the trace, the observation in it); the third version of the interface keeps them in an object."""
    subject = chat.opened(cells.get("subject"))
    if isinstance(subject, dict):
        if "traceId" in subject:
            return text(subject["traceId"]), text(subject.get("id"))
        # A session or an experiment says of which kind it is.
        kind = text(subject.get("kind") or subject.get("type")).lower()
        return (text(subject.get("id")), "") if kind in ("trace", "") else ("", "")
    return text(cells.get("traceId")), text(cells.get("observationId"))


def _said(cells: dict[str, Any], trace: str, part: str, spans: Mapping[str, Span]) -> Said:
    source, name = _SOURCES[text(cells["source"])], text(cells["name"]) or "evaluation"
    if part and (found := spans.get(part)) and found.name:
        name = f"{name} ({found.name})"
    elif part:
        name = f"{name} (a step)"
    by = text(cells.get("authorUserName") or cells.get("authorUserId")) if source == PERSON else ""
    remark = text(cells.get("comment"))
    # A text has no outcome: it is a remark.
    value = None if cells.get("dataType") == "TEXT" else _value(cells)
    if cells.get("dataType") == "TEXT":
        remark = "\n".join(filter(str.strip, (text(_value(cells)), remark)))
    return Said(trace, name, value, source, by, remark, text(cells.get("timestamp")),
                doubt=DOUBT if text(cells["source"]) == "API" else "")


def _value(cells: dict[str, Any]) -> Any:
    """A category has a name beside its number; only where the name says nothing of pass or fail the number counts."""
    word = cells.get("stringValue")
    return judged.outcome_of(word if text_of(word) else None, cells.get("value"))


def _columns(cells: dict[str, Any]) -> Iterator[Said]:
    """The table of traces has a column for each name of an evaluation, which says what, and not who or why."""
    if _EXPORTED <= cells.keys():
        for name, value in cells.items():
            found = chat.opened(value)
            if name not in _OF_A_TRACE and found not in (None, "", []):
                alone = found[0] if isinstance(found, list) and len(found) == 1 else found
                yield Said(text(cells.get("id")), name, alone, UNSURE)


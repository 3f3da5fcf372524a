"""Reads Langfuse's exports: traces, observations or both, as JSON, JSONL or CSV, in its camel or snake case.

Knows Langfuse's fields; an observation is a span, a trace is the span around its observations.
"""

from collections.abc import Iterator
from typing import Any

from lib.readers.cells import instant, names, text
from lib.readers.chats import chat
from lib.readers.spans import spans
from lib.readers.spans.spans import Span, called
from lib.readers.table import Content, Format, Row, Table
from lib.records import DataError

_DROPS = ("Evaluations and comments kept beside a trace, cost, users, parameters of models, and calls beside a trace's "
          "longest conversation.")
_TOKENS = {"input_tokens": ("input", "promptTokens", "inputTokens"),
           "output_tokens": ("output", "completionTokens", "outputTokens")}
# A log of one's own has ids, times and sessions too; these it does not have.
_OF_A_TRACE = ("htmlPath", "bookmarked", "public", "projectId")


def _recognises(content: Content) -> bool:
    return any(_is_observation(cells) or _is_trace(cells) for cells, _ in _items(content, most=20))


def _read(content: Content) -> Table:
    return spans.table(content, "langfuse", _spans(content), "Export with input and output, or export the traces.")


FORMAT = Format("Langfuse traces or observations", "traceId, type and startTime; or timestamp beside bookmarked",
                _DROPS, _recognises, _read)


def _is_observation(cells: dict[str, Any]) -> bool:
    return {"traceId", "type", "startTime"} <= cells.keys()


def _is_trace(cells: dict[str, Any]) -> bool:
    return {"id", "timestamp", "name"} <= cells.keys() and any(name in cells for name in _OF_A_TRACE)


def _items(content: Content, most: int | None = None) -> Iterator[tuple[dict[str, Any], Row]]:
    """Every trace and observation, also out of an answer of the interface or the download of one trace."""
    for row in content.rows[:most]:
        cells = _camel(row.cells)
        inside = [cells["trace"], *_objects(cells, "observations")] if isinstance(cells.get("trace"), dict) else (
            _objects(cells, "data") or [cells])
        for found in map(_camel, inside):
            yield found, row
            if _is_trace(found):
                yield from ((_camel(observation), row) for observation in _objects(found, "observations"))


def _objects(cells: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = chat.opened(cells.get(key))
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def _camel(cells: dict[str, Any]) -> dict[str, Any]:
    """Exports to a storage bucket write trace_id where the page writes traceId; none of them is so wide."""
    if len(cells) > 1_000:
        return cells
    return {"".join(part.capitalize() if number else part for number, part in enumerate(key.split("_"))) or key: value
            for key, value in cells.items()}


def _spans(content: Content) -> Iterator[Span]:
    for cells, row in _items(content):
        yield _span(cells, row, content.where(row))


def _span(cells: dict[str, Any], row: Row, where: str) -> Span:
    trace = text(cells.get("traceId") if _is_observation(cells) else cells.get("id"))
    if not trace:
        raise DataError(f"{where}: the id of the trace is empty. Export it again, with all columns.")
    # An observation without a parent hangs below its trace, which may stand in the same file.
    parent = text(cells.get("parentObservationId")) or f"trace {trace}" if _is_observation(cells) else ""
    given, told = chat.opened(cells.get("input")), chat.opened(cells.get("output"))
    failed = cells.get("level") == "ERROR"
    return Span(
        id=text(cells.get("id")) if parent else f"trace {trace}", trace=trace, line=row.line, parent=parent,
        name=text(cells.get("traceName") or cells.get("name")),
        start=instant(cells.get("startTime") or cells.get("timestamp"), where),
        end=instant(cells.get("endTime"), where), input=given, output=told,
        # A judge's own call is no part of the conversation it judges.
        messages=[] if cells.get("type") == "EVALUATOR" else called(given, told),
        model=text(cells.get("model") or cells.get("providedModelName")), tokens=_tokens(cells),
        error=(text(cells.get("statusMessage")) or "error") if failed else "",
        system_version=text(cells.get("release") or cells.get("version")),
        environment=text(cells.get("environment")), tags=names(cells.get("tags")),
        facts={"session": text(cells.get("sessionId")), "metadata": chat.opened(cells.get("metadata"))})


def _tokens(cells: dict[str, Any]) -> dict[str, int]:
    details = chat.opened(cells.get("usageDetails") or cells.get("usage"))
    every = {key: value for key, value in cells.items() if key not in ("input", "output")}
    every |= details if isinstance(details, dict) else {}
    found = {name: next((every[word] for word in words if text(every.get(word)).isdecimal()), None)
             for name, words in _TOKENS.items()}
    return {name: int(count) for name, count in found.items() if count is not None}

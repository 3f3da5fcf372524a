"""Reads Langfuse's exports: traces, observations or both, as JSON, JSONL or CSV, in its camel or snake case.

Knows Langfuse's fields; an observation is a span, a trace is the span around its observations, and what was said of
them stands in langfuse_evaluations.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lib.readers import chat
from lib.readers.cells import instant, names, text
from lib.readers.platforms import feedback, langfuse_evaluations
from lib.readers.spans import spans
from lib.readers.spans.spans import Span, called, kind_of
from lib.readers.table import Content, Format, Row, Table
from lib.readers.tools import judged
from lib.records import DataError

_DROPS = "Comments kept beside a trace, corrected outputs, cost, users, and parameters of models."
_TOKENS = {"input_tokens": ("input", "promptTokens", "inputTokens"),
           "output_tokens": ("output", "completionTokens", "outputTokens")}
# A log of one's own has ids, times and sessions too; these it does not have.
_OF_A_TRACE = ("htmlPath", "bookmarked", "public", "projectId")


def _recognises(content: Content) -> bool:
    return any(_is_observation(cells) or _is_trace(cells) or langfuse_evaluations.is_one(cells)
               for cells, _ in _items(content, most=20))


def _read(content: Content) -> Table:
    items = list(_items(content))
    given = [_span(cells, row, content.where(row)) for cells, row in items if not langfuse_evaluations.is_one(cells)]
    if items and not given:
        raise DataError(f"{content.name} holds evaluations and no traces. Put the export of the traces before it in "
                        "one file, a line each, and import that.")
    table = spans.table(content, "langfuse", given, "Export with input and output, or export the traces.")
    said, unread = langfuse_evaluations.read((cells for cells, _ in items), content.rows,
                                             {span.id: span for span in given})
    unread = [*unread, *feedback.attach({row.cells["id"]: row for row in table.rows}, said)]
    told = judged.declared(table.rows)
    return replace(table, columns=[*table.columns, *told.columns], labels=told.labels, verdicts=told.verdicts,
                   feedback=told.feedback, unread=(*table.unread, *unread, *told.unread))


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
        whole = isinstance(cells.get("trace"), dict)
        inside = [cells["trace"], *_parts(cells)] if whole else _objects(cells, "data") or [cells]
        for found in map(_camel, inside):
            yield found, row
            if _is_trace(found):
                yield from ((_camel(part), row) for part in _parts(found))


def _parts(cells: dict[str, Any]) -> list[dict[str, Any]]:
    return [*_objects(cells, "observations"), *_objects(cells, "scores")]


def _objects(cells: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = chat.opened(cells.get(key))
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def _camel(cells: dict[str, Any]) -> dict[str, Any]:
    """Exports to a storage bucket write trace_id where the page writes traceId; none of them is so wide."""
    if len(cells) > 1_000:
        return cells
    return {"".join(part.capitalize() if number else part for number, part in enumerate(key.split("_"))) or key: value
            for key, value in cells.items()}


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
        messages=called(given, told), kind=kind_of(cells.get("type")),
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

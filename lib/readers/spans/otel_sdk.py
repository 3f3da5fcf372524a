"""Reads what OpenTelemetry's Python SDK prints: spans by to_json or ConsoleSpanExporter, and its log records.

Knows that SDK's own JSON, which is no OTLP: ids with 0x, times as text, attributes as plain objects.
"""

from collections.abc import Iterator
from typing import Any

from lib.readers.cells import instant, text
from lib.readers.spans import otel_spans
from lib.readers.spans.ids import hexed
from lib.readers.spans.otel_spans import Record, error_of, joinable, resource
from lib.readers.spans.semantics import Event, meaning
from lib.readers.spans.span import Span
from lib.readers.table import Content, Format, Row, Table
from lib.records import DataError

_DROPS = "Links, definitions of tools, parameters of models, and spans that say nothing of what was asked or done."


def _recognises(content: Content) -> bool:
    return any(_is_span(row.cells) for row in content.rows[:20])


def _is_span(cells: dict[str, Any]) -> bool:
    context = cells.get("context")
    return isinstance(context, dict) and text(context.get("trace_id")).startswith("0x") and "attributes" in cells


def _read(content: Content) -> Table:
    records, aside = joinable(_records(content))
    return otel_spans.table(content, "otel_sdk", _spans(content, records), records, aside)


FORMAT = Format("OpenTelemetry spans as the Python SDK prints them", "context.trace_id with 0x beside attributes",
                _DROPS, _recognises, _read)


def _object(found: Any, what: str, where: str) -> dict[str, Any]:
    if found is not None and not isinstance(found, dict):
        raise DataError(f"{where}: {what} is no object, so no SDK wrote this span. Export the spans again.")
    return found or {}


def _about(cells: dict[str, Any], where: str) -> dict[str, Any]:
    return _object(_object(cells.get("resource"), "resource", where).get("attributes"), "resource.attributes", where)


def _records(content: Content) -> Iterator[Record]:
    for row in content.rows:
        if "body" in row.cells and "context" not in row.cells:
            where, cells = content.where(row), row.cells
            values = _object(cells.get("attributes"), "attributes", where)
            name = text(cells.get("event_name") or values.get("event.name"))
            body = cells["body"] if isinstance(cells["body"], dict) else {}
            yield Record(hexed(cells.get("trace_id")), hexed(cells.get("span_id")), (name, {**values, **body}),
                         cells.get("timestamp") or cells.get("observed_timestamp"), _about(cells, where), row.line)


def _spans(content: Content, records: dict[tuple[str, str], list[Record]]) -> Iterator[Span]:
    for row in content.rows:
        if "body" not in row.cells or "context" in row.cells:
            yield _span(row, records, content.where(row))


def _span(row: Row, records: dict[tuple[str, str], list[Record]], where: str) -> Span:
    cells, context = row.cells, _object(row.cells.get("context"), "context", where)
    trace, id = hexed(context.get("trace_id")), hexed(context.get("span_id"))
    if not trace:
        raise DataError(f"{where}: context.trace_id is missing, so its trace is unknown. Export the spans again.")
    values = _object(cells.get("attributes"), "attributes", where)
    events = _events(cells.get("events"), where)
    status = _object(cells.get("status"), "status", where)
    failed = text(status.get("status_code")) == "ERROR"
    joined = [record.event for record in records.get((trace, id), ())]
    return Span(
        id=id, trace=trace, line=row.line, parent=hexed(cells.get("parent_id")), name=text(cells.get("name")),
        start=instant(cells.get("start_time"), where), end=instant(cells.get("end_time"), where),
        error=error_of(text(status.get("description")), values, events) if failed else "",
        **resource(_about(cells, where)), **meaning(values, [*events, *joined]))


def _events(found: Any, where: str) -> list[Event]:
    if found is not None and not isinstance(found, list):
        raise DataError(f"{where}: events is no list, so no SDK wrote this span. Export the spans again.")
    events = [_object(event, "an event", where) for event in found or []]
    return [(text(event.get("name")), _object(event.get("attributes"), "attributes of an event", where))
            for event in events]

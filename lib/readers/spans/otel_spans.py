"""Reads OpenTelemetry GenAI spans as OTLP JSON, and the log records that hold what their spans do not say.

Knows which spans, events and records belong together; how OTLP writes them stands in otlp, what they mean in semantics.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from lib.readers.cells import instant, text
from lib.readers.spans import spans
from lib.readers.spans.ids import hexed
from lib.readers.spans.otlp import attributes, field, inside, listed, time, value
from lib.readers.spans.semantics import CAPTURE, Event, meaning
from lib.readers.spans.span import Span
from lib.readers.table import Content, Format, Row, Table, Unread
from lib.records import DataError

_DROPS = "Definitions of tools, parameters of models, and spans that say nothing of what was asked, answered or done."
_PARTS = ("resourceSpans", "resourceLogs")


@dataclass(frozen=True)
class Record:
    """A log record of a span: an event that its instrumentation wrote beside it."""

    trace: str
    span: str
    event: Event
    at: Any
    about: dict[str, Any]  # the attributes of the resource
    line: int


def _recognises(content: Content) -> bool:
    return any(field(row.cells, part) is not None for row in content.rows[:20] for part in _PARTS)


def _read(content: Content) -> Table:
    records, aside = joinable(_records(content))
    return table(content, "otel", _spans(content, records), records, aside)


FORMAT = Format("OpenTelemetry GenAI spans and log records (OTLP JSON)", "resourceSpans or resourceLogs", _DROPS,
                _recognises, _read)


def joinable(found: Iterator[Record]) -> tuple[dict[tuple[str, str], list[Record]], list[Unread]]:
    """(records by their trace and span in order of time, what of them belongs to no span or says nothing)."""
    records: dict[tuple[str, str], list[Record]] = {}
    aside = 0
    for record in found:
        if record.trace and record.span and record.event[0].startswith("gen_ai."):
            records.setdefault((record.trace, record.span), []).append(record)
        else:
            aside += 1
    return records, [Unread("log records", aside, "they are no gen_ai event of a span")] if aside else []


def table(content: Content, format: str, found: Iterator[Span], records: dict[tuple[str, str], list[Record]],
          aside: list[Unread]) -> Table:
    """The traces of these spans; records whose span is not in the file make one of their own."""
    made = list(found)
    known = {(span.trace, span.id) for span in made}
    made += [_alone(key, group, content) for key, group in records.items() if key not in known]
    return spans.table(content, format, made, CAPTURE, aside)


def _alone(key: tuple[str, str], group: list[Record], content: Content) -> Span:
    first = group[0]
    where = content.where(Row(first.line, {}))
    return Span(id=key[1], trace=key[0], line=first.line, start=instant(first.at, where),
                **resource(first.about), **meaning({}, [record.event for record in group]))


def resource(about: dict[str, Any]) -> dict[str, str]:
    """What the resource says of every span of it."""
    return {"system_version": text(about.get("service.version")),
            "environment": text(about.get("deployment.environment.name") or about.get("deployment.environment"))}


def _resources(content: Content, part: str, scopes: str, items: str) -> Iterator[tuple[dict[str, Any], ...]]:
    for row in content.rows:
        where = content.where(row)
        for found in listed(row.cells, part, where):
            about = attributes(inside(found, "resource", where), where)
            for scope in listed(found, scopes, where):
                for item in listed(scope, items, where):
                    yield item, about, row, where


def _records(content: Content) -> Iterator[Record]:
    for record, about, row, where in _resources(content, "resourceLogs", "scopeLogs", "logRecords"):
        values, body = attributes(record, where), value(record.get("body"), where)
        name = text(field(record, "eventName") or values.get("event.name"))
        yield Record(hexed(field(record, "traceId")), hexed(field(record, "spanId")),
                     (name, {**values, **(body if isinstance(body, dict) else {})}),
                     time(record, "timeUnixNano") or time(record, "observedTimeUnixNano"), about, row.line)


def _spans(content: Content, records: dict[tuple[str, str], list[Record]]) -> Iterator[Span]:
    for span, about, row, where in _resources(content, "resourceSpans", "scopeSpans", "spans"):
        yield _span(span, about, records, row, where)


def _span(span: dict[str, Any], about: dict[str, Any], records: dict[tuple[str, str], list[Record]], row: Row,
          where: str) -> Span:
    where = f"{where}, span '{text(field(span, 'spanId'))[:40]}'"
    trace, id = hexed(field(span, "traceId")), hexed(field(span, "spanId"))
    if not trace:
        raise DataError(f"{where}: the traceId is missing, so its trace is unknown. Export the spans again.")
    values = attributes(span, where)
    events = [(text(event.get("name")), attributes(event, where)) for event in listed(span, "events", where)]
    status = inside(span, "status", where)
    failed = status.get("code") in (2, "STATUS_CODE_ERROR")
    made = Span(
        id=id, trace=trace, line=row.line, parent=hexed(field(span, "parentSpanId")), name=text(span.get("name")),
        start=instant(time(span, "startTimeUnixNano"), where), end=instant(time(span, "endTimeUnixNano"), where),
        error=error_of(text(status.get("message")), values, events) if failed else "", **resource(about),
        **meaning(values, [*events, *(record.event for record in records.get((trace, id), ()))]))
    # Some write the version on their log records alone.
    also = next((resource(record.about) for record in records.get((trace, id), ())), {})
    return replace(made, **{name: word for name, word in also.items() if word and not getattr(made, name)})


def error_of(said: str, values: dict[str, Any], events: list[Event]) -> str:
    """What a failed span says of its error, in the first place that says it."""
    thrown = next((event for name, event in events if name == "exception"), {})
    return said or text(thrown.get("exception.message") or values.get("exception.message")
                        or values.get("error.message") or values.get("error.type")
                        or thrown.get("exception.type")) or "error"

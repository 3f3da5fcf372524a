"""Reads OpenTelemetry GenAI spans as OTLP JSON: all spans of a trace are one trace.

Knows how OTLP writes values, times and parents; what attributes mean stands in semantics.
"""

from collections.abc import Iterator
from typing import Any

from lib.readers.cells import instant, text
from lib.readers.spans import spans
from lib.readers.spans.semantics import CAPTURE, meaning
from lib.readers.spans.spans import Span
from lib.readers.table import Content, Format, Row, Table
from lib.records import DataError

_DROPS = ("Calls beside a trace's longest conversation, definitions of tools, parameters of models, and spans that "
          "say nothing of what was asked or answered.")


def _recognises(content: Content) -> bool:
    return any("resourceSpans" in row.cells for row in content.rows[:20])


def _read(content: Content) -> Table:
    return spans.table(content, "otel", _spans(content), CAPTURE)


FORMAT = Format("OpenTelemetry GenAI spans (OTLP JSON)", "resourceSpans", _DROPS, _recognises, _read)


def _spans(content: Content) -> Iterator[Span]:
    for row in content.rows:
        where = content.where(row)
        for resource in _list(row.cells, "resourceSpans", where):
            about = _attributes(_object(resource, "resource", where), where)
            for scope in _list(resource, "scopeSpans", where):
                for span in _list(scope, "spans", where):
                    yield _span(span, about, row, where)


def _span(span: dict[str, Any], about: dict[str, Any], row: Row, where: str) -> Span:
    where = f"{where}, span '{text(span.get('spanId'))[:40]}'"
    if not span.get("traceId"):
        raise DataError(f"{where}: the traceId is missing, so its trace is unknown. Export the spans again.")
    attributes = _attributes(span, where)
    events = [(text(event.get("name")), _attributes(event, where)) for event in _list(span, "events", where)]
    status = _object(span, "status", where)
    failed = status.get("code") in (2, "STATUS_CODE_ERROR")
    return Span(
        id=text(span.get("spanId")), trace=text(span["traceId"]), line=row.line, parent=text(span.get("parentSpanId")),
        name=text(span.get("name")), start=instant(_time(span, "startTimeUnixNano"), where),
        end=instant(_time(span, "endTimeUnixNano"), where),
        error=text(status.get("message") or attributes.get("error.type") or "error") if failed else "",
        system_version=text(about.get("service.version")),
        environment=text(about.get("deployment.environment.name") or about.get("deployment.environment")),
        **meaning(attributes, events))


def _time(span: dict[str, Any], key: str) -> Any:
    return None if span.get(key) in (0, "0") else span.get(key)


def _list(found: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    inside = found.get(key) or []
    if not isinstance(inside, list) or not all(isinstance(part, dict) for part in inside):
        raise DataError(f"{where}: {key} is no list of objects, so this is no OTLP JSON. Export the spans again.")
    return inside


def _object(found: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    inside = found.get(key) or {}
    if not isinstance(inside, dict):
        raise DataError(f"{where}: {key} is no object, so this is no OTLP JSON. Export the spans again.")
    return inside


def _attributes(found: dict[str, Any], where: str) -> dict[str, Any]:
    return {text(pair.get("key")): _value(pair.get("value"), where) for pair in _list(found, "attributes", where)}


def _value(found: Any, where: str) -> Any:
    """One value of OTLP, which says its type in its key."""
    if not isinstance(found, dict):
        return found
    if "arrayValue" in found:
        return [_value(part, where) for part in _list(_object(found, "arrayValue", where), "values", where)]
    if "kvlistValue" in found:
        return {text(pair.get("key")): _value(pair.get("value"), where)
                for pair in _list(_object(found, "kvlistValue", where), "values", where)}
    return next(iter(found.values()), None)

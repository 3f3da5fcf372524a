"""One OTLP request, protobuf or JSON, taken apart into spans and log records, each as OTLP JSON of its own.

Knows the two encodings and nothing of what attributes mean: the reader of files does that.
"""

import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from lib.records import DataError, visible

PACKED = ("identity", "gzip", "deflate")
TRACE_ID, SPAN_ID = re.compile(r"[0-9a-fA-F]{32}"), re.compile(r"[0-9a-fA-F]{16}")


class TooLarge(Exception):
    """A body that is larger than its bound once it is unpacked."""


@dataclass(frozen=True)
class Part:
    """A span or a log record of a trace."""

    trace: str
    part: str
    root: bool
    body: str  # an OTLP JSON request that holds it alone, with its resource and scope


@dataclass
class Request:
    """What one request holds: the parts that can be kept, and why how many cannot."""

    parts: list[Part] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Sort:
    """Where a sort of part stands in a request, and its protobuf message."""

    message: type[Message]
    resources: str
    scopes: str
    items: str


_SORTS = {
    "traces": _Sort(ExportTraceServiceRequest, "resourceSpans", "scopeSpans", "spans"),
    "logs": _Sort(ExportLogsServiceRequest, "resourceLogs", "scopeLogs", "logRecords"),
}
_IDS = ("traceId", "spanId", "parentSpanId")


def unpacked(body: bytes, packed: str, most: int) -> bytes:
    """The body as it was before it was packed; TooLarge beyond `most` bytes, DataError for what cannot be unpacked."""
    if packed == "identity":
        return body
    unpack = zlib.decompressobj(wbits=47)  # gzip or zlib, by the first bytes
    try:
        found = unpack.decompress(body, most + 1)
    except zlib.error as error:
        raise DataError(f"The body is no {packed}: {error}.") from None
    if len(found) > most:
        raise TooLarge
    if not unpack.eof or unpack.unused_data:
        raise DataError(f"The body is no whole {packed}.")
    return found


def request(sort: str, body: bytes, is_json: bool) -> Request:
    """A request of the sort `traces` or `logs`; DataError where it is no such request at all."""
    wanted = _SORTS[sort]
    content = _json(body) if is_json else _protobuf(wanted, body)
    found = Request()
    for item, resource, scope in _items(wanted, content):
        if why := _wrong(sort, item):
            found.refused[why] += 1
        else:
            found.parts.append(_part(sort, wanted, item, resource, scope))
    return found


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(visible(body.decode("utf-8")), parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise DataError(f"The body is no JSON: {str(error)[:200]}.") from None
    if not isinstance(found, dict):
        raise DataError("The body is JSON, and no OTLP request: an object was expected.")
    return found


def _refused(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON")


def _protobuf(sort: _Sort, body: bytes) -> dict[str, Any]:
    message = sort.message()
    try:
        message.ParseFromString(body)
    except DecodeError as error:
        raise DataError(f"The body is no {sort.message.DESCRIPTOR.name} in protobuf: {str(error)[:200]}.") from None
    # JSON writes bytes in base64, and OTLP its ids in hexadecimal.
    return _with_ids(MessageToDict(message, use_integers_for_enums=True), message)


def _with_ids(found: dict[str, Any], message: Message) -> dict[str, Any]:
    for name, value in found.items():
        at = message.DESCRIPTOR.fields_by_camelcase_name.get(name)
        held = getattr(message, at.name) if at else None
        if name in _IDS:
            found[name] = held.hex()
        elif isinstance(value, list) and at.message_type is not None and name != "attributes":
            for one, inside in zip(value, held, strict=True):
                _with_ids(one, inside)
    return found


def _items(sort: _Sort, content: dict[str, Any]) -> Iterator[tuple[Any, Any, Any]]:
    """(item, resource, scope) of each; DataError where a list is none."""
    for about in _list(content, sort.resources):
        for scope in _list(about, sort.scopes):
            for item in _list(scope, sort.items):
                yield item, about.get("resource"), scope.get("scope")


def _list(content: Any, name: str) -> list[Any]:
    if not isinstance(content, dict) or not isinstance(found := content.get(name) or [], list):
        raise DataError(f"This is no OTLP request: {name} is no list of objects.")
    return found


def _wrong(sort: str, item: Any) -> str:
    """Why this cannot be kept; "" where it can."""
    if not isinstance(item, dict):
        return "is no object"
    if not _is_id(TRACE_ID, item.get("traceId")):
        return "has no trace id of 32 hexadecimal digits" if sort == "traces" else "belongs to no trace"
    return "" if sort == "logs" or _is_id(SPAN_ID, item.get("spanId")) else "has no span id of 16 hexadecimal digits"


def _is_id(form: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None and value.strip("0") != ""


def _part(sort: str, wanted: _Sort, item: dict[str, Any], resource: Any, scope: Any) -> Part:
    alone = json.dumps({wanted.resources: [{"resource": resource, wanted.scopes: [
        {"scope": scope, wanted.items: [item]}]}]})
    spans = sort == "traces"
    name = item["spanId"].lower() if spans else hashlib.sha256(alone.encode()).hexdigest()
    parent = item.get("parentSpanId")
    return Part(item["traceId"].lower(), name, spans and not (parent and str(parent).strip("0")), alone)


Keep = Callable[[list[Part]], None]

"""The spans of an MLflow trace: what each was asked and answered, and the trace around them.

Knows MLflow's names inside a span and in a trace's metadata; knows nothing of files and of what people said.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lib.readers import chat
from lib.readers.cells import instant, text
from lib.readers.files.json_file import parse
from lib.readers.spans.spans import Span, called
from lib.readers.tools import asked
from lib.records import DataError

_CALLS = ("CHAT_MODEL", "LLM")
_TOKENS = ("input_tokens", "output_tokens")
_OURS = "mlflow."  # tags and metadata that MLflow itself writes


@dataclass(frozen=True)
class Found:
    """A trace as the file holds it, whatever its form."""

    id: str
    line: int
    where: str
    info: dict[str, Any]
    spans: list[dict[str, Any]]
    request: Any = None
    response: Any = None


def spans(trace: Found) -> Iterator[Span]:
    """Every span; where none was written, the trace as one."""
    about = _about(trace.info)
    if not trace.spans:
        yield _alone(trace, about)
    known = {_id(cells) for cells in trace.spans}
    for cells in trace.spans:
        root = _parent(cells) not in known
        yield _span(cells, trace, about if root else {})


def _about(info: dict[str, Any]) -> dict[str, Any]:
    """What metadata and tags say of the trace as a whole."""
    kept = _dict(info.get("trace_metadata")) or _dict(info.get("request_metadata"))
    tags = _dict(info.get("tags"))
    metadata = {key: part for key, part in {**kept, **tags}.items() if not key.startswith(_OURS)}
    return {"session": text(kept.get("mlflow.trace.session")), "metadata": metadata,
            "name": tags.get("mlflow.traceName"),
            "version": text(kept.get("mlflow.modelId") or kept.get("mlflow.source.git.commit"))}


def _alone(trace: Found, about: dict[str, Any]) -> Span:
    info = trace.info
    given = trace.request if trace.request is not None else value(info.get("request_preview"))
    told = trace.response if trace.response is not None else value(info.get("response_preview"))
    asked_for, others = asked.question(given)
    failed = text(info.get("state") or info.get("status")) == "ERROR"
    return Span(
        id=trace.id, trace=trace.id, line=trace.line, name=text(about["name"]),
        start=instant(info.get("request_time") or info.get("timestamp_ms"), trace.where), input=asked_for, output=told,
        messages=called(given, told) if chat.conversation(given) else [], error="error" if failed else "",
        system_version=about["version"], facts=_facts(about, others))


def _facts(about: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    return {"session": about.get("session"), "metadata": about.get("metadata"), "inputs": others}


def _span(cells: dict[str, Any], trace: Found, about: dict[str, Any]) -> Span:
    where = f"{trace.where}, span '{_id(cells)[:40]}'"
    found = {key: value(part) for key, part in _dict(cells.get("attributes")).items()}
    given, told = found.get("mlflow.spanInputs"), found.get("mlflow.spanOutputs")
    kind = text(found.get("mlflow.spanType"))
    is_call = kind in _CALLS or (kind != "EVALUATOR" and bool(chat.conversation(given)))
    asked_for, others = asked.question(given) if about else (given, {})
    return Span(
        id=_id(cells), trace=trace.id, line=trace.line, parent=_parent(cells), name=text(cells.get("name")),
        start=instant(cells.get("start_time_unix_nano") or cells.get("start_time"), where),
        end=instant(cells.get("end_time_unix_nano") or cells.get("end_time"), where),
        input=asked_for, output=told, messages=called(given, told) if is_call else [],
        documents=_documents(kind, told), model=text(found.get("mlflow.llm.model") or found.get("model")),
        tokens=_tokens(_dict(found.get("mlflow.chat.tokenUsage"))), error=_error(cells),
        system_version=about.get("version", ""), facts=_facts(about, others) if about else {})


def _id(cells: dict[str, Any]) -> str:
    return text(cells.get("span_id") or _dict(cells.get("context")).get("span_id"))


def _parent(cells: dict[str, Any]) -> str:
    return text(cells.get("parent_span_id") or cells.get("parent_id"))


def _error(cells: dict[str, Any]) -> str:
    status = _dict(cells.get("status")) or {"code": cells.get("status_code"), "message": cells.get("status_message")}
    if text(status.get("code")).removeprefix("STATUS_CODE_") != "ERROR":
        return ""
    events = cells.get("events")
    raised = [_dict(event.get("attributes")) for event in events if isinstance(event, dict)] if isinstance(
        events, list) else []
    return text(status.get("message")) or next(
        (text(event["exception.message"]) for event in raised if event.get("exception.message")), "error")


def _documents(kind: str, told: Any) -> tuple[str, ...]:
    if kind != "RETRIEVER" or not isinstance(told, list):
        return ()
    return tuple(text(part["page_content"]) for part in told if isinstance(part, dict) and part.get("page_content"))


def _tokens(usage: dict[str, Any]) -> dict[str, int]:
    return {name: int(text(usage[name])) for name in _TOKENS if text(usage.get(name)).isdecimal()}


def value(found: Any) -> Any:
    """MLflow writes each value as JSON text, a text too: in quotes."""
    if isinstance(found, str) and found[:1] == '"':
        try:
            return parse(found, "")
        except DataError:
            return found
    return chat.opened(found)


def _dict(found: Any) -> dict[str, Any]:
    opened = chat.opened(found)
    return opened if isinstance(opened, dict) else {}

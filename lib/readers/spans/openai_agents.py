"""Reads what a processor of one's own writes from OpenAI's Agents SDK: one trace or span a line, by their export().

Knows the SDK's spans; a span of an agent's turn holds the calls, tools, handoffs and guardrails of that turn.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lib.readers import chat
from lib.readers.cells import instant, text
from lib.readers.spans import spans
from lib.readers.spans.span import AGENT, HANDOFF, Span, called, kind_of
from lib.readers.table import Content, Format, Row, Table
from lib.records import DataError

_DROPS = "Settings of models, lists of tools, and spans that say nothing of what was asked, answered or done."
_CURE = ("The SDK's own export of a response leaves its words out: let the processor add them "
         "(row['span_data'] |= {'input': span.span_data.input, 'response': span.span_data.response.model_dump()}), "
         "and export again.")
_TOKENS = {"input_tokens": ("input_tokens", "prompt_tokens"), "output_tokens": ("output_tokens", "completion_tokens")}


def _recognises(content: Content) -> bool:
    return any(row.cells.get("object") == "trace.span" and "span_data" in row.cells for row in content.rows[:20])


def _read(content: Content) -> Table:
    about = {text(row.cells.get("id")): row.cells for row in content.rows if row.cells.get("object") == "trace"}
    found = [_span(row, content.where(row)) for row in content.rows if row.cells.get("object") != "trace"]
    return spans.table(content, "openai_agents", _with_traces(found, about), _CURE)


FORMAT = Format("OpenAI Agents SDK (a processor's own lines)", "object trace.span beside span_data", _DROPS,
                _recognises, _read)


def _with_traces(found: list[Span], about: dict[str, dict[str, Any]]) -> Iterator[Span]:
    """The trace's line names the workflow, its group and its metadata: they belong to its outermost span."""
    for span in found:
        trace = about.get(span.trace, {})
        facts = {"session": text(trace.get("group_id")), "metadata": chat.opened(trace.get("metadata"))}
        name = text(trace.get("workflow_name")) if not span.parent else ""
        yield replace(span, facts=facts, name=name or span.name)


def _span(row: Row, where: str) -> Span:
    cells = row.cells
    data, trace = cells.get("span_data"), text(cells.get("trace_id"))
    if not trace or not isinstance(data, dict):
        raise DataError(f"{where}: the span has no trace_id or no span_data. Write span.export() of every span.")
    kind = text(data.get("type"))
    response = data["response"] if isinstance(data.get("response"), dict) else {}
    given, told = _turns(data.get("input"), response), data.get("output") or response.get("output")
    name = text(data.get("name")) or kind
    return Span(
        id=text(cells.get("id")), trace=trace, line=row.line, parent=text(cells.get("parent_id")), name=name,
        start=instant(cells.get("started_at"), where), end=instant(cells.get("ended_at"), where),
        **({"messages": called(given, told)} if kind_of(kind) == "model" else _texts(kind, data)),
        model=text(data.get("model") or response.get("model")), tokens=_tokens(data.get("usage")),
        error=_error(cells.get("error")), kind=kind_of(kind) or ("other" if kind == "custom" else ""),
        title=name if kind_of(kind) == AGENT else "")


def _turns(given: Any, response: dict[str, Any]) -> Any:
    """A response may be asked with a text alone, and is told who it is apart from its input."""
    turns = [{"role": "user", "content": given}] if isinstance(given, str) and given else given
    told = text(response.get("instructions"))
    return [{"role": "system", "content": told}, *turns] if told and isinstance(turns, list) else turns


def _texts(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    if kind == HANDOFF:
        return {"input": text(data.get("from_agent")), "output": text(data.get("to_agent"))}
    if kind == "guardrail":
        return {"output": "triggered" if data.get("triggered") else "passed"}
    return {"input": data.get("input"), "output": data.get("output")}


def _error(found: Any) -> str:
    if not isinstance(found, dict):
        return text(found)
    more = found.get("data")
    inner = text(more.get("error")) if isinstance(more, dict) else ""
    return ": ".join(filter(None, (text(found.get("message")), inner))) or "error"


def _tokens(found: Any) -> dict[str, int]:
    usage = found if isinstance(found, dict) else {}
    made = {name: next((text(usage[word]) for word in words if text(usage.get(word)).isdecimal()), "")
            for name, words in _TOKENS.items()}
    return {name: int(count) for name, count in made.items() if count}

"""What the attributes of a span mean: OpenTelemetry's gen_ai names, old and new, OpenInference's and OpenLLMetry's.

Knows names of attributes; those of single frameworks stand in frameworks. Knows nothing of files.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from lib.readers import chat
from lib.readers.cells import text
from lib.readers.spans import frameworks
from lib.readers.spans.span import AGENT, called, kind_of

Attributes = Mapping[str, Any]
Event = tuple[str, Attributes]

_ASKED = ("gen_ai.input.messages", "llm.input_messages", "pydantic_ai.all_messages", "gen_ai.prompt")
_ANSWERED = ("gen_ai.output.messages", "llm.output_messages", "gen_ai.completion")
_INPUT = ("input.value", "gen_ai.tool.call.arguments", "tool_arguments", "tool.parameters",
          "gen_ai.retrieval.query.text", "traceloop.entity.input", "mlflow.spanInputs", *frameworks.INPUT)
_OUTPUT = ("output.value", "gen_ai.tool.call.result", "tool_response", "traceloop.entity.output",
           "mlflow.spanOutputs", *frameworks.OUTPUT)
_EVENT_ROLES = {f"gen_ai.{role}.message": role for role in ("system", "user", "assistant", "tool")}
_MODEL = ("gen_ai.response.model", "gen_ai.request.model", "llm.model_name", *frameworks.MODEL_NAMES)
_SESSION = ("gen_ai.conversation.id", "session.id", "langfuse.session.id",
            "traceloop.association.properties.session_id", *frameworks.SESSION)
_KIND = ("openinference.span.kind", "gen_ai.operation.name", "traceloop.span.kind", "mlflow.spanType")
_AGENT = ("gen_ai.agent.name", "agent.name")
_TITLE = ("gen_ai.tool.name", "tool.name", "ai.toolCall.name", "traceloop.entity.name")
_TOKENS = {"input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt",
                            "gen_ai.aggregated_usage.input_tokens", "ai.usage.inputTokens", "ai.usage.promptTokens"),
           "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens",
                             "llm.token_count.completion", "gen_ai.aggregated_usage.output_tokens",
                             "ai.usage.outputTokens", "ai.usage.completionTokens")}
CAPTURE = ("Let the instrumentation write messages onto its spans "
           "(OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental with "
           "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=span_only) and export again; or, where they went into "
           "log records, import the file of spans together with the file of log records (--with FILE, or choose both).")


def meaning(attributes: Attributes, events: Iterable[Event] = ()) -> dict[str, Any]:
    """The fields of a Span that its attributes and events tell."""
    details = [values for name, values in events if name == "gen_ai.client.inference.operation.details"]
    every = {key: value for values in (*details, attributes) for key, value in values.items()}
    kind = kind_of(_first(every, _KIND)) or frameworks.kind(every)
    agent = text(_first(every, _AGENT))
    return {
        "messages": _messages(every, events), "input": _first(every, _INPUT), "output": _output(every),
        "documents": _documents(every), "model": text(_first(every, _MODEL)), "tokens": _tokens(every),
        "tags": tuple(map(text, tags)) if isinstance(tags := every.get("tag.tags"), list) else (),
        "facts": {"session": text(_first(every, _SESSION)),
                  "metadata": chat.opened(every.get("metadata")) or frameworks.metadata(every)},
        "kind": kind, "agent": "" if kind == AGENT else agent,
        "title": agent if kind == AGENT and agent else text(_first(every, _TITLE) or frameworks.title(every))}


def _output(every: Attributes) -> Any:
    """Pydantic AI's structured answer stays the JSON it is: in an object of one text it is that text."""
    final = every.get("final_result")
    return _first(every, _OUTPUT) if final in (None, "") else {"final_result": text(final)}


def _messages(every: Attributes, events: Iterable[Event]) -> list[dict[str, Any]]:
    asked, answered = _conversation(every, _ASKED), _conversation(every, _ANSWERED)
    if not asked and not answered:
        asked, answered = frameworks.conversation(every)
    heard, told = _spoken(events)
    asked, answered = asked or heard, answered or told
    system = chat.conversation(_as_system(every.get("gen_ai.system_instructions")))
    if not (asked or answered) or (asked and asked[0]["role"] in ("system", "developer")):
        system = []
    return called([*system, *asked], answered)


def flat(found: Attributes, prefix: str = "") -> dict[str, Any]:
    """Nested attributes with dotted names; lists stay lists."""
    made: dict[str, Any] = {}
    for key, value in found.items():
        if isinstance(value, dict) and value:
            made |= flat(value, f"{prefix}{key}.")
        elif value is not None:
            made[prefix + key] = value
    return made


def _first(attributes: Attributes, names: tuple[str, ...]) -> Any:
    return next((attributes[name] for name in names if attributes.get(name) not in (None, "")), None)


def _conversation(attributes: Attributes, names: tuple[str, ...]) -> list[dict[str, Any]]:
    for name in names:
        found = chat.conversation(attributes.get(name)) or chat.conversation(_listed(attributes, f"{name}."))
        if found:
            return found
    return []


def _listed(attributes: Attributes, prefix: str) -> list[Any]:
    """The list that is written as one attribute for each value: name.0.role, name.0.content, name.1.role …"""
    parts: dict[str, dict[str, Any]] = {}
    for key, value in attributes.items():
        if key.startswith(prefix):
            number, _, rest = key[len(prefix):].partition(".")
            if number.isdecimal() and rest:
                parts.setdefault(number, {})[rest] = value
    return [_nested(parts[number]) for number in sorted(parts, key=lambda number: (len(number), number))]


def _nested(fields: dict[str, Any]) -> dict[str, Any]:
    """One such entry: the lists inside it (tool_calls.0.…, contents.0.…) are lists again."""
    made = {key: value for key, value in fields.items() if not any(part.isdecimal() for part in key.split("."))}
    for inside in ("message.tool_calls", "message.contents", "tool_calls", "contents"):
        if found := _listed(fields, f"{inside}."):
            made[inside] = found
    return made


def _as_system(instructions: Any) -> Any:
    parts = chat.opened(instructions)
    return {"role": "system", "parts": parts if isinstance(parts, list) else [parts]} if parts else None


def _spoken(events: Iterable[Event]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the older events say: (asked, answered)."""
    asked, answered = [], []
    for name, values in events:
        if name in _EVENT_ROLES:
            asked += chat.conversation(_turn(name, values))
        elif name == "gen_ai.choice":
            answered += chat.conversation(_choice(values))
        elif name == "gen_ai.content.prompt":
            asked += chat.conversation(values.get("gen_ai.prompt"))
        elif name == "gen_ai.content.completion":
            answered += chat.conversation(values.get("gen_ai.completion"))
    return asked, answered


def _turn(name: str, values: Attributes) -> dict[str, Any]:
    found = {"role": _EVENT_ROLES[name], "content": text(values.get("content")) or None}
    if calls := chat.opened(values.get("tool_calls")):
        found["tool_calls"] = calls
    return found | ({"tool_call_id": text(values["id"])} if "id" in values else {})


def _choice(values: Attributes) -> dict[str, Any]:
    inner = chat.opened(values.get("message", values))
    return {"role": "assistant", "content": None, **(inner if isinstance(inner, dict) else {"content": text(inner)})}


def _documents(attributes: Attributes) -> tuple[str, ...]:
    found = chat.opened(_first(attributes, ("retrieval.documents", "gen_ai.retrieval.documents"))) or next(
        (found for name in ("retrieval.documents.", "reranker.output_documents.")
         if (found := _listed(attributes, name))), [])
    kept = [flat(document) for document in found if isinstance(document, dict)] if isinstance(found, list) else []
    return tuple(text(said) for document in kept
                 if (said := _first(document, ("document.content", "content", "text"))))


def _tokens(attributes: Attributes) -> dict[str, int]:
    found = {name: text(_first(attributes, names)).removesuffix(".0") for name, names in _TOKENS.items()}
    return {name: int(count) for name, count in found.items() if count.isdecimal()}

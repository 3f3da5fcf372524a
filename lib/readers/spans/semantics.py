"""What the attributes of a span mean: OpenTelemetry's gen_ai names, old and new, and those of OpenInference.

Knows names of attributes; knows nothing of files.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from lib.readers import chat
from lib.readers.cells import text
from lib.readers.spans.spans import called

Attributes = Mapping[str, Any]
Event = tuple[str, Attributes]

_ASKED = ("gen_ai.input.messages", "llm.input_messages", "gen_ai.prompt")
_ANSWERED = ("gen_ai.output.messages", "llm.output_messages", "gen_ai.completion")
_EVENT_ROLES = {f"gen_ai.{role}.message": role for role in ("system", "user", "assistant", "tool")}
_MODEL = ("gen_ai.response.model", "gen_ai.request.model", "llm.model_name")
_SESSION = ("gen_ai.conversation.id", "session.id")
_TOKENS = {"input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"),
           "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens",
                             "llm.token_count.completion")}
CAPTURE = ("Let the instrumentation record messages (OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true) "
           "and export again.")


def meaning(attributes: Attributes, events: Iterable[Event] = ()) -> dict[str, Any]:
    """The fields of a Span that its attributes and events tell."""
    details = [values for name, values in events if name == "gen_ai.client.inference.operation.details"]
    every = {key: value for values in (*details, attributes) for key, value in values.items()}
    asked, answered = _conversation(every, _ASKED), _conversation(every, _ANSWERED)
    system = chat.conversation(_as_system(every.get("gen_ai.system_instructions")))
    heard, told = _spoken(events)
    asked, answered = asked or heard, answered or told
    if asked and asked[0]["role"] in ("system", "developer"):
        system = []
    # A judge's own call is no part of the conversation it judges.
    judges = text(every.get("openinference.span.kind")).upper() == "EVALUATOR"
    return {
        "messages": [] if judges else called([*system, *asked], answered),
        "input": every.get("input.value"), "output": every.get("output.value"),
        "documents": _documents(every), "model": text(_first(every, _MODEL)), "tokens": _tokens(every),
        "tags": tuple(map(text, tags)) if isinstance(tags := every.get("tag.tags"), list) else (),
        "facts": {"session": text(_first(every, _SESSION)), "metadata": chat.opened(every.get("metadata"))}}


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
    found = chat.opened(attributes.get("retrieval.documents")) or _listed(attributes, "retrieval.documents.")
    kept = [flat(document) for document in found if isinstance(document, dict)] if isinstance(found, list) else []
    return tuple(text(document["document.content"]) for document in kept if document.get("document.content"))


def _tokens(attributes: Attributes) -> dict[str, int]:
    found = {name: _first(attributes, names) for name, names in _TOKENS.items()}
    return {name: int(count) for name, count in found.items() if text(count).isdecimal()}

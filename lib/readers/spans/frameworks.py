"""Names of attributes that one framework alone writes: Vercel's AI SDK (ai.*), Google's ADK (gcp.vertex.agent.*).

Knows those names and what stands in them; knows nothing of files.
"""

from collections.abc import Mapping
from typing import Any

from lib.readers import chat
from lib.readers.cells import text
from lib.readers.spans.span import AGENT, MODEL, OTHER, TOOL

Attributes = Mapping[str, Any]
Messages = list[dict[str, Any]]

INPUT = ("ai.toolCall.args", "gcp.vertex.agent.tool_call_args", "ai.value")
OUTPUT = ("ai.toolCall.result", "gcp.vertex.agent.tool_response")
MODEL_NAMES = ("ai.response.model", "ai.model.id")
SESSION = ("gcp.vertex.agent.session_id", "ai.telemetry.metadata.sessionId", "ai.telemetry.metadata.conversationId",
           "ai.telemetry.metadata.threadId")
_METADATA = "ai.telemetry.metadata."


def kind(attributes: Attributes) -> str:
    """The kind of step; "" where no framework known here says it."""
    name = text(attributes.get("ai.operationId"))
    if name == "ai.toolCall":
        return TOOL
    if name.startswith("ai."):
        return MODEL if name.endswith((".doGenerate", ".doStream")) else OTHER if "mbed" in name else AGENT
    return MODEL if "gcp.vertex.agent.llm_request" in attributes else ""


def title(attributes: Attributes) -> str:
    """What the application calls the step."""
    return text(attributes.get("ai.telemetry.functionId")) if kind(attributes) == AGENT else ""


def metadata(attributes: Attributes) -> dict[str, Any]:
    """What the application noted beside a call."""
    return {key.removeprefix(_METADATA): value for key, value in attributes.items()
            if key.startswith(_METADATA) and key not in SESSION}


def conversation(attributes: Attributes) -> tuple[Messages, Messages]:
    """(what was asked, what was answered)."""
    return _asked(attributes), _answered(attributes)


def _asked(attributes: Attributes) -> Messages:
    request = chat.opened(attributes.get("gcp.vertex.agent.llm_request"))
    if isinstance(request, dict):
        config = request.get("config")
        told = config.get("system_instruction") if isinstance(config, dict) else None
        return _system(told) + chat.conversation(request.get("contents"))
    prompt = chat.opened(attributes.get("ai.prompt"))
    if isinstance(prompt, dict):
        said = prompt.get("messages") or prompt.get("prompt")
        return _system(prompt.get("system")) + (_user(said) if isinstance(said, str) else chat.conversation(said))
    return chat.conversation(attributes.get("ai.prompt.messages")) or _user(prompt)


def _system(told: Any) -> Messages:
    return [{"role": "system", "content": told}] if told and isinstance(told, str) else chat.conversation(
        {"role": "system", "parts": told["parts"]} if isinstance(told, dict) and told.get("parts") else None)


def _user(said: Any) -> Messages:
    return [{"role": "user", "content": said}] if said and isinstance(said, str) else []


def _answered(attributes: Attributes) -> Messages:
    response = chat.opened(attributes.get("gcp.vertex.agent.llm_response"))
    if isinstance(response, dict):
        return chat.conversation(response.get("content"))
    said = text(attributes.get("ai.response.text") or attributes.get("ai.response.object"))
    calls = chat.opened(attributes.get("ai.response.toolCalls"))
    called = [call for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    turn: dict[str, Any] = {"role": "assistant", "content": said or None}
    return chat.conversation(turn | ({"tool_calls": called} if called else {})) if said or called else []

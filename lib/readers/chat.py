"""Every known way to write a conversation, turned into OpenAI's chat format: turns, tool calls and their answers.

Knows the messages of OpenTelemetry, OpenInference, LangChain, Anthropic, Gemini, Vercel and Inspect; knows no file.
"""

import json
from typing import Any

from lib.readers.cells import ROLES, ends, text
from lib.readers.files.json_file import parse
from lib.records import DataError

Message = dict[str, Any]
_ROLES = {"human": "user", "HumanMessage": "user", "ai": "assistant", "AIMessage": "assistant",
          "AIMessageChunk": "assistant", "model": "assistant", "SystemMessage": "system", "ToolMessage": "tool",
          **{role: role for role in ROLES}}
_TEXT = ("text", "input_text", "output_text", None)
_CALL = ("tool_call", "tool_use", "function_call", "tool-call")
_ANSWER = ("tool_call_response", "tool_result", "function_call_output", "tool-result")
# Gemini says what a part is by its one key.
_GEMINI = {"function_call": "function_call", "functionCall": "function_call",
           "function_response": "tool_call_response", "functionResponse": "tool_call_response"}
_KEPT = ("tool_call_id", "name", "refusal")
_WRAPPED = ("messages", "choices", "generations", "output", "message")  # where an answer keeps its messages


def conversation(found: Any) -> list[Message]:
    """The messages in a value; an empty list where there are none."""
    found = opened(found)
    if isinstance(found, dict):
        if _role(_bare(found)) or _bare(found).get("type") in (*_CALL, *_ANSWER):
            return _messages(_bare(found))
        return next((inside for key in _WRAPPED if key in found and (inside := conversation(found[key]))), [])
    if not isinstance(found, list):
        return []
    made = [conversation(_pair(part)) for part in found]
    return [message for part in made for message in part] if all(made) else []


def opened(found: Any) -> Any:
    """A value that may stand as JSON text; any other text as it is."""
    if isinstance(found, str) and found.lstrip()[:1] in ("{", "["):
        try:
            return parse(found, "")
        except DataError:
            return found
    return found


def asked(found: Any) -> str:
    """What a recorded input says: the user's last words, the one text of an object, or the value itself."""
    return ends(conversation(found))[0] or plain(found)


def answered(found: Any) -> str | None:
    """What a recorded output says: the assistant's last words, the one text of an object, or the value itself."""
    messages = conversation(found)
    if messages:
        return ends([{"role": "user", "content": ""}, *messages])[1]
    return None if found in (None, [], {}) else plain(found) or None


def plain(found: Any) -> str:
    """A value as text: an object that holds a single text is that text."""
    found = opened(found)
    if isinstance(found, dict) and len(found) == 1 and isinstance(only := next(iter(found.values())), str):
        return only
    return text(found)


def core(message: Message) -> tuple:
    """What two recordings of one message share: an echo often loses its reasoning and its blanks."""
    content = message.get("content")
    parts = content if isinstance(content, list) else [{"text": content or ""}]
    said = "".join(str(part.get("text", "")) for part in parts if isinstance(part, dict)).strip()
    calls = [(call["function"].get("name"), text(opened(call["function"].get("arguments"))))
             for call in message.get("tool_calls") or [] if isinstance(call, dict) and "function" in call]
    return message["role"], said, calls


def _pair(part: Any) -> Any:
    """LangChain writes ["human", "hello"] too."""
    if isinstance(part, list) and len(part) == 2 and all(isinstance(word, str) for word in part):
        return {"role": part[0], "content": part[1]}
    return part


def _bare(found: Message) -> Message:
    """A message out of its wrappings."""
    if isinstance(found.get("message"), dict):
        return _bare(found["message"])
    if isinstance(found.get("kwargs"), dict) and found.get("type") == "constructor":
        kind = found.get("id")
        return {"role": kind[-1] if isinstance(kind, list) and kind else None, **found["kwargs"]}
    if isinstance(found.get("data"), dict) and found.get("type") in tuple(_ROLES):
        return {**found["data"], "role": found["type"]}
    if "message.role" in found:
        return {key.removeprefix("message."): value for key, value in found.items()}
    return found


def _role(found: Message) -> str | None:
    words = [word for word in (found.get("role"), found.get("type")) if isinstance(word, str) and word in _ROLES]
    return _ROLES[words[0]] if words and {"content", "parts", "contents", "tool_calls"} & found.keys() else None


def _messages(found: Message) -> list[Message]:
    if _is_chat(found):
        # A dataframe writes an empty cell for each key that any other message has.
        return [{key: value for key, value in found.items() if value is not None or key == "content"}]
    parts, calls, answers = _parts(found)
    role = _role(found) or "assistant"
    made = [_answer(answer) for answer in answers]
    calls += _calls(found)
    if parts or calls or not made:
        turn = {"role": role, "content": _content(parts) or (None if calls else "")}
        turn |= {"tool_calls": calls} if calls else {}
        made.append(turn | {key: found[key] for key in _KEPT if isinstance(found.get(key), str)})
    return made


def _is_chat(found: Message) -> bool:
    calls = found.get("tool_calls")
    return (found.get("role") in ROLES and isinstance(found.get("content"), (str, type(None)))
            and "parts" not in found and "contents" not in found and "type" not in found
            and (calls is None or (isinstance(calls, list) and all(
                isinstance(call, dict) and isinstance(call.get("function"), dict) for call in calls))))


def _parts(found: Message) -> tuple[list[Any], list[Message], list[Message]]:
    """(texts and parts that are no text, tool calls, answers of tools) of one message, in their order."""
    content = next((found[key] for key in ("parts", "contents", "content") if found.get(key) is not None), [])
    parts = [_bare_part(part) for part in (content if isinstance(content, list) else [content])]
    kinds = [part.get("type") if isinstance(part, dict) else None for part in (*parts, found)]
    calls = [_call(part) for part, kind in zip((*parts, found), kinds, strict=True) if kind in _CALL]
    answers = [part for part, kind in zip((*parts, found), kinds, strict=True) if kind in _ANSWER]
    said = [part for part, kind in zip(parts, kinds, strict=False)
            if part not in ("", None) and kind not in (*_CALL, *_ANSWER)]
    return said, calls, answers


def _content(parts: list[Any]) -> Any:
    """Text where there is nothing but text, else the parts in their order."""
    if all(isinstance(part, str) for part in parts):
        return "\n".join(parts)
    return [{"type": "text", "text": part} if isinstance(part, str) else part for part in parts]


def _bare_part(part: Any) -> Any:
    """A part of a message; one that is nothing but text as that text."""
    if not isinstance(part, dict):
        return part
    inner = part.get("message_content")
    part = inner if isinstance(inner, dict) else {
        key.removeprefix("message_content."): value for key, value in part.items()}
    for key, kind in _GEMINI.items():
        if isinstance(part.get(key), dict) and "type" not in part:
            return {**part[key], "type": kind}
    words = part.get("text", part.get("content"))
    return words if part.get("type") in _TEXT and isinstance(words, str) else part


def _calls(found: Message) -> list[Message]:
    more = found.get("additional_kwargs")
    calls = found.get("tool_calls") or (more.get("tool_calls") if isinstance(more, dict) else None) or []
    return [_call(call) for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []


def _call(found: Message) -> Message:
    inner = found.get("tool_call")  # OpenInference nests it
    found = inner if isinstance(inner, dict) else {
        key.removeprefix("tool_call."): value for key, value in found.items()}
    function = found["function"] if isinstance(found.get("function"), dict) else {
        key.removeprefix("function."): value for key, value in found.items()}
    name = function.get("name") or function.get("toolName") or function.get("function")
    given = next((function[key] for key in ("arguments", "args", "input") if function.get(key) is not None), {})
    return {"id": text(found.get("call_id") or found.get("toolCallId") or found.get("id")), "type": "function",
            "function": {"name": text(name), "arguments": given if isinstance(given, str) else text(given)}}


def _answer(found: Message) -> Message:
    told = next((found[key] for key in ("response", "result", "content", "output") if found.get(key) is not None), "")
    if isinstance(told, dict) and told.keys() >= {"type", "value"}:
        told = told["value"]
    if not isinstance(told, str):
        texts = [part for part in _parts({"content": told})[0] if isinstance(part, str)]
        told = "\n".join(texts) or json.dumps(told, ensure_ascii=False)
    call = found.get("tool_use_id") or found.get("call_id") or found.get("toolCallId") or found.get("id")
    return {"role": "tool", "tool_call_id": text(call), "content": told}

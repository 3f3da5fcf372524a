"""What was asked and what came of it, where a tool keeps named values instead of a conversation.

Knows the names that an input usually has, and how calls of tools are written; knows no tool.
"""

from typing import Any

from lib.readers import chat
from lib.readers.cells import ends, text

_INPUT = ("input", "question", "query", "message", "prompt", "user_input")


def chosen(values: dict[str, Any]) -> str | None:
    """Which of several named values was the question; the only one is it, whatever it is called."""
    named = [name for name in _INPUT if text(values.get(name)).strip()] or (list(values) if len(values) == 1 else [])
    return named[0] if named else None


def question(values: Any) -> tuple[str, dict[str, Any]]:
    """(what was asked, the other values) of an object of named values; of anything else its text and nothing."""
    found = chat.opened(values)
    if found in (None, {}, []):
        return "", {}
    name = chosen(found) if isinstance(found, dict) and not chat.conversation(found) else None
    if name is None:
        return chat.asked(found), {}
    return chat.asked(found[name]), {key: value for key, value in found.items() if key != name}


def answer(output: Any) -> list[dict[str, Any]]:
    """The answer as messages; an empty list where nothing came back."""
    found = chat.opened(output)
    if isinstance(found, list) and found and all(map(_is_call, found)):
        return chat.conversation({"role": "assistant", "content": None, "tool_calls": found})
    said = chat.answered(output)
    return chat.conversation(output) or ([{"role": "assistant", "content": said}] if said else [])


def calls(messages: list[dict[str, Any]]) -> bool:
    """Whether a tool was called."""
    return any("tool_calls" in message for message in messages)


def output(told: list[dict[str, Any]], error: str = "") -> str | None:
    """The last words of an answer, or what stands in their place."""
    return ends([{"role": "user", "content": ""}, *told])[1] or action(told, error)


def action(messages: list[dict[str, Any]], error: str = "") -> str | None:
    """What stands in place of an answer: the tools that were called, or the error that ended it."""
    last = messages[-1] if messages else {}
    calls = [call["function"] for call in last.get("tool_calls") or [] if isinstance(call.get("function"), dict)]
    given = [("" if call.get("arguments") in (None, "", "{}") else call["arguments"]) for call in calls]
    said = "\n".join(f"[tool call] {call.get('name')}({words})" for call, words in zip(calls, given, strict=True))
    return said or (f"[error] {error}" if error else None)


def _is_call(found: Any) -> bool:
    return isinstance(found, dict) and (
        isinstance(found.get("function"), dict) or found.get("type") in ("tool_use", "function_call", "tool_call"))

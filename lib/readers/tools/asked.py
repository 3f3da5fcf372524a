"""What was asked and what came of it, where a tool keeps named values instead of a conversation.

Knows the names that an input usually has; knows no tool.
"""

from typing import Any

from lib.readers.cells import text
from lib.readers.chats import chat

_INPUT = ("input", "question", "query", "message", "prompt", "user_input")


def question(values: Any) -> tuple[str, dict[str, Any]]:
    """(what was asked, the other values) of an object of named values; of anything else its text and nothing."""
    found = chat.opened(values)
    if isinstance(found, dict) and not chat.conversation(found):
        named = [name for name in _INPUT if text(found.get(name)).strip()] or (list(found) if len(found) == 1 else [])
        for name in named:
            return chat.asked(found[name]), {key: value for key, value in found.items() if key != name}
    return chat.asked(found), {}


def action(messages: list[dict[str, Any]], error: str = "") -> str | None:
    """What stands in place of an answer: the tools that were called, or the error that ended it."""
    last = messages[-1] if messages else {}
    calls = [call["function"] for call in last.get("tool_calls") or [] if isinstance(call.get("function"), dict)]
    said = "\n".join(f"{call.get('name')}({call.get('arguments')})" for call in calls)
    return said or (f"[error] {error}" if error else None)

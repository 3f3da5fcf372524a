"""The messages of a conversation, each by who speaks; what is long and no answer is folded."""

import json
from typing import Any

from lib.records import parts
from lib.records.words import counted
from lib.ui.trace_text import transcript
from lib.ui.trace_text.drawing import Flow, Look, shown
from lib.ui.trace_text.nodes import Node, code, node, note

FOLDED = 600  # characters; what a tool returned, and what the system was told, is folded when it is longer
LATEST = 60  # messages that are drawn one by one; what was said before them is one folded text
_PEEK = 80  # characters of a folded text that can be read

Message = dict[str, Any]


def turn(who: str, role: str, inside: list[Node], peek: str | None = None, boxed: bool = False) -> Node:
    """What somebody said under who it is; folded behind its first words where there is a `peek`.

    `boxed`: it scrolls inside a frame of its own.
    """
    kind = transcript.kind(role)
    css = f"tt-turn tt-{kind if kind in ('system', 'user', 'assistant', 'tool', 'call') else 'system'}"
    body = node("div", *inside, class_="tt-body tt-long" if boxed else "tt-body")
    if peek is None:
        return node("div", node("div", who, class_="tt-who"), body, class_=css, label=who)
    return node("details", node("summary", node("span", who, class_="tt-who"), node("span", f" {peek}",
                class_="tt-peek")), body, class_=css, label=who)


def conversation(flow: Flow, messages: list[Message]) -> None:
    """Every message; of an endless conversation the latest ones, the others as one folded text."""
    earlier = messages[:-LATEST]
    if earlier:
        said = "\n\n".join(f"{message.get('role')}: {_whole(message)}" for message in earlier)
        flow.add(turn(counted(len(earlier), "earlier message"), "system", shown(said, Look(False)), ""))
    for message in messages[-LATEST:]:
        _message(flow, message)


def spoken(message: Message) -> str:
    """A message's text; parts that are no text by their names, any other part whole."""
    content = message.get("content")
    if not isinstance(content, (list, dict)):
        return parts.said(message)
    found = content if isinstance(content, list) else [content]
    if not all(_is_text(part) or parts.media(part) for part in found):
        return as_text(content if isinstance(content, dict) else found)
    return parts.said({**message, "content": found})


def as_text(value: Any) -> str:
    """A value of a context as a text: lines of a list of texts, JSON of what is no text."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "\n".join(value)
    if isinstance(value, (dict, list)):
        return json.dumps(parts.without_data(value), ensure_ascii=False, indent=2)
    return "" if value is None else str(value)


def _message(flow: Flow, message: Message) -> None:
    role, said = str(message.get("role")), spoken(message)
    kind = transcript.kind(role)
    name = str(message.get("name") or "")
    who = (f"Tool result: {name}" if name else "Tool result") if kind == "tool" else f"{role}: {name}" if name else role
    if said or not message.get("tool_calls"):
        folds = kind in ("tool", "system") and len(said) > FOLDED
        flow.add(turn(who, role, shown(said, flow.look) if said else [note("says nothing")],
                      _peek(said) if folds else None, flow.look.boxes(said)))
    for called, arguments in parts.calls(message):
        flow.add(_call(called, arguments, flow.look))
    flow.pictures(message.get("content"))


def _call(name: str, arguments: Any, look: Look) -> Node:
    said = as_text(arguments)
    inside = shown(said, look) if look.rendered and said.lstrip()[:1] in ("{", "[") else [code(said)]
    return turn(f"Tool call: {name}", "call", inside, _peek(said) if len(said) > FOLDED else None,
                look.boxes(said))


def _peek(said: str) -> str:
    first = " ".join(said[:_PEEK * 2].split())
    return f"{counted(len(said), 'character')}: {first[:_PEEK]}…"


def _whole(message: Message) -> str:
    calls = [f"[calls {name}: {arguments}]" for name, arguments in parts.calls(message)]
    return "\n".join([spoken(message), *calls]).strip()


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and part.keys() == {"type", "text"} and isinstance(part["text"], str)

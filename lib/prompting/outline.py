"""A trace's steps as a model is told them, and the rule by which long ones are cut: said in the text, never silent.

Pure. Knows steps and messages; the page and the guide repeat the rule from here.
"""

import json
from typing import Any

from lib.records import parts

FIRST_STEPS, LAST_STEPS = 40, 20
FIRST_CHARACTERS, LAST_CHARACTERS = 3_000, 1_000
RULE = (f"A judge is told the first {FIRST_STEPS} and the last {LAST_STEPS} steps, and of each step's input and output "
        f"the first {FIRST_CHARACTERS:,} and the last {LAST_CHARACTERS:,} characters; what is left out is counted in "
        "its place. What stands in the conversation is not said again.")
_SAID = "as in the conversation"

Step = dict[str, Any]


def told(steps: list[Step], conversation: list[parts.Message] | None) -> str:
    """The steps, numbered and indented as they nest."""
    known = {_core(message) for message in conversation or []}
    left = len(steps) - FIRST_STEPS - LAST_STEPS
    shown = [_step(number, step, known) for number, step in enumerate(steps, 1)
             if left <= 0 or number <= FIRST_STEPS or number > len(steps) - LAST_STEPS]
    if left > 0:
        shown.insert(FIRST_STEPS, f"[{left:,} steps left out]")
    return "\n".join(shown)


def heading(number: int, step: Step, by: bool = True) -> str:
    """A step in one line: its place, kind and name, and by whom it was taken."""
    who = f", by {step['agent']}" if by and step.get("agent") else ""
    model = f" ({step['model']})" if step.get("model") and str(step["model"]) not in str(step.get("name")) else ""
    return f"{'  ' * depth(step)}{number}. {step.get('kind', 'other')} {step.get('name', '')}{model}{who}".rstrip()


def depth(step: Step) -> int:
    """How deep it is nested; a file may say anything."""
    found = step.get("depth")
    return min(max(found, 0), 20) if isinstance(found, int) else 0


def words(found: Any) -> str:
    """An input or output of a step as text; messages each by its role."""
    if isinstance(found, list) and all(isinstance(part, dict) and "role" in part for part in found):
        return "\n".join(spoken(message) for message in found)
    return parts.without_data(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))


def spoken(message: parts.Message) -> str:
    """A message as a model is told it; parts that are no text are named."""
    content = message.get("content") or ""
    named = isinstance(content, str) or any(True for _ in parts.every(content))
    said = parts.said(message) if named else json.dumps(content, ensure_ascii=False)
    calls = message.get("tool_calls")
    return parts.without_data(f"[{message.get('role')}] {said}" + (
        f" calls {json.dumps(calls, ensure_ascii=False)}" if calls else ""))


def cut(text: str) -> str:
    """A long text's beginning and end, with what is between them counted."""
    left = len(text) - FIRST_CHARACTERS - LAST_CHARACTERS
    return text if left <= 0 else (f"{text[:FIRST_CHARACTERS]}\n[{left:,} characters left out]\n"
                                   f"{text[-LAST_CHARACTERS:]}")


def _step(number: int, step: Step, known: set[str]) -> str:
    lines = [heading(number, step)]
    for name in ("input", "output", "error"):
        if step.get(name) not in (None, "", []):
            said = _SAID if _is_known(step[name], known) else cut(words(step[name]))
            lines.append(f"{'  ' * depth(step)}   {name}: {said}")
    return "\n".join(lines)


def _is_known(found: Any, known: set[str]) -> bool:
    return isinstance(found, list) and bool(known) and all(
        isinstance(message, dict) and _core(message) in known for message in found)


def _core(message: parts.Message) -> str:
    """What two recordings of one message share."""
    return json.dumps([message.get("role"), parts.said(message).strip(), parts.calls(message)], ensure_ascii=False)

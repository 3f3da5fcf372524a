"""The steps of one of Inspect's samples, out of its events: each call of a model and of a tool, each agent, in order.

Knows Inspect's events; what happens while a sample is judged is no step of it.
"""

from collections.abc import Iterator
from typing import Any

from lib.readers import chat
from lib.readers.cells import text

_JUDGING = ("scorers", "scorer")  # the span around the scorers, and of one of them; the outer has a name alone
_INSIDE = ("agent", "handoff", "subtask")  # spans that a reader wants to see as a level of their own

Found = dict[str, Any]


def steps(sample: Found) -> list[Found] | None:
    """None where the events say no more than the conversation does, or were not written."""
    spans: dict[str, Found] = {}
    made, seen = [], set()
    for event in _events(sample):
        kind = event.get("event")
        if kind in ("span_begin", "step") and event.get("action") != "end":
            spans[text(event.get("id") or event.get("name"))] = event
            opened = _opened(event)
        else:
            opened = None
        around = _around(event, spans)
        if _is_judging(around) or (kind == "step" and _is_judging([event])):
            continue
        if step := opened or _step(kind, event, sample, seen):
            made.append(_placed(step, event, around))
    return made if len(made) > 1 else None


def _events(sample: Found) -> Iterator[Found]:
    found = sample.get("events")
    yield from (event for event in found if isinstance(event, dict)) if isinstance(found, list) else ()


def _around(event: Found, spans: dict[str, Found]) -> list[Found]:
    """The spans an event lies in, outermost first; a span that begins does not lie in itself."""
    made: list[Found] = []
    key = text(event.get("parent_id") if event.get("event") == "span_begin" else event.get("span_id"))
    while key in spans and len(made) < len(spans):
        made.append(spans[key])
        key = text(spans[key].get("parent_id"))
    return made[::-1]


def _is_judging(around: list[Found]) -> bool:
    return any(span.get("type") in _JUDGING or span.get("name") == _JUDGING[0] for span in around)


def _opened(event: Found) -> Found | None:
    kind = event.get("type")
    return {"kind": "handoff" if kind == "handoff" else "agent", "name": text(event.get("name"))} if (
        kind in _INSIDE) else None


def _placed(step: Found, event: Found, around: list[Found]) -> Found:
    levels = [span for span in around if span.get("type") in _INSIDE]
    agent = next((span for span in reversed(levels) if span.get("type") == "agent"), {})
    found = {**step, "agent": text(agent.get("name")), "depth": len(levels), "start": text(event.get("timestamp")),
             "milliseconds": _milliseconds(event)}
    return {key: value for key, value in found.items() if value not in (None, "", [])}


def _milliseconds(event: Found) -> int | None:
    spent = event.get("working_time")
    return round(spent * 1000) if isinstance(spent, (int, float)) else None


def _step(kind: Any, event: Found, sample: Found, seen: set[str]) -> Found | None:
    if kind == "model":
        return _model(event, sample, seen)
    if kind != "tool":
        return None
    failed = event.get("error")
    return {"kind": "tool", "name": text(event.get("function")), "input": text(event.get("arguments")),
            "output": chat.answered(event.get("result")) or "",
            "error": text(failed.get("message") if isinstance(failed, dict) else failed)}


def _model(event: Found, sample: Found, seen: set[str]) -> Found:
    """A call of a model with the messages that no earlier step has shown."""
    given = [message for message in _given(event, sample) if _is_new(message, seen)]
    output = event.get("output") if isinstance(event.get("output"), dict) else {}
    choices = output.get("choices") if isinstance(output.get("choices"), list) else []
    told = [choice.get("message") for choice in choices[:1] if isinstance(choice, dict)]
    seen |= {text(message.get("id")) for message in told if isinstance(message, dict)}
    failed = event.get("error")
    return {"kind": "model", "name": text(event.get("role")) or text(event.get("model")),
            "model": text(event.get("model")), "input": chat.conversation(given),
            "output": [message for message in chat.conversation(told) if not failed],
            "error": text(failed)}


def _is_new(message: Found, seen: set[str]) -> bool:
    key = text(message.get("id"))
    if not key:
        return True
    known = key in seen
    seen.add(key)
    return not known


def _given(event: Found, sample: Found) -> list[Found]:
    """An archive keeps the messages of all events once, and each event names ranges of them."""
    found = event.get("input")
    pool, refs = sample.get("events_data"), event.get("input_refs")
    messages = pool.get("messages") if isinstance(pool, dict) else None
    if not found and isinstance(messages, list) and isinstance(refs, list):
        found = [message for ref in refs if isinstance(ref, list) and len(ref) == 2
                 and all(isinstance(end, int) for end in ref) for message in messages[ref[0]:ref[1]]]
    return [message for message in found if isinstance(message, dict)] if isinstance(found, list) else []

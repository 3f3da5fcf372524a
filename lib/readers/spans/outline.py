"""The steps of a trace: every call to a model, a tool, a retriever and an agent, in order, each said once.

Knows spans; what a call was given that an earlier call had been given too is counted and not said again.
"""

from typing import Any

from lib.readers import chat
from lib.readers.cells import text
from lib.readers.spans.span import AGENT, HANDOFF, MODEL, OTHER, RETRIEVAL, TOOL, Span
from lib.readers.spans.tree import Tree

Step = dict[str, Any]
_OF_THEIR_OWN = (MODEL, TOOL, RETRIEVAL, HANDOFF)


class Heard:
    """What calls to models were given so far, so that a conversation which grows call by call is said once."""

    def __init__(self):
        """Nothing was heard yet."""
        self._prefixes: set[int] = set()

    def new(self, messages: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
        """(the messages no earlier call had in front, how many one had)."""
        prefixes, so_far = [], 0
        for message in messages:
            so_far = hash((so_far, repr(chat.core(message))))
            prefixes.append(so_far)
        known = next((n for n, prefix in enumerate(prefixes) if prefix not in self._prefixes), len(prefixes))
        self._prefixes.update(prefixes)
        return messages[known:], known


def steps(tree: Tree, given: str, answer: str | None) -> tuple[list[Step] | None, list[Span]]:
    """(the steps in order, None where a single call is all there was; the spans that say nothing)."""
    heard, silent, made = Heard(), [], []
    elsewhere = {given, answer or "", ""} | {said for span in tree.spans if span.step in _OF_THEIR_OWN
                                             for said in (span.asked, span.answered)}
    depths: dict[str, int] = {}
    for span in tree.spans:
        above = tree.above(span)
        found = _content(tree, span, heard) if _has_messages(tree, span) else _texts(span, elsewhere)
        # A model's span inside another one's is the same call a second time.
        again = span.is_model and bool(above) and above[0].is_model
        if not found and (span.step == OTHER or again):
            silent += [] if span.says else [span]
            continue
        depth = next((depths[one.id] + 1 for one in above if one.id in depths), 0)
        depths[span.id] = depth
        made.append({**_head(span, above, depth), **found, **_tail(span)})
    return (None if _is_one_call(made) else made), silent


def _is_one_call(made: list[Step]) -> bool:
    """The conversation says it all."""
    own = [step for step in made if step["kind"] != AGENT or step.keys() & {"input", "output"}]
    return len(own) <= 1 and all(step["kind"] in (MODEL, AGENT, OTHER) for step in own)


def _has_messages(tree: Tree, span: Span) -> bool:
    """An agent's conversation is that of the calls below it, where there are some."""
    if not span.messages or span.step == TOOL:
        return False
    return span.is_model or span.id not in tree.around_calls


def _content(tree: Tree, span: Span, heard: Heard) -> Step:
    """What a call was given that was new, and what it answered."""
    end = len(span.messages)
    while end and span.messages[end - 1]["role"] == "assistant":
        end -= 1
    asked, known = heard.new(span.messages[:end])
    answered = span.messages[end:]
    heard.new(span.messages)
    return {name: value for name, value in (("repeated", known), ("input", asked), ("output", answered)) if value}


def _texts(span: Span, elsewhere: set[str | None]) -> Step:
    """Input and output as text; a step around others does not say what they say again."""
    own = span.step in _OF_THEIR_OWN
    output = "\n\n".join(span.documents) or (text(span.output) if span.step == TOOL else span.answered)
    given = text(span.input) if span.step == TOOL else span.asked
    found = {name: said for name, said in (("input", given), ("output", output))
             if said and (own or said not in elsewhere)}
    if not own:
        elsewhere.update(found.values())
    return {**found, **({"error": span.error} if span.error else {})}


def _head(span: Span, above: list[Span], depth: int) -> Step:
    name = span.title or span.name
    around = next((one for one in above if one.kind == AGENT), None) or next(
        (one for one in above[:-1] if one.step == OTHER and one.name), None)
    agent = span.agent or (around.title or around.name if around else "")
    found = {"kind": span.step, "name": name, "agent": agent if agent != name else "", "depth": depth}
    return {key: value for key, value in found.items() if value not in ("", None)}


def _tail(span: Span) -> Step:
    found = {"error": span.error, "model": span.model if span.is_model else "",
             "start": span.start.isoformat() if span.start else "",
             "milliseconds": round((span.end - span.start).total_seconds() * 1000) if span.start and span.end else None}
    return {key: value for key, value in found.items() if value not in ("", None)}

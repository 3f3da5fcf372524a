"""A conversation that stands in one text, told apart by who speaks: only where every turn is certain. Pure."""

import re

from lib.ui import rendered
from lib.ui.trace_text.nodes import Node, node

MOST = 400  # turns
_ROLE = "system|user|human|assistant|ai|tool|function"
# "User: …", "**User:** …" and "[user] …"; one text keeps to one of them.
_FORMS = tuple(re.compile(form.replace("ROLE", _ROLE), re.I | re.M) for form in (
    r"^(ROLE):(?=\s)[ \t]*", r"^\*\*(ROLE)(?::\*\*|\*\*:)[ \t]*", r"^\[(ROLE)\][ \t]+"))
KINDS = {"human": "user", "ai": "assistant", "function": "tool", "developer": "system"}


def drawn(text: str) -> list[Node] | None:
    """Turns by who speaks; None where the text does not begin with one, or a person and an AI do not both speak."""
    begin = text.lstrip()
    for form in _FORMS:
        turns = list(form.finditer(begin))
        roles = [kind(turn[1]) for turn in turns]
        if turns and turns[0].start() == 0 and {"user", "assistant"} <= set(roles) and len(turns) <= MOST:
            ends = [turn.start() for turn in turns[1:]] + [len(begin)]
            said = [begin[turn.end():end] for turn, end in zip(turns, ends, strict=True)]
            # A turn that begins inside a block of code is an example in somebody's words.
            return None if any(words.count("```") % 2 for words in said) else [
                _turn(turn[0].strip("* \t"), role, words) for turn, role, words in zip(turns, roles, said, strict=True)]
    return None


def kind(role: str) -> str:
    """What a role is drawn as: system, user, assistant, tool; any other word as it is."""
    return KINDS.get(role.lower(), role.lower())


def _turn(said: str, role: str, words: str) -> Node:
    return node("div", node("div", said, class_="tt-who"), node("div", *rendered.drawn(words.strip("\n")),
                class_="tt-body"), class_=f"tt-turn tt-inner tt-{role}", label=said)

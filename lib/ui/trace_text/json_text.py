"""JSON with its lines and folds, in the very letters that are stored: only the blanks between its words are ours.

So 1.0 stays 1.0, a long number keeps its digits and a name said twice is there twice. Pure.
"""

import json
import re
from dataclasses import dataclass, field

from lib.records import parts
from lib.records.words import counted
from lib.ui.trace_text.nodes import Node, node

MOST = 200_000  # characters
DEEPEST = 40
OPEN_LINES = 200  # what is unfolded at first; a part that begins below is folded, with how much is in it
WIDE = 72  # characters that stand on a line
_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


@dataclass
class _Box:
    """An object or a list: its (name, value) pairs, a value being the letters of one or a box again."""

    ends: str
    pairs: list[tuple[str, "str | _Box"]] = field(default_factory=list)
    line: str | None = None  # the whole of it, where it fits on one
    lines: int = 1

    def close(self) -> None:
        """All of it is read: does it fit on a line?"""
        values = [value if isinstance(value, str) else value.line for _, value in self.pairs]
        self.lines = 2 + sum(1 if isinstance(value, str) else value.lines for _, value in self.pairs)
        if None not in values and sum(len(name) + len(value) + 2 for (name, _), value in zip(
                self.pairs, values, strict=True)) <= WIDE:
            self.line = self.ends[0] + ", ".join(name + value for (name, _), value in zip(
                self.pairs, values, strict=True)) + self.ends[1]
            self.lines = 1


@dataclass
class _Lines:
    """How many more lines are unfolded."""

    left: int = OPEN_LINES


def drawn(text: str) -> list[Node] | None:
    """A text that is a JSON object or list; None for any other, and for one too long or too deep to be told apart."""
    if text.lstrip()[:1] not in ("{", "[") or len(text) > MOST:
        return None
    try:
        value = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    said = _without_data(text, value)
    box = _read(said)
    return None if box is None else [node("raw", node("div", *_box(box, "", "", _Lines(), top=True), class_="tt-json"),
                                          text=said, language="JSON", folds=True)]


def _without_data(text: str, value: object) -> str:
    """Base64 is replaced by the name of what it holds, as everywhere."""
    for one in parts.every(value):
        text = text.replace(one.data, str(one)) if one.data else text
    return text


def _read(text: str) -> _Box | None:
    """The outermost box of a text that is known to be JSON; None where it is nested too deeply."""
    open_boxes: list[_Box] = []
    name = ""
    for word in _WORD.findall(text):
        if word in ("{", "["):
            open_boxes.append(_Box("{}" if word == "{" else "[]"))
            if len(open_boxes) > 1:
                open_boxes[-2].pairs.append((name, open_boxes[-1]))
            name = ""
            if len(open_boxes) > DEEPEST:
                return None
        elif word in ("}", "]"):
            done = open_boxes.pop()
            done.close()
            if not open_boxes:
                return done
        elif word == ":":
            name = f"{open_boxes[-1].pairs.pop()[1]}: "
        elif word != ",":
            open_boxes[-1].pairs.append((name, word))
            name = ""
    return None


def _box(box: _Box, name: str, after: str, lines: _Lines, top: bool = False) -> list[Node]:
    """A box that fits on no line; what is folded says how much is in it."""
    opened = top or lines.left > 0
    if opened:
        lines.left -= len(box.pairs) + 2
    inner = lines if opened else _Lines()
    inside: list[Node] = []
    for at, (inner_name, value) in enumerate(box.pairs):
        comma = "," if at + 1 < len(box.pairs) else ""
        inside += _pair(inner_name, value, comma, inner)
    much = counted(len(box.pairs), "name" if box.ends == "{}" else "item")
    summary = node("summary", *_name(name), box.ends[0], node("span", f" {much} {box.ends[1]}{after}",
                                                              class_="tt-much"))
    return [node("details", summary, node("div", *inside, class_="tt-in"), f"{box.ends[1]}{after}\n",
                 class_="tt-fold", open=opened)]


def _pair(name: str, value: "str | _Box", comma: str, lines: _Lines) -> list[Node]:
    line = value if isinstance(value, str) else value.line
    if line is None:
        return _box(value, name, comma, lines)
    return [*_name(name), f"{line}{comma}\n"]


def _name(name: str) -> list[Node]:
    return [node("span", name, class_="tt-key")] if name else []

"""A trace's text on the screen: conversations, code, JSON, tables, mails and links look like what they are.

What is drawn goes to the browser as nodes; there nothing is ever read as HTML. What a search found is marked there.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from lib.records import parts
from lib.records.words import counted
from lib.ui import pictures, rendered
from lib.ui.trace_text import json_text, mail, separated, transcript
from lib.ui.trace_text.nodes import Node, note, plain

MOST = 200_000  # characters; a browser that gets millions of them stands still
LONG = 6_000  # characters; a longer text scrolls inside a frame of its own, where its card does not
_mount = st.components.v2.component("plumbline_trace_text", isolate_styles=False,
                                    js=Path(__file__).with_name("trace_text.js").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Look:
    """How texts are shown: drawn as what they are or as the letters they are, and what was searched for."""

    rendered: bool = True
    searched: str = ""
    framed: bool = False  # the card has a height of its own

    def boxes(self, text: str) -> bool:
        """Whether this text scrolls inside a frame of its own."""
        return not self.framed and len(text) > LONG


@dataclass
class Flow:
    """Nodes one after the other, with the pictures of a trace between them; `finish` draws what is left."""

    key: str
    look: Look
    of: str = ""  # the trace: another one begins at its top
    missed: str = ""  # what is said where nothing that is drawn holds what was searched for
    _nodes: list[Node] = field(default_factory=list)
    _drawn: int = 0

    def add(self, *found: Node) -> None:
        """What comes next."""
        self._nodes += found

    def pictures(self, found: Any) -> None:
        """The pictures in a value, where there are any."""
        if any(one.kind == "picture" and one.data for one in parts.every(found)):
            self.finish()
            pictures.show(found)

    def finish(self) -> None:
        """Draws what was added."""
        if self._nodes:
            draw(self._nodes, f"{self.key}_{self._drawn}", self.look, of=self.of,
                 missed=self.missed if not self._drawn else "")
            self._drawn += 1
            self._nodes = []


def draw(found: list[Node], key: str, look: Look, of: str = "", missed: str = "") -> None:
    """Nodes as one element of the page; with `missed` it also counts what the search found on the whole card."""
    _mount(key=key, data={"nodes": found, "search": look.searched, "of": of, "missed": missed})


def shown(text: str, look: Look) -> list[Node]:
    """A text as it looks; one of any length."""
    said = parts.without_data(text)
    cut = [note(f"{counted(len(said) - MOST, 'more character is', 'more characters are')} stored and go to the judge "
                "whole; an export of the traces holds them.")] if len(said) > MOST else []
    return [*(as_what_it_is(said[:MOST]) if look.rendered else [plain(said[:MOST])]), *cut]


@lru_cache(maxsize=32)
def as_what_it_is(text: str) -> list[Node]:
    """JSON, a mail, a conversation or a table where a text certainly is one; Markdown where it is none of them."""
    for kind in (json_text, mail, transcript, separated):
        found = kind.drawn(text)
        if found is not None:
            return found
    return rendered.drawn(text)

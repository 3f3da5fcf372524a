"""The boxes of the prompt on the screen: over which version each is typed, and that none of its words is lost.

Streamlit tells of a change once, and a press that comes while it is told cuts that off for good. So whoever draws or
saves looks at the boxes themselves: what one holds beside the words last put into it was typed, and is kept first.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from lib.records import PromptVersion
from lib.store import Store

Keep = Callable[[Store, PromptVersion, str], None]
_BOXES = "prompt_boxes"


@dataclass
class Box:
    """A box as it was drawn last."""

    version: PromptVersion
    words: str
    keep: Keep


@dataclass
class Boxes:
    """All boxes of this session by their keys, and where they go on once what was typed is saved as a version."""

    drawn: dict[str, Box] = field(default_factory=dict)
    number: int | None = None  # of the version that they are typed over, as drawn last
    wanted: int | None = None  # of the one that was saved, until it is drawn
    left: str = ""  # the number in the address before, until the browser's address is the new one
    choice: str = "version"  # the key of the choice; another one after each save, for the browser may tell of the old

    def go_on(self, made: PromptVersion) -> None:
        """What is typed from now on is typed over this version, also in boxes that are not drawn anew yet."""
        self.wanted = made.number
        for box in self.drawn.values():
            box.version = made


def here() -> Boxes:
    """Those of this session."""
    if _BOXES not in st.session_state:
        st.session_state[_BOXES] = Boxes()
    return st.session_state[_BOXES]


def box(key: str, version: PromptVersion, words: str, keep: Keep, same: Callable[[str], str] = str) -> str:
    """The key of a box, which then holds these words; one that holds the same already is left alone.

    `same` makes equal what counts as equal. `keep` stores what is typed over a version.
    """
    now = st.session_state.get(key)
    if now is None or same(now) != same(words):
        st.session_state[key] = now = words
    here().drawn[key] = Box(version, now, keep)
    return key


def heard(store: Store) -> None:
    """Keeps what was typed into any box and is not kept yet."""
    for key, one in list(here().drawn.items()):
        now = st.session_state.get(key)
        if now is not None and now != one.words:
            one.keep(store, one.version, now)
            one.words = now

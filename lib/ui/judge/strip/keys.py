"""The keys of the bench and where the caret goes: a component that shows nothing.

Ctrl+S saves and Ctrl+Enter runs, with the words that were typed last; a box that has just appeared gets the caret.
Of the desk of disagreements: the next case is read from its beginning.
"""

from pathlib import Path

import streamlit as st

_mount = st.components.v2.component("plumbline_bench", js=Path(__file__).with_name("keys.js").read_text())


def listen() -> None:
    """On the bench: both keys, for as long as it is on the screen."""
    _mount(key="bench_keys", data={"keys": True, "box": "", "read": False, "mark": ""})


def caret(box: str, mark: str) -> None:
    """Puts the caret into the text box of this key, once for each mark: where somebody reads nothing is moved."""
    _mount(key="bench_caret", data={"keys": False, "box": box, "read": False, "mark": mark})


def from_the_top(mark: str) -> None:
    """Brings the page back to its beginning when another case is read, where the case is out of sight."""
    _mount(key="desk_read", data={"keys": False, "box": "", "read": True, "mark": mark})

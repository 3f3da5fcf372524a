"""Where the focus goes when something is refused: to the choice that is missing. A component that shows nothing."""

import re
from pathlib import Path

import streamlit as st

_mount = st.components.v2.component("plumbline_focus", js=Path(__file__).with_name("focus.js").read_text())


def on(key: str, mark: str) -> None:
    """Puts the focus on the control of this key, once for each mark: where somebody goes on nothing is moved."""
    _mount(key="focus", data={"part": re.sub(r"[^\w-]", "-", key.strip()), "mark": mark})

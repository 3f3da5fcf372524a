"""What is typed in the prompt or in a ruling is sent while somebody types: a component that shows nothing.

Streamlit's boxes tell the server of their words when they are left: a reload before that lost them. On the desk of
disagreements a key that is pressed while the page still runs waits until it is done.
"""

from pathlib import Path

import streamlit as st

_mount = st.components.v2.component("plumbline_typing", js=Path(__file__).with_name("typing.js").read_text())


def send() -> None:
    """For as long as the view is on the screen; the caret and the words stay where they are."""
    _mount(key="typing")

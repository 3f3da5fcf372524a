"""What lies around every page: its measures and colours, how it prints, and one history entry for each click.

The style sheets are all that stands in styles/, one a subject, and speak of parts by the keys of their containers.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from lib.ui.shell import sidebar

_HERE = Path(__file__).parent
STYLES = sorted((_HERE / "styles").glob("*.css"))
_mount = st.components.v2.component("plumbline_shell", css="\n".join(path.read_text() for path in STYLES),
                                    js=(_HERE / "shell.js").read_text(), isolate_styles=False)

_head = st.components.v2.component("plumbline_print_head", html="<p></p>", isolate_styles=False, js="""
export default function ({ parentElement, data }) {
  parentElement.querySelector("p").textContent = data.words;
}""")


def put_up(sections: Mapping[str, Sequence[StreamlitPage]]) -> None:
    """Once per run of the app, before its page; `sections` are the pages under their headings."""
    sidebar.put_up(sections)
    with st.sidebar:  # where a part that shows nothing moves nothing
        _mount(key="shell")


def print_head(words: str) -> None:
    """A line that stands on paper alone, above the title: whose page this is, and of which day."""
    with st.container(key="print_head"):
        _head(key="print_head_words", data={"words": words})

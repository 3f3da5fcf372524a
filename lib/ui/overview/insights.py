"""What was learnt, on the screen: a note with its traces, and the log, newest first."""

import secrets

import streamlit as st

from lib.store import Store
from lib.store.errors import insights
from lib.store.errors.insights import KINDS, Insight
from lib.ui import at_work, frame
from lib.workflow.overview import cycles as verbs

_TOKEN = "insight_token"
_WORDS = {"product": "the product", "user": "its users", "AI": "the AI"}


def page(store: Store) -> None:
    """A new insight, about the trace that the address names, and those there are."""
    search, kind = st.session_state.get("insight_search", ""), st.session_state.get("insight_about")
    look = verbs.log(store, search, kind)
    with st.expander("Note an insight", icon=":material/lightbulb:",
                     expanded="trace" in st.query_params or not look.any):
        if who := at_work.person(store, "insight", "insight"):
            _noter(store, who.name)
    _choices(store, search, kind)
    if not look.any:
        frame.empty("No insight yet", "The judge is a pretext: the value is in what you learn by looking. Write down "
                    "what you learnt about the product, its users or the AI, and from which traces.")
    elif not look.found:
        frame.empty("No insight fits", "Search for other words, or take the choice about what they are away.")
    for one in look.found:
        _insight(one)
    if look.cut:
        st.caption(f"The newest {verbs.SHOWN:,} are shown; the files hold all.")


def _choices(store: Store, search: str, kind: str | None) -> None:
    """What narrows the log, and the files of what is left; what was chosen holds from the next drawing on."""
    left, middle, files = st.columns([3, 2, 2], vertical_alignment="bottom")
    left.text_input("Search", key="insight_search", placeholder="in text, author, trace")
    middle.selectbox("About", KINDS, index=None, placeholder="all", key="insight_about",
                     format_func=lambda name: _WORDS[name])
    with files, st.container(horizontal=True):
        for ending in ("md", "csv"):
            st.download_button(f".{ending}", lambda ending=ending: verbs.insight_file(store, ending, search, kind),
                               f"insights.{ending}", key=f"insights_{ending}", on_click="ignore",
                               icon=":material/download:")


def _noter(store: Store, author: str) -> None:
    # Of this showing alone: pressed twice it is one insight.
    token = st.session_state.setdefault(_TOKEN, secrets.token_hex(16))
    with st.form(f"insight_{token}", border=False):
        kind = st.radio("What about", KINDS, horizontal=True, format_func=lambda name: _WORDS[name])
        text = st.text_area("What did you learn?", height=100)
        traces = st.text_area("Traces that taught it, an id a line", st.query_params.get("trace", ""), height=80)
        if st.form_submit_button("Note it", type="primary"):
            with frame.sentences():
                insights.add(store, kind, text, author, [line.strip() for line in traces.splitlines() if line.strip()],
                             token)
                del st.session_state[_TOKEN]
                st.query_params.pop("trace", None)
                frame.say("Noted.")
                st.rerun()


def _insight(one: Insight) -> None:
    with st.container(border=True, gap="small"):
        st.caption(frame.plain(f"{one.created_at[:10]} · about {_WORDS[one.kind]}"
                               + (f" · {one.author}" if one.author else "")))
        st.text(one.text)
        if one.traces:
            with st.container(horizontal=True):
                for trace in one.traces:
                    frame.link("dataset", frame.plain(trace), ":material/open_in_new:", trace=trace)

"""Who is at work in this browser: chosen or typed in the sidebar, and kept in the address."""

import streamlit as st

from lib.records import STAND_INS
from lib.store import Store, experts
from lib.ui import frame


def reviewer(store: Store) -> str:
    """Who reviews: chosen or typed in the sidebar, and kept in the address."""
    names = [expert.name for expert in experts.every(store)]
    # Always in the address: were the first of the list left out, a reload would make another of whom it names then.
    known, address = st.session_state.get("reviewer_in_address"), st.query_params.get("reviewer", "").strip()
    if address and address != known:
        st.session_state["reviewer"] = address
    elif not st.session_state.get("reviewer") and (known or names):
        st.session_state["reviewer"] = known or names[0]
    if typed := st.session_state.get("reviewer"):
        # Another spelling of somebody known here is that person, in the box and in the address.
        st.session_state["reviewer"] = experts.called(store, typed) or None
    with st.sidebar:
        caution(store)
        name = st.selectbox("Reviewing as", names, index=None, key="reviewer", accept_new_options=True,
                            placeholder="type your name", on_change=_another_reviewer,
                            help="The first person who labels becomes the principal expert. Settings changes that.")
    name = experts.called(store, name or "")
    if name:
        st.query_params["reviewer"] = st.session_state["reviewer_in_address"] = name
    return name


def _another_reviewer() -> None:
    # The trace of the one who was here is not what comes next for the other.
    st.query_params.pop("trace", None)


def caution(store: Store) -> None:
    """A line where the principal only stands in for the expert: every figure rests on a stand-in."""
    principal = experts.principal(store)
    if principal and principal.basis in STAND_INS:
        st.warning(frame.plain(f"{principal.name} decides here as {principal.basis}. A stand-in is not the expert: "
                               "have the real one label a part of these traces too; Review → Reviewers compares."),
                   icon=":material/supervisor_account:")

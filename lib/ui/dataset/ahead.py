"""What a choice will say before it is drawn, so that a view can fetch all it shows at once."""

import streamlit as st


def chosen(name: str, first: str) -> str:
    """As frame.choose of this name settles it: somebody's link goes before what was picked here."""
    address, picked = st.query_params.get(name), st.session_state.get(name)
    if address is not None and (picked is None or address != st.session_state.get(f"{name}_in_address")):
        return address
    return first if picked is None else picked

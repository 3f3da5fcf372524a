"""Judges with one criterion on the screen: what has to be said before one is built early."""

import streamlit as st

from lib.store import Store
from lib.workflow import checking


def reason_field(store: Store, key: str) -> str:
    """Asks why a test cannot wait, where it comes before error analysis."""
    why = checking.early(store)
    if not why:
        return ""
    st.warning(why, icon=":material/hourglass_empty:")
    return st.text_input("Why it cannot wait", key=key)

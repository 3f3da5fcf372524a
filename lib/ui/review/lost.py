"""A trace that is gone while somebody writes on it: what was typed stays on the screen, to be copied."""

from typing import Any

import streamlit as st

from lib.records import PlumblineError
from lib.store import Store
from lib.store.dataset import traces
from lib.ui import frame


def note(store: Store, memory: dict[str, Any], event: dict[str, Any]) -> None:
    """Keeps what an event brought where its trace is not there any more."""
    try:
        traces.key_of(store, str(event.get("trace")))
    except PlumblineError:
        texts = [str(event.get(name) or "").strip() for name in ("critique", "revised")]
        if any(texts):
            memory["lost"] = str(event.get("trace")), "\n\n".join(filter(None, texts))


def show(memory: dict[str, Any]) -> None:
    """What was typed on a trace that is gone, until it is put away."""
    if "lost" not in memory:
        return
    trace, text = memory["lost"]
    with st.container(border=True):
        st.caption(frame.plain(f"What you had typed on {trace}, which was deleted meanwhile. It is stored nowhere."))
        st.text(text)
        st.button("Put away", key="put_lost_away", on_click=memory.pop, args=("lost", None))

"""A version handed out as files that run anywhere, and a passport taken back in."""

import streamlit as st

from lib.records import PromptVersion
from lib.store import Store
from lib.ui import frame
from lib.workflow.judge.passport import ADAPTERS, exporting


def panel(store: Store, found: dict[int, PromptVersion]) -> None:
    """Which version leaves, with which adapters, and the file itself, made only when it is asked for."""
    with st.expander("Export this judge", icon=":material/ios_share:"):
        if said := exporting.refused(found):
            st.caption(frame.plain(said))
            return
        st.caption("Its prompt, examples, figures and what it must not be used for, with code that sends the same "
                   "messages and reads replies in the same way: Python's standard library is enough. The examples "
                   "leave with it, and so do the traces they are of.")
        left, right = st.columns([1, 3])
        with left:
            number = int(frame.choose("Version", [str(one) for one in found], "leaves"))
        adapters = right.multiselect("Adapters for", ADAPTERS, placeholder="none: plain code") if ADAPTERS else []
        name = found[number].judge
        st.download_button(
            "Download", lambda: exporting.archive(exporting.of(store, name, number), tuple(adapters)),
            f"{_file_name(name)}-v{number}.zip", "application/zip", icon=":material/download:", on_click="ignore")


def _file_name(name: str) -> str:
    return "".join(one if one.isalnum() else "-" for one in name)[:60]

"""A model's second reading on the screen: a quiet button beside a note that is saved, and what the model noted.

Before the reviewer has a note stored on the fail nothing is drawn: neither the button nor a word of the model's.
"""

from collections.abc import Callable

import streamlit as st

from lib.records import QUEUED, RUNNING
from lib.store import Store
from lib.store.errors import analyses
from lib.ui import frame
from lib.workflow.errors import analysing, second_reading

_HELP = ("One call to the model chosen in Settings. It reads the trace, the expert's critique and what pass and fail "
         "mean, not your note.")


def show(store: Store, author: str, trace: str, written: str, add: Callable[[str], None]) -> None:
    """The button, how far the model is, or what it noted; `written` is what the box holds, `add` appends to it."""
    if second_reading.refused(store, trace, author):
        return
    found = second_reading.of(store, trace, author)
    if found is None:
        _button(store, author, trace, "What would the model note?", "contract")
    elif found.under_way:
        frame.fragment(_watch, run_every=1)(store, found.job.id)
    elif found.text:
        _noted(found, written, add)
    else:
        st.warning(frame.plain(found.why), icon=":material/error:")
        _button(store, author, trace, "Ask again", "replay")


def _button(store: Store, author: str, trace: str, label: str, icon: str) -> None:
    if st.button(label, key="second_reading", type="tertiary", icon=f":material/{icon}:", help=_HELP):
        with frame.sentences():
            made = second_reading.start(store, trace, author)
            if made.status == QUEUED:
                analysing.start_process(store, made.id)
            st.rerun()


def _watch(store: Store, number: int) -> None:
    analysing.settle(store)
    job = analyses.get(store, number)
    if job.status not in (RUNNING, QUEUED):
        st.rerun()  # the whole page, which then stops asking
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(frame.plain(f"The model reads this fail… {job.message}"))
        if st.button("Cancel", key="cancel_reading", type="tertiary"):
            frame.do(analysing.cancel, store, number)


def _noted(found: second_reading.Reading, written: str, add: Callable[[str], None]) -> None:
    with st.container(border=True):
        trial = ", the embedded model: for trying the path" if found.trial else ""
        st.caption(f":material/contract: **The model notes** ({frame.plain(found.job.model + trial)}):")
        st.text(found.text)
        st.button("Add it to my note", key="add_reading", type="tertiary", icon=":material/add:", on_click=add,
                  args=(found.text,), disabled=found.text in written,
                  help="Puts it below what the box holds. It is your note only once you have saved it.")

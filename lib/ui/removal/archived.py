"""Archived traces on the screen: how many are left out; one is put away or brought back."""

import streamlit as st

from lib.records.words import counted
from lib.store import Store, roles
from lib.store.dataset import traces
from lib.store.removal import archive
from lib.ui import frame
from lib.ui.removal import asking
from lib.workflow.overview import removing


def caption(store: Store) -> None:
    """Says how many archived traces no figure and no list counts; nothing where none is archived."""
    if n := traces.archived(store):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f":material/archive: {n:,} archived trace{'s are' if n != 1 else ' is'} left out here.",
                       width="content")
            frame.link("dataset", "Show the archive", view="Traces", archived="yes")


def of_one(store: Store, trace_id: str) -> None:
    """Archive and delete for one trace."""
    if not roles.may(store.role, "traces"):
        return
    key = traces.key_of(store, trace_id)
    with st.container(horizontal=True):
        if archive.holds(store, key):
            if st.button("Bring back", key="trace_back", icon=":material/unarchive:"):
                frame.do(_back, store, [key])
        elif st.button("Archive", key="trace_archive", icon=":material/archive:"):
            frame.do(_away, store, [key])
        asking.box(store, "trace_delete", lambda: removing.of_traces(store, [key]), _closed)


def _closed() -> None:
    st.query_params.pop("trace", None)


def _away(store: Store, keys: list[int]) -> None:
    n, places = removing.archive_traces(store, keys)
    frame.say(f"{n:,} archived" + (f", out of {counted(places, 'place')} in queues." if places else "."))
    _closed()


def _back(store: Store, keys: list[int]) -> None:
    frame.say(f"{removing.bring_back_traces(store, keys):,} brought back. The next draw may bring them into a queue.")

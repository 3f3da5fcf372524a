"""How a page deletes: what hangs on a thing is shown, a copy is offered, its name is typed, and then it is done."""

from collections.abc import Callable

import streamlit as st

from lib.store import Store, sign_offs
from lib.store.removal.removing import IMPORT, Thing
from lib.ui import frame
from lib.ui.people import waiting
from lib.workflow.overview import removing
from lib.workflow.overview.removing import Look

_WIDTH = 440  # pixels of what opens


def box(store: Store, key: str, find: Callable[[], Thing], after: Callable[[], object], label: str = "Delete") -> None:
    """A button that opens the question; `find` names the thing once it is open, `after` goes on when it is gone."""
    place = st.popover(label, icon=":material/delete:", key=f"{key}_open", on_change="rerun")
    seen_key = f"{key}_seen"
    if not place.open:
        st.session_state.pop(seen_key, None)
        return
    with place, st.container(width=_WIDTH), frame.sentences():
        thing = find()
        known = st.session_state.get(seen_key)
        # Counted once an opening: what others add since is found out by the press.
        if known is None or known.thing != thing:
            known = st.session_state[seen_key] = removing.look(store, thing)
        _question(store, key, known, after)


def _question(store: Store, key: str, seen: Look, after: Callable[[], object]) -> None:
    verb = "Take back" if seen.thing.kind == IMPORT else "Delete"
    st.markdown(f"**{verb} {frame.plain(_named(seen.thing))}?**")
    st.caption("This goes, at once and for good:")
    st.markdown("\n".join(f"- {frame.plain(line)}" for line in seen.lines or ["nothing hangs on it"]))
    for note in seen.notes:
        st.caption(f":material/info: {frame.plain(note)}")
    _copy(store, key)
    reason = ""
    if seen.asks:
        waiting.mark(store, seen.thing.subject, sign_offs.REMOVAL)
        st.caption(f":material/hourglass_top: {frame.plain(seen.asks)} gave some of these labels and has to agree. "
                   "Until then nothing goes.")
        reason = st.text_input("Why?", key=f"{key}_why")
    typed = st.text_input("To say that it is meant, type", key=f"{key}_typed", placeholder=seen.thing.typed,
                          help=None)
    if st.button(f"Ask {frame.plain(seen.asks)}" if seen.asks else verb, key=f"{key}_do", type="primary",
                 icon=":material/delete:"):
        _remove(store, key, seen, typed, reason, after)


def _named(thing: Thing) -> str:
    return thing.name if thing.kind == "traces" else f"the {thing.kind} {thing.name}"


def _copy(store: Store, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Copy the file first", key=f"{key}_copy", icon=":material/save:"):
            st.session_state[f"{key}_copied"] = removing.copy_first(store).name
        if copied := st.session_state.get(f"{key}_copied"):
            st.caption(f"Copied to {frame.plain(copied)}, beside the file.")


def _remove(store: Store, key: str, seen: Look, typed: str, reason: str, after: Callable[[], object]) -> None:
    with frame.sentences():
        try:
            asked = removing.remove(store, seen, typed, reason)
        finally:
            st.session_state.pop(f"{key}_seen", None)
        if asked is not None:
            frame.say(f"{seen.asks} has to agree: it waits on Overview, Sign-offs.")
            st.rerun()
        frame.say(f"{seen.thing.name}: gone. Settings, Log keeps what went.")
        after()
        st.rerun()

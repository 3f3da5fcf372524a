"""What is done with many traces at once, on the screen: counted before, said afterwards, undone where it can be.

With the ticked rows, or with all that the filter leaves.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

import streamlit as st

from lib.records.words import counted
from lib.store import Store, roles
from lib.store.dataset.traces import Filter
from lib.ui import frame
from lib.ui.removal import asking
from lib.workflow.dataset import bulk, listing
from lib.workflow.overview import removing
from lib.writers import WRITERS

_DONE = "bulk_done"  # in the session: (project, what was done in words, how it is undone or None)
_ACTS = "bulk_acts"  # in the session: how many acts there were, after each of which nothing is ticked
_SURE = "bulk_sure"  # in the session: what is asked once more before it is given
_WIDTH = 420  # pixels of what opens


def acts() -> int:
    """How many acts on many traces there were in this session: what was ticked before the last one is done with."""
    return st.session_state.get(_ACTS, 0)


def offered(store: Store, where: Filter, found: listing.Listing, ticked: Sequence[int]) -> None:
    """The button that opens what can be done with them, and the one that asks before it deletes."""
    n = len(ticked) or found.total
    keys = partial(listing.keys, store, where, ticked)
    place = st.popover(f"With {'these' if ticked else 'all'} {n:,}" if n > 1 else "With this one",
                       icon=":material/checklist:", key="bulk_open", on_change="rerun")
    if roles.may(store.role, "traces") and (ticked or where.said):
        asking.box(store, "list_delete", lambda: removing.of_traces(store, keys()), _closed, "Delete")
    if not place.open:
        return
    with place, st.container(width=_WIDTH):
        st.caption("Only what is ticked." if ticked else "All that the filter leaves, not only this page. To choose "
                   "some of them, tick their rows.")
        actions = _actions(store, where)
        action = st.segmented_control("What", list(actions), required=True, default=next(iter(actions)),
                                      key="bulk_action", label_visibility="collapsed")
        with frame.sentences():
            actions[action](store, keys())


def _actions(store: Store, where: Filter) -> dict[str, Callable[[Store, list[int]], None]]:
    """What this role may do with these traces, by its word."""
    found = {"Queue": _queue} if roles.may(store.role, "queue_items") and not where.archived else {}
    if roles.may(store.role, "trace_values"):
        found["Dimension"] = _dimension
    found["Export"] = _export
    if roles.may(store.role, "archived_traces"):
        found |= {"Bring back": _back} if where.archived else {"Archive": _away}
    return found


def _queue(store: Store, keys: list[int]) -> None:
    names = bulk.reviewers(store)
    expert = st.selectbox("Whose queue", names, index=0 if names else None, key="bulk_reviewer",
                          accept_new_options=True, placeholder="a name")
    if not expert:
        return
    plan = bulk.queue_plan(store, keys, expert)
    st.text(plan.words)
    st.caption("In the order of the dataset. Chosen by hand and not drawn: no rate counts these labels.")
    token = st.session_state.setdefault("bulk_token", secrets.token_hex(16))
    if st.button(f"Put {counted(len(plan.keys), 'trace')} into the queue", key="bulk_queue", type="primary",
                 disabled=not plan.keys):
        done = bulk.queue(store, keys, expert, token)
        del st.session_state["bulk_token"]
        _finish(store, f"{counted(done.n, 'trace')} {_are(done.n)} in {done.expert}'s queue.",
                lambda: f"{counted(bulk.take_back(store, done), 'trace')} taken back out of {done.expert}'s queue.")


def _dimension(store: Store, keys: list[int]) -> None:
    known = bulk.values(store)
    if not known:
        st.caption("No dimension has a value yet: the view Dimensions describes them.")
        return
    left, right = st.columns(2)
    name = left.selectbox("Dimension to set", list(known), key="bulk_dimension")
    value = right.selectbox("Value to give", known[name], key="bulk_value")
    n = counted(len(keys), "trace")
    st.text(f"This gives {n} the value “{value}” in place of what {'it has' if len(keys) == 1 else 'they have'} in "
            f"“{name}”.")
    if _sure((name, value, tuple(keys)), n):
        done = bulk.give(store, keys, name, value)
        _finish(store, f"{counted(done, 'trace')} {'has' if done == 1 else 'have'} “{value}” in “{name}” now.")


def _sure(meant: tuple[str, str, tuple[int, ...]], n: str) -> bool:
    """Asks once more with their number, for it writes over what they have; whether that was answered with yes."""
    name = meant[0]
    if st.session_state.get(_SURE) != meant:
        if st.button(f"Give it to {n}", key="bulk_give", type="primary"):
            st.session_state[_SURE] = meant
            st.rerun()
        return False
    st.warning(frame.plain(f"This writes over “{name}” of {n} and cannot be undone."), icon=":material/warning:")
    with st.container(horizontal=True):
        sure = st.button(f"Yes, {n}", key="bulk_sure_yes", type="primary")
        if st.button("No", key="bulk_sure_no"):
            del st.session_state[_SURE]
            st.rerun()
    if sure:
        del st.session_state[_SURE]
    return sure


def _export(store: Store, keys: list[int]) -> None:
    st.text(f"This exports {counted(len(keys), 'trace')}, each with all its columns. An import takes the file back.")
    with st.container(horizontal=True):
        for ending in WRITERS:
            st.download_button(f".{ending}", lambda ending=ending: bulk.export(store, keys, ending),
                               f"traces-{date.today()}.{ending}", key=f"bulk_export_{ending}", on_click="ignore",
                               icon=":material/download:")


def _away(store: Store, keys: list[int]) -> None:
    n = counted(len(keys), "trace")
    st.text(f"This archives {n}: kept whole, but in no list, queue, new run or figure until brought back.")
    if st.button(f"Archive {n}", key="list_archive", icon=":material/archive:", type="primary"):
        done, places = removing.archive_traces(store, keys)
        left = f", out of {counted(places, 'place')} in queues" if places else ""
        _closed()
        _finish(store, f"{counted(done, 'trace')} archived{left}.", partial(_brought_back, store, keys))


def _back(store: Store, keys: list[int]) -> None:
    n = counted(len(keys), "trace")
    if st.button(f"Bring {n} back", key="list_back", icon=":material/unarchive:", type="primary"):
        _finish(store, f"{_brought_back(store, keys)} The next draw may bring them into a queue.")


def _brought_back(store: Store, keys: Sequence[int]) -> str:
    return f"{counted(removing.bring_back_traces(store, keys), 'trace')} brought back."


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def _finish(store: Store, words: str, undo: Callable[[], str] | None = None) -> None:
    """Says what was done above the table, which is drawn anew, and closes what was open."""
    st.session_state[_DONE] = store.project, words, undo
    st.session_state[_ACTS] = acts() + 1
    st.rerun()


def said(store: Store) -> None:
    """What was done last in this project, with the way to undo it, until the next act or until it is closed."""
    project, words, undo = st.session_state.get(_DONE, (None, "", None))
    if project != store.project:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="bulk_said"):
        st.success(frame.plain(words), icon=":material/check:", width="stretch")
        if undo and st.button("Undo", key="bulk_undo", icon=":material/undo:"):
            with frame.sentences():
                _finish(store, undo())
        if st.button("Close", key="bulk_close", icon=":material/close:", type="tertiary"):
            del st.session_state[_DONE]
            st.rerun()


def _closed() -> None:
    st.session_state[_ACTS] = acts() + 1
    st.query_params.pop("trace", None)

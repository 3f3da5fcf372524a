"""Going through fails on the screen: which ones, jumping to one, and what people have said of it."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from lib.records import Label, PlumblineError, minute
from lib.store import Store, experts
from lib.store.dataset import traces
from lib.store.errors import notes
from lib.store.errors.notes import Fails
from lib.ui import at_work, frame
from lib.ui.review import position
from lib.ui.review.position import Position
from lib.workflow.errors import naming

_ANY = "any"
_LONG, _TALL = 400, 200  # characters of a critique that scrolls, and the pixels it then has


def begin(store: Store, noun: str) -> tuple[str, Fails] | None:
    """(who is at work, the principal's fails); None, said so, where there is none."""
    person = experts.principal(store)
    if person is None or not notes.progress(store, Fails(person.name))[1]:
        frame.empty("No fail yet", "Error analysis begins with fails: review some traces first.", "review",
                    "Review traces")
        return None
    author = at_work.person(store, noun)
    return (author.name, Fails(person.name)) if author else None


def narrowed(store: Store, where: Fails) -> Fails:
    """Those of the fails that have the dimension's value chosen here; beside it the jump to one of them."""
    known = traces.dimensions(store)
    narrow = st.query_params.get("value") not in (None, _ANY)
    with st.popover("Which fails: some" if narrow else "Which fails", icon=":material/filter_list:"):
        st.text_input("Jump to", placeholder="id of a trace, then Enter", key="jump_to_fail", on_change=_jump,
                      args=(store,))
        name = frame.choose("Dimension", [_ANY, *known], "dimension") if known else _ANY
        value = frame.choose("Value", [_ANY, *known[name]], "value") if name != _ANY else _ANY
    return replace(where, dimension=None if name == _ANY else name, value=None if value == _ANY else value)


def how_far(store: Store, where: Fails | None = None) -> None:
    """A line on how far the fails are on the way to failure modes."""
    if found := naming.naming(store, where):
        st.caption(found.words)


def _jump(store: Store) -> None:
    wanted = st.session_state["jump_to_fail"].strip()
    try:
        st.query_params["trace"] = traces.get(store, wanted).id if wanted else st.query_params.get("trace", "")
    except PlumblineError as error:
        frame.say(str(error))


def wanted(coming: Callable[[], str | None], done: str, onward: tuple[str, str, str], store: Store, where: Fails,
           way: Position | None = None) -> str | None:
    """The trace the address names or `way` leads to, else what comes next; where there is none `done` says so.

    `onward` is what to do then: a label, and the view and its part that it leads to.
    """
    label, view, part = onward
    way = way or position.looked({})["way"]
    found = way.here or coming()
    way.tell(found)
    if found is None:
        st.success(done, icon=":material/done_all:")
        with st.container(horizontal=True, vertical_alignment="center"):
            frame.link("errors", label, ":material/arrow_forward:", view=view, part=part)
            st.button("Go through them again", key="fails_again", icon=":material/replay:", on_click=step,
                      args=(store, where, True), type="tertiary")
        return None
    return found


def step(store: Store, where: Fails, forward: bool) -> None:
    """To the fail labelled next, or before, whether it waits or not."""
    here = st.query_params.get("trace", "")
    st.query_params["trace"] = notes.step(store, where, here, forward) or here


def said(expert: str, label: Label | None) -> None:
    """What the expert said of a fail: the label that counts."""
    with st.container(border=True, height=_TALL if label and len(label.critique) > _LONG else "content"):
        st.caption(frame.plain(f"{expert}: {label.outcome if label else 'no label'}"))
        if label:
            st.text(label.critique or "no critique")


def earlier_notes(store: Store, trace: str) -> None:
    """Every note on a trace, newest first."""
    found = notes.history(store, trace)
    if found:
        with st.expander(f"Notes on this trace: {len(found):,}", icon=":material/history:"):
            for note in found:
                st.caption(frame.plain(f"{note['author']}, {minute(note['created_at'])}"))
                st.text(note["text"])

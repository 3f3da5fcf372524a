"""Open coding on the screen: one fail, what the expert said of it, and a free note on what went wrong first.

Nothing is ever filled in but what a person wrote; a model may be asked only beside a note that is saved. The note is
written in the desk's own panel, which loses no word.
"""

import secrets
from typing import Any

import streamlit as st

from lib.records import PlumblineError, StoreError
from lib.store import Store
from lib.store.errors import notes
from lib.store.errors.notes import Fails
from lib.ui import frame, trace_card
from lib.ui.errors import fail_navigation, second_reading
from lib.ui.review import decision, desk, position
from lib.workflow.errors.naming import GROUPS
from lib.workflow.errors.views import coding

_LISTED = 500
_ASKED = "The first thing that went wrong, upstream. What you see, not why it might be"


def page(store: Store) -> None:
    """Which fails, and the one to write a note on."""
    begun = fail_navigation.begin(store, "note")
    if begun is None:
        return
    author = begun[0]
    with st.container(horizontal=True):
        where = fail_navigation.narrowed(store, begun[1])
        _all(store, where)
    _one(store, author, where)
    decision.wakeable()


def _all(store: Store, where: Fails) -> None:
    with st.popover("All notes", icon=":material/notes:"):
        found = notes.every(store, where, _LISTED)
        if len(found) == _LISTED:
            st.caption(f"The first {_LISTED:,}, in the order the fails were labelled.")
        if found:
            st.dataframe({"trace": [note["trace_id"] for note in found], "note": [note["text"] for note in found],
                          "by": [note["author"] for note in found],
                          "written": [note["created_at"][:10] for note in found]}, hide_index=True)
        else:
            st.caption("None yet.")


@frame.fragment
def _one(store: Store, author: str, where: Fails) -> None:
    with frame.sentences():
        decision.settle(desk.scope(store, author, "notes"), lambda event: _handle(store, author, where, event))
        memory = _memory(store, author)
        fail_navigation.how_far(store, where)
        wanted = fail_navigation.wanted(
            lambda: notes.next_without(store, where), "Every one of these fails has a note.",
            ("Group them", "Name them", GROUPS), store, where, memory["way"])
        if wanted is None:
            return
        fail = coding.of(store, wanted, where.expert)
        trace = fail.trace
        left, right = st.columns([3, 2], gap="medium")
        with left:
            trace_card.show(trace, height=520, context=True, pinned_names=fail.pinned)
        with right:
            fail_navigation.said(fail.expert, fail.label)
            data = _data(store, author, trace.id, memory)
            decision.panel(desk.scope(store, author, "notes"), data,
                           lambda event: _handle(store, author, where, event))
            second_reading.show(store, author, trace.id, data["text"],
                                lambda text: _add(store, author, where, trace.id, text))
            fail_navigation.earlier_notes(store, trace.id)


def _memory(store: Store, author: str) -> dict[str, Any]:
    """What this session knows of one author at one project: showing, notice, after, way."""
    return position.looked(st.session_state.setdefault("noting", {}).setdefault(desk.scope(store, author, "notes"), {}))


def _data(store: Store, author: str, trace: str, memory: dict[str, Any]) -> dict[str, Any]:
    now = notes.current(store, trace)
    if memory.get("showing", ("",))[0] != (trace, now and now["id"]):
        memory["showing"] = ((trace, now and now["id"]), secrets.token_hex(16))
    return {"note": True, "trace": trace, "showing": memory["showing"][1], "question": _ASKED,
            "text": _written(store, author, trace), "revised": "", "new": False, "given": "", "seen": None,
            "change": "", "mode": "", "purpose": "", "content": "", "undo": False, "colours": ["", ""],
            "notice": memory.pop("notice", ""), "after": memory.get("after", [])}


def _written(store: Store, author: str, trace: str) -> str:
    """What the box begins with: the draft of this author, else the note that counts."""
    kept, now = notes.draft(store, trace, author), notes.current(store, trace)
    return kept if kept is not None else now["text"] if now else ""


def _add(store: Store, author: str, where: Fails, trace: str, text: str) -> None:
    """Appends to what the box holds, as a draft: the person still reads, changes and saves it."""
    decision.settle(desk.scope(store, author, "notes"), lambda event: _handle(store, author, where, event))
    try:
        notes.keep_draft(store, trace, author, f"{_written(store, author, trace)}\n{text}")
        _memory(store, author).pop("showing", None)  # so that the box takes it up
    except PlumblineError as error:
        _memory(store, author)["notice"] = str(error)


def _handle(store: Store, author: str, where: Fails, event: decision.Event) -> bool:
    """Stores what came from the panel; False where the file could not be written and the browser must keep it."""
    try:
        _store(store, author, where, event)
    except PlumblineError as error:
        _memory(store, author)["notice"] = str(error)
        return not isinstance(error, StoreError)
    return True


def _store(store: Store, author: str, where: Fails, event: decision.Event) -> None:
    kind, trace, text = event.get("kind"), str(event.get("trace")), str(event.get("critique") or "")
    memory = _memory(store, author)  # no call of Streamlit after it, as at the desk
    if kind == "label":
        notes.save(store, trace, author, text, str(event.get("showing")))
        memory["after"] = [f"{trace[:60]}: note saved. Go back to it to ask what a model would note."]
        following = notes.next_without(store, where, trace)
    elif kind == "draft":
        notes.keep_draft(store, trace, author, text)
        return
    elif kind in ("back", "next"):
        if event.get("changed"):
            notes.keep_draft(store, trace, author, text)
        following = notes.step(store, where, trace, kind == "next") or trace
    else:
        return
    # Not where an event of an earlier trace comes late.
    if trace == memory["way"].here:
        memory["way"].go(following)

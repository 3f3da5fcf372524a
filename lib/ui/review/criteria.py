"""The criteria document on the screen: the text in force, edited whole with a reason, and its history."""

import secrets

import streamlit as st

from lib.records import minute
from lib.records.disagreements import Criteria
from lib.records.words import counted
from lib.store import Store, experts, sign_offs
from lib.store.review import criteria
from lib.store.review.criteria import Draft
from lib.ui import at_work, frame, text_changes
from lib.ui.people import waiting
from lib.workflow import rights
from lib.workflow.review import criteria as keeping


def criteria_panel(store: Store) -> None:
    """The document to edit, the labels that may need another look since it changed, and all its versions."""
    box = st.expander("The criteria: what pass and fail mean", icon=":material/menu_book:", key="criteria_open",
                      on_change="rerun")
    if not box.open:
        return
    with box:
        waiting.mark(store, "criteria", sign_offs.CRITERIA)
        if at_work.person(store, "version of the criteria", "criteria"):
            _editor(store, keeping.begun(store))
        found = criteria.every(store)
        if found and found[0].text.strip():
            _another_look(store)
        if found:
            _history(found)


def _editor(store: Store, begun: Draft) -> None:
    for name, value in (("text", begun.text), ("reason", begun.reason)):
        st.session_state.setdefault(_key(store, name, begun), value)
    st.text_area("What pass and fail mean here", key=_key(store, "text", begun), height=200, on_change=_keep,
                 args=(store, begun),
                 placeholder="In the expert's words: one line for each thing an answer must or must not do.")
    st.text_input("What changes, and why?", key=_key(store, "reason", begun), on_change=_keep, args=(store, begun))
    if not rights.principals(store):
        if st.button(f"Ask {frame.plain(rights.principal_words(store))} for this version", icon=":material/save:",
                     key="ask_criteria"):
            waiting.asked(store, keeping.ask, store, _typed(store, begun))
    elif st.button("Save the criteria as a new version", icon=":material/save:", key="save_criteria"):
        _save(store, begun)


def shown(store: Store) -> None:
    """The text in force alone, to be read; nothing where there is none."""
    now = criteria.newest(store)
    if now and now.text.strip():
        with st.expander(f"Criteria, version {now.number}, {now.created_at[:10]}", icon=":material/menu_book:"):
            st.text(now.text)


def _key(store: Store, name: str, begun: Draft) -> str:
    # Of the version it was made from: another one in force, and the fields begin anew.
    return f"criteria_{name}_{store.project}_{begun.number}"


def _typed(store: Store, begun: Draft) -> Draft:
    return Draft(begun.number, *(st.session_state[_key(store, name, begun)] for name in ("text", "reason")))


def _keep(store: Store, begun: Draft) -> None:
    frame.act(keeping.keep, store, _typed(store, begun))


def _save(store: Store, begun: Draft) -> None:
    with frame.sentences():
        made = keeping.save(store, _typed(store, begun))
        frame.say(f"Saved as version {made.number}.")
        st.rerun()


def _another_look(store: Store) -> None:
    """Labels given under earlier criteria, offered to be read again."""
    principal = experts.principal(store)
    older = criteria.earlier(store, principal.name) if principal else 0
    if not older:
        return
    with st.container(border=True):
        st.caption(frame.plain(f"{counted(older, 'label')} of {principal.name} "
                               f"{'is' if older == 1 else 'are'} older than these criteria. Put some back into "
                               "the queue for another look, those ruled unclear first."))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            size = st.number_input("How many", 1, older, min(20, older), key=f"look_again_{older}", width=140)
            token = st.session_state.setdefault("look_again_token", secrets.token_hex(16))
            if st.button("Put back into the queue", icon=":material/replay:", key="look_again"):
                with frame.sentences():
                    n = keeping.another_look(store, int(size), token=token)
                    del st.session_state["look_again_token"]
                    frame.say(f"{counted(n, 'trace waits', 'traces wait')} on the desk of {principal.name}.")
                    st.rerun()


def _history(found: list[Criteria]) -> None:
    st.dataframe({"version": [one.number for one in found],
                  "saved": [minute(one.created_at) for one in found],
                  "who": [one.author for one in found], "why": [one.reason for one in found]}, hide_index=True)
    by_number = {one.number: one for one in found}
    numbers = list(by_number)
    chosen = st.selectbox("What changed in version", numbers, key=f"criteria_version_{numbers[0]}")
    before = by_number.get(chosen - 1)
    text_changes.side_by_side(before.text if before else "", by_number[chosen].text)

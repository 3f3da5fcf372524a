"""“Fix before you build a judge” on the bench: one line, and the written reason of who goes on all the same."""

import streamlit as st

from lib.store import Store
from lib.ui import at_work, frame
from lib.workflow.errors import going_on
from lib.workflow.errors.going_on import Standing

_ASKED = "going_on_asked"  # somebody has pressed Run: the reason is asked for in the page


def before_a_judge(store: Store) -> None:
    """Says where an error is so common that mending it goes first, with the reason that was written; else nothing."""
    found = going_on.standing(store)
    if not found.said:
        return
    with st.container(key="going_on", border=False, horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":orange[:material/build:] **Fix before you build a judge.** {frame.plain(found.said)}",
                    width="stretch")
        frame.link("errors", "What to fix", ":material/arrow_forward:", view="What to fix")
        if found.asks and not st.session_state.get(_ASKED):
            st.button("Go on all the same", key="going_on_ask", type="tertiary", on_click=_ask)
    if found.kept:
        st.caption(f":material/history_edu: {frame.plain(found.kept.author)} goes on all the same, "
                   f"{found.kept.created_at[:10]}: {frame.plain(found.kept.reason)}")
    elif st.session_state.get(_ASKED):
        _form(store, found)


def may_run(store: Store, judge: str) -> bool:
    """Whether a run of this judge may begin: a reason stands, or none is needed; else it is asked for in the page."""
    if not going_on.standing(store).asks:
        return True
    _ask()
    st.rerun()


def _ask() -> None:
    st.session_state[_ASKED] = True


def _form(store: Store, found: Standing) -> None:
    with st.container(border=True, key="going_on_form"):
        if at_work.person(store, "reason", "going_on", shown=False) is None:
            return
        with st.form("going_on_why", border=False):
            reason = st.text_input("Why do you go on to a judge all the same?", key="going_on_reason", placeholder=(
                "e.g. the fix is on its way, and the judge is to count what is left"))
            if st.form_submit_button("Keep the reason and go on"):
                with frame.sentences():
                    going_on.keep(store, reason)
                    st.session_state.pop(_ASKED, None)
                    frame.say("Kept. Press Run.")
                    st.rerun()

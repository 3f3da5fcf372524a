"""A judge renamed, archived, brought back or deleted, on the screen."""

import streamlit as st

from lib.store import Store, roles
from lib.store.judge import judges
from lib.ui import at_work, frame
from lib.ui.removal import asking
from lib.workflow.judge import judging
from lib.workflow.overview import removing


def keeper(store: Store, judge: str) -> None:
    """What may become of this judge, and those that are archived."""
    if at_work.may(store, "judges", "renames, archives and deletes judges"):
        _offered(store, judge)
    archive(store)


def _offered(store: Store, judge: str) -> None:
    with st.container(horizontal=True):
        with st.popover("Rename", icon=":material/edit:"):
            name = st.text_input("Called from now on", judge, key=f"judge_name_{judge}")
            st.caption("Prompts, runs and verdicts stay its own. A file that names it as before begins another judge.")
            if st.button("Rename", key="judge_rename", type="primary"):
                frame.do(judges.rename, store, judge, name)
        with st.popover("Archive", icon=":material/archive:"):
            st.caption("Offered nowhere until it is brought back; prompts, runs and verdicts stay.")
            if st.button("Archive", key="judge_archive", type="primary"):
                frame.do(_archived, store, judge)
        asking.box(store, "judge_delete", lambda: removing.of_judge(store, judge), _another)


def archive(store: Store) -> None:
    """The archived judges, each to be brought back."""
    if away := judges.archived(store):
        with st.expander(f"Archived judges: {len(away):,}", icon=":material/archive:"):
            for name in away:
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.markdown(frame.plain(name), width="content")
                    if roles.may(store.role, "judges") and st.button(
                            "Bring back", key=f"judge_back_{name}", icon=":material/unarchive:"):
                        frame.do(judges.bring_back, store, name)


def none_left(store: Store) -> None:
    """Where no judge is offered: the archived ones, or the first one anew."""
    archive(store)
    if not judges.archived(store) and st.button("Start a judge", key="first_judge", type="primary",
                                                icon=":material/gavel:"):
        frame.do(judging.ensure_judge, store)


def _archived(store: Store, judge: str) -> None:
    judges.archive(store, judge)
    frame.say(f"{judge} is archived.")
    _another()


def _another() -> None:
    """Nothing in the address names a judge or a run that is not offered any more."""
    for word in ("judge", "run", "case"):
        st.query_params.pop(word, None)
        st.session_state.pop(word, None)

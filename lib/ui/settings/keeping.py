"""Projects as a whole on the screen: renamed, archived, brought back, deleted; and the log of what is gone."""

from collections.abc import Sequence

import streamlit as st

from lib.records import minute
from lib.records.words import counted
from lib.store import Store, projects
from lib.store.removal import log
from lib.ui import frame
from lib.ui.removal import asking
from lib.workflow.overview import removing
from lib.workflow.set_up import ProjectView


def project(store: Store, found: ProjectView) -> None:
    """What may become of this project, and the archive; another one is begun at the left."""
    if found.may:
        _offered(store, found.project)
    _archive(store, found)
    st.caption(frame.plain(f"Everything is in one file: {found.file}"))


def _offered(store: Store, found: projects.Project) -> None:
    with st.container(border=True):
        st.markdown(f"**{frame.plain(found.name)}**")
        with st.container(horizontal=True):
            with st.popover("Rename", icon=":material/edit:"):
                name = st.text_input("Called from now on", found.name, key="project_name")
                if st.button("Rename", key="project_rename", type="primary"):
                    with frame.sentences():
                        projects.rename(store, name)
                        frame.say("Renamed.")
                        st.rerun()
            with st.popover("Archive", icon=":material/archive:"):
                st.caption("Offered nowhere until it is brought back; all that is in it stays.")
                if st.button("Archive", key="project_archive", type="primary"):
                    with frame.sentences():
                        projects.archive(store)
                        _leave()
            asking.box(store, "project_delete", lambda: removing.of_project(store), _leave)


def _leave() -> None:
    """To another project of the file, or to the first visit's page."""
    st.session_state.pop("project_id", None)
    st.query_params.pop("project", None)
    frame.go("overview")


def _archive(store: Store, found: ProjectView) -> None:
    if found.archived:
        st.header("Archived projects")
    for one in found.archived:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(frame.plain(one.name), width="content")
            if found.may and st.button("Bring back", key=f"project_back_{one.id}", icon=":material/unarchive:"):
                frame.do(projects.bring_back, store.of(one.id))


def history(found: Sequence[log.Event]) -> None:
    """The log: what was renamed, archived, brought back, deleted or taken back, by whom, with which counts."""
    if not found:
        frame.empty("Nothing was deleted", "What is renamed, archived, deleted or taken back is kept here: what it "
                    "was, what hung on it, by whom and when.")
        return
    st.caption("Nothing of what was deleted is kept but its name and these counts.")
    st.dataframe({"when, UTC": [minute(one.created_at) for one in found], "by": [one.author or "-" for one in found],
                  "what happened": [one.words for one in found],
                  "spent on it": [_spent(one) for one in found]}, hide_index=True, row_height=36,
                 column_config={"when, UTC": st.column_config.TextColumn(width=130),
                                "by": st.column_config.TextColumn(width=140),
                                "what happened": st.column_config.TextColumn(width=700)})


def _spent(event: log.Event) -> str:
    return "; ".join(f"{counted(row['calls'], 'call')} of {row['model']}, "
                     f"{counted(row['tokens_in'] + row['tokens_out'], 'token')}"
                     for row in event.detail.get("spent", ()))

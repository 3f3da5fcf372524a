"""The list at the left: which project this is, a way to begin another, and the pages, each link with its project."""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from lib.records import PlumblineError
from lib.store import Store, projects, roles
from lib.ui.plain_text import plain
from lib.workflow.dataset import exchange

_PROJECT = "project_place"  # where in this run the project is named: the page knows it later than the list is drawn
_LINKS = "page_links"
_THERE = "there_already"  # the project whose name was chosen for a new one


def put_up(sections: Mapping[str, Sequence[StreamlitPage]]) -> None:
    """Keeps the places of the project and of the pages, in this order."""
    with st.sidebar:
        st.session_state[_PROJECT] = st.container()
        st.session_state[_LINKS] = st.container(), sections


def links(project: str | None = None) -> None:
    """The pages, of this project where there is one: a link opened in another tab stays in it. Once a run."""
    place, sections = st.session_state.get(_LINKS, (None, {}))
    if place is None:
        return
    with place:
        for title, pages in sections.items():
            if title:
                st.caption(title)
            for page in pages:
                st.page_link(page, query_params={"project": project} if project else None)


def project(store: Store, known: Mapping[str, str], chosen: str) -> str:
    """Names the project, offers the others and a new one; returns the number of the one that was picked.

    `known`: names of all projects by their number.
    """
    place = st.session_state.get(_PROJECT)
    with place if place is not None else st.sidebar:
        picked = st.selectbox("Project", list(known), list(known).index(chosen), format_func=known.__getitem__,
                              key=f"project_of_{chosen}", label_visibility="collapsed")
        if roles.may(store.role, "projects") and st.button("New project", key="new_project", icon=":material/add:",
                                                           type="tertiary"):
            begin(store)
    return picked


@st.dialog("A new project")
def begin(store: Store) -> None:
    """Asks for the name and the question of a new project, and leads to its import."""
    st.caption("A project is one AI product with one principal expert. All projects stand in one file.")
    name = st.text_input("Name of your AI product", key="new_project_name")
    question = st.text_input("The one question the expert answers", projects.DEFAULT_QUESTION, key="new_project_asks")
    if st.button("Start a project", key="start_new_project", type="primary"):
        try:
            start(store, name, question)
        except PlumblineError as error:
            st.error(plain(error), icon=":material/error:")
    offer_other("_new")


def start(store: Store, name: str, question: str = projects.DEFAULT_QUESTION) -> None:
    """Begins a project and leads to its import; one of this name that is there is offered by `offer_other` instead."""
    there = projects.like(store, name)
    if there and not there.archived:
        st.session_state[_THERE] = there
        return
    st.session_state.pop(_THERE, None)
    made = exchange.start_project(store, name, question, new=True)
    st.switch_page("pages/dataset.py", query_params={"project": str(made.project), "view": "Import"})


def offer_other(place: str = "") -> None:
    """Where a project of the name was there already: says so, and opens it when asked; `place` tells two apart."""
    if there := st.session_state.get(_THERE):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f":orange[:material/info:] There is a project **{plain(there.name)}** already: nothing "
                        "was started.", width="stretch")
            if st.button("Open it", key=f"open_there{place}", icon=":material/arrow_forward:"):
                st.session_state.pop(_THERE)
                st.switch_page("pages/overview.py", query_params={"project": str(there.id)})

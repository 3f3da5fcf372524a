"""Settings on the screen: the question, endpoints and models, the embedded model's file."""

import streamlit as st

from lib.records import time_left
from lib.store import Store, cycles, projects
from lib.ui import at_work, endpoints, frame, job_progress
from lib.workflow import models, retirement
from lib.workflow.set_up import ModelsView, ProjectView


def project(store: Store, found: ProjectView) -> None:
    """The project's question."""
    reads = not at_work.may(store, "projects", "changes the question and starts projects")
    with st.form("question", border=True):
        question = st.text_input("The one question the expert answers with pass or fail", found.project.question)
        if st.form_submit_button("Save", disabled=reads):
            with frame.sentences():
                projects.ask(store, question)
                frame.say("Saved.")


def model_endpoints(store: Store, found: ModelsView) -> None:
    """Where models are reached, what each endpoint lists, and which model is used when none is named."""
    at_work.may(store, "settings", "sets models and prices")
    for endpoint in found.endpoints:
        with st.container(border=True):
            state = ":green[:material/check_circle:]" if endpoint.ready else ":gray[:material/circle:]"
            st.markdown(f"{state} **{frame.plain(endpoint.title)}**")
            st.caption(frame.plain(endpoint.address if endpoint.ready else endpoint.why))
            if endpoint.trial and endpoint.ready:
                endpoints.trial_note()
            elif endpoint.ready:
                with frame.sentences():
                    _listed(store, endpoint.name, found.model)


def _listed(store: Store, endpoint: str, now: str | None) -> None:
    found = endpoints.models(store, endpoint)
    st.dataframe({"model": [model.id for model in found],
                  "shuts down": [_last_day(model.shutdown_date) for model in found],
                  "owner": [model.owned_by or "" for model in found]}, hide_index=True)
    names = [model.id for model in found]
    picked = st.selectbox("Model used when none is named", names, names.index(now) if now in names else None,
                          placeholder="none chosen")
    if picked != now and picked:
        projects.set_setting(store, "model", picked)
        frame.say(f"{picked} is used when none is named.")
    last = next((model.shutdown_date for model in found if model.id == picked), None)
    if words := retirement.mark(last, cycles.today()):
        st.warning(frame.plain(f"{picked} {words}: choose another, and try it beside this one on Judge, Models."),
                   icon=":material/event_busy:")


def _last_day(day: str | None) -> str:
    """The day itself where it is far away, else how near it is."""
    return retirement.mark(day, cycles.today()).removeprefix("shuts down").lstrip(": ") or day or ""


def embedded(store: Store, shown: ModelsView) -> None:
    """The embedded model's file: the bigger one to fetch, or a .gguf file by its path."""
    frame.fragment(_fetching, run_every=1 if models.fetching() else None)(store, models.fetching(), shown.may)
    with st.form("gguf", border=True):
        path = st.text_input("A .gguf file on this machine", shown.gguf,
                             placeholder="empty: the model that came with Plumbline, or the fetched one",
                             help="In a folder that PLUMBLINE_GGUF_FOLDERS names, or that of the fetched models. "
                                  "PLUMBLINE_GGUF in the environment goes before this.")
        if st.form_submit_button("Use this file", disabled=not shown.may):
            with frame.sentences():
                models.name_file(store, path)
                frame.say("Saved.")


def _fetching(store: Store, was: bool, may: bool) -> None:
    state = models.bigger()
    with st.container(border=True):
        st.markdown(f"**{state.name}**")
        if state.ready:
            st.caption(f"Fetched and verified: {state.path}")
        elif state.fetching:
            job_progress.bar(state.have, state.size, f"{state.have / 1e9:.2f} of {state.size / 1e9:.2f} GB",
                             job_progress.seen_left("model_file", state.have, state.size, 1,
                                                    time_left.IN_A_MOMENT))
        else:
            st.caption(f"A bigger local model, {state.size / 1e9:.1f} GB, resumable, verified by its hash. "
                       "Still no replacement for a strong judge."
                       + (f" {state.have / 1e9:.2f} GB are here already." if state.have else ""))
            if state.problem:
                st.warning(frame.plain(state.problem))
            if st.button("Fetch it", icon=":material/download:", disabled=not may):
                frame.do(models.start_fetch, store)
    if was and not state.fetching:
        st.rerun()

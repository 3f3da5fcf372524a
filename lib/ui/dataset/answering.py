"""Answers of the AI system on the screen: its versions, where each is called, and the job that asks it."""

import secrets
from typing import Any

import streamlit as st

from lib.records import OUTCOMES, SPLITS, minute
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset import systems
from lib.store.dataset.traces import Filter
from lib.ui import at_work, frame, job_progress
from lib.workflow import jobs as verbs
from lib.workflow.dataset import answering, exchange
from lib.writers import WRITERS

_WAITING, _AGAIN = "inputs without an answer", "also what other versions have answered"


def answers(store: Store) -> None:
    """Versions, a job, and the way by a file."""
    st.caption("Your AI system answers as it is: neither the judge's nor the generator's model ever answers in its "
               "place.")
    seen = answering.look(store)
    found = seen.systems
    if found:
        st.dataframe({"version": [system.version for system in found], "kind": [system.kind for system in found],
                      "called at": [answering.address(system) for system in found],
                      "added": [minute(system.created_at) for system in found]}, hide_index=True)
        if at_work.may(store, "jobs", "has inputs answered"):
            _starter(store, {system.version: system for system in found})
    job_progress.watch(store, "answer", lambda rows: {"id": [row["trace_id"] for row in rows],
                                                      "input": [row["input"] for row in rows]})
    if seen.came:
        frame.link("dataset", frame.plain(f"Read {counted(seen.came, 'output')} of {seen.version}"),
                   ":material/arrow_forward:", view="Traces", system_version=seen.version)
    with st.expander("Add a version of your AI system", icon=":material/add:", expanded=not found):
        if at_work.may(store, "systems", "adds a version"):
            _adder(store)
    _by_hand(store)


def _starter(store: Store, known: dict[str, systems.System]) -> None:
    with st.container(border=True):
        version = st.selectbox("Version that answers", list(known), key="answer_version")
        again = st.radio("Which inputs", (_WAITING, _AGAIN), key="answer_which", horizontal=True) == _AGAIN
        where = _narrowed() if again else Filter()
        waiting = answering.waiting(store, version, where, again)
        limit, press = st.columns([1, 3], vertical_alignment="bottom")
        most = limit.number_input("At most", 1, value=None, placeholder="all", key="answer_limit")
        count = min(waiting, most or waiting)
        # No caption: it would make a link of every address.
        st.text(f"{waiting:,} {'waits' if waiting == 1 else 'wait'}. They are sent to "
                f"{answering.address(known[version])}")
        token = st.session_state.setdefault("answer_token", secrets.token_hex(16))
        if press.button(f"Have {count:,} answered", type="primary", icon=":material/play_arrow:", key="start_answers",
                        disabled=not waiting):
            with frame.sentences():
                job = answering.start(store, version, where, again=again, limit=most, token=token)
                verbs.start_process(store, job.id)
                del st.session_state["answer_token"]
                st.rerun()


def _narrowed() -> Filter:
    label, split, search = st.columns(3)
    return Filter(label=label.selectbox("Label", (*OUTCOMES, "any", "none"), index=None, placeholder="all",
                                        key="answer_label"),
                  split=split.selectbox("Split", SPLITS, index=None, placeholder="all", key="answer_split"),
                  search=search.text_input("Search", placeholder="in id, input, output", key="answer_search") or None)


def _adder(store: Store) -> None:
    kinds = {kind.name: kind for kind in answering.kinds()}
    name = st.segmented_control("Kind", list(kinds), required=True, default=next(iter(kinds)), key="system_kind",
                                format_func=lambda name: kinds[name].title)
    st.caption(kinds[name].text)
    with frame.sentences():
        if words := answering.within(name):
            st.caption(frame.plain(words))
    with st.form(f"system_of_kind_{name}", border=False, enter_to_submit=False):
        version = st.text_input("Name of the version", placeholder="a date, a commit, v2", key=f"system_{name}_version")
        values = {field.name: _field(name, field) for field in kinds[name].fields}
        if st.form_submit_button("Add this version", key="add_system"):
            with frame.sentences():
                answering.add_system(store, version, name, values)
                frame.say("Added.")
                st.rerun()


def _field(kind: str, field: Any) -> Any:
    key, help = f"system_{kind}_{field.name}", frame.plain(field.help) or None
    if field.kind == "environment":
        st.caption(frame.plain(f"{field.title}: {answering.named_callable()}. {field.help}"))
        return None
    if field.kind == "number":
        return st.number_input(field.title, 0.1, 3600.0, float(field.default), key=key, help=help)
    if field.kind in ("long", "json"):
        return st.text_area(field.title, field.default or "", key=key, help=help, height=100)
    return st.text_input(field.title, field.default, key=key, help=help)


def _by_hand(store: Store) -> None:
    with st.expander("By a file: inputs out, outputs in", icon=":material/swap_vert:"):
        st.caption("Fill in the column output and give the file to the view Import: each line finds its input by its "
                   "id.")
        with st.container(horizontal=True, vertical_alignment="center"):
            for ending in WRITERS:
                st.download_button(f"inputs.{ending}", lambda ending=ending: exchange.export(store, "inputs", ending),
                                   f"inputs.{ending}", key=f"inputs_{ending}", on_click="ignore")

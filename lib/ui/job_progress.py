"""Work on the screen: how far it is, cancel and resume, and what brought nothing, with what came instead."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from lib.records import PAUSED, QUEUED, RESUMABLE, RUNNING, Job
from lib.store import Store
from lib.ui import frame
from lib.workflow.background import Background
from lib.workflow.jobs import JOBS

_ICONS = {RUNNING: "progress_activity", QUEUED: "schedule", "done": "check_circle"}
Spent = Callable[[Store, Job], str]
Columns = Callable[[list[dict[str, Any]]], dict[str, list]]


def watch(store: Store, kind: str, columns: Columns, spent: Spent = lambda store, job: "",
          work: Background = JOBS) -> None:
    """The newest job (or other work) of a kind, once a second while it goes on.

    `columns` names what an item is about, `spent` says what the job has cost so far.
    """
    newest = next(iter(work.table.every(store, kind)), None)
    if newest is not None:
        going = newest.status in (RUNNING, QUEUED)
        st.fragment(_watch, run_every=1 if going else None)(store, work, newest.id, going, columns, spent)


def _watch(store: Store, work: Background, number: int, going: bool, columns: Columns, spent: Spent) -> None:
    work.settle(store)
    job = work.table.get(store, number)
    if going and job.status not in (RUNNING, QUEUED):
        st.rerun()  # the whole page, which then stops asking
    errors = f", {job.errors:,} without an answer" if job.errors else ""
    st.progress(job.done / max(1, job.total), f":material/{_ICONS.get(job.status, 'pause_circle')}: {work.noun} "
                f"{job.id}, {job.status}: {job.done:,} of {job.total:,}{errors}{spent(store, job)}")
    if job.message:
        (st.warning if job.status == PAUSED else st.caption)(frame.plain(job.message))
    _buttons(store, work, job)
    if job.errors:
        found = work.table.items(store, job.id, errors_only=True)
        st.dataframe({**columns(found), "error": [row["error"] for row in found],
                      "calls": [row["attempts"] for row in found], "what came": [row["raw"] for row in found]},
                     hide_index=True, key=f"errors_of_{work.noun}_{job.id}")


def _buttons(store: Store, work: Background, job: Job) -> None:
    with st.container(horizontal=True):
        if job.status in (RUNNING, QUEUED) and st.button("Cancel", key="cancel_job", icon=":material/stop:"):
            _do(work.cancel, store, job.id)
        if job.status in RESUMABLE and job.status != QUEUED and st.button(
                "Resume", key="resume_job", icon=":material/play_arrow:", type="primary"):
            _do(work.resume, store, job.id)


def _do(verb: Callable[[Store, int], None], store: Store, job: int) -> None:
    with frame.sentences():
        verb(store, job)
        st.rerun()

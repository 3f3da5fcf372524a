"""Work on the screen: how far it is, cancel and resume, and what brought nothing, with what came instead.

Runs and suggestions say more of how far they are, in views of their own; icons and buttons are the same.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import streamlit as st

from lib.records import DONE, PAUSED, QUEUED, RECORDED, RESUMABLE, RUNNING, Job, Run, time_left
from lib.records.suggestion import Suggestion
from lib.store import Store
from lib.ui import frame
from lib.workflow.background import Background
from lib.workflow.jobs import JOBS

_ICONS = {RUNNING: "progress_activity", QUEUED: "schedule", DONE: "check_circle", RECORDED: "inventory_2"}
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
        frame.fragment(_watch, run_every=1 if going else None)(store, work, newest.id, going, columns, spent)


def _watch(store: Store, work: Background, number: int, going: bool, columns: Columns, spent: Spent) -> None:
    work.settle(store)
    job = work.table.get(store, number)
    if going and job.status not in (RUNNING, QUEUED):
        st.rerun()  # the whole page, which then stops asking
    errors = f", {job.errors:,} without an answer" if job.errors else ""
    bar(job.done, job.total, f"{icon(job.status)} {work.noun} {job.id}, {job.status}: {job.done:,} of {job.total:,}"
        f"{errors}{spent(store, job)}", work.left(store, job) if job.status == RUNNING else "")
    if job.message:
        (st.warning if job.status == PAUSED else st.caption)(frame.plain(job.message))
    with st.container(horizontal=True):
        buttons(store, work, job, "job")
    if job.errors:
        found = work.table.items(store, job.id, errors_only=True)
        st.dataframe({**columns(found), "error": [row["error"] for row in found],
                      "calls": [row["attempts"] for row in found], "what came": [row["raw"] for row in found]},
                     hide_index=True, key=f"errors_of_{work.noun}_{job.id}")


def bar(done: float, total: float, words: str, left: str = "") -> None:
    """How far something is, and how long it still takes: the one bar of every piece of work."""
    st.progress(min(1.0, done / max(1, total)), f"{words}, {left}" if left else words)


def seen_left(key: str, done: float, total: float, first: float = time_left.FIRST,
              unknown: str = "") -> str:
    """About how long work still takes that keeps no times of its own, by how fast this page has seen it move."""
    pace: time_left.Pace = st.session_state.setdefault(f"pace_of_{key}", time_left.Pace(first))
    pace.saw(done, monotonic())
    return time_left.said(done, total, pace.rate(monotonic()), unknown)


@contextmanager
def shown(words: str) -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar for work that the page itself does, gone with its end: what is called with what is done, and how much.

    Without a total it says how much is done, and that how long it takes is known at the end.
    """
    place, paces, begun = st.empty(), {}, monotonic()
    place.progress(0.0, words)

    def told(what: str, done: int, total: int | None) -> None:
        if what not in paces:
            paces[what] = time_left.Pace(first=1)
            paces[what].saw(0, begun)
        pace = paces[what]
        pace.saw(done, monotonic())
        if total is None:
            place.progress(0.0, f"{done:,} {what}, time left: –, how many there are is known at the end")
        else:
            left = time_left.said(done, total, pace.rate(monotonic()), time_left.IN_A_MOMENT)
            place.progress(min(1.0, done / max(1, total)), f"{done:,} of {total:,} {what}" + f", {left}" * bool(left))

    try:
        yield told
    finally:
        place.empty()


def icon(status: str) -> str:
    """The picture of a status, as Markdown."""
    return f":material/{_ICONS.get(status, 'pause_circle')}:"


def buttons(store: Store, work: Background, found: Job | Run | Suggestion, key: str,
            resume: str | None = "primary") -> None:
    """Cancel while it goes on; Resume, of this type of button, once it has stopped, None for no such button."""
    if found.status in (RUNNING, QUEUED) and st.button("Cancel", key=f"cancel_{key}", icon=":material/stop:"):
        frame.do(work.cancel, store, found.id)
    if resume and found.status in RESUMABLE and found.status != QUEUED and st.button(
            "Resume", key=f"resume_{key}", icon=":material/play_arrow:", type=resume):
        frame.do(work.resume, store, found.id)

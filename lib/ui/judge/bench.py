"""The right side of the judge's bench: watch agreement move, and what the run says beside it.

What moves is drawn by fragments of its own: a run that goes on never draws the prompt anew.
"""

from collections.abc import Callable

import streamlit as st

from lib.records import CANCELLED, DONE, QUEUED, RESUMABLE, RUNNING, LeftOut, Run, minute
from lib.store import Store, experts
from lib.store.dataset import chosen
from lib.store.judge import caps as run_caps
from lib.store.judge import judges, runs, verdicts
from lib.ui import endpoints, frame, job_progress
from lib.ui import figures as show
from lib.ui.judge import beside, bias, budget, models, run_rows, splits, starter
from lib.workflow import endpoints as reachable
from lib.workflow import figures, live, retirement
from lib.workflow.judge import budget as spending
from lib.workflow.judge import judging
from lib.workflow.retirement import Retirements
from lib.workflow.review import ceilings
from lib.workflow.review.ceilings import Ceilings


def page(store: Store, judge: str) -> None:
    """All of it for the run that is chosen; before the first run how to start one."""
    if judge in judges.with_prompt(store):
        frame.fragment(starter.box)(store, judge)
    run = chosen_run(store, judge)
    if run is None:
        frame.empty("Not run yet", "Press Run: each verdict is stored as it comes, and agreement moves with it.")
        return
    every, going = counts_every(store, run), _going(store, run)
    _watch_agreement(store, run, going, every)
    frame.fragment(budget.took, run_every=5 if going else None)(store, run)
    splits.test_panel(store, run)
    if experts.principal(store) is not None:
        frame.fragment(beside.slices_panel)(store, run, every)
        frame.fragment(beside.baselines_panel)(store, run, every)
        frame.fragment(beside.noise_panel)(store, run)
        frame.fragment(bias.panel)(store, run, every)
        frame.fragment(run_rows.rows, run_every=1 if going else None)(store, run, every, going)


def on_a_run(store: Store, judge: str, show: Callable[[Store, str, Run, bool], None]) -> None:
    """Another view of the run that is chosen, which shows what is counted."""
    run = chosen_run(store, judge)
    if run is None:
        frame.empty("Not run yet", "There is nothing to rule on before the judge was run.", "judge", "To the bench",
                    judge=judge, view="Bench")
        return
    show(store, judge, run, counts_every(store, run))


def chosen_run(store: Store, judge: str) -> Run | None:
    """The run looked at: the one the address names, else the newest."""
    found = {str(run.id): run for run in runs.every(store, judge)}
    if not found:
        return None
    wanted = st.session_state.pop("wanted_run", None)
    if wanted in found:
        st.session_state["run"] = st.session_state["run_in_address"] = wanted
        st.query_params["run"] = wanted
    marks = retirement.known(store)
    return found[frame.choose("Run", list(found), "run", words=lambda number: _title(found[number], marks))]


def _title(run: Run, marks: Retirements) -> str:
    # Only what hardly ever changes: the picker keeps showing the words it was drawn with.
    started = minute(run.created_at)
    words = marks.of_run(run)
    return (f"{run.id}: {run.model}, {chosen.of_run(run)}, {run.total:,} traces, {started}"
            + (f", {words}" if words else ""))


def counts_every(store: Store, run: Run) -> bool:
    """Whether pairs that are left out by rule count too: a switch in the address, where there are any."""
    principal = experts.principal(store)
    left_out = verdicts.left_out(store, run.id, principal.name) if principal else LeftOut()
    if not left_out.n:
        return False
    with st.container(horizontal=True, vertical_alignment="center"):
        every = st.toggle("Count them too", key="every", bind="query-params", help=(
            "Shadow: the label began with the judge's critique, so it agrees too often. Drawn by outcome: the trace "
            "was chosen by what somebody said of it, which distorts TPR and TNR."))
        st.caption(f"{left_out.n:,} pairs {'left out, now counted' if every else 'left out'}: "
                   f"{left_out.shadow:,} shadow, {left_out.drawn:,} drawn by outcome.")
    return every


def _watch_agreement(store: Store, run: Run, going: bool, every: bool) -> None:
    """Progress and agreement, once a second while the run goes on."""
    principal = experts.principal(store)
    # Read once: a run changes nothing of what the experts said.
    found = ceilings.of(store, principal.name) if principal else None
    frame.fragment(_watch, run_every=1 if going else None)(store, run.id, going, every, found)


def _going(store: Store, run: Run) -> bool:
    """A cancelled run still takes the replies that were under way: until then its count moves."""
    return run.status in (RUNNING, QUEUED) or (run.status == CANCELLED and judging.RUNS.alive(store, run.id))


def _watch(store: Store, number: int, going: bool, every: bool, bounds: Ceilings | None) -> None:
    judging.settle(store)
    run = runs.get(store, number)
    if going and not _going(store, run):
        st.rerun()  # the whole page, which then stops asking
    _status(store, run)
    principal = experts.principal(store)
    if principal is None:
        frame.empty("No expert yet", "Agreement needs labels: the first person who labels becomes the principal "
                    "expert.", "review", "Review traces")
        return
    seen = live.look(store, run, principal.name, every, st.session_state.get("live_look"))
    st.session_state["live_look"] = seen
    found = figures.agreement(store, run=number, every=every, seen=seen)
    if not figures.validated(store, run.judge):
        show.not_validated(found.why)
    if found.validated:
        show.agreement(found, bounds)
    else:
        st.caption(frame.plain(found.why))


def _status(store: Store, run: Run) -> None:
    errors = f", {run.errors:,} without a readable reply" if run.errors else ""
    taken = f", {run.reused:,} taken over from earlier runs" if run.reused else ""
    st.progress(run.done / max(1, run.total),
                f"{job_progress.icon(run.status)} {run.status}: {run.done:,} of {run.total:,} judged{taken}{errors}")
    if run.message:
        st.caption(frame.plain(run.message))
    models.retires(store, run)
    if reachable.is_trial(run):
        endpoints.trial_note()
    with st.container(horizontal=True):
        job_progress.buttons(store, judging.RUNS, run, "run")
        if run.errors and run.status in (DONE, *RESUMABLE) and run.status != QUEUED and st.button(
                f"Ask again for the {run.errors:,} errors", key="retry_errors", icon=":material/replay:"):
            frame.do(judging.retry_errors, store, run.id)
    budget.go_on(store, run, run_caps.of(store, run.id), spending.raise_caps)


def chosen_judge(store: Store, names: list[str]) -> str:
    """The judge looked at: the one the address names, else the newest that was run, else the first."""
    ran = [run.judge for run in runs.every(store) if run.done]
    return frame.choose("Judge", names, "judge", first=ran[0] if ran else None)

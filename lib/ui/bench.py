"""The judge's bench: start a run, watch agreement move, read the disagreements with both critiques."""

import secrets

import streamlit as st

from lib.records import CANCELLED, DONE, QUEUED, RECORDED, RESUMABLE, RUNNING, SPLITS, Figure, LeftOut, Run
from lib.store import Store, experts, runs, traces, verdicts
from lib.ui import budget, endpoints, frame, trace_card
from lib.ui import figures as show
from lib.workflow import budget as spending
from lib.workflow import consistency, figures, judging

KINDS = {"disagreements": "disagreements", "judge passed a fail": "judge passed what the expert failed",
         "judge failed a pass": "judge failed what the expert passed", "errors": "errors", "all": "all verdicts"}
_STATUS_ICONS = {RUNNING: "progress_activity", QUEUED: "schedule", DONE: "check_circle", RECORDED: "inventory_2"}


def starter(store: Store, judge: str) -> None:
    """The form that starts a run; a double click starts one."""
    never = not runs.every(store, judge)
    with st.expander("Run the judge", icon=":material/play_circle:", expanded=never):
        chosen = endpoints.picker(store, "run")
        split, limit, labelled, press = st.columns([2, 2, 3, 2], vertical_alignment="bottom")
        which = split.selectbox("Split", SPLITS, index=None, placeholder="all", key="run_split",
                                help="Examples come from train; iterate on dev; keep test for the end.")
        most = limit.number_input("At most", 1, value=None, placeholder="all", key="run_limit", help="traces")
        only = labelled.checkbox("only labelled traces", value=True, key="run_labelled")
        caps = budget.limits("run")
        if chosen:
            budget.forecast(store, judge, chosen[1], split=which, labelled_only=only, limit=most)
        token = st.session_state.setdefault("run_token", secrets.token_hex(16))
        if press.button("Run", type="primary", icon=":material/play_arrow:", disabled=chosen is None, width="stretch"):
            with frame.sentences():
                run = spending.queued(store, judge, caps, split=which, labelled_only=only, limit=most,
                                      endpoint=chosen[0], model=chosen[1], token=token)
                judging.start_process(store, run.id)
                del st.session_state["run_token"]
                st.session_state["wanted_run"] = str(run.id)
                st.rerun()


def chosen_run(store: Store, judge: str) -> Run | None:
    """The run looked at: the one the address names, else the newest."""
    found = {str(run.id): run for run in runs.every(store, judge)}
    if not found:
        return None
    wanted = st.session_state.pop("wanted_run", None)
    if wanted in found:
        st.session_state["run"] = st.session_state["run_in_address"] = wanted
        st.query_params["run"] = wanted
    return found[frame.choose("Run", list(found), "run", words=lambda number: _title(found[number]))]


def _title(run: Run) -> str:
    # Only what never changes: the picker keeps showing the words it was drawn with.
    started = run.created_at[:16].replace("T", " ")
    return f"{run.id}: {run.model}, {run.split or 'all splits'}, {run.total:,} traces, {started}"


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


def watch(store: Store, run: Run, every: bool) -> None:
    """Progress and agreement, once a second while the run goes on."""
    going, principal = _going(store, run), experts.principal(store)
    # Read once: a run changes nothing of what the expert said twice.
    ceiling = consistency.ceiling(store, principal.name) if principal else Figure(None)
    st.fragment(_watch, run_every=1 if going else None)(store, run.id, going, every, ceiling)


def _going(store: Store, run: Run) -> bool:
    """A cancelled run still takes the replies that were under way: until then its count moves."""
    return run.status in (RUNNING, QUEUED) or (run.status == CANCELLED and judging.RUNS.alive(store, run.id))


def _watch(store: Store, number: int, going: bool, every: bool, ceiling: Figure) -> None:
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
    found = figures.agreement(store, run=number, every=every)
    if not figures.validated(store, run.judge):
        show.not_validated(found.why)
    if found.validated:
        show.agreement(found, ceiling)
    else:
        st.caption(frame.plain(found.why))


def _status(store: Store, run: Run) -> None:
    icon = _STATUS_ICONS.get(run.status, "pause_circle")
    errors = f", {run.errors:,} without a readable reply" if run.errors else ""
    st.progress(run.done / max(1, run.total),
                f":material/{icon}: {run.status}: {run.done:,} of {run.total:,} judged{errors}")
    if run.message:
        st.caption(frame.plain(run.message))
    if judging.is_trial(run):
        endpoints.trial_note()
    with st.container(horizontal=True):
        if run.status in (RUNNING, QUEUED) and st.button("Cancel", key="cancel_run", icon=":material/stop:"):
            _do(judging.cancel, store, run.id)
        if run.status in RESUMABLE and run.status != QUEUED and st.button(
                "Resume", key="resume_run", icon=":material/play_arrow:", type="primary"):
            _do(judging.resume, store, run.id)
    budget.go_on(store, run)


def _do(verb, store: Store, run: int) -> None:
    with frame.sentences():
        verb(store, run)
        st.rerun()


def pairs(store: Store, run: Run, every: bool) -> None:
    """The list of disagreements (or of anything else worth reading), and the one picked in full."""
    principal = experts.principal(store)
    if principal is None:
        return
    st.subheader("Where they differ")
    kind = frame.choose("Show", list(KINDS), "kind", words=KINDS.get)
    rows = verdicts.pairs(store, run.id, principal.name, kind, every=every)
    if not rows:
        st.caption("None.")
        return
    event = st.dataframe(
        {"expert": [row["expert_outcome"] or "" for row in rows],
         "expert critique": [row["expert_critique"] or "" for row in rows],
         "judge": [row["judge_outcome"] or f"error: {row['error']}" for row in rows],
         "judge critique": [row["judge_critique"] or row["raw"] for row in rows],
         "input": [row["input"] for row in rows], "id": [row["trace_id"] for row in rows]},
        hide_index=True, on_select="rerun", selection_mode="single-row", key=f"pairs_{run.id}_{kind}",
        column_config={"expert critique": st.column_config.TextColumn(width=260),
                       "judge critique": st.column_config.TextColumn(width=260),
                       "input": st.column_config.TextColumn(width=200), "id": st.column_config.TextColumn(width=120)})
    picked = event.selection.rows
    _side_by_side(store, rows[picked[0] if picked and picked[0] < len(rows) else 0])


def _side_by_side(store: Store, row: dict) -> None:
    trace = traces.get(store, row["trace_id"])
    left, right = st.columns([3, 2], gap="medium")
    with left:
        trace_card.show(trace)
    with right:
        for who, outcome, text in (("Expert", row["expert_outcome"], row["expert_critique"]),
                                   ("Judge", row["judge_outcome"] or f"error, {row['error']}",
                                    row["judge_critique"] or row["raw"])):
            trace_card.said(f"{who}: {outcome or 'no label'}", text)
        frame.link("review", "Review this trace", ":material/rate_review:", trace=trace.id)


def chosen_judge(store: Store, names: list[str]) -> str:
    """The judge looked at: the one the address names, else the newest that was run, else the first."""
    ran = [run.judge for run in runs.every(store) if run.done]
    return frame.choose("Judge", names, "judge", first=ran[0] if ran else None)

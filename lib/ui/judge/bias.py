"""The judge's bias on the screen: where it errs differently, probes that alter what should not count, and their start.

Looked at once it is opened; the tables of groups take no call.
"""

import secrets

import streamlit as st

from lib.prompting.probes import PROBES
from lib.records import QUEUED, RUNNING, Job, Run
from lib.records.probing import SAME, Probed
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.bias.groups import Groups
from lib.store import Store
from lib.store.judge import probes
from lib.ui import at_work, frame, job_progress
from lib.ui.judge import budget
from lib.workflow.judge import bias as verbs
from lib.workflow.judge import probing
from lib.workflow.judge.bias import Bias

_OF_GROUPS = ("A judge may pass one group more often because it is better: read it beside the expert. It is biased "
              "where its TPR or TNR is not that of the others.")
_OF_PROBES = ("The judge is asked again about labelled traces of this run, their outputs altered in what should not "
              "count. Its replies are no verdicts and stand in no other figure.")
_TEXTS = {name: st.column_config.TextColumn(width=width) for name, width in (
    ("critique", 300), ("trace", 120))}


def panel(store: Store, run: Run, every: bool) -> None:
    """By length, system version and order of the examples; then what probes brought, and a button that starts some."""
    box = st.expander("The judge's bias", icon=":material/tune:", key="bias_open", on_change="rerun")
    if not box.open:
        return
    with box, frame.sentences():
        probing.settle(store)
        found = verbs.of(store, run.id, every=every)
        st.caption(_OF_GROUPS)
        _groups("By length of the output", "characters", found.length, "bias_length")
        _groups("By system version", "version", found.version, "bias_version")
        _order(found)
        st.markdown("**Probes**")
        st.caption(_OF_PROBES)
        _results(found)
        if found.why_no_probes:
            st.caption(frame.plain(found.why_no_probes))
            return
        job_progress.watch(store, str(run.id), _columns, _spent, probing.BACKGROUND)
        newest = next(iter(probes.every(store, str(run.id))), None)
        if newest is not None:
            budget.go_on(store, newest, probes.caps_of(store, newest.id), probing.raise_caps)
        if newest is None or newest.status not in (QUEUED, RUNNING):
            _starter(store, run)


def _groups(title: str, what: str, found: Groups, key: str) -> None:
    st.markdown(f"**{title}**")
    if len(found.groups) > 1:
        st.dataframe({
            what: [f"{one.name} (few)" if one.small else one.name for one in found.groups],
            "judge passes": [metrics.format_cell("share", one.judge) for one in found.groups],
            "expert passes": [metrics.format_cell("share", one.expert) for one in found.groups],
            "TPR": [metrics.format_cell("tpr", one.tpr) for one in found.groups],
            "TNR": [metrics.format_cell("tnr", one.tnr) for one in found.groups],
            "n": [one.counts.n for one in found.groups],
            "errors": [one.counts.errors for one in found.groups]}, hide_index=True, key=key)
    _line(found.reading, bool(found.found), len(found.groups) > 1)


def _line(text: str, moved: bool, told: bool = True) -> None:
    """A sentence with its mark; one that only says what is missing, without."""
    if told:
        st.markdown(f":material/{'warning' if moved else 'check'}: {frame.plain(text)}")
    else:
        st.caption(frame.plain(text))


def _order(found: Bias) -> None:
    if found.ties:
        st.caption(f":material/link: {found.ties}")
    st.markdown("**By order of the examples**")
    if found.why_no_order:
        st.caption(frame.plain(found.why_no_order))
        return
    st.dataframe({
        "version": [str(one.version) for one in found.order], "run": [str(one.run) for one in found.order],
        "passes there": [metrics.format_cell("share", one.there) for one in found.order],
        "passes here": [metrics.format_cell("share", one.here) for one in found.order],
        "expert passes": [metrics.format_cell("share", one.expert) for one in found.order],
        "n": [one.flips.n for one in found.order]}, hide_index=True, key="bias_order")
    for one in found.order:
        _line(one.reading, one.way is not None)


def _results(found: Bias) -> None:
    if not found.probes:
        return
    st.dataframe({
        "probe": [one.probe.name for one in found.probes],
        "flips": [metrics.format_cell("share", one.share) for one in found.probes],
        "fails → passes": [f"{one.flips.fixed:,} of {one.fails:,}" for one in found.probes],
        "passes → fails": [f"{one.flips.broken:,} of {one.passes:,}" for one in found.probes],
        "the same again flips": ["" if one.probe.name == SAME else f"{one.same:,} of {one.towards.n:,}"
                                 for one in found.probes],
        "errors": [sum(one.errors.values()) for one in found.probes]}, hide_index=True, key="probes_table")
    for one in found.probes:
        if one.moves or not one.told:
            _line(one.reading, one.moves, one.told)
    if not any(one.moves for one in found.probes) and any(one.told for one in found.probes):
        _line("No probe that was asked moves the judge beyond its own noise (exact tests, adjusted for all of them).",
              False)
    _flipped(found.flipped)


def _flipped(found: list[Probed]) -> None:
    if not found:
        return
    with st.expander(f"Flipped verdicts ({len(found):,})", icon=":material/table:"):
        st.dataframe({
            "probe": [one.alteration for one in found], "expert": [one.label for one in found],
            "in the run": [one.first for one in found], "altered": [one.outcome for one in found],
            "critique": [one.critique for one in found], "trace": [one.trace for one in found]}, hide_index=True,
            key="flipped", column_config=_TEXTS)


def _columns(found: list[dict]) -> dict[str, list]:
    return {"trace": [row["trace_id"] for row in found],
            "probe": [row["item"]["alteration"] for row in found]}


def _spent(store: Store, job: Job) -> str:
    spent = probes.spent(store, job.id)
    return f", {counted(spent.calls, 'call')}, {counted(spent.prompt_tokens + spent.completion_tokens, 'token')}"


def _starter(store: Store, run: Run) -> None:
    """What is altered, of how many traces, what that takes, and the button."""
    if not at_work.may(store, "probes", "probes a judge"):
        return
    offered = probing.kinds(store, run)
    chosen = st.pills("Alter", offered, selection_mode="multi", default=offered, key="probe_kinds",
                      format_func=lambda name: PROBES[name].title,
                      help=" ".join(f"{PROBES[name].title}: {PROBES[name].help}." for name in offered))
    most = st.number_input("Labelled traces at most", 1, value=probing.MOST, key="probe_most")
    caps = budget.limits("probe")
    if not chosen:
        st.caption("Choose at least one alteration.")
        return
    budget.told(lambda: probing.forecast(store, run.id, chosen, most))
    if st.button("Probe it", icon=":material/play_arrow:", key="probe_run"):
        with frame.sentences():
            _start(store, run, chosen, most, caps)


def _start(store: Store, run: Run, *wanted) -> None:
    token = st.session_state.setdefault("probe_token", secrets.token_hex(16))
    made = probing.start(store, run.id, *wanted, token)
    probing.start_process(store, made.id)
    del st.session_state["probe_token"]
    st.rerun()

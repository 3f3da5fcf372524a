"""Without a key: what a press of Run reads and how long it takes, before; and its agreement beside chance, after."""

import secrets

import streamlit as st

from lib.records import Figure, UsageError
from lib.statistics import metrics
from lib.store import Store, roles
from lib.ui import frame
from lib.ui.judge import beside
from lib.workflow.judge import judging
from lib.workflow.judge.views import bench, trial
from lib.workflow.judge.views.bench import Bench


def begin(store: Store, judge: str) -> int:
    """Starts a run of the newest version on dev as a process of its own, says what it takes, returns its number."""
    token = st.session_state.setdefault("run_token", secrets.token_hex(16))
    with st.spinner("Looking what it takes; the model on this machine is measured once, in a few seconds…",
                    show_time=True):
        queued, said = bench.on_dev(store, judge, token)
    judging.start_process(store, queued.id)
    del st.session_state["run_token"]
    st.session_state["wanted_run"] = str(queued.id)
    frame.say(f"Run {queued.id}: {said}")
    return queued.id


def panel(store: Store, found: Bench) -> None:
    """Below the strip: how an ended run of the embedded model stands beside chance; else what Run would do."""
    if trial.ended(found.run) and found.expert:
        _beside(store, found)
    elif found.newest is not None and roles.may(store.role, "runs") and not (
            found.run and bench.goes_on(store, found.run)):
        try:
            offer = trial.offered(store, found.judge)
        except UsageError:
            return  # Run says it, once it is pressed
        if offer:
            st.caption(frame.plain(f"Without a key, Run judges {offer.said}"))


def _beside(store: Store, found: Bench) -> None:
    made = trial.beside(beside.of_run(store, found.run.id, found.every))
    with st.container(border=True, key="trial_beside", gap="small"):
        st.markdown(f"**Is it more than chance?** {frame.plain(made.said)}")
        st.dataframe({
            "on the same traces": [name for name, _ in made.rows],
            "agreement": [_agreement(figure) for _, figure in made.rows],
            "95 % interval": [metrics.format_ends("agreement", figure) if figure.value is None or figure.low is not None
                              else "" for _, figure in made.rows]}, hide_index=True, key="trial_table",
            height="content")


def _agreement(figure: Figure) -> str:
    """With its share behind counts; chance, which has no pairs of its own, as a share alone."""
    if figure.n is None and figure.value is not None:
        return f"{figure.value:.0%}"
    return metrics.format_figure("agreement", figure) + (
        metrics.format_beside("agreement", figure, figure.n) if metrics.few(figure) else "")

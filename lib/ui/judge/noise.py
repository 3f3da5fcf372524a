"""The judge's own noise on the screen: how often it was asked the same, how far it agrees with itself, once more."""

import secrets

import streamlit as st

from lib.records import Run
from lib.statistics import metrics
from lib.store import Store
from lib.ui import frame
from lib.workflow.judge import noise


def panel(store: Store, run: Run) -> None:
    """How often a run's version was asked the same, what it says of itself, and a button that asks again."""
    if run.prompt is None:
        return
    found = noise.of(store, run.id)
    with st.expander("The judge's own noise", icon=":material/replay:"):
        st.markdown(_words(found))
        times, press = st.columns([2, 3], vertical_alignment="bottom")
        often = times.number_input("More times", 1, noise.MOST, 2, key="repeat_times", help=(
            f"{run.total:,} calls each time, within the caps of run {run.id}; nothing is taken over."))
        if press.button("Repeat it", icon=":material/replay:", key="repeat_run", disabled=bool(found.under_way)):
            with frame.sentences():
                _repeat(store, run, int(often))
        if found.under_way:
            st.caption(f"Under way: run {', '.join(map(str, found.under_way))}.")


def _repeat(store: Store, run: Run, often: int) -> None:
    token = st.session_state.setdefault("repeat_token", secrets.token_hex(16))
    noise.start(store, noise.repeat(store, run.id, often, token))
    del st.session_state["repeat_token"]
    st.rerun()


def _words(found: noise.Noise) -> str:
    if found.share.value is None:
        return ("No trace was judged twice in the same words yet. Repeat the run, and you see on how many traces the "
                "judge contradicts itself: a flip between two versions that lies within this noise tells nothing.")
    return (f"Asked the same in {len(found.runs):,} runs, the judge contradicts itself on **{len(found.noisy):,} of "
            f"{found.repeated:,}** traces: {metrics.format_share(found.share)} "
            f"({metrics.format_interval('noise', found.share)}).")

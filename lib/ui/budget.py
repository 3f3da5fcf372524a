"""A run's budget on the screen: what it will take, what it may take at most, and going on after a cap."""

import streamlit as st

from lib.records import PAUSED, Caps, Estimate, PlumblineError, Run
from lib.store import Store, caps
from lib.ui import frame
from lib.workflow import budget


def limits(key: str, now: Caps = Caps()) -> Caps:
    """Three bounds side by side, each empty for none."""
    calls, tokens, cost = st.columns(3)
    return Caps(
        calls.number_input("At most so many calls", 1, value=now.calls, placeholder="no bound", key=f"{key}_calls"),
        tokens.number_input("tokens", 1, value=now.tokens, placeholder="no bound", key=f"{key}_tokens"),
        cost.number_input("cost", 0.01, value=now.cost, placeholder="no bound", key=f"{key}_cost",
                          help="In the currency of the prices under Settings, Models."))


def forecast(store: Store, judge: str, model: str, **which: object) -> None:
    """What the run that is about to start will take; nothing where there is nothing to run."""
    try:
        found = budget.estimate(store, judge, model, **which)
    except PlumblineError as error:
        st.caption(frame.plain(error))
        return
    st.caption(frame.plain(_words(found)))


def _words(found: Estimate) -> str:
    taken = f"{found.reused:,} verdicts are taken over from earlier runs, which asked the same: they cost nothing. "
    if not found.calls:
        return taken + "Nothing is left to be asked." if found.reused else "No trace fits: nothing would be judged."
    cost = "no price in Settings, Models" if found.cost is None else f"cost {found.cost:,.4f}"
    return (f"{taken if found.reused else ''}About {found.calls:,} calls, {found.prompt_tokens:,} tokens of prompts "
            f"and {found.completion_tokens:,} of replies, {cost}. Each retry is one call more.")


def go_on(store: Store, run: Run) -> None:
    """Where a cap stopped the run: the caps, to be raised, and the button that goes on."""
    now = caps.of(store, run.id)
    if run.status != PAUSED or now == Caps() or not run.message.startswith("The cap"):
        return
    with st.form(f"caps_{run.id}", border=True):
        wanted = limits(f"raise_{run.id}", now)
        if st.form_submit_button("Raise and go on", icon=":material/play_arrow:"):
            with frame.sentences():
                budget.raise_caps(store, run.id, wanted)
                st.rerun()

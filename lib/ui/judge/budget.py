"""A budget on the screen, of a run, suggestion or probe: what it will take, may take at most, and going on after a cap.

And what a run took in the end.
"""

from collections.abc import Callable

import streamlit as st

from lib.records import Caps, Job, PlumblineError, Run
from lib.records.suggestion import Suggestion
from lib.statistics.costs import rows
from lib.store import Store
from lib.store.judge import costs
from lib.ui import frame
from lib.workflow.judge import budget, judging, pace

_TOOK = ("Cost by the prices under Settings, Models; cached tokens are counted like all others. Median and 95 % are of "
        "single replies that were asked for, of the nearest rank. What was taken over from earlier runs took nothing; "
        "errors that were asked for again are in the sums.")


def limits(key: str, now: Caps = Caps()) -> Caps:
    """Three bounds side by side, each empty for none."""
    calls, tokens, cost = st.columns(3, vertical_alignment="bottom")
    return Caps(
        calls.number_input("Calls at most", 1, value=now.calls, placeholder="no bound", key=f"{key}_calls"),
        tokens.number_input("Tokens at most", 1, value=now.tokens, placeholder="no bound", key=f"{key}_tokens"),
        cost.number_input("Cost at most", 0.01, value=now.cost, placeholder="no bound", key=f"{key}_cost",
                          help="In the currency of the prices under Settings, Models."))


def forecast(store: Store, judge: str, model: str, endpoint: str, **which: object) -> None:
    """What the run that is about to start will take."""
    told(lambda: pace.forecast(store, judge, model, endpoint, **which))


def told(sentence: Callable[[], str]) -> None:
    """What work that is about to start will take, or why that cannot be said."""
    try:
        st.caption(frame.plain(sentence()))
    except PlumblineError as error:
        st.caption(frame.plain(error))


def go_on(store: Store, work: Run | Suggestion | Job, now: Caps,
          raise_caps: Callable[[Store, int, Caps], None]) -> None:
    """Where a cap stopped the work: the caps, to be raised, and the button that goes on."""
    if now == Caps() or not budget.stopped(work):
        return
    key = f"{type(work).__name__.lower()}_{work.id}"  # both may stand on one page
    with st.form(f"caps_{key}", border=True):
        wanted = limits(f"raise_{key}", now)
        if st.form_submit_button("Raise and go on", icon=":material/play_arrow:"):
            frame.do(raise_caps, store, work.id, wanted)


def took(store: Store, run: Run) -> None:
    """What a run took, of 100 traces too, in a folded box that is added up when it is opened."""
    if run.prompt is None:
        return
    box = st.expander("What this run took", icon=":material/payments:", key="took_open", on_change="rerun")
    if not box.open:
        return
    with box:
        found = rows(costs.of(store, [run.id])[run.id])
        st.dataframe({"what": [row[0] for row in found], "this run": [row[1] for row in found],
                      "for 100 traces": [row[2] for row in found]}, hide_index=True, key="took",
                     height="content")
        st.caption(_TOOK)
        if said := judging.asked_with(store, run.model, run.endpoint):
            st.caption(frame.plain(said))

"""What a run took, on the screen: calls, tokens, money, time and errors, of the run and of each hundred traces."""

import streamlit as st

from lib.records import Run
from lib.statistics.costs import rows
from lib.store import Store
from lib.store.judge import costs

NOTE = ("Cost by the prices under Settings, Models; cached tokens are counted like all others. Median and 95 % are of "
        "single replies that were asked for, of the nearest rank. What was taken over from earlier runs took nothing; "
        "errors that were asked for again are in the sums.")


def panel(store: Store, run: Run) -> None:
    """A folded box that is added up when it is opened."""
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
        st.caption(NOTE)

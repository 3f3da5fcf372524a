"""The verdicts of a run row by row: what differs while it goes on, and one row in full with both critiques."""

import streamlit as st

from lib.records import Run
from lib.store import Store, experts
from lib.store.dataset import traces
from lib.store.errors import assertions
from lib.store.judge import verdicts
from lib.ui import frame, trace_card
from lib.ui.judge import trying

KINDS = {"disagreements": "disagreements", "judge passed a fail": "judge passed what the expert failed",
         "judge failed a pass": "judge failed what the expert passed", "errors": "errors", "all": "all verdicts"}
_LIVE, _LOOKED_AT = 30, 500  # rows that are sent anew each second, and verdicts looked through for them
_MOST = 200


def rows(store: Store, run: Run, every: bool, going: bool) -> None:
    """The list of disagreements (or of anything else worth reading), newest verdicts first while the run goes on."""
    st.subheader("Row by row")
    kind = frame.choose("Show", list(KINDS), "kind", words=KINDS.get)
    expert = experts.principal(store).name
    found = (verdicts.newest_pairs(store, run.id, expert, kind, _LIVE, _LOOKED_AT, every) if going
             else verdicts.pairs(store, run.id, expert, kind, _MOST, every))
    if not found:
        st.caption("None yet." if going else "None.")
        return
    if going:
        st.caption(f"The newest {len(found):,}. All of them are listed once the run has ended.")
        st.dataframe(_table(found), hide_index=True, column_config=_WIDTHS, key="live_rows")
        return
    if len(found) == _MOST:
        st.caption(f"The first {_MOST}.")
    event = st.dataframe(_table(found), hide_index=True, on_select="rerun", selection_mode="single-row",
                         key=f"pairs_{run.id}_{kind}", column_config=_WIDTHS)
    picked = event.selection.rows
    _in_full(store, run, found[picked[0] if picked and picked[0] < len(found) else 0])


_WIDTHS = {"expert critique": st.column_config.TextColumn(width=220),
           "judge critique": st.column_config.TextColumn(width=220),
           "input": st.column_config.TextColumn(width=200), "id": st.column_config.TextColumn(width=120)}


def _table(found: list[dict]) -> dict[str, list[str]]:
    return {"expert": [row["expert_outcome"] or "" for row in found],
            "judge": [row["judge_outcome"] or f"error: {row['error']}" for row in found],
            "expert critique": [row["expert_critique"] or "" for row in found],
            "judge critique": [row["judge_critique"] or row["raw"] for row in found],
            "input": [row["input"] for row in found], "id": [row["trace_id"] for row in found]}


def _in_full(store: Store, run: Run, row: dict) -> None:
    left, right = st.columns(2, gap="small")
    for place, who, outcome, text in (
            (left, "Expert", row["expert_outcome"], row["expert_critique"]),
            (right, "Judge", row["judge_outcome"] or f"error, {row['error']}", row["judge_critique"] or row["raw"])):
        with place:
            trace_card.said(f"{who}: {outcome or 'no label'}", text)
    trying.aside(verdicts.whole(store, run.id, row["trace_id"]))
    trace_card.checked(assertions.of_trace(store, row["trace_id"]))
    with st.container(horizontal=True):
        if row["expert_outcome"] and row["judge_outcome"] not in (None, row["expert_outcome"]):
            frame.link("judge", "Rule on it", ":material/gavel:", view="Disagreements", judge=run.judge,
                       run=str(run.id), ruling="all", case=row["trace_id"])
        frame.link("review", "Review this trace", ":material/rate_review:", trace=row["trace_id"])
    trace_card.show(traces.get(store, row["trace_id"]))

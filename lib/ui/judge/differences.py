"""The disagreements of a run beside the prompt: a list, and the one that was clicked, with both critiques.

Which one is open stands in the address. Nothing here touches what is typed in the prompt.
"""

import streamlit as st

from lib.records import Run
from lib.records.decision import likely
from lib.store import Store
from lib.ui import frame, trace_card
from lib.ui.judge import trying
from lib.workflow.judge.views import differences
from lib.workflow.judge.views.differences import Opened

KINDS = {"disagreements": "disagreements", "judge passed a fail": "judge passed what the expert failed",
         "judge failed a pass": "judge failed what the expert passed", "errors": "errors", "all": "all verdicts"}
_OPEN = "row"  # the word of the address
_BEGINNING = 110  # characters of a row


def panel(store: Store, run: Run, every: bool, going: bool) -> None:
    """The list (the newest verdicts while the run goes on), or the row that is open."""
    opened = st.query_params.get(_OPEN, "")
    with st.container(key="differences_choice"):
        kind = frame.choose("Show", list(KINDS), "kind", words=KINDS.get)
    found = differences.rows(store, run.id, kind, every, going)
    whole = differences.opened(store, run, opened, every) if opened else None
    if whole is not None:
        _whole(store, whole, [row["trace_id"] for row in found])
    else:
        _list(found, going)


def _list(found: list[dict], going: bool) -> None:
    if not found:
        st.caption("None yet." if going else "None.")
        return
    st.caption(f"The newest {len(found):,}. All of them are listed once the run has ended." if going else
               f"The first {len(found):,}." if len(found) == differences.MOST else
               f"{len(found):,} listed: click one to read it beside the prompt.")
    with st.container(key="differences", height=420 if len(found) > 6 else "content", border=False, gap=None):
        for row in found:
            st.button(_line(row), key=f"row_{row['trace_id']}", type="tertiary", width="stretch", on_click=_open,
                      args=(row["trace_id"],))


def _line(row: dict) -> str:
    said = likely(row["judge_outcome"], row["probability"]) if row["judge_outcome"] else f"error: {row['error']}"
    critique = " ".join((row["judge_critique"] or row["raw"] or "").split())
    text = " ".join(row["input"].split())
    return (f"**{frame.plain(row['expert_outcome'] or 'no label')}, judge {frame.plain(said)}** "
            f"{frame.plain(text[:_BEGINNING])} :gray[{frame.plain(critique[:_BEGINNING])}]")


def _open(trace: str) -> None:
    if trace:
        st.query_params[_OPEN] = trace
    else:
        st.query_params.pop(_OPEN, None)


def _whole(store: Store, row: Opened, listed: list[str]) -> None:
    _steps(row.trace.id, listed)
    left, right = st.columns(2, gap="small")
    with left:
        trace_card.said(f"Expert: {row.expert_outcome or 'no label'}", row.expert_critique)
    with right:
        found = row.verdict
        said = likely(found.outcome, found.p_pass) if found.outcome else f"error, {found.error}"
        trace_card.said(f"Judge: {said}", found.words)
    trying.aside(row.verdict)
    trace_card.checked(row.assertions)
    with st.container(horizontal=True, vertical_alignment="center"):
        if row.differs:
            frame.link("judge", "Rule on it", ":material/gavel:", view="Disagreements", judge=row.run.judge,
                       run=str(row.run.id), ruling="all", case=row.trace.id)
        frame.link("review", "Review this trace", ":material/rate_review:", trace=row.trace.id)
    if row.run.prompt is not None:
        trying.on_one(store, row.run.judge, row.trace.id)
    trace_card.show(row.trace)


def _steps(trace: str, listed: list[str]) -> None:
    """Back to the list, and from one row of it to the next."""
    at = listed.index(trace) if trace in listed else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("All", key="row_list", icon=":material/arrow_back:", type="tertiary", on_click=_open, args=("",),
                  help="Back to the list.")
        for label, step, icon in (("Previous", -1, "chevron_left"), ("Next", 1, "chevron_right")):
            to = None if at is None or not 0 <= at + step < len(listed) else listed[at + step]
            st.button(label, key=f"row_{label}", icon=f":material/{icon}:", type="tertiary", disabled=to is None,
                      on_click=_open, args=(to,))
        st.caption(frame.plain(trace if at is None else f"{at + 1:,} of {len(listed):,}: {trace}"))

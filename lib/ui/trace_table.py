"""Traces as a short list to pick one from, and one whole trace with what was said of it."""

import streamlit as st

from lib.records import PlumblineError
from lib.store import Store
from lib.store.dataset.traces import Filter
from lib.ui import filters, frame, trace_card
from lib.ui.removal import archived
from lib.workflow.dataset import listing
from lib.workflow.dataset.listing import Detail

PAGE = listing.PAGE
_SHOWN = 300  # characters of a text in a table cell


def table(rows: list[dict], key: str) -> str | None:
    """Rows of traces as a table; returns the id of the row picked."""
    widths = {"label": 60, "input": 240, "output": 300, "critique": 220, "id": 140}
    event = st.dataframe(
        {"label": [row["outcome"] or "" for row in rows], "input": [short(row["input"]) for row in rows],
         "output": [short(row["output"]) for row in rows], "critique": [short(row["critique"]) for row in rows],
         "id": [row["trace_id"] for row in rows], "split": [row["split"] for row in rows]},
        hide_index=True, on_select="rerun", selection_mode="single-row", key=key, row_height=36,
        column_config={name: st.column_config.TextColumn(width=width) for name, width in widths.items()})
    picked = event.selection.rows
    return rows[picked[0]]["trace_id"] if picked and picked[0] < len(rows) else None


def detail(store: Store, trace_id: str, where: Filter) -> None:
    """One whole trace with what was said of it, and the way to review it."""
    try:
        found = listing.detail(store, trace_id)
    except PlumblineError as error:
        st.warning(frame.plain(error))
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        trace_card.show(found.trace, pinned_names=found.pinned)
        with st.container(horizontal=True):
            frame.link("review", "Review this trace", ":material/rate_review:", trace=trace_id,
                       **filters.address(where, store))
            frame.link("overview", "Note an insight", ":material/lightbulb:", view="Insights", trace=trace_id)
            for source, address in found.homes:
                st.page_link(address, label=frame.plain(f"Open in {source}"), icon=":material/open_in_new:")
        archived.of_one(store, found.trace.id)
    with right:
        _said(found)
        trace_card.surroundings(found.trace, found.pinned)
        trace_card.about(found.trace, found.pinned)
        trace_card.pin_chooser(store)


def _said(found: Detail) -> None:
    """Every label, newest first; what users and assertions say; failure modes; and the answers to the same input."""
    for label in found.labels:
        st.caption(frame.plain(f"{label.expert}: {label.outcome}, {(label.created_at or '')[:10]}"))
        st.text(label.critique or "no critique")
    trace_card.of_users(found.feedback)
    trace_card.checked(found.checks)
    if found.modes:
        st.caption(frame.plain("Failure modes: " + ", ".join(found.modes)))
    _answers(found)


def _answers(found: Detail) -> None:
    """How the answer came to be, and the answers of other system versions to the same input."""
    for answer in found.answers:
        version = answer["system_version"] or "no version named"
        if answer["trace_id"] != found.trace.id:
            frame.link("dataset", frame.plain(f"Answer of {version}"), ":material/history:", trace=answer["trace_id"])
        elif answer["log"]:
            with st.expander(frame.plain(f"How {version} answered"), icon=":material/receipt_long:"):
                st.json(answer["log"])


def short(text: str | None) -> str:
    """A text as a cell of a table shows it: its beginning, "" for none."""
    return "" if text is None else text if len(text) <= _SHOWN else text[:_SHOWN] + "…"

"""Traces as a table one page at a time, the trace picked beside it, and the downloads."""

from datetime import date

import streamlit as st

from lib.records import PlumblineError
from lib.store import Store
from lib.store.dataset import answers, traces
from lib.store.dataset.traces import Filter
from lib.store.errors import assertions, failure_modes
from lib.store.review import labels, pins
from lib.ui import filters, frame, trace_card
from lib.ui.removal import archived
from lib.workflow.dataset import exchange
from lib.writers import WRITERS

PAGE = 100
_SHOWN = 300  # characters of a text in a table cell


def browser(store: Store, where: Filter) -> None:
    """A page of the traces a filter leaves; picking a row shows that trace, and the address names it."""
    total = traces.count(store, where)
    if not total:
        frame.empty("No trace fits", "Loosen the filter above.")
        return
    page = _page(total)
    rows = traces.listing(store, where, PAGE, (page - 1) * PAGE)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{total:,} traces" + (f", page {page} of {-(-total // PAGE)}" if total > PAGE else ""))
        if not where.archived:
            frame.link("judge", "Run a judge on these traces", ":material/play_circle:", view="Bench",
                       **filters.of_a_run(where))
        archived.of_list(store, where, total)
    archived.caption(store)
    picked = table(rows, "dataset_table")
    if picked:
        st.query_params["trace"] = picked
    shown = picked or st.query_params.get("trace")
    if shown:
        detail(store, shown, where)


def table(rows: list[dict], key: str) -> str | None:
    """Rows of traces as a table; returns the id of the row picked."""
    widths = {"label": 60, "input": 240, "output": 300, "critique": 220, "id": 140}
    event = st.dataframe(
        {"label": [row["outcome"] or "" for row in rows], "input": [_short(row["input"]) for row in rows],
         "output": [_short(row["output"]) for row in rows], "critique": [_short(row["critique"]) for row in rows],
         "id": [row["trace_id"] for row in rows], "split": [row["split"] for row in rows]},
        hide_index=True, on_select="rerun", selection_mode="single-row", key=key, row_height=36,
        column_config={name: st.column_config.TextColumn(width=width) for name, width in widths.items()})
    picked = event.selection.rows
    return rows[picked[0]]["trace_id"] if picked and picked[0] < len(rows) else None


def detail(store: Store, trace_id: str, where: Filter) -> None:
    """One whole trace with what was said of it, and the way to review it."""
    try:
        trace = traces.get(store, trace_id)
    except PlumblineError as error:
        st.warning(frame.plain(error))
        return
    on_top = pins.every(store)
    left, right = st.columns([3, 2], gap="large")
    with left:
        trace_card.show(trace, pinned_names=on_top)
        with st.container(horizontal=True):
            frame.link("review", "Review this trace", ":material/rate_review:", trace=trace.id,
                       **filters.address(where))
            frame.link("overview", "Note an insight", ":material/lightbulb:", view="Insights", trace=trace.id)
        archived.of_one(store, trace.id)
    with right:
        said(store, trace.id)
        modes = failure_modes.of_trace(store, trace.id)
        if modes:
            st.caption(frame.plain("Failure modes: " + ", ".join(modes)))
        _answers(store, trace.id)
        trace_card.surroundings(trace, on_top)
        trace_card.about(trace, on_top)
        trace_card.pin_chooser(store)


def _answers(store: Store, trace_id: str) -> None:
    """How the answer came to be, and the answers of other system versions to the same input."""
    for answer in answers.of_input(store, trace_id):
        version = answer["system_version"] or "no version named"
        if answer["trace_id"] != trace_id:
            frame.link("dataset", frame.plain(f"Answer of {version}"), ":material/history:", trace=answer["trace_id"])
        elif answer["log"]:
            with st.expander(frame.plain(f"How {version} answered"), icon=":material/receipt_long:"):
                st.json(answer["log"])


def said(store: Store, trace_id: str) -> None:
    """Every label on a trace, newest first; and what assertions say of it."""
    for label in labels.history(store, trace_id):
        st.caption(frame.plain(f"{label.expert}: {label.outcome}, {(label.created_at or '')[:10]}"))
        st.text(label.critique or "no critique")
    trace_card.checked(assertions.of_trace(store, trace_id))


def exports(store: Store) -> None:
    """Downloads of whole tables, each with what it holds."""
    back = ", ".join(what for what, kind in exchange.EXPORTS.items() if kind.back)
    st.caption("A cell of a .csv that a spreadsheet could run as a formula, and an id it could take for a number, get "
               "an apostrophe in front; our own import takes it back. An .xlsx needs none: all its cells are text. To "
               "let the AI system answer proposed inputs: export inputs, fill the output column, import. "
               f"What can be imported again: {back}.")
    for what, kind in exchange.EXPORTS.items():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{what}** :small[{kind.text}]", width="stretch")
            _endings(store, what)


def _endings(store: Store, what: str) -> None:
    with st.container(horizontal=True, width="content"):
        for ending in WRITERS:
            st.download_button(f".{ending}", lambda ending=ending: exchange.export(store, what, ending),
                               f"{what}-{date.today()}.{ending}", key=f"export_{what}_{ending}", on_click="ignore")


def _page(total: int) -> int:
    pages = -(-total // PAGE)
    if pages == 1:
        return 1
    wanted = st.query_params.get("page", "1")
    now = min(max(int(wanted) if wanted.isdigit() else 1, 1), pages)
    found = st.number_input("Page", 1, pages, now, label_visibility="collapsed", width=140)
    st.query_params["page"] = str(found)
    return found


def _short(text: str | None) -> str:
    return "" if text is None else text if len(text) <= _SHOWN else text[:_SHOWN] + "…"

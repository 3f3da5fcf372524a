"""The table of traces on the screen: its columns and order, a page of rows, and the trace that is open below it.

Columns, order and page stand in the address; a click on a column's head puts all traces in its order, not this page.
"""

import streamlit as st

from lib.records import PlumblineError
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset.traces import Filter
from lib.ui import filters, frame, trace_table
from lib.ui.dataset import bulk
from lib.workflow.dataset import listing
from lib.workflow.dataset.listing import Listing

_WIDTHS = {"label": 96, "input": 260, "output": 300, "critique": 220, "id": 130, "split": 60, "length": 110}
_ROW, _HEAD = 36, 38  # pixels
_FEW = 8  # rows: so few need no more room than they take


def nothing() -> None:
    """What a project without a trace shows."""
    frame.empty("No traces yet", "Import what your AI system was asked and answered: a table, a log, or an export of "
                "another tool.")
    if st.button("Import traces", type="primary", icon=":material/upload_file:", key="import_first"):
        frame.go("dataset", view="Import")


def browser(store: Store, where: Filter) -> None:
    """A page of the traces a filter leaves; what is done with many of them; the trace that the address names."""
    found = _asked_for(store, where)
    bulk.said(store)
    if not found.total:
        frame.empty("No trace fits", "Loosen the filter above.")
        _archived(found)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="traces_bar"):
        _words(found)
        tools = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="right",
                             key="traces_tools")
    ticked = _table(found, where)
    with tools:
        _tools(store, where, found, ticked)
    if error := st.session_state.pop("columns_error", None):
        st.error(frame.plain(error), icon=":material/error:")
    if shown := st.query_params.get("trace"):
        with st.container(key="trace_open"):
            st.button("Close this trace", key="trace_close", icon=":material/close:", type="tertiary",
                      on_click=_close)
            trace_table.detail(store, shown, where)


def _asked_for(store: Store, where: Filter) -> Listing:
    """The page of the table that the address names."""
    columns, by = st.query_params.get("columns", ""), st.query_params.get("sort", "")
    number = st.query_params.get("page", "1")
    return listing.look(store, where, [name for name in columns.split(".") if name], by.lstrip("-"),
                        by.startswith("-"), int(number) if number.isdecimal() and len(number) < 10 else 1)


def _tools(store: Store, where: Filter, found: Listing, ticked: list[int]) -> None:
    _order(found)
    _columns(store, found)
    bulk.offered(store, where, found, ticked)
    if not where.archived and not ticked:
        with st.container(key="traces_run", width="content"):
            frame.link("judge", "Run a judge on these traces", ":material/play_circle:", view="Bench",
                       **filters.of_a_run(store, where))


def _words(found: Listing) -> None:
    first, last = (found.page - 1) * listing.PAGE + 1, (found.page - 1) * listing.PAGE + len(found.rows)
    st.markdown(f"**{first:,}–{last:,} of {found.total:,}**, page" if found.pages > 1 else
                f"**{counted(found.total, 'trace')}**", width="content")
    if found.pages > 1:
        st.session_state["page_shown"] = found.page
        st.number_input("Page", 1, found.pages, key="page_shown", label_visibility="collapsed", width=72,
                        on_change=_to_page)
    _archived(found)


def _archived(found: Listing) -> None:
    if found.archived and st.query_params.get("archived") != "yes":
        frame.link("dataset", f"{found.archived:,} archived", ":material/archive:", view="Traces", archived="yes")


def _table(found: Listing, where: Filter) -> list[int]:
    """Draws the rows; returns the row numbers of those that are ticked."""
    # A key for each list and after each act: a tick belongs to a trace, and the table knows the number of its row.
    rows = tuple(row["key"] for row in found.rows)
    key = f"traces_{abs(hash((where, found.by, found.down, found.page, found.columns, rows, bulk.acts())))}"
    few = len(found.rows) <= _FEW
    with st.container(key="traces_few", border=False) if few else st.container(
            key="traces_table", height=480, border=False):  # its style sheet says how high it is
        event = st.dataframe(
            {found.offered[name]: [_cell(row.get(name)) for row in found.rows] for name in found.columns},
            hide_index=True, key=key, row_height=_ROW, height=_HEAD + _ROW * len(found.rows) if few else "stretch",
            on_select=lambda: _pressed(key, found), selection_mode=["multi-row", "single-column", "single-cell"],
            column_config={found.offered[name]: _config(found, name) for name in found.columns})
    return [found.rows[place]["key"] for place in event.selection.rows if place < len(found.rows)]


def _config(found: Listing, name: str) -> object:
    arrow = (" ↓" if found.down else " ↑") if name == found.by else ""
    kind = st.column_config.NumberColumn if name == "length" else st.column_config.TextColumn
    return kind(f"{found.offered[name]}{arrow}", width=_WIDTHS.get(name, 130))


def _cell(value: object) -> object:
    return trace_table.short(value) if isinstance(value, str) or value is None else value


def _pressed(key: str, found: Listing) -> None:
    """A column's head puts in order, a cell opens its trace; ticks are read where the table is drawn."""
    chosen = st.session_state[key].selection
    titles = {title: name for name, title in found.offered.items()}
    if heads := [titles[title] for title in chosen.columns if title in titles]:
        _sort(heads[0], heads[0] == found.by and not found.down)
    elif chosen.cells and chosen.cells[0][0] < len(found.rows):
        st.query_params["trace"] = found.rows[chosen.cells[0][0]]["trace_id"]


def _sort(by: str, down: bool) -> None:
    st.query_params["sort"] = f"-{by}" if down and by else by
    st.query_params.pop("page", None)


def _order(found: Listing) -> None:
    """The order once more, for who has no mouse, and for columns that are not shown."""
    st.session_state["sorted_by"] = found.by
    st.selectbox("Order", ["", *found.offered], key="sorted_by", label_visibility="collapsed", width=120,
                 format_func=lambda name: f"by {found.offered[name]}" if name else "as they came in",
                 on_change=lambda: _sort(st.session_state["sorted_by"], found.down))
    if found.by:
        st.button("↓" if found.down else "↑", key="sort_turn", on_click=_sort, args=(found.by, not found.down),
                  help=f"{'Descending' if found.down else 'Ascending'}: press to turn the order round")


def _columns(store: Store, found: Listing) -> None:
    with st.popover("Columns", icon=":material/view_column:", key="columns_open"), st.container(width=440):
        st.session_state["columns_chosen"] = list(found.columns)
        st.multiselect("Columns, in this order", list(found.offered), key="columns_chosen",
                       format_func=lambda name: found.offered[name], on_change=_choose, args=(store,))
        st.caption("Kept for you in this project." if found.remembers else
                   "Kept in the address of this page. Once it is said who you are, they are kept for you.")


def _choose(store: Store) -> None:
    wanted = st.session_state["columns_chosen"]
    st.session_state["columns_error"] = None
    try:
        listing.choose(store, wanted)
    except PlumblineError as error:
        st.session_state["columns_error"] = str(error)
        return
    st.query_params["columns"] = ".".join(wanted)


def _to_page() -> None:
    st.query_params["page"] = str(st.session_state["page_shown"])


def _close() -> None:
    st.query_params.pop("trace", None)

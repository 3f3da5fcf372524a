"""Rates on the screen: passes and fails by one to three dimensions, and from a cell to its traces."""

import streamlit as st

from lib import charts
from lib.charts.grids import Square
from lib.records.rating import EXPERT, RATE_SOURCES
from lib.records.words import counted
from lib.statistics.breakdowns import SMALL_N
from lib.statistics.metrics import format_share
from lib.statistics.pivots import OVERALL, OWN, PivotCell
from lib.store import Store
from lib.store.dataset.traces import Filter
from lib.ui import drill_down, frame
from lib.ui import figures as show
from lib.ui.charted import Table, charted
from lib.ui.errors import over_time
from lib.ui.errors.overall import overall
from lib.workflow.errors import rates
from lib.workflow.errors.rates import RateTable
from lib.workflow.errors.views import cuts

_CUTS = {"dimension": "by dimension", "day": "by day", "week": "by week", "month": "by month",
         "version": "by system version"}
_PLACES = ("by", "by2", "by3")  # names in the address
_MOST_SQUARES = 1_500  # more cells nobody can read
_MOST_ROWS = 1_000
_BY = {OWN: "own labels", OVERALL: "all labels"}
_SHARES = ("failure rate", "from", "to", "corrected", "corrected from", "corrected to")


def page(store: Store) -> None:
    """Pass rates by the chosen dimensions, or over time: a chart, a table, and at a click the fails behind it."""
    cut, source, picked = st.columns(3)
    with cut:
        how = frame.choose("Cut", list(_CUTS), "over", words=_CUTS.get)
    with source:
        kind = frame.choose("Source", list(RATE_SOURCES), "from", words=RATE_SOURCES.get)
    with picked:
        judge = show.judge_picker(store) if kind != EXPERT else None
    seen = st.query_params.get("seen") == "yes"
    if how in over_time.WORDS:
        over_time.page(store, how, kind, judge, seen)
        return
    by = _dimensions(cuts.of(store).dimensions)
    with frame.sentences():
        found = rates.table(store, by, kind, judge, seen=seen)
        if not found.validated:
            show.not_validated()
        overall(found.overall, found.rated, found.source_text, found.left_out, (
            found.probable.text if found.probable else "", *found.remarks,
            found.two_phase.text if found.two_phase else "", found.ties))
        if found.cells:
            _chart(found)
            _table(found)
            _picked(store, found)


def _dimensions(known: tuple[str, ...]) -> tuple[str, ...]:
    """One to three dimensions, in the address."""
    chosen: list[str] = []
    for place, name, label in zip(st.columns(3), _PLACES, ("By", "and by", "and by"), strict=True):
        rest = [one for one in known if one not in chosen]
        if not rest or len(chosen) < _PLACES.index(name):
            continue
        with place:
            picked = frame.choose(label, rest if name == "by" else ["", *rest], name, words=lambda one: one or "–")
        if picked:
            chosen.append(picked)
    return tuple(chosen)


def _chart(found: RateTable) -> None:
    # Only what can be pressed is listened to, so that a cell in the address stays until another is picked.
    name = "rates_" + "_".join(str(len(one)) for one in (found.by, found.cells))
    if len(found.by) == 1:
        charted(charts.rates_chart(found.cells, found.by[0], found.source_text), _columns(found), name, "value",
                lambda: _take(name, "value", found), shown=True)
    elif len(found.cells) > _MOST_SQUARES:
        st.caption(f"Too many cells for a map, {len(found.cells):,}: the table has the {_MOST_ROWS:,} with the highest "
                   "rates.")
    else:
        squares = [Square(_row(cell), cell.values[1], cell.rate.value or 0, cell.fails, cell.n, cell.small)
                   for cell in found.cells if cell.n]
        rows, columns = sorted({one.row for one in squares}), sorted({one.column for one in squares})
        grouped = f"; rows by {found.by[2]}, then {found.by[0]}" if len(found.by) > 2 else ""
        charted(charts.heat_chart(squares, rows, columns, "Failure rate by " + " × ".join(found.by),
                                  f"{found.source_text}; n = {found.overall.n:,}, * few in this cell{grouped}"),
                _columns(found), name, "cell", lambda: _take(name, "cell", found), shown=True)


def _row(cell: PivotCell) -> str:
    """A third dimension makes groups of rows."""
    return cell.values[0] if len(cell.values) == 2 else f"{cell.values[2]} · {cell.values[0]}"


def _take(name: str, selection: str, found: RateTable) -> None:
    """A click on a mark: its cell goes into the address."""
    points = st.session_state[f"drawn_{name}"].selection.get(selection) or []
    for cell in found.cells if points else []:
        if (points[0].get("value") == cell.values[0] if selection == "value"
                else (points[0].get("row"), points[0].get("column")) == (_row(cell), cell.values[1])):
            drill_down.to_address("cell", cell.values)


def _columns(found: RateTable) -> Table:
    """The cells as a table: the same on the screen and in the file."""
    cells = found.cells[:_MOST_ROWS]
    columns: Table = {"n": [cell.n for cell in cells], "fails": [cell.fails for cell in cells],
                     "failure rate": [cell.rate.value for cell in cells], "from": [cell.rate.low for cell in cells],
                     "to": [cell.rate.high for cell in cells], "mark": ["few" if cell.small else "" for cell in cells]}
    if any(cell.corrected for cell in cells):
        columns |= {"corrected": [cell.corrected.value for cell in cells],
                    "corrected from": [cell.corrected.low for cell in cells],
                    "corrected to": [cell.corrected.high for cell in cells],
                    "corrected by": [_BY.get(cell.by, "") for cell in cells],
                    "why not": [cell.corrected.why for cell in cells]}
    # A dimension may be called like one of these columns.
    named = [f"{name} (dimension)" if name in columns else name for name in found.by]
    return {name: [cell.values[place] for cell in cells] for place, name in enumerate(named)} | columns


def _table(found: RateTable) -> None:
    columns = _columns(found)
    for name in set(_SHARES) & columns.keys():
        columns[name] = [None if share is None else 100 * share for share in columns[name]]
    for name in [name for name, cells in columns.items() if name.startswith(("corrected", "why")) and not any(cells)]:
        del columns[name]
    st.dataframe(columns, hide_index=True, key="pivot_rows", selection_mode="single-row",
                 on_select=lambda: _take_row(found),
                 column_config={name: st.column_config.NumberColumn(format="%.1f%%") for name in _SHARES})
    words = [f"Highest failure rate first; “from” and “to” are the 95 % interval. “few”: fewer than "
             f"{SMALL_N} outcomes, so the interval is wide: read it as a hint."]
    if found.borrowed:
        words.append("“all labels”: a cell with fewer than 10 labelled passes and 10 labelled fails of its own is "
                     "corrected by the TPR and TNR over all cells; the judge may err differently there.")
    words += [one.text for one in found.unlike]
    if found.several:
        words.append(f"{counted(found.several, 'trace has', 'traces have')} several values, counted in each.")
    if found.without:
        words.append(f"{counted(found.without, 'trace has', 'traces have')} no value of {' or '.join(found.by)}, "
                     "counted in none.")
    st.caption(frame.plain(" ".join(words)))


def _take_row(found: RateTable) -> None:
    rows = st.session_state["pivot_rows"].selection.rows
    if rows and rows[0] < len(found.cells):
        drill_down.to_address("cell", found.cells[rows[0]].values)


def _picked(store: Store, found: RateTable) -> None:
    cells = found.cells[:_MOST_ROWS]
    values = drill_down.cell_picked("rates", "cell", [cell.values for cell in cells], [
        f"{', '.join(cell.values)}: {format_share(cell.rate)} of {cell.n:,}" for cell in cells], "mark or a row")
    if values is None:
        return
    where = Filter(combination=drill_down.combination(found.by, values), rated=found.rated.source,
                   seen="yes" if found.rated.seen else None, in_run=str(found.run.id) if found.run else None)
    drill_down.listing(store, where, "Fails with " + ", ".join(
        f"{name} {value}" for name, value in zip(found.by, values, strict=True)))

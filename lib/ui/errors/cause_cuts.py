"""Failure modes cut on the screen: by a dimension, over time, over system versions, and as a saturation curve."""

import streamlit as st

from lib import charts
from lib.charts.grids import Square
from lib.records.words import counted
from lib.statistics.breakdowns import SMALL_N
from lib.statistics.metrics import format_figure, format_interval
from lib.store import Store
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.ui import drill_down, frame
from lib.ui.charted import Table, charted
from lib.workflow.errors import causes
from lib.workflow.errors.causes import Cut

_CUTS = {"dimension": "by dimension", "month": "by month", "week": "by week", "version": "by system version",
         "curve": "are new ones still coming"}
_GRID = "modes_by_dimension"
_MOST_MODES, _MOST_GROUPS = 30, 40


def page(store: Store) -> None:
    """One cut of the failure modes, chosen in the address."""
    st.header("Look closer")
    left, right = st.columns(2)
    with left:
        how = frame.choose("Cut", list(_CUTS), "cut", words=_CUTS.get)
    if how == "curve":
        _curve(store)
    elif how == "dimension":
        _grid(store, right)
    else:
        _trend(store, how, right)


def _grid(store: Store, place) -> None:
    values = traces.dimensions(store)
    known = sorted((name for name in values if values[name]), key=lambda name: (len(values[name]) < 2,
                                                                               len(values[name])))
    if not known:
        st.caption("No trace has a dimension yet.")
        return
    with place:
        dimension = frame.choose("Dimension", known, "mode_by")
    found = causes.cut(store, dimension=dimension)
    groups, modes = [one for one in found.groups if one[1]][:_MOST_GROUPS], found.modes[:_MOST_MODES]
    squares = [Square(mode, group, found.counts.get((mode, group), 0) / coded, found.counts.get((mode, group), 0),
                      coded, coded < SMALL_N) for mode in modes for group, coded, _ in groups]
    if not squares:
        st.caption("None of the coded fails has a value of this dimension.")
        return
    charted(charts.heat_chart(
        squares, modes, [group for group, *_ in groups], f"Failure modes by {dimension}",
        f"share of the column's coded fails; * fewer than {SMALL_N} of them"), _table(found), _GRID, "cell", _take)
    if len(groups) < len([one for one in found.groups if one[1]]) or len(modes) < len(found.modes):
        st.caption(f"Drawn are the first of both ({counted(len(modes), 'failure mode')}, "
                   f"{counted(len(groups), 'value')}); the table has all.")
    _cell(store, found, dimension)


def _take() -> None:
    points = st.session_state[f"drawn_{_GRID}"].selection.get("cell") or []
    if points:
        drill_down.to_address("mode_cell", [points[0]["row"], points[0]["column"]])


def _cell(store: Store, found: Cut, dimension: str) -> None:
    cells = list(found.counts)
    picked = drill_down.cell_picked(_GRID, "mode_cell", cells, [
        f"{mode}, {dimension} {value}: {found.counts[mode, value]:,}" for mode, value in cells])
    if picked is None:
        return
    mode, value = picked
    cell = drill_down.combination((dimension,), (value,))
    drill_down.listing(store, Filter(failure_mode=mode, label="fail", combination=cell),
                       f"Fails with {mode}, {dimension} {value}")


def _trend(store: Store, period: str, place) -> None:
    found = causes.cut(store, period=period)
    if not found.groups or not found.modes:
        st.caption("No coded fail names a system version." if period == "version" else "No fail is coded yet.")
        return
    with place:
        mode = frame.choose("Failure mode", found.modes, "trend_of", st.query_params.get("failure_mode"))
    name = "system version" if period == "version" else period
    drawn = f"modes_by_{period}"
    charted(charts.drift_chart(found.rates(mode), "share of coded fails", mode, name, pressed=True), _table(found),
            drawn, "point", lambda: drill_down.to_point(drawn))
    if period != "version":
        st.caption("A fail is counted when the AI answered, where its trace says so, else when it was labelled"
                   + ("; a week is named by its Monday." if period == "week" else "."))
    drill_down.of_point(store, Filter(failure_mode=mode, label="fail"), name, [group for group, *_ in found.groups],
                       f"Fails with {mode}")


def _table(found: Cut) -> Table:
    rows = [(mode, rate) for mode in found.modes for rate in found.rates(mode)]
    return {"failure mode": [mode for mode, _ in rows], "group": [rate.value for _, rate in rows],
            "fails": [rate.passes for _, rate in rows], "coded fails of the group": [rate.n for _, rate in rows],
            "share": [rate.rate.value for _, rate in rows], "from": [rate.rate.low for _, rate in rows],
            "to": [rate.rate.high for _, rate in rows], "mark": ["few" if rate.small else "" for _, rate in rows]}


def _curve(store: Store) -> None:
    found = causes.saturation(store)
    charted(charts.saturation_chart(found.curve, "failure modes a person has confirmed"), {
        "coded fails read": list(range(1, len(found.curve) + 1)), "failure modes found": found.curve}, "saturation")
    st.caption(frame.plain(
        f"Chance that the next failure mode given is a new one: {format_figure('rate', found.unseen)} "
        f"({format_interval('rate', found.unseen)}), from {found.given:,} given (Good 1953; the interval "
        f"is Esty's approximation of 1983). {found.reading}"))

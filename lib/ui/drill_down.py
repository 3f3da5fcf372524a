"""From a mark of a chart or a row of a table to its traces: a list, one of them in full, and the way to Dataset."""

import json
from dataclasses import replace

import streamlit as st

from lib.statistics.breakdowns import days
from lib.store import Store
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.ui import filters, frame, trace_table


def listing(store: Store, where: Filter, title: str) -> None:
    """The traces a filter leaves under a title with their number; picking one shows it."""
    total = traces.count(store, where)
    st.markdown(f"**{frame.plain(title)}: {total:,}**")
    if not total:
        return
    picked = trace_table.table(traces.listing(store, where, trace_table.PAGE), f"listing_{where}")
    frame.link("dataset", "Open this list in Dataset", ":material/open_in_new:", **filters.address(where))
    if picked:
        trace_table.detail(store, picked, where)


def combination(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    """Values of dimensions as the address and the filter have them."""
    return json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False)


def in_address(name: str) -> tuple[str, ...] | None:
    """The cell the address names, a JSON list of texts; None where it names none."""
    try:
        found = json.loads(st.query_params.get(name) or "null")
    except ValueError:
        return None
    return tuple(found) if isinstance(found, list) and all(isinstance(one, str) for one in found) else None


def to_address(name: str, values: tuple[str, ...] | list[str]) -> None:
    """Writes a cell into the address."""
    st.query_params[name] = json.dumps(list(values), ensure_ascii=False)


def to_point(name: str) -> None:
    """A click on a point of the chart over time of this name: its month, week or version goes into the address."""
    points = st.session_state[f"drawn_{name}"].selection.get("point") or []
    if points:
        st.query_params["point"] = points[0]["date"]


def of_point(store: Store, where: Filter, by: str, known: list[str], title: str) -> None:
    """Below a chart over time: the traces of the point that the address names, of those a filter leaves.

    `by`: week, month or system version, what the points are; `known`: the points there are.
    """
    point = st.query_params.get("point")
    if point in known:
        listing(store, at_point(where, by, point), f"{title}, {by} {point}")
    else:
        st.caption("Click a point to see its traces.")


def at_point(where: Filter, by: str, point: str) -> Filter:
    """A filter narrowed to one week, month or system version."""
    if by == "system version":
        return replace(where, system_version=point)
    since, until = days(point)
    return replace(where, since=since, until=until)

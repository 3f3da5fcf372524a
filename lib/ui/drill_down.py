"""From a mark of a chart or a row of a table to its traces: a list, one of them in full, and the way to Dataset."""

import json
from collections.abc import Callable
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
    frame.link("dataset", "Open this list in Dataset", ":material/open_in_new:", **filters.address(where, store))
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


def cell_picked(name: str, word: str, cells: list[tuple[str, ...]], words: list[str], noun: str = "cell"
                ) -> tuple[str, ...] | None:
    """The cell that the address names under this word, chosen by a click or here; None where it names none of these."""
    named = in_address(word)
    found = cells.index(named) if named in cells else None
    pick(name, f"Click a {noun}, or choose one here, to see its traces", words, found,
         lambda place: to_address(word, () if place is None else cells[place]))
    return None if found is None else cells[found]


def to_point(name: str) -> None:
    """A click on a point of the chart over time of this name: its month, week, day or version goes into the address."""
    points = st.session_state[f"drawn_{name}"].selection.get("point") or []
    if points:
        st.query_params["point"] = points[0]["date"]


def of_point(store: Store, where: Filter, by: str, known: list[str], title: str) -> None:
    """Below a chart over time: the traces of the point that the address names, of those a filter leaves.

    `by`: day, week, month or system version, what the points are; `known`: the points there are.
    """
    point = st.query_params.get("point")
    pick("point", f"Click a point, or choose a {by} here, to see its traces", known,
         known.index(point) if point in known else None, lambda place: _to_point(known, place))
    if point in known:
        listing(store, at_point(where, by, point), f"{title}, {by} {point}")


def _to_point(known: list[str], place: int | None) -> None:
    st.query_params["point"] = "" if place is None else known[place]


def pick(name: str, label: str, marks: list[str], chosen: int | None, take: Callable[[int | None], None]) -> None:
    """The marks of a chart once more, for who has no mouse: `take` is told the place of the one that is chosen.

    `chosen` is the place of the one that the address names.
    """
    key = f"pick_{name}"
    # What is clicked in the chart is chosen here too.
    st.session_state[key] = chosen
    with st.container(width=420, key=f"picked_{name}"):
        st.selectbox(label, range(len(marks)), key=key, index=None, format_func=lambda place: marks[place],
                     placeholder="none chosen", on_change=lambda: take(st.session_state[key]))


def at_point(where: Filter, by: str, point: str) -> Filter:
    """A filter narrowed to one day, week, month or system version."""
    if by == "system version":
        return replace(where, system_version=point)
    since, until = (point, point) if by == "day" else days(point)
    return replace(where, since=since, until=until)

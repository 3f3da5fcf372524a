"""From a mark of a chart or a row of a table to its traces: a list, one of them in full, and the way to Dataset."""

import json

import streamlit as st

from lib.store import Store, traces
from lib.store.traces import Filter
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

"""The dimension editor: names, descriptions, values with examples; retired, dropped, read off, put on traces."""

import streamlit as st

from lib.records import Dimension, DimensionValue
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset import dimensions, traces
from lib.ui import at_work, filters, frame
from lib.workflow.dataset import coverage as plan
from lib.workflow.dataset import describing
from lib.workflow.dataset.describing import Described


def editor(store: Store) -> None:
    """Every dimension with its values, and the ways to get more."""
    at_work.may(store, "dimensions", "changes dimensions")
    found = describing.look(store)
    if found.template:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.caption("Features, scenarios and personas are where most teams begin.")
            if st.button("Start from the template", icon=":material/auto_awesome:"):
                frame.do(plan.start_from_template, store)
    for dimension in found.dimensions:
        with st.expander(_title(dimension), icon=":material/category:"):
            _dimension(store, dimension)
    with st.form("new_dimension", border=True):
        name, text = st.columns([1, 2])
        new = name.text_input("Another dimension")
        description = text.text_input("What it tells apart")
        if st.form_submit_button("Add"):
            _do(dimensions.add, store, new, description)
    _read_off(store, found.keys)
    _bulk(store, found)


def _title(dimension: Dimension) -> str:
    retired = ", retired" if dimension.retired else ""
    return frame.plain(f"{dimension.name}, {counted(len(dimension.values), 'value')}{retired}")


def _dimension(store: Store, dimension: Dimension) -> None:
    with st.form(f"dimension_{dimension.name}", border=False):
        name, text = st.columns([1, 2])
        new = name.text_input("Name", dimension.name)
        description = text.text_input("Description", dimension.description)
        with st.container(horizontal=True):
            saved = st.form_submit_button("Save")
            retired = st.form_submit_button("Bring back" if dimension.retired else "Retire",
                                            help="Traces keep it; it is offered no more.")
            dropped = st.form_submit_button("Drop", help="Only where no trace has it.")
    if saved:
        _do(dimensions.change, store, dimension.name, new, description)
    if retired:
        _do(dimensions.retire, store, dimension.name, None, dimension.retired)
    if dropped:
        _do(dimensions.drop, store, dimension.name)
    _values(store, dimension)


def _values(store: Store, dimension: Dimension) -> None:
    names = {value.name: value for value in dimension.values}
    picked = st.selectbox("Value", list(names), index=None, placeholder="a new value", key=f"value_{dimension.name}",
                          format_func=lambda name: f"{name} (retired)" if names[name].retired else name)
    value = names.get(picked, DimensionValue(""))
    with st.form(f"value_{dimension.name}_{picked}", border=True):
        name = st.text_input("Name of the value", value.name)
        description = st.text_input("Description", value.description)
        example = st.text_area("Worked example, where one helps", value.example, height=80)
        with st.container(horizontal=True):
            saved = st.form_submit_button("Save" if picked else "Add value")
            retired = st.form_submit_button("Bring back" if value.retired else "Retire", disabled=picked is None)
            dropped = st.form_submit_button("Drop", disabled=picked is None)
    if saved:
        _do(dimensions.put_value, store, dimension.name, DimensionValue(name, description, example), picked)
    if retired:
        _do(dimensions.retire, store, dimension.name, picked, value.retired)
    if dropped:
        _do(dimensions.drop, store, dimension.name, picked)


def _read_off(store: Store, keys: dict[str, int]) -> None:
    if not keys:
        return
    with st.expander("Read a dimension off the context of the traces", icon=":material/input:"), \
            st.form("read_off", border=False):
        key = st.selectbox("Key of the context", list(keys),
                           format_func=lambda key: f"{key}: {counted(keys[key], 'value')}")
        name = st.text_input("Name of the dimension", placeholder="as the key")
        if st.form_submit_button("Read off"):
            _do(dimensions.read_off, store, key, name or key)


def _bulk(store: Store, found: Described) -> None:
    usable = found.usable
    if not usable or not found.traces:
        return
    with st.expander("Put a value on many traces", icon=":material/label:"):
        where = filters.bar(store)
        dimension, value = st.columns(2)
        name = dimension.selectbox("Dimension to set", list(usable), key="bulk_dimension")
        given = value.selectbox("Value to give", [one.name for one in usable[name].values], key="bulk_value")
        n = traces.count(store, where)
        if st.button(f"Give it to {counted(n, 'trace')}", disabled=not n or given is None,
                     help="In place of the value they had in this dimension."):
            _do(plan.give, store, name, given, where)


def _do(verb, *words) -> None:
    with frame.sentences():
        done = verb(*words)
        frame.say("Saved." if not isinstance(done, int) else f"{counted(done, 'trace has', 'traces have')} it now.")
        st.rerun()

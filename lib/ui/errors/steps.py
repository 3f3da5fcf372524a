"""Where a system of several steps begins to fail: its steps, those of each fail, and the matrix of transitions."""

import json

import streamlit as st

from lib import charts
from lib.charts.grids import Square
from lib.records.words import counted
from lib.statistics import transitions
from lib.statistics.transitions import START
from lib.store import Store
from lib.store.dataset.traces import Filter
from lib.store.errors import steps
from lib.ui import drill_down, frame, trace_card
from lib.ui.charted import charted
from lib.ui.errors import fail_navigation
from lib.workflow.errors import stepping
from lib.workflow.errors.stepping import Stepping

_NAME = "transitions"
_NONE = "none: it failed at once"


def page(store: Store, mode: str | None = None) -> None:
    """The matrix, its traces at a click, and the next fail without its steps: of all, or with one failure mode."""
    found = stepping.stepping(store, mode, st.query_params.get("trace"))
    if found is None:
        frame.empty("No fail yet", "Which step failed is asked of fails: review some traces first.", "review",
                    "Review traces")
        return
    if len(found.steps) < 2:
        frame.empty("No steps yet", "Worth it only where one answer takes several steps, for instance: understand the "
                    "question, search, call a tool, write. Then the step that fails first says where to look. For a "
                    "system of one step failure modes say it all.")
        _editor(store, found)
        return
    _matrix(store, found, mode)
    with st.expander("Steps of the system", icon=":material/route:"):
        _editor(store, found)
    with frame.sentences():
        _give(store, found, mode)


def _editor(store: Store, found: Stepping) -> None:
    """Steps in order: rename, put before, remove, add."""
    for number, step in enumerate(found.steps):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("Step", step.name, key=f"step_{step.name}", label_visibility="collapsed", width=320,
                          on_change=_rename, args=(store, step.name))
            st.button("Up", key=f"up_{step.name}", icon=":material/arrow_upward:", disabled=not number,
                      on_click=frame.act, args=(steps.move_up, store, step.name))
            st.button("Remove", key=f"remove_{step.name}", icon=":material/delete:", disabled=bool(step.traces),
                      on_click=frame.act, args=(steps.remove, store, step.name),
                      help="Fails name it." if step.traces else None)
    _offer(store)
    with st.form("add_step", border=False, clear_on_submit=True), st.container(horizontal=True,
                                                                              vertical_alignment="bottom"):
        name = st.text_input("The next step", width=320)
        if st.form_submit_button("Add", icon=":material/add:"):
            frame.do(steps.add, store, name)


def _offer(store: Store) -> None:
    """Steps that the traces themselves recorded, to take over in one press."""
    found = {step.name: step.traces for step in steps.recorded(store)}
    if not found:
        return
    taken = st.multiselect("Recorded in your traces, in their order", list(found), list(found), key="recorded_steps",
                           format_func=lambda name: f"{name} "
                                                    f"({counted(found[name], 'trace')})" if name in found else name)
    if st.button("Add these", key="add_recorded", icon=":material/playlist_add:", disabled=not taken):
        with frame.sentences():
            for name in found:
                if name in taken:
                    steps.add(store, name)
            st.rerun()


def _rename(store: Store, name: str) -> None:
    frame.act(steps.rename, store, name, st.session_state[f"step_{name}"])


def _matrix(store: Store, record: Stepping, mode: str | None) -> None:
    found = record.matrix
    if not found.total:
        st.caption("No fail has its steps yet.")
        return
    squares = [Square(row, column, n / found.total, n, found.total) for (row, column), n in found.cells.items()]
    charted(charts.heat_chart(squares, found.rows, found.columns, "Last good step × first failing step",
                              f"labels of {record.expert}; n = {counted(found.total, 'fail')}; rows: last good, "
                              "columns: first failing",
                              share=False),
            {"last good step": [row for row, _ in found.cells], "first failing step": [to for _, to in found.cells],
             "fails": list(found.cells.values())}, _NAME, "cell", _take)
    st.caption(frame.plain(transitions.reading(found)))
    cells = list(found.cells)
    place = drill_down.cell_picked(_NAME, "steps_cell", cells, [
        f"after {good}, at {failing}: {found.cells[good, failing]:,}" for good, failing in cells])
    if place is None:
        return
    good, failing = place
    pair = json.dumps([None if good == START else good, failing], ensure_ascii=False)
    drill_down.listing(store, Filter(transition=pair, label="fail", failure_mode=mode),
                       f"Fails after {good}, at {failing}")


def _take() -> None:
    points = st.session_state[f"drawn_{_NAME}"].selection.get("cell") or []
    if points:
        drill_down.to_address("steps_cell", [points[0]["row"], points[0]["column"]])


def _give(store: Store, found: Stepping, mode: str | None) -> None:
    st.header("Which step failed first?")
    st.caption(f"{found.done:,} of {counted(found.fails, 'fail has its', 'fails have their')} steps.")
    if found.fail is None:
        st.success("Every fail has its steps.", icon=":material/done_all:")
        return
    trace = found.fail.trace
    left, right = st.columns([3, 2], gap="medium")
    with left:
        trace_card.show(trace, height=520, context=True, pinned_names=found.fail.pinned)
    with right:
        fail_navigation.said(found.expert, found.fail.label)
        if trace.steps:
            st.caption(frame.plain(_taken(trace.steps)))
        _form(store, found, mode)


def _taken(found: list[dict]) -> str:
    """Which steps this trace recorded, and where it failed by its own account."""
    failed = steps.names_in([step for step in found if step.get("error")])
    wrong = f" Errors in: {', '.join(failed)}." if failed else ""
    return f"It recorded: {' → '.join(steps.names_in(found))}.{wrong}"


def _form(store: Store, found: Stepping, mode: str | None) -> None:
    trace, names, given = found.fail.trace.id, found.names, found.given
    with st.form(f"steps_of_{trace}", border=True):
        failing = st.radio("First failing step", names, names.index(given[1]) if given else None,
                           key=f"failing_{trace}", format_func=frame.plain)
        goods = [_NONE, *names[:-1]]
        good = st.radio("Last good step", goods, None if given is None else goods.index(given[0] or _NONE)
                        if (given[0] or _NONE) in goods else None, key=f"good_{trace}", format_func=frame.plain)
        if st.form_submit_button("Save, next fail", type="primary", shortcut="Ctrl+Enter"):
            _save(store, found, mode, good, failing)
    if given and st.button("Take it back", key=f"forget_{trace}", type="tertiary", icon=":material/undo:"):
        steps.forget(store, trace)
        st.rerun()


def _save(store: Store, found: Stepping, mode: str | None, good: str | None, failing: str | None) -> None:
    if good is None or failing is None:
        st.warning("Choose both: the last step that was good, and the first that failed.")
        return
    st.query_params["trace"] = stepping.give(store, found.expert, found.fail.trace.id, None if good == _NONE else good,
                                             failing, mode) or ""
    st.rerun()

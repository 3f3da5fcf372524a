"""The coverage map on the screen: a grid of two dimensions, and from a cell to its traces or to new inputs."""

import json

import streamlit as st

from lib import charts
from lib.records import Cell, Dimension
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset import coverage, dimensions
from lib.ui import at_work, drill_down, frame
from lib.ui import figures as show
from lib.ui.charted import Table, charted
from lib.workflow.dataset import coverage as plan


def page(store: Store) -> None:
    """The map, its share of covered combinations, and what can be done with the cell picked."""
    known = {one.name: one for one in dimensions.described(store) if one.values}
    if len(known) < 2:
        frame.empty("A map needs two dimensions with values", "Describe features, scenarios and personas first, or "
                    "import traces that have them.", "dataset", "Describe dimensions", view="Dimensions")
        return
    at_work.may(store, "impossible_combinations", "says what is impossible")
    row, column, measure = st.columns(3)
    with row:
        across = frame.choose("Rows", list(known), "rows")
    with column:
        down = frame.choose("Columns", [name for name in known if name != across], "columns")
    with measure:
        shown = frame.choose("Colour", list(charts.grids.MEASURES), "colour")
    rest = _rest({name: one for name, one in known.items() if name not in (across, down)})
    seen = plan.look(store, list(known), across, down, rest,
                     show.judge_picker(store) if shown == "agreement" else None)
    found = seen.map
    _shares(seen)
    _cell(store, seen, rest)
    # A name for each choice, so that a cell picked on one map is not picked on the next.
    _drawn(found, shown, f"coverage_{list(known).index(across)}_{list(known).index(down)}_{shown}")


def _drawn(found: plan.CoverageMap, shown: str, name: str) -> None:
    """The map below its legend."""
    across, down = found.row, found.column
    st.caption(frame.plain(f"A row is a value of {across}, a column one of {down}. The stronger the colour of a cell, "
                           f"the {charts.grids.MEASURES[shown].more}."))
    charted(charts.coverage_chart(list(found.cells.values()), found.impossible, across, down, shown), _table(found),
            name, "cell", lambda: _take(name))


def _table(found: plan.CoverageMap) -> Table:
    cells = list(found.cells.values())
    return {"row": [cell.row for cell in cells], "column": [cell.column for cell in cells],
            **{name: [getattr(cell, name) for cell in cells] for name in (
                "inputs", "answered", "reviewed", "failed", "pairs", "agreeing")},
            "impossible": ["yes" if (cell.row, cell.column) in found.impossible else "" for cell in cells]}


def _rest(others: dict[str, Dimension]) -> dict[str, str]:
    if not others:
        return {}
    with st.expander("Narrow by the other dimensions"):
        picked = {name: st.selectbox(frame.plain(name), [value.name for value in one.values], index=None,
                                     placeholder="all", key=f"rest_{name}") for name, one in others.items()}
    return {name: value for name, value in picked.items() if value}


def _shares(seen: plan.CoverageView) -> None:
    pair, whole, names = seen.pair, seen.whole, seen.whole.dimensions
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(f"**{pair.covered:,} of {pair.possible:,}** cells covered")
        if len(names) > 2:
            of_all = f"combinations of all {counted(len(names), 'dimension')}"
            st.markdown(f"**{whole.covered:,} of {whole.possible:,}** {of_all}")
        if pair.covered < pair.possible:
            frame.link("dataset", "Fill the empty cells", ":material/edit_note:", view="Propose inputs", choose="empty")


def _take(name: str) -> None:
    points = st.session_state[f"drawn_{name}"].selection.get("cell") or []
    if points:
        drill_down.to_address("cell", [points[0]["row"], points[0]["column"]])


def _cell(store: Store, seen: plan.CoverageView, rest: dict[str, str]) -> None:
    found, cells = seen.map, list(seen.map.cells)
    place = drill_down.cell_picked("coverage", "cell", cells, [
        f"{' × '.join(place)}: {counted(found.cells[place].inputs, 'input')}" for place in cells])
    if place is None:
        return
    combination = {**rest, found.row: place[0], found.column: place[1]}
    _panel(store, found.cells[place], combination, place in found.impossible, seen.never)


def _panel(store: Store, cell: Cell, combination: dict[str, str], impossible: bool,
           never: tuple[dict[str, str], ...]) -> None:
    text = json.dumps(combination, ensure_ascii=False)
    with st.container(border=True):
        st.markdown(f"**{frame.plain(' × '.join(combination.values()))}**")
        agree = f"; judge and expert agree on {cell.agreeing:,} of {cell.pairs:,}" if cell.pairs else ""
        st.caption(f"{counted(cell.inputs, 'input')}, {cell.answered:,} answered, {cell.reviewed:,} reviewed, "
                   f"{cell.failed:,} failed{agree}")
        with st.container(horizontal=True):
            frame.link("dataset", "List its traces", ":material/list:", view="Traces", combination=text)
            frame.link("review", "Review it", ":material/rate_review:", combination=text, label="none")
            if not impossible:
                frame.link("dataset", "Write inputs for it", ":material/edit_note:", view="Propose inputs",
                           combination=text)
        _possible(store, combination, impossible, never)


def _possible(store: Store, combination: dict[str, str], impossible: bool, marked: tuple[dict[str, str], ...]) -> None:
    if impossible:
        st.caption("Marked impossible: it does not count among what should be covered.")
        for never in marked:
            words = frame.plain(" × ".join(never.values()))
            if never.items() <= combination.items() and st.button(f"Possible after all: {words}"):
                coverage.mark_possible(store, never)
                st.rerun()
        return
    with st.form("impossible", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input("Why it can never happen")
        if st.form_submit_button("Mark impossible"):
            frame.do(coverage.mark_impossible, store, combination, reason)

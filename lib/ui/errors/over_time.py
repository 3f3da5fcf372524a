"""Pass rates over time on the screen: the chart, what changed and whose it is, the table, and a point's fails."""

import streamlit as st

from lib import charts
from lib.charts.over_time import HIGHER, LOWER, STEADY, Dot
from lib.statistics.breakdowns import SMALL_N
from lib.statistics.comparison import format_p
from lib.statistics.metrics import others
from lib.statistics.over_time import changes
from lib.store import Store
from lib.store.dataset.traces import Filter
from lib.ui import drill_down, frame
from lib.ui import figures as show
from lib.ui.charted import Table, charted
from lib.ui.errors.overall import overall
from lib.workflow.errors import over_time
from lib.workflow.errors.judge_moves import Explained
from lib.workflow.errors.over_time import WORDS, OverTime, Point
from lib.workflow.errors.watching import alarms, watching

_MARKS = {None: STEADY, changes.LOWER: LOWER, changes.HIGHER: HIGHER}
_ICONS = {changes.LOWER: ":orange[:material/trending_down:]", changes.HIGHER: ":blue[:material/trending_up:]"}
_OFTEN_EMPTY = ("mark", "corrected", "corrected from", "corrected to")
_SHARES = ("pass rate", "from", "to", "corrected", "corrected from", "corrected to")


def page(store: Store, over: str, source: str, judge: str | None, seen: bool) -> None:
    """Rates by day, week, month or system version, as `WORDS` of the workflow names them."""
    with frame.sentences():
        found = over_time.series(store, over, source, judge, seen=seen)
        if not found.validated:
            show.not_validated()
        overall(found.overall, found.rated, found.source_text, found.left_out, found.said)
        if not found.points:
            frame.empty(f"No {WORDS[over]} yet", over_time.NO_POINT[over], "dataset", "Import traces", view="Import")
            return
        name = f"rates_by_{over}"
        charted(charts.over_time_chart([_dot(point) for point in found.points], WORDS[over], found.source_in_short),
                _columns(found), name, "point", lambda: drill_down.to_point(name), shown=True)
        _changes(found)
        _table(found)
        _watched(store)
        drill_down.of_point(store, fails(found), WORDS[over], [point.name for point in found.points], "Fails")


def _dot(point: Point) -> Dot:
    return Dot(point.name, point.first_day, point.cell.n, others(point.cell.rate),
               _MARKS[point.change and point.change.direction], point.cell.corrected and others(point.cell.corrected))


def _changes(found: OverTime) -> None:
    """Each change with whose it is; without one, that there is none; and how it was tested."""
    for place, point in enumerate(found.changed, 1):
        said = frame.plain(f"{point.name}: {over_time.words(point.change)}")
        st.markdown(f"{_ICONS[point.change.direction]} **{said}**")
        # What is said of several in a row stands once.
        if all(after.whose != point.whose for after in found.changed[place:place + 1]):
            _told(point.whose)
    if not found.changed:
        st.markdown(over_time.steady(found))
    if found.judge_apart:
        _told(found.judge_apart)
    if found.tests:
        st.caption(over_time.rule(found))


def _told(told: Explained) -> None:
    st.write(frame.plain(told.words))
    if told.command:
        st.code(told.command, language="sh", wrap_lines=True)


def _columns(found: OverTime) -> Table:
    """The points as a table: the same on the screen and in the file."""
    points, cells = found.points, [point.cell for point in found.points]
    rates = [others(cell.rate) for cell in cells]
    columns: Table = {WORDS[found.over]: [point.name for point in points], "n": [cell.n for cell in cells],
                      "fails": [cell.fails for cell in cells], "pass rate": [rate.value for rate in rates],
                      "from": [rate.low for rate in rates], "to": [rate.high for rate in rates],
                      "mark": ["few" if cell.small else "" for cell in cells],
                      "change": [(point.change and point.change.direction) or "" for point in points],
                      "p, adjusted": [point.change and point.change.adjusted for point in points]}
    if any(cell.corrected for cell in cells):
        fair = [others(cell.corrected) for cell in cells]
        columns |= {"corrected": [one.value for one in fair], "corrected from": [one.low for one in fair],
                    "corrected to": [one.high for one in fair], "why not": [one.why for one in fair]}
    return columns


def _watched(store: Store) -> None:
    """What is read in production: each watch, how far it is, and its newest alert; nothing where none is watched."""
    found = watching.standing(store)
    for one in found:
        if one.alert:
            st.warning(frame.plain(f"{one.alert.found.said}." + (
                f" Not delivered: {one.alert.failed}." if one.alert.failed else "")), icon=":material/trending_down:")
        st.caption(f"**{frame.plain(one.watch.name)}** · {frame.plain(one.text)}")
    if found:
        st.caption(frame.plain(alarms.RULE))


def _table(found: OverTime) -> None:
    columns = _columns(found)
    for name in set(_SHARES) & columns.keys():
        columns[name] = [None if share is None else 100 * share for share in columns[name]]
    columns["p, adjusted"] = ["–" if p is None else format_p(p).removeprefix("p ").removeprefix("= ")
                              for p in columns["p, adjusted"]]
    for name in [name for name, cells in columns.items() if name in _OFTEN_EMPTY and not any(cells)]:
        del columns[name]
    if len(set(columns.get("why not", ()))) == 1:  # which then stands above, of all of them
        del columns["why not"]
    st.dataframe(columns, hide_index=True, key="over_time_rows", selection_mode="single-row",
                 on_select=lambda: _take_row(found),
                 column_config={name: st.column_config.NumberColumn(format="%.1f%%") for name in _SHARES})
    said = [f"“from” and “to” are the 95 % interval. “few”: fewer than {SMALL_N} outcomes, so the interval is wide.",
            "“change” is against the points before.",
            {"week": "A week is named by its Monday, in UTC.", "day": "A day is one in UTC."}.get(found.over, ""),
            *(f"{text}." for text in over_time.in_no_point(found))]
    st.caption(frame.plain(" ".join(filter(None, said))))


def _take_row(found: OverTime) -> None:
    rows = st.session_state["over_time_rows"].selection.rows
    if rows and rows[0] < len(found.points):
        st.query_params["point"] = found.points[rows[0]].name


def fails(found: OverTime) -> Filter:
    """The filter of what the points count as fails, all points together."""
    return Filter(rated=found.rated.source, seen="yes" if found.rated.seen else None, in_run=found.rated.in_run,
                  dated=None if found.over == "version" else "yes")

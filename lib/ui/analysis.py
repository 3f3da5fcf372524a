"""Error analysis on the screen: rates by dimension, failure modes, and from a bar to its traces."""

import streamlit as st

from lib import charts
from lib.breakdowns import Distribution
from lib.metrics import format_figure, format_interval
from lib.store import Store, experts, failure_modes, traces
from lib.store.traces import Filter
from lib.ui import figures as show
from lib.ui import filters, frame, trace_table
from lib.workflow import figures

_SOURCES = {"expert": "labels of the expert", "judge": "verdicts of a judge"}


def rates(store: Store) -> None:
    """Pass rate by the values of a dimension; a click on a value leads to its traces."""
    # A dimension with few values reads best, so it comes first.
    values = traces.dimensions(store)
    known = sorted(values, key=lambda name: (len(values[name]) < 2, len(values[name])))
    by, source, judge = st.columns(3)
    with by:
        dimension = frame.choose("By", known, "by") if known else None
    with source:
        kind = frame.choose("Source", list(_SOURCES), "from", words=_SOURCES.get)
    with judge:
        name = show.judge_picker(store) if kind == "judge" else None
    with frame.sentences():
        found = figures.rates(store, by=dimension, source=kind, judge=name)
        if not found.validated:
            show.not_validated()
        _overall(found)
        if found.rates:
            _rates_chart(store, found, dimension, kind)


def _overall(found: figures.RateTable) -> None:
    raw, corrected = st.columns(2)
    overall = found.overall
    raw.metric("Pass rate overall", format_figure("rate", overall.rate))
    raw.caption(frame.plain(f"{format_interval('rate', overall.rate)}; {overall.passes:,} of {overall.n:,} passed, "
                            f"from {found.source_text}"))
    if found.left_out:
        raw.caption(f"{found.left_out:,} labels left out: drawn by looking at an outcome",
                    help="Such a queue brings fails on purpose: counted in, they would make the AI look worse than "
                         "it is. Labels of random, stratified and other unbiased queues count.")
    if found.corrected is not None:
        corrected.metric("Corrected pass rate", format_figure("rate", found.corrected),
                         help="Of the traces without a label that counts here: the judge's pass rate, corrected by its "
                              "errors on the labelled ones.")
        corrected.caption(frame.plain(format_interval("rate", found.corrected)))


def _rates_chart(store: Store, found: figures.RateTable, dimension: str, kind: str) -> None:
    chart = charts.rates_chart(found.rates, dimension, found.source_text)
    event = st.altair_chart(chart, key=f"rates_{dimension}_{kind}", on_select="rerun", selection_mode="value")
    if any(rate.small for rate in found.rates):
        st.caption("Values with fewer than 20 outcomes have wide intervals: read them as a hint.")
    picked = _picked(event, "value")
    if picked:
        st.query_params["value"] = picked
    value = picked or st.query_params.get("value")
    if value in [rate.value for rate in found.rates]:
        failed = {"label": "fail"} if kind == "expert" else {"in_run": str(found.run.id), "verdict": "fail"}
        _listing(store, Filter(dimension=dimension, value=value, **failed), f"Fails with {dimension} {value}")
    else:
        st.caption("Click a dot to see its traces.")


def modes(store: Store) -> None:
    """The distribution of failure modes, its traces at a click, and the fails that wait for a name."""
    if experts.principal(store) is None:
        frame.empty("No fail yet", "Failure modes are names for why a trace failed: review some first.", "review",
                    "Review traces")
        return
    found = figures.modes(store)
    if found.modes:
        event = st.altair_chart(charts.modes_chart(found), key="modes", on_select="rerun", selection_mode="mode")
        number, last, coded = figures.saturation(store)
        st.caption(f"{found.note} {number:,} failure modes; the last new one came with fail {last:,} of the {coded:,} "
                   "coded, in the order they were read.")
        picked = _picked(event, "mode")
        if picked:
            st.query_params["failure_mode"] = picked
    mode = st.query_params.get("failure_mode")
    if mode in failure_modes.every(store):
        _mode(store, mode)
    elif found.modes:
        st.caption("Click a bar to see its traces.")
    _uncounted(store, found)


def _mode(store: Store, mode: str) -> None:
    st.subheader(frame.plain(mode))
    before = failure_modes.every(store)[mode]
    definition = st.text_input("Definition", before, key=f"definition_{mode}",
                               placeholder="What makes a fail one of these?")
    if definition.strip() and definition != before:
        failure_modes.add(store, mode, definition)
    _listing(store, Filter(failure_mode=mode, label="fail"), "Fails that have it")


def _uncounted(store: Store, found: Distribution) -> None:
    """What the figures above leave out, and the way to where that is changed."""
    if waiting := failure_modes.unconfirmed(store):
        st.caption(f"{len(waiting):,} proposed groups are not confirmed, and counted nowhere above.")
        frame.link("errors", "Decide on them in Groups", ":material/workspaces:", view="Groups")
    st.caption(f"{found.coded:,} fails coded, {found.uncoded:,} not yet.")
    frame.link("errors", "Name why they failed in Codes", ":material/label:", view="Codes")


def _listing(store: Store, where: Filter, title: str) -> None:
    total = traces.count(store, where)
    st.markdown(f"**{frame.plain(title)}: {total:,}**")
    if not total:
        return
    picked = trace_table.table(traces.listing(store, where, trace_table.PAGE), f"listing_{where}")
    frame.link("dataset", "Open this list in Dataset", ":material/open_in_new:", **filters.address(where))
    if picked:
        trace_table.detail(store, picked, where)


def _picked(event, field: str) -> str | None:
    points = event.selection.get(field) or []
    return points[0].get(field) if points else None

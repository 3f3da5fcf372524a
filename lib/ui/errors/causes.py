"""Why it fails, on the screen: the distribution of failure modes, and from a bar or a cell to its traces."""

import streamlit as st

from lib import charts
from lib.statistics.mode_pages import WEIGHTS, Ranked
from lib.store import Store, experts
from lib.store.dataset.traces import Filter
from lib.store.errors import failure_modes
from lib.ui import drill_down, frame
from lib.ui.charted import Table, charted
from lib.ui.errors import cause_cuts
from lib.workflow.errors import causes
from lib.workflow.errors.causes import Causes

_ORDERS = {"impact": "frequency × impact", "frequency": "frequency"}
_NAME = "failure_modes"


def page(store: Store) -> None:
    """The distribution, its traces at a click, and the same by dimension, in time and as a curve."""
    if experts.principal(store) is None:
        frame.empty("No fail yet", "Failure modes are names for why a trace failed: review some first.", "review",
                    "Review traces")
        return
    order, _ = st.columns(2)
    with order:
        by = frame.choose("Order", list(_ORDERS), "order", words=_ORDERS.get)
    found = causes.causes(store, by == "impact")
    if found.modes:
        _chart(found)
    _uncounted(store, found)
    mode = st.query_params.get("failure_mode")
    if mode in failure_modes.every(store):
        _mode(store, mode)
    elif found.modes:
        st.caption("Click a bar to see its traces.")
    if found.coded:
        cause_cuts.page(store)


def _chart(found: Causes) -> None:
    charted(charts.modes_chart(found.modes, found.coded, found.uncoded, f"labels of {found.expert}"),
            _columns(found.modes), _NAME, "mode", _take)
    weights = ", ".join(f"{name} {weight}" for name, weight in WEIGHTS.items())
    st.caption(frame.plain(f"{found.note} Frequency × impact is fails × weight; the weights are {weights}. "
                           "Impact is set in What to fix.".strip()))


def _take() -> None:
    points = st.session_state[f"drawn_{_NAME}"].selection.get("mode") or []
    if points:
        st.query_params["failure_mode"] = points[0]["mode"]


def _columns(modes: list[Ranked]) -> Table:
    return {"failure mode": [mode.name for mode in modes], "fails": [mode.fails for mode in modes],
            "share of coded fails": [mode.share.value for mode in modes], "from": [mode.share.low for mode in modes],
            "to": [mode.share.high for mode in modes], "impact": [mode.impact for mode in modes],
            "frequency × impact": [mode.fails * WEIGHTS[mode.impact] for mode in modes],
            "kind": [mode.kind for mode in modes], "status": [mode.status for mode in modes]}


def _uncounted(store: Store, found: Causes) -> None:
    """What the figures above leave out, and the way to where that is changed."""
    if waiting := failure_modes.unconfirmed(store):
        st.caption(f"{len(waiting):,} proposed groups are not confirmed, and counted nowhere above.")
        frame.link("errors", "Decide on them in Groups", ":material/workspaces:", view="Groups")
    if found.proposed:
        words = ", ".join(f"{name} {n:,}" for name, n in found.proposed[:8])
        st.caption(frame.plain(f"Proposed by a model and not yet confirmed, counted nowhere above: {words}."))
    st.caption(f"{found.coded:,} fails coded, {found.uncoded:,} not yet.")
    frame.link("errors", "Name why they failed in Codes", ":material/label:", view="Codes")


def _mode(store: Store, mode: str) -> None:
    st.subheader(frame.plain(mode))
    before = failure_modes.every(store)[mode]
    definition = st.text_input("Definition", before, key=f"definition_{mode}",
                               placeholder="What makes a fail one of these?")
    if definition.strip() and definition != before:
        failure_modes.add(store, mode, definition)
    drill_down.listing(store, Filter(failure_mode=mode, label="fail"), "Fails that have it")

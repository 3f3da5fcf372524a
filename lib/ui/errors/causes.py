"""Why it fails, on the screen: the distribution of failure modes, and from a bar or a cell to what is behind it."""

import streamlit as st

from lib import charts
from lib.charts.palette import drawable
from lib.records.words import counted
from lib.statistics.mode_pages import WEIGHTS, Ranked
from lib.store import Store, experts
from lib.ui import drill_down, frame
from lib.ui.charted import Table, charted
from lib.ui.errors import cause_cuts
from lib.workflow.errors import causes
from lib.workflow.errors.causes import Causes

_ORDERS = {"impact": "frequency × impact", "frequency": "frequency"}
_NAME = "failure_modes"


def page(store: Store) -> None:
    """The distribution, from a bar to its failure mode, and the same by dimension, in time and as a curve."""
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
    _uncounted(found)
    if found.coded:
        cause_cuts.page(store)


def _chart(found: Causes) -> None:
    charted(charts.modes_chart(found.modes, found.coded, found.uncoded, f"labels of {found.expert}"),
            _columns(found.modes), _NAME, "mode", lambda: _take(found.modes))
    drill_down.pick(_NAME, "Click a bar, or choose a failure mode here, to see all of it",
                    [f"{mode.name}: {mode.fails:,}" for mode in found.modes], None,
                    lambda place: _open(found.modes, place))
    weights = ", ".join(f"{name} {weight}" for name, weight in WEIGHTS.items())
    st.caption(frame.plain(f"{found.note} Frequency × impact is fails × weight; the weights are {weights}. "
                           "Impact is set on the page of each.".strip()))


def _take(modes: list[Ranked]) -> None:
    points = st.session_state[f"drawn_{_NAME}"].selection.get("mode") or []
    for place, mode in enumerate(modes if points else []):
        if points[0]["mode"] == drawable(mode.name):
            _open(modes, place)


def _open(modes: list[Ranked], place: int | None) -> None:
    if place is not None:
        st.query_params["mode"] = str(modes[place].key)


def _columns(modes: list[Ranked]) -> Table:
    return {"failure mode": [mode.name for mode in modes], "fails": [mode.fails for mode in modes],
            "share of coded fails": [mode.share.value for mode in modes], "from": [mode.share.low for mode in modes],
            "to": [mode.share.high for mode in modes], "impact": [mode.impact for mode in modes],
            "frequency × impact": [mode.fails * WEIGHTS[mode.impact] for mode in modes],
            "kind": [mode.kind for mode in modes], "status": [mode.status for mode in modes]}


def _uncounted(found: Causes) -> None:
    """What the figures above leave out, and the way to where that is changed."""
    if found.waiting:
        st.caption(f"{counted(found.waiting, 'proposed group')} not confirmed, and counted nowhere above.")
        frame.link("errors", "Decide on them", ":material/workspaces:", view="Name them", part="Group them")
    if found.proposed:
        words = ", ".join(f"{name} {n:,}" for name, n in found.proposed[:8])
        st.caption(frame.plain(f"Proposed by a model and not yet confirmed, counted nowhere above: {words}."))
    st.caption(f"{counted(found.coded, 'fail')} coded, {found.uncoded:,} not yet.")
    frame.link("errors", "Name why they failed", ":material/label:", view="Name them", part="Name each fail")

"""What starts a run: the model, the traces it reads, what it will take, and the button.

The choices are those of the Dataset page under names of their own, so that neither page moves the other's.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.records import DEV, SPLITS, Caps
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset import chosen
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, prompt_drafts, runs
from lib.ui import at_work, endpoints, filters, frame
from lib.ui.judge import budget
from lib.workflow import endpoints as reachable
from lib.workflow.judge import budget as spending
from lib.workflow.judge import judging, pace

_KEY, _OTHER = filters.OF_A_RUN, filters.OTHER_OF_A_RUN
_MORE = ("search", *filters.OFFERED)
_KEYS = [f"{_KEY}{name}" for name in ("split", "labelled", *_MORE)]


def box(store: Store, judge: str, may_run: Callable[[str], bool]) -> None:
    """The box for a run of other traces, with another model or within caps; a double click starts one."""
    if st.session_state.pop("run_started", False):
        st.session_state["starter_open"] = False
    _take_over()
    narrowed = {*_KEYS, _OTHER} & {*st.query_params}
    found = st.expander("Run other traces, another model, or within caps", icon=":material/play_circle:",
                        key="starter_open", on_change="rerun",
                        expanded=bool(narrowed) or not runs.every(store, judge))
    if not found.open:
        return
    with found:
        if not at_work.may(store, "runs", "starts a run"):
            return
        version = judges.newest_prompt(store, judge)
        unsaved = " What is typed and not saved is not in it." if prompt_drafts.newest(store, judge) else ""
        st.caption(f"Runs version {version.number}, the newest.{unsaved}")
        _choices(store, judge, endpoints.picker(store, "run", version.model), may_run)


def _take_over() -> None:
    """A link brings a filter of the Dataset page: once it opens the box, and what was chosen here before is gone."""
    if "start" not in st.query_params:
        return
    del st.query_params["start"]
    for key in {*_KEYS} - {*st.query_params}:
        st.session_state.pop(key, None)
    st.session_state["starter_open"] = True


def _other() -> dict[str, Any]:
    """Fields of a link's filter that have no choice here; none of them where one cannot be put in words."""
    try:
        found = Filter(**json.loads(st.query_params.get(_OTHER, "{}"))).said
        chosen.words(found)
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}
    return found


def _choices(store: Store, judge: str, model: tuple[str, str] | None, may_run: Callable[[str], bool]) -> None:
    split, limit = st.columns(2)
    with split:
        part = st.selectbox("Split", (*SPLITS, filters.ALL), SPLITS.index(DEV), key=f"{_KEY}split",
                            bind="query-params", help="Examples come from train; iterate on dev; keep test for the "
                            "end.")
    where = replace(_narrowed(store), split=None if part == filters.ALL else part)
    most = _at_most(store, judge, where, model, limit)
    caps = budget.limits("run")
    options = {"where": where, "limit": most}
    if model:
        budget.forecast(store, judge, model[1], model[0], **options)
    if st.button("Run these traces", icon=":material/play_arrow:", key="run_these", disabled=model is None,
                 width="stretch"):
        with frame.sentences():
            if may_run(judge):
                _start(store, judge, caps, endpoint=model[0], model=model[1], **options)


def _narrowed(store: Store) -> Filter:
    """Which traces of a split: only labelled ones or all, and what stands behind More."""
    other = _other()
    labelled, more = st.columns([3, 2], vertical_alignment="center")
    with more, st.popover(filters.more_label(_KEYS[2:]), width="stretch"), st.container(width=filters.WIDTH):
        st.text_input("Search", key=f"{_KEY}search", bind="query-params", placeholder="in id, input, output")
        filters.choices(store, _KEY)
    with labelled:
        if other:
            filters.only(chosen.words(other), _OTHER)
        if "label" not in other and st.checkbox("only labelled traces", value=True, key=f"{_KEY}labelled",
                                                bind="query-params"):
            other["label"] = "any"
    return Filter(**{**filters.picked(_MORE, _KEY), **other})


def _at_most(store: Store, judge: str, where: Filter, model: tuple[str, str] | None,
             place: DeltaGenerator) -> int | None:
    """How many traces at most: of the embedded model first as many as it does in two minutes."""
    endpoint, name = model or ("", "")
    key = f"{_KEY}limit_{endpoint}"
    offer = pace.in_two_minutes(store, judge, name, where) if endpoint == reachable.EMBEDDED else None
    offered = offer and offer.at_most
    if key not in st.session_state or st.session_state[key] == st.session_state.get("run_offered"):
        st.session_state[key] = offered  # as long as nobody has typed another number
    st.session_state["run_offered"] = offered
    most = place.number_input("Traces at most", 1, value=None, placeholder="all", key=key,
                              help="Labelled ones first.")
    if offer:
        n = counted(offer.traces, "trace")
        st.caption(f"The embedded model judges about {n} in two minutes on this machine.")
    return most


def _start(store: Store, judge: str, caps: Caps, **options: Any) -> None:
    token = st.session_state.setdefault("run_token", secrets.token_hex(16))
    run = spending.queued(store, judge, caps, token=token, **options)
    judging.start_process(store, run.id)
    del st.session_state["run_token"]
    st.session_state["run_started"], st.session_state["wanted_run"] = True, str(run.id)
    st.rerun()

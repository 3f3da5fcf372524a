"""The filter bar: every choice stands in the address, so that a link shows what its sender saw."""

import json
from collections.abc import Collection
from dataclasses import fields, replace
from datetime import date

import streamlit as st

from lib.records import FAIL, OUTCOMES, PASS, SOURCES, SPLITS
from lib.records.rating import RATE_SOURCES
from lib.store import Store
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.errors import failure_modes
from lib.store.judge import runs
from lib.ui import frame

# What may stand in the address; "expert" and "answered" are the page's own affair.
_NAMES = tuple(field.name for field in fields(Filter) if field.name not in ("expert", "answered"))

_IN_MORE = ("dimension", "value", "failure_mode", "source", "system_version", "since", "until", "in_run", "verdict")


def bar(store: Store, **fixed: object) -> Filter:
    """The filter chosen in the bar; `fixed` fields are the page's own and not offered."""
    dimensions = traces.dimensions(store)
    search, label, split, more = st.columns([3, 2, 2, 1], vertical_alignment="bottom")
    with search:
        st.text_input("Search", key="search", bind="query-params", placeholder="in id, input, output")
    with label:
        _choice("label", "Label", (*OUTCOMES, "any", "none", "incomplete"))
    with split:
        _choice("split", "Split", SPLITS)
    with more, st.popover(_more(fixed), width="stretch"):
        _choice("dimension", "Dimension", list(dimensions))
        _choice("value", "Value", dimensions.get(st.session_state.get("dimension") or "", []))
        _choice("failure_mode", "Failure mode", list(failure_modes.every(store)))
        _choice("source", "Source", SOURCES)
        _choice("system_version", "System version", traces.system_versions(store))
        _day("since", "Since")
        _day("until", "Until")
        if "verdict" not in fixed:
            _choice("in_run", "Judged in run", [str(run.id) for run in runs.every(store)])
            _choice("verdict", "Verdict of that run", (*OUTCOMES, "error"))
    return replace(chosen(), combination=_combination(), transition=_transition(), **_rated(), **_checked(),
                   **fixed)


def _more(fixed: Collection[str]) -> str:
    """How many of the choices behind the button narrow the list: on the first look they are in the address alone."""
    narrowing = sum(bool(st.session_state.get(name, st.query_params.get(name)))
                    for name in _IN_MORE if name not in fixed)
    return f"More ({narrowing})" if narrowing else "More"


def _combination() -> str | None:
    """Values of several dimensions at once: a link from a map brings them, a button takes them away."""
    text = st.query_params.get("combination")
    try:
        found = json.loads(text or "null")
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        return None
    _only(", ".join(f"{name}: {value}" for name, value in found.items()), "combination")
    return text


def _transition() -> str | None:
    """The step that was good last and the one that failed first: a link from Error analysis brings them."""
    text = st.query_params.get("transition")
    try:
        good, failing = json.loads(text or "null")
    except (ValueError, TypeError):
        return None
    if not isinstance(failing, str) or not (good is None or isinstance(good, str)):
        return None
    _only(f"what failed first at step {failing}, after {good or 'no good step'}", "transition")
    return text


def checked_words(said: str) -> str:
    """What an assertion says of a trace: pass, fail, or that it could not tell."""
    return {PASS: "holds", FAIL: "does not hold"}.get(said, "could not be checked")


def _checked() -> dict[str, str | None]:
    """What an assertion says: a link from Error analysis brings it, a button takes it away."""
    name, said = st.query_params.get("assertion"), st.query_params.get("checked") or FAIL
    if not name:
        return {}
    _only(f"where the assertion {name} {checked_words(said)}", "assertion", "checked")
    return {"assertion": name, "checked": said}


def _rated() -> dict[str, str | None]:
    """The fails that a rate counts: a link from Error analysis brings them, a button takes them away."""
    source, run = st.query_params.get("rated"), st.query_params.get("in_run")
    if source not in RATE_SOURCES or (source != "expert" and not run):
        return {}
    judge = f" (run {run})" if source != "expert" else ""
    _only(f"what a rate counts as fails: {RATE_SOURCES[source]}{judge}", "rated", "seen")
    return {"rated": source, "seen": st.query_params.get("seen")}


def _only(words: str, *names: str) -> None:
    """Says what narrows the list besides the bar; a button takes it out of the address."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(frame.plain(f"Only {words}"))
        if st.button("Show all", key=f"all_{names[0]}", type="tertiary", icon=":material/close:"):
            for name in names:
                st.query_params.pop(name, None)
            st.rerun()


def chosen() -> Filter:
    """The filter as the address and the bar have it."""
    words = {name: st.session_state.get(name) or None for name in _NAMES}
    return Filter(**{name: word.isoformat() if isinstance(word, date) else word for name, word in words.items()})


def address(where: Filter) -> dict[str, str]:
    """A filter as words for a link."""
    return {name: value for name in _NAMES if (value := getattr(where, name))}


def _choice(key: str, label: str, options) -> None:
    st.selectbox(label, options, index=None, key=key, bind="query-params", placeholder="all")


def _day(key: str, label: str) -> None:
    """A date; a word in the address that is none is dropped from it."""
    st.date_input(label, None, date.min, date.max, key=key, bind="query-params", format="YYYY-MM-DD", help=(
        "The day is included, in UTC: when the AI answered, where the trace says so, else when it was labelled."))

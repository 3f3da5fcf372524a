"""The filter bar: every choice stands in the address, so that a link shows what its sender saw.

Another form may offer the same choices under keys that begin with a word of its own. What may be renamed (a failure
mode, an assertion) stands there by its number; links of earlier versions have its name, and still lead there.
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import fields, replace
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.records import FAIL, OUTCOMES, PASS, SOURCES, SPLITS
from lib.records.rating import RATE_SOURCES, runs_in_words
from lib.sampling import queues
from lib.store import Store
from lib.store.dataset.traces import Filter
from lib.ui import frame
from lib.workflow.dataset import filtering
from lib.workflow.errors import linked

# What may stand in the address; "expert" and "answered" are the page's own affair, "shard" is a run's.
_NAMES = tuple(field.name for field in fields(Filter) if field.name not in (
    "expert", "answered", "shard"))

# The choices that `choices` offers.
OFFERED = ("dimension", "value", "failure_mode", "source", "system_version", "since", "until", "queue", "unjudged")
# The form that starts a run offers them too: what its keys begin with, the split that is none, and where what a list
# was narrowed by besides stands in the address.
OF_A_RUN, ALL = "run_", "all"
OTHER_OF_A_RUN = f"{OF_A_RUN}other"
_MODES = "filter_failure_modes"  # in the session: number -> name, as they were offered last
WIDTH = 480  # pixels of what opens behind More: two choices in a row
# What says of a trace how it was judged.
OF_A_JUDGE = ("queue", "unjudged", "in_run", "verdict")


def bar(store: Store, **fixed: object) -> Filter:
    """The filter chosen in the bar; `fixed` fields are the page's own and not offered."""
    with st.container(key="filter_bar"):  # where the choices say themselves what they are
        search, label, split, more = st.columns([5, 3, 3, 2.5], vertical_alignment="bottom")
    with search:
        st.text_input("Search", key="search", bind="query-params", placeholder="Search in id, input, output")
    with label:
        _choice("label", "Label", (*OUTCOMES, "any", "none", "incomplete"), nothing="Label: all")
    with split:
        _choice("split", "Split", SPLITS, nothing="Split: all")
    offered = [name for name in (*OFFERED, *OF_A_JUDGE) if name not in fixed]
    with more, st.popover(more_label(offered), width="stretch"), st.container(width=WIDTH):
        choices(store, without=fixed)
    _gone(store)
    if "archived" not in fixed:
        fixed["archived"] = _archived()
    return replace(chosen(), combination=_combination(), transition=_transition(), **_rated(), **_checked(store),
                   **fixed)


def choices(store: Store, key: str = "", without: Collection[str] = ()) -> None:
    """The choices of `OFFERED`, under keys that begin with this word; in the bar also what one run said."""
    found = filtering.offered(store)
    dimensions, cells = found.dimensions, _cells()
    with next(cells):
        _choice(f"{key}dimension", "Dimension", list(dimensions))
    with next(cells):
        _choice(f"{key}value", "Value", dimensions.get(st.session_state.get(f"{key}dimension") or "", []))
    with next(cells):
        _choice(f"{key}source", "Source", SOURCES)
    with next(cells):
        _choice(f"{key}system_version", "System version", found.versions)
    for name in ("since", "until"):
        with next(cells):
            _day(f"{key}{name}", name.capitalize())
    with next(cells):
        _numbered(store, f"{key}failure_mode", "Failure mode", found.modes)
    if "queue" not in without:
        with next(cells):
            _choice(f"{key}queue", "Queue", queues.FOUND_BY, queues.words)
        with next(cells):
            _choice(f"{key}unjudged", "Not yet judged by", found.judges)
    if not key and "verdict" not in without:
        _of_one_run(found.runs, cells)


def _of_one_run(runs: list[str], cells: Iterator[DeltaGenerator]) -> None:
    with next(cells):
        _choice("in_run", "Judged in run", [*runs, *_several_runs()])
    with next(cells):
        _choice("verdict", "Verdict of that run", (*OUTCOMES, "error"))


def _cells() -> Iterator[DeltaGenerator]:
    """Places for choices, two in a row; a row is made when its first place is asked for."""
    while True:
        yield from st.columns(2)


def more_label(keys: Collection[str]) -> str:
    """How many of the choices behind the button narrow the list: on the first look they are in the address alone."""
    narrowing = sum(bool(st.session_state.get(key, st.query_params.get(key))) for key in set(keys))
    return f"More ({narrowing})" if narrowing else "More"


def _archived() -> str | None:
    """The archive alone, where a link asks for it; a button leads back to the rest."""
    if st.query_params.get("archived") != "yes":
        return None
    only("what is archived", "archived")
    return "yes"


def _combination() -> str | None:
    """Values of several dimensions at once: a link from a map brings them, a button takes them away."""
    text = st.query_params.get("combination")
    try:
        found = json.loads(text or "null")
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        return None
    only(", ".join(f"{name}: {value}" for name, value in found.items()), "combination")
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
    only(f"what failed first at step {failing}, after {good or 'no good step'}", "transition")
    return text


def checked_words(said: str) -> str:
    """What an assertion says of a trace: pass, fail, or that it could not tell."""
    return {PASS: "holds", FAIL: "does not hold"}.get(said, "could not be checked")


def _checked(store: Store) -> dict[str, str | None]:
    """What an assertion says: a link from Error analysis brings it, a button takes it away."""
    word, said = st.query_params.get("assertion"), st.query_params.get("checked") or FAIL
    if not word:
        return {}
    number, name = filtering.assertion(store, word)
    if number is None:
        _nowhere("assertion", word, "assertion", "checked")
        return {}
    st.query_params["assertion"] = str(number)
    only(f"where the assertion {name} {checked_words(said)}", "assertion", "checked")
    return {"assertion": name, "checked": said}


def _rated() -> dict[str, str | None]:
    """The fails that a rate counts: a link from Error analysis brings them, a button takes them away."""
    source, run = st.query_params.get("rated"), st.query_params.get("in_run")
    if source not in RATE_SOURCES or (source != "expert" and not run):
        return {}
    judge = f" ({runs_in_words(run)})" if source != "expert" else ""
    only(f"what a rate counts as fails: {RATE_SOURCES[source]}{judge}", "rated", "seen", "dated")
    return {"rated": source, "seen": st.query_params.get("seen"), "dated": st.query_params.get("dated")}


def _several_runs() -> list[str]:
    """The list of runs that a link from a rate over time brings; none where the address holds none."""
    text = st.query_params.get("in_run") or ""
    try:
        found = json.loads(text or "null")
    except ValueError:
        return []
    return [text] if isinstance(found, list) and all(isinstance(run, int) for run in found) else []


def of_a_run(store: Store, where: Filter) -> dict[str, str]:
    """A filter as the address of the form that starts a run; what the form does not offer goes along as JSON."""
    labelled = where.label == "any"
    here = {f"{OF_A_RUN}{name}": word for name, word in address(where, store).items() if name in ("search", *OFFERED)}
    other = {name: value for name, value in where.said.items()
             if name not in ("split", "search", *OFFERED) and not (name == "label" and labelled)}
    return {"start": "yes", **here, f"{OF_A_RUN}split": where.split or ALL,
            f"{OF_A_RUN}labelled": "true" if labelled else "false",
            OTHER_OF_A_RUN: json.dumps(other, ensure_ascii=False) if other else ""}


def only(words: str, *names: str) -> None:
    """Says what narrows the list besides the bar; a button takes it out of the address."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(frame.plain(f"Only {words}"))
        if st.button("Show all", key=f"all_{names[0]}", type="tertiary", icon=":material/close:"):
            for name in names:
                st.query_params.pop(name, None)
            st.rerun()


def chosen() -> Filter:
    """The filter as the address and the bar have it."""
    return Filter(**picked(_NAMES))


def picked(names: Collection[str], key: str = "") -> dict[str, str | None]:
    """What is chosen under these names, whose keys begin with this word; a day as a filter has it."""
    words = {name: st.session_state.get(f"{key}{name}") or None for name in names}
    modes = st.session_state.get(_MODES, {})
    return {name: word.isoformat() if isinstance(word, date) else modes.get(word, word) if name == "failure_mode"
            else word for name, word in words.items()}


def address(where: Filter, store: Store | None = None) -> dict[str, str]:
    """A filter as words for a link; a queue goes by what the bar shows, as all that is bound to an address.

    With the store what may be renamed goes by its number.
    """
    found = {name: value for name in _NAMES if (value := getattr(where, name))}
    if store is not None:
        found |= filtering.numbers(store, where)
    return {**found, "queue": queues.words(where.queue)} if where.queue else found


def _numbered(store: Store, key: str, label: str, names: dict[str, str]) -> None:
    """A choice among failure modes that stands in the address by its number; an earlier name there is understood."""
    word, seen = st.query_params.get(key), f"{key}_in_address"
    st.session_state[_MODES] = names
    if word and (key not in st.session_state or word != st.session_state.get(seen)):
        found = linked.linked(store, word)
        st.session_state[key] = None if found.mode is None else str(found.mode)
        if found.mode is not None and found.said:
            frame.say(found.said)
    if st.session_state.get(key) not in names:
        st.session_state[key] = None
    picked = st.selectbox(label, list(names), index=None, key=key, format_func=names.get, placeholder="all",
                          on_change=lambda: st.query_params.pop(key, None))
    if picked:
        st.query_params[key] = word = picked
    st.session_state[seen] = word


def _gone(store: Store) -> None:
    """Says that a link narrows by a failure mode which does not count, or not any more, and so does not narrow."""
    word = st.query_params.get("failure_mode")
    if not word or st.session_state.get("failure_mode"):
        return
    found = linked.linked(store, word)
    if filtering.was_mode(store, word):
        only(f"what the other choices leave. {found.said}", "failure_mode")
    else:
        _nowhere("failure mode", word, "failure_mode")


def _nowhere(what: str, word: str, *names: str) -> None:
    called = f"number {word}" if word.isdecimal() else f"“{word}”"
    only(f"what the other choices leave: the link asks for the {what} {called}, and there is none in this project",
         *names)


def _choice(key: str, label: str, options: Sequence[str], words: Callable[[str], str] = str,
            nothing: str = "all") -> None:
    st.selectbox(label, options, index=None, format_func=words, key=key, bind="query-params", placeholder=nothing)


def _day(key: str, label: str) -> None:
    """A date; a word in the address that is none is dropped from it."""
    st.date_input(label, None, date.min, date.max, key=key, bind="query-params", format="YYYY-MM-DD", help=(
        "The day is included, in UTC: when the AI answered, where the trace says so, else when it was labelled."))

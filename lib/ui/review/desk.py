"""The expert's desk: one trace, one question, pass or fail with a critique, and nothing that loses a word.

All that changes with a trace is one fragment, so that a press brings the next trace without the rest of the page.
"""

import hashlib
import secrets
from contextlib import suppress
from typing import Any

import streamlit as st

from lib.charts.palette import FAIL_FILL, PASS_FILL
from lib.records import SHADOW, PlumblineError, StoreError, Trace, minute
from lib.store import Store, projects
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.errors import assertions
from lib.store.review import labels, pins, queues
from lib.ui import at_work, filters, frame, reference, trace_card
from lib.ui.review import criteria, decision, lost, position
from lib.workflow.review import reviewing

_SHORT = 60  # characters of an id in a sentence
_CRITIQUE = "Critique: why, so that a new colleague learns"


def page(store: Store, expert: str) -> None:
    """The filter, and the trace to decide on."""
    with st.expander("Filter, jump to, options", icon=":material/tune:"):
        # No judge's verdict narrows the queue: the expert decides without knowing it.
        where = filters.bar(store, expert=expert, answered=True, deferred=None,
                            **dict.fromkeys(filters.OF_A_JUDGE))
        shadow = _options(store, expert, where)
    criteria.shown(store)
    _desk(store, expert, where, shadow)
    decision.wakeable()


def _options(store: Store, expert: str, where: Filter) -> bool:
    jump, source, verdict, pins_of = st.columns([3, 3, 3, 2], vertical_alignment="bottom")
    with jump:
        st.text_input("Jump to", placeholder="id of a trace, then Enter", key="jump", on_change=_jump,
                      args=(store, expert))
    with source:
        frame.choose("Traces", ["queue", "all"], "from", words={
            "queue": "my queue, then all", "all": "all that the filter leaves"}.__getitem__)
    with verdict:
        shadow = frame.choose("The judge's critique", ["blind", "shadow"], "mode", words={
            "blind": "hidden until I have labelled (blind)",
            "shadow": "to begin with (shadow: stays out of agreement)"}.__getitem__) == "shadow"
    with pins_of:
        trace_card.pin_chooser(store)
    st.button("Next unlabelled", icon=":material/skip_next:", on_click=_next, args=(store, expert, where))
    return shadow


def _jump(store: Store, expert: str) -> None:
    wanted = st.session_state["jump"].strip()
    try:
        st.query_params["trace"] = traces.get(store, wanted).id if wanted else st.query_params.get("trace", "")
    except PlumblineError as error:
        _memory(store, expert)["notice"] = str(error)


def _next(store: Store, expert: str, where: Filter) -> None:
    place, memory = _place(store, expert, where), _memory(store, expert)
    with suppress(PlumblineError):
        # A trace that is not here, from an old link, has no next one: then it is begun at the beginning.
        return _go(memory, reviewing.next_trace(store, expert, place, memory["way"].here))
    return _go(memory, reviewing.next_trace(store, expert, place))


def _place(store: Store, expert: str, where: Filter) -> reviewing.Place:
    """The queue is followed as long as something waits in it and no filter says otherwise."""
    memory = _memory(store, expert)
    free = not filters.address(where) and st.session_state.get("from", "queue") == "queue"
    return reviewing.Place(where, free and queues.next_open(store, expert) is not None,
                           memory["way"].here == memory.get("brought"))


def _memory(store: Store, expert: str) -> dict[str, Any]:
    """What this session knows of one reviewer at one project: showing, notice, after, brought, all_done, way."""
    return position.looked(st.session_state.setdefault("desk", {}).setdefault(scope(store, expert), {}))


@frame.fragment
def _desk(store: Store, expert: str, where: Filter, shadow: bool) -> None:
    with frame.sentences():
        decision.settle(scope(store, expert), lambda event: _handle(store, expert, where, event))
        lost.show(_memory(store, expert))
        wanted = _wanted(store, expert, where)
        if wanted is None:
            return frame.empty("No trace fits", "Loosen the filter above.")
        showing = _showing(store, expert, where, wanted, shadow)
        pinned = pins.every(store)
        left, right = st.columns([3, 2], gap="medium")
        with left:
            trace_card.show(showing.trace, height=500, context=True, pinned_names=pinned)
        with right:
            st.caption(_progress(store, expert))
            at_work.beside(store)
            decision.panel(scope(store, expert), _data(store, expert, showing),
                           lambda event: _handle(store, expert, where, event))
            _said_before(store, expert, showing)
            reference.lookup(store)
            st.caption(frame.plain(" · ".join(
                f"{name}: {value}" for name, value in trace_card.facts(showing.trace).items() if name not in pinned)))
            frame.link("overview", "Note an insight", ":material/lightbulb:", view="Insights", trace=wanted)


def _showing(store: Store, expert: str, where: Filter, wanted: str, shadow: bool) -> reviewing.Showing:
    try:
        return reviewing.showing(store, expert, wanted, shadow)
    except PlumblineError:
        # An old link or another project's: the sentence comes above the way on.
        st.button("Go on with the next unlabelled", icon=":material/skip_next:", on_click=_next,
                  args=(store, expert, where))
        raise


def _wanted(store: Store, expert: str, where: Filter) -> str | None:
    memory = _memory(store, expert)
    wanted = memory["way"].here
    if not wanted or "brought" not in memory:
        # A link may bring any trace: only what comes next anyhow was drawn without choosing.
        coming = memory["brought"] = reviewing.next_trace(store, expert, _place(store, expert, where))
        wanted = wanted or coming
        # At the end of the queue nothing came next in it, and yet something waits outside.
        memory["all_done"] = coming is None and memory.get("all_done")
    wanted = wanted or traces.step(store, where, None)
    if memory.get("all_done") is True:
        # Said as long as this stands there: a slow server draws the page more than once.
        memory["all_done"] = wanted, where
    if memory.get("all_done") == (wanted, where):
        st.success("Every trace this filter leaves is reviewed.", icon=":material/done_all:")
    memory["way"].tell(wanted)
    return wanted


def _progress(store: Store, expert: str) -> str:
    done, (ready, whole) = labels.progress(store, expert), queues.progress(store, expert)
    parts = [f"{ready:,} of {whole:,} in the queue"] if whole else []
    parts.append(f"{done['labelled']:,} of {traces.answered(store):,} labelled")
    if done["incomplete"]:
        parts.append(f"{done['incomplete']:,} without a critique")
    seconds = reviewing.median_seconds(store, expert)
    return " · ".join([*parts, *([f"{seconds:.0f} s a label (median)"] if seconds is not None else [])])


def scope(store: Store, expert: str, what: str = "") -> str:
    """Names file, project, reviewer and what is written: what a browser keeps for one is never taken for another's."""
    words = f"{store.path}\n{store.project}\n{_project(store)}\n{expert}" + (f"\n{what}" if what else "")
    return hashlib.sha256(words.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _project(store: Store) -> str:
    """The project's name, or nothing where it is deleted meanwhile."""
    try:
        return projects.current(store).name
    except PlumblineError:
        return ""


def _data(store: Store, expert: str, showing: reviewing.Showing) -> dict:
    before, last, memory = showing.before, labels.newest(store, expert), _memory(store, expert)
    return {
        "trace": showing.trace.id, "showing": _token(memory, showing.trace), "content": showing.trace.content_hash,
        "question": _CRITIQUE, "text": showing.text,
        "revised": showing.revised_response, "new": bool(before and before.circumstances.showed_new),
        "given": before.outcome if before else "", "seen": before.key if before else None, "change": showing.change,
        "mode": showing.mode, "purpose": showing.purpose, "undo": last not in (None, showing.trace.id),
        "colours": [PASS_FILL, FAIL_FILL], "notice": memory.pop("notice", "") or _warning(showing),
        "after": memory.get("after", []),
        "rest": bool(showing.before) and _came_back(memory, showing.trace.id),
    }


def _came_back(memory: dict[str, Any], trace: str) -> bool:
    """Whether a labelled trace came by itself, at the end or for its critique: nobody went to it to change it."""
    done = memory.get("all_done")
    return trace in (memory.get("came"), done[0] if isinstance(done, tuple) else None)


def _warning(showing: reviewing.Showing) -> str:
    if showing.mode == SHADOW:
        return "Shadow: the critique began with the judge's. This label stays out of agreement figures."
    if showing.held_by:
        return f"{showing.held_by} has this shared trace: what you save is kept too, and marked late."
    return ""


def _token(memory: dict[str, Any], trace: Trace) -> str:
    """Belongs to this showing alone: a press meant for the trace before cannot label this one, nor count twice."""
    what = (trace.id, trace.content_hash)
    if memory.get("showing", (None,))[0] != what:
        memory["showing"] = (what, secrets.token_hex(16))
    return memory["showing"][1]


def _handle(store: Store, expert: str, where: Filter, event: decision.Event) -> bool:
    """Stores what came from the panel; False where the file could not be written and the browser must keep it."""
    try:
        _ACTIONS.get(event.get("kind"), _ignore)(store, expert, where, event)
    except PlumblineError as error:
        memory = _memory(store, expert)
        memory["notice"] = str(error)
        lost.note(store, memory, event)
        return not isinstance(error, StoreError)
    return True


def _label(store: Store, expert: str, where: Filter, event: decision.Event) -> None:
    place, memory = _place(store, expert, where), _memory(store, expert)
    # No call of Streamlit from here on: a newer request of the browser breaks off at any of them, and what is stored
    # by then would be done once more, when it is no longer the last of the queue.
    saved = reviewing.decide(store, expert, reviewing.decision(event), place)
    memory["after"] = [f"{_short(saved.trace)}: {saved.outcome} saved.", *reviewing.taught(store, expert, saved)]
    if place.from_queue and queues.next_open(store, expert) is None:
        memory["after"].append("Your queue is done: from here on comes every trace you have not labelled.")
    if _is_shown(memory, event):
        memory.pop("showing", None)
        _go(memory, reviewing.next_trace(store, expert, place, saved.trace), came=True)


def _draft(store: Store, expert: str, where: Filter, event: decision.Event) -> None:
    reviewing.keep(store, expert, str(event["trace"]), str(event["critique"]), str(event["revised"]))


def _move(store: Store, expert: str, where: Filter, event: decision.Event) -> None:
    if event.get("changed"):
        _draft(store, expert, where, event)
    place, memory = _place(store, expert, where), _memory(store, expert)
    if _is_shown(memory, event):
        _go(memory, reviewing.neighbour(store, expert, place, str(event["trace"]), event["kind"] == "next"))


def _defer(store: Store, expert: str, where: Filter, event: decision.Event) -> None:
    _draft(store, expert, where, event)
    reviewing.defer(store, expert, str(event["trace"]))
    _memory(store, expert)["after"] = [f"{_short(event['trace'])} is put off: it comes back at the end."]
    if _is_shown(_memory(store, expert), event):
        _next(store, expert, where)


def _undo(store: Store, expert: str, where: Filter, event: decision.Event) -> None:
    if event.get("changed"):
        _draft(store, expert, where, event)
    _go(_memory(store, expert), labels.newest(store, expert))


def _ignore(store: Store, expert: str, where: Filter, event: decision.Event) -> None:
    """An event of a kind this version does not know is taken note of and dropped."""


_ACTIONS = {"label": _label, "draft": _draft, "back": _move, "next": _move, "defer": _defer, "undo": _undo}


def _is_shown(memory: dict[str, Any], event: decision.Event) -> bool:
    """Whether the event is of the trace on the screen, not one that a lost connection brings late."""
    return event.get("trace") == memory["way"].here


def _go(memory: dict[str, Any], trace: str | None, came: bool = False) -> None:
    memory["way"].go(trace)
    memory.update(brought=trace, all_done=trace is None, came=trace if came else None)


def _short(trace: object) -> str:
    return str(trace) if len(str(trace)) <= _SHORT else f"{str(trace)[:_SHORT]}…"


def _said_before(store: Store, expert: str, showing: reviewing.Showing) -> None:
    """After the label is stored, and only then: what it was, and on request what judges said."""
    if showing.before is None and not showing.judged:
        return
    with st.container(height=170, border=True):
        for number, label in enumerate(labels.history(store, showing.trace.id, expert)):
            st.caption(frame.plain(_words(label, number)))
        for verdict in showing.judged:
            st.caption(frame.plain(f"Judge {verdict['judge']} (run {verdict['run']}): "
                                   f"{verdict['outcome'] or 'error, ' + verdict['error']}"))
            st.text(verdict["critique"])
        if showing.judged:
            trace_card.checked(assertions.of_trace(store, showing.trace.id))
        else:
            st.button("Show what judges said", key="reveal", icon=":material/visibility:",
                      on_click=_reveal, args=(store, expert, showing.trace.id))


def _words(label, number: int) -> str:
    when = minute(label.created_at or "")
    why = f" ({label.circumstances.reason})" if label.circumstances.reason else ""
    return f"{'Before' if number else 'Your label'}: {label.outcome}, {when}{why}"


def _reveal(store: Store, expert: str, trace: str) -> None:
    with frame.sentences():
        reviewing.reveal(store, expert, trace)

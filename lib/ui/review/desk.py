"""The expert's desk: one trace, one question, pass or fail with a critique, and nothing that loses a word.

All that changes with a trace is one fragment, so that a press brings the next trace without the rest of the page.
"""

import secrets
from functools import partial

import streamlit as st

from lib.charts.palette import FAIL_FILL, PASS_FILL
from lib.records import SHADOW, Label, PlumblineError, Trace, minute
from lib.records.decision import NO_REASON, likely
from lib.store import Store
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.ui import at_work, filters, frame, reference, trace_card
from lib.ui.review import all_reviewed, criteria, decision, events, lost, session
from lib.ui.review.session import scope
from lib.workflow.review import at_desk, reviewing
from lib.workflow.review.at_desk import Desk

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
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.button("Next unlabelled", icon=":material/skip_next:", on_click=events.go_on, args=(store, expert, where))
        _ticking(store, expert)
    return shadow


def _ticking(store: Store, expert: str) -> None:
    key = f"ticks_modes {scope(store, expert)}"
    st.toggle("Tick failure modes after a fail", at_desk.chosen(store, expert), key=key,
              on_change=lambda: frame.act(at_desk.choose, store, expert, st.session_state[key]),
              help="For after error analysis: a trace stays on the screen once its fail is stored, with the failure "
                   "modes there are. Kept for you in this project.")


def _jump(store: Store, expert: str) -> None:
    wanted = st.session_state["jump"].strip()
    try:
        st.query_params["trace"] = traces.get(store, wanted).id if wanted else st.query_params.get("trace", "")
    except PlumblineError as error:
        session.memory(store, expert)["notice"] = str(error)


@frame.fragment
def _desk(store: Store, expert: str, where: Filter, shadow: bool) -> None:
    with frame.sentences():
        handle = partial(events.handle, store, expert, where)
        decision.settle(scope(store, expert), handle)
        known = session.memory(store, expert)
        lost.show(known)
        wanted = session.wanted(store, expert, where)
        if wanted is None:
            return frame.empty("No trace fits", "Loosen the filter above.")
        found = _looked(store, expert, where, wanted, shadow)
        if found.end:
            all_reviewed.show(known, found)
        with st.container(key="review_desk"):
            left, right = st.columns([3, 2], gap="medium")
            with left:
                trace_card.show(found.showing.trace, context=True, pinned_names=found.pinned)
            with right:
                st.progress(found.progress.share, found.progress.words)
                at_work.beside(store)
                decision.panel(scope(store, expert), _data(known, found), handle)
                _said_before(store, expert, found)
                _facts(store, found)


def _facts(store: Store, found: Desk) -> None:
    reference.lookup(store)
    trace = found.showing.trace
    st.caption(frame.plain(" · ".join(
        f"{name}: {value}" for name, value in trace_card.facts(trace).items()
        if name not in {*found.pinned, *found.quiet})))
    frame.link("overview", "Note an insight", ":material/lightbulb:", view="Insights", trace=trace.id)


def _looked(store: Store, expert: str, where: Filter, wanted: str, shadow: bool) -> Desk:
    try:
        known = session.memory(store, expert)
        return at_desk.of(store, expert, wanted, shadow, session.all_reviewed(known, wanted, where),
                          session.went_back(known, wanted))
    except PlumblineError:
        # An old link or another project's: the sentence comes above the way on.
        st.button("Go on with the next unlabelled", icon=":material/skip_next:", on_click=events.go_on,
                  args=(store, expert, where))
        raise


def _data(known: session.Memory, found: Desk) -> dict:
    showing, before = found.showing, found.showing.before
    rest = session.resting(known, showing.trace.id) if before else ""
    return {
        "trace": showing.trace.id, "showing": _token(known, showing.trace), "content": showing.trace.content_hash,
        "question": _CRITIQUE, "text": showing.text, "restored": showing.restored,
        "revised": showing.revised_response, "new": bool(before and before.circumstances.showed_new),
        "given": before.outcome if before else "", "seen": before.key if before else None, "change": showing.change,
        "said": before.critique if before else "", "mode": showing.mode, "purpose": showing.purpose,
        "undo": found.earlier is not None, "colours": [PASS_FILL, FAIL_FILL],
        "notice": known.pop("notice", "") or _warning(showing), "rest": rest,
        "after": [*known.get("after", []), *([found.progress.why_back] if _wants_a_critique(rest, before) else [])],
        "modes": found.modes and list(found.modes.items()), "arrived": session.arrives(known),
    }


def _wants_a_critique(rest: str, before: Label | None) -> bool:
    return rest == "came" and before is not None and not before.complete


def _warning(showing: reviewing.Showing) -> str:
    if showing.mode == SHADOW:
        return "Shadow: the critique began with the judge's. This label stays out of agreement figures."
    if showing.held_by:
        return f"{showing.held_by} has this shared trace: what you save is kept too, and marked late."
    return ""


def _token(known: session.Memory, trace: Trace) -> str:
    """Belongs to this showing alone: a press meant for the trace before cannot label this one, nor count twice."""
    what = (trace.id, trace.content_hash)
    if known.get("showing", (None,))[0] != what:
        known["showing"] = (what, secrets.token_hex(16))
    return known["showing"][1]


def _said_before(store: Store, expert: str, found: Desk) -> None:
    """After the label is stored, and only then: what it was, what users said, and on request what judges said."""
    showing = found.showing
    if showing.before is None and not showing.judged:
        return
    with st.container(border=True, gap="small", key="said_before"):
        for number, label in enumerate(found.history):
            st.caption(frame.plain(_words(label, number)))
        trace_card.of_users(found.said_by_users)
        for verdict in showing.judged:
            outcome, p = verdict["outcome"], verdict["probability"]
            st.caption(frame.plain(f"Judge {verdict['judge']} (run {verdict['run']}): "
                                   f"{likely(outcome, p) if outcome else 'error, ' + verdict['error']}"))
            st.text(verdict["critique"] or ("" if p is None else NO_REASON))
        if showing.judged:
            trace_card.checked(found.checked)
        else:
            st.button("Show what judges said", key="reveal", icon=":material/visibility:",
                      on_click=frame.act, args=(reviewing.reveal, store, expert, showing.trace.id))


def _words(label: Label, number: int) -> str:
    when = minute(label.created_at or "")
    why = f" ({label.circumstances.reason})" if label.circumstances.reason else ""
    return f"{'Before' if number else 'Your label'}: {label.outcome}, {when}{why}"

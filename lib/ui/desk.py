"""The expert's desk: one trace, one question, pass or fail with a critique, and nothing that loses a word.

Everything that moves is a button of one form, so that what was typed always arrives: it becomes part of the
label, or is kept as a draft.
"""

import math
import secrets
from dataclasses import replace
from time import monotonic

import streamlit as st

from lib.records import FAIL, PASS, PlumblineError, Trace
from lib.store import Store, experts, labels, traces, verdicts
from lib.store.traces import Filter
from lib.ui import filters, frame, trace_card

SHOWN_AT_LEAST = 0.35  # seconds: a faster press was meant for the trace before


def reviewer(store: Store) -> str | None:
    """Who reviews: chosen or typed in the sidebar, and kept in the address."""
    names = [expert.name for expert in experts.every(store)]
    with st.sidebar:
        expert = st.selectbox("Reviewing as", names, index=0 if names else None, key="reviewer", bind="query-params",
                              accept_new_options=True, placeholder="type your name",
                              help="The first person who labels becomes the principal expert. Settings changes that.")
        with st.expander("Keys", icon=":material/keyboard:"):
            st.caption("1 pass, 2 fail; while typing Alt+1, Alt+2. Arrow keys move, U undoes. "
                       "Leave the critique box with Tab.")
    return expert


def page(store: Store, expert: str) -> None:
    """The filter, how far the expert is, and the trace to decide on."""
    tally = labels.tally(store, expert)
    with st.expander(f"Filter and progress: {tally['labelled']:,} of {tally['traces']:,} labelled"):
        # No judge's verdict narrows the queue: the expert decides without knowing it.
        where = filters.bar(store, expert=expert, answered=True, in_run=None, verdict=None)
        st.progress(min(1.0, tally["labelled"] / max(1, tally["traces"])))
        if st.button("Next unreviewed", icon=":material/skip_next:"):
            st.query_params["trace"] = next_unreviewed(store, where, expert, st.query_params.get("trace")) or ""
    problem = st.session_state.pop("desk_error", None)
    if problem:
        st.error(frame.plain(problem))
    wanted = st.query_params.get("trace") or next_unreviewed(store, where, expert, None)
    if not wanted and st.session_state.pop("all_done", False):
        st.success("Every trace this filter leaves is reviewed.", icon=":material/done_all:")
    wanted = wanted or traces.step(store, where, None)
    if not wanted:
        frame.empty("No trace fits", "Loosen the filter above.")
        return
    st.query_params["trace"] = wanted
    desk(store, where, expert, traces.get(store, wanted))


def desk(store: Store, where: Filter, expert: str, trace: Trace) -> None:
    """The trace at the left; decision and surroundings at the right, always in sight."""
    shown = _shown(trace)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        trace_card.show(trace, height=500, context=True)
    with right:
        _form(store, where, expert, trace, shown)
        with st.container(height=230, border=True):
            _said_before(store, expert, trace)
            trace_card.about(trace)
    # Only what was drawn whole can have been seen: on a busy machine the script itself takes longer than a key repeat.
    shown["at"] = min(shown["at"], monotonic())


def _shown(trace: Trace) -> dict:
    """When this trace came on the screen, and the token that makes a save sent twice one label."""
    shown = st.session_state.get("shown")
    if not shown or shown["trace"] != trace.id:
        shown = {"trace": trace.id, "at": math.inf, "token": secrets.token_hex(16)}
        st.session_state["shown"] = shown
    return shown


def _form(store: Store, where: Filter, expert: str, trace: Trace, shown: dict) -> None:
    before = labels.current(store, trace.id, expert)
    text = labels.draft(store, trace.id, expert) or (before.critique if before else "")
    box = f"critique_{trace.id}"
    # What a button does is bound to the trace on the screen; its key is of this showing alone, so that a press
    # meant for the trace before finds no button any more, however late the browser draws the next one.
    bound = (store, where, expert, shown)
    with st.form("decision", enter_to_submit=False, border=True):
        st.text_area("Critique: why, so that a new colleague could learn from it", text, key=box, height=110)
        passed, failed = st.columns(2)
        with passed:
            _outcome_button("Pass", "pass", "1", PASS, bound, box, type="primary", icon=":material/check:")
        with failed:
            _outcome_button("Fail", "fail", "2", FAIL, bound, box, type="primary", icon=":material/close:")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption("While typing")
            _outcome_button("pass", "pass_typing", "Alt+1", PASS, bound, box, type="tertiary", width="content")
            _outcome_button("fail", "fail_typing", "Alt+2", FAIL, bound, box, type="tertiary", width="content")
        _moves(bound, box)


def _outcome_button(label: str, key: str, shortcut: str, outcome: str, bound: tuple, box: str, *, type: str,
                    icon: str | None = None, width: str = "stretch") -> None:
    st.form_submit_button(label, key=_key(key, bound), shortcut=shortcut, type=type, icon=icon, width=width,
                          on_click=_save, args=(*bound, outcome, box))


def _key(name: str, bound: tuple) -> str:
    return f"{name}_{bound[-1]['token']}"


def _moves(bound: tuple, box: str) -> None:
    with st.container(horizontal=True, gap="small"):
        st.form_submit_button("Back", key=_key("back", bound), shortcut="Left", on_click=_move,
                              args=(*bound, False, box))
        st.form_submit_button("Next", key=_key("next", bound), shortcut="Right", on_click=_move,
                              args=(*bound, True, box))
        st.form_submit_button("Undo", key=_key("undo", bound), shortcut="U", on_click=_return_to_last,
                              args=(*bound, box),
                              disabled="last_saved" not in st.session_state,
                              help="Back to the trace labelled last: give it another label, the old one is kept.")


def _save(store: Store, where: Filter, expert: str, shown: dict, outcome: str, box: str) -> None:
    critique = st.session_state.get(box, "")
    try:
        if monotonic() - shown["at"] < SHOWN_AT_LEAST:
            # The wait begins anew: of a burst of presses only the first counts.
            shown["at"] = monotonic()
            labels.save_draft(store, shown["trace"], expert, critique)
            return frame.say("That press came too soon after this trace appeared, so nothing was labelled.")
        labels.save(store, shown["trace"], expert, outcome, critique, shown["token"])
    except PlumblineError as error:
        st.session_state["desk_error"] = str(error)
        return None
    st.session_state["last_saved"] = shown["trace"]
    hint = "" if critique.strip() else " Without a critique it counts, but can teach no judge."
    frame.say(f"{outcome.capitalize()} saved.{hint}")
    return _go(next_unreviewed(store, where, expert, shown["trace"]))


def _move(store: Store, where: Filter, expert: str, shown: dict, forward: bool, box: str) -> None:
    _keep_draft(store, expert, shown, box)
    _go(traces.step(store, where, shown["trace"], forward) or shown["trace"])


def _return_to_last(store: Store, where: Filter, expert: str, shown: dict, box: str) -> None:
    _keep_draft(store, expert, shown, box)
    _go(st.session_state.get("last_saved") or shown["trace"])


def _keep_draft(store: Store, expert: str, shown: dict, box: str) -> None:
    before = labels.current(store, shown["trace"], expert)
    text = st.session_state.get(box, "")
    if text != (before.critique if before else ""):
        labels.save_draft(store, shown["trace"], expert, text)


def next_unreviewed(store: Store, where: Filter, expert: str, after: str | None) -> str | None:
    """The next answered trace this expert has not labelled; from the start again when the end is reached."""
    open_ones = replace(where, expert=expert, label="none", answered=True)
    return traces.step(store, open_ones, after) or traces.step(store, open_ones, None)


def _go(trace: str | None) -> None:
    if trace is None:
        st.query_params["trace"] = ""
        st.session_state["all_done"] = True
    else:
        st.query_params["trace"] = trace


def _said_before(store: Store, expert: str, trace: Trace) -> None:
    """After the label is stored, and only then: what it was, and what judges said."""
    said = labels.history(store, trace.id, expert)
    for number, label in enumerate(said):
        st.caption(frame.plain(f"{'Your label' if not number else 'Before'}: {label.outcome}, "
                               f"{(label.created_at or '')[:16].replace('T', ' ')}"))
    for verdict in verdicts.of_trace(store, trace.id) if said else []:
        st.caption(frame.plain(f"Judge {verdict['judge']} (run {verdict['run']}): "
                               f"{verdict['outcome'] or 'error, ' + verdict['error']}"))
        st.text(verdict["critique"])

"""Re-coding on the screen: the failure modes of each fail, by hand with keys or from what a model proposes.

By hand nothing of a model's proposals is shown: codes given so measure the model.
"""

import secrets
from typing import Any

import streamlit as st

from lib.records import Figure, Job
from lib.records.words import counted
from lib.statistics.metrics import format_ends, format_figure
from lib.store import Store
from lib.store.errors import analyses, codings, failure_modes
from lib.store.errors.notes import Fails
from lib.ui import at_work, endpoints, frame, job_progress, press_guard, trace_card
from lib.ui.errors import fail_navigation
from lib.workflow.errors import analysing
from lib.workflow.errors.views import coding
from lib.workflow.errors.views.coding import Fail

_HAND, _PROPOSED, _AGREEMENT = "by hand", "proposals of a model", "agreement"
_DECISIONS = (("Confirm", "1", "confirmed", "check"), ("Reject", "2", "rejected", "close"))
_KEYS = 9  # failure modes with a key of their own


def page(store: Store) -> None:
    """By hand, from proposals, or how far the two agree."""
    begun = fail_navigation.begin(store, "code")
    if begun is None:
        return
    coder, where = begun
    with st.container(horizontal=True, vertical_alignment="center"):
        how = frame.view("coding", _HAND, _PROPOSED, _AGREEMENT, name="codes")
        if how == _HAND:
            where = fail_navigation.narrowed(store, where)
    if how == _HAND:
        _by_hand(store, coder, where)
    elif how == _PROPOSED:
        _proposed(store, coder, where)
    else:
        _agreement(store)


@frame.fragment
def _by_hand(store: Store, coder: str, where: Fails) -> None:
    with frame.sentences():
        fail_navigation.how_far(store, where)
        wanted = fail_navigation.wanted(
            lambda: _next(store, where), "Every one of these fails has been coded.",
            ("See what to fix first", "What to fix", ""), store, where)
        if wanted is None:
            return
        fail = coding.of(store, wanted, where.expert)
        shown = press_guard.showing("coding_shown", (fail.trace.key, fail.trace.content_hash))
        left, right = st.columns([3, 2], gap="medium")
        with left:
            trace_card.show(fail.trace, height=520, context=True, pinned_names=fail.pinned)
        with right:
            fail_navigation.said(fail.expert, fail.label)
            if fail.note:
                trace_card.said(f"Note of {fail.note['author']}", fail.note["text"])
            _choose(store, coder, where, fail, shown)
        press_guard.drawn(shown)


def _choose(store: Store, coder: str, where: Fails, fail: Fail, shown: dict) -> None:
    key, names = f"codes_of_{fail.trace.key}", fail.modes
    given = st.session_state.setdefault(key, fail.given)
    st.multiselect("Failure modes", [*names, *(name for name in given if name not in names)], key=key,
                   accept_new_options=True, placeholder="none of them, or type a new name",
                   help="The first cause, and others beside it. A new name makes a failure mode; none is an answer "
                        "too.")
    with st.container(horizontal=True, gap="small"):
        for number, name in enumerate(names[:_KEYS]):
            st.button(frame.plain(name), key=f"toggle_{number}", shortcut=str(number + 1), on_click=_toggle,
                      args=(key, name), type="primary" if name in given else "secondary")
    with st.container(horizontal=True):
        st.button("Save, next fail", key="save_codes", type="primary", shortcut="Ctrl+Enter", width="stretch",
                  on_click=_save, args=(store, coder, where, fail.trace.id, key, shown))
        for label, arrow, forward in (("Back", "Left", False), ("Next", "Right", True)):
            st.button(label, key=f"fail_{label}", shortcut=arrow, on_click=fail_navigation.step,
                      args=(store, where, forward))


def _toggle(key: str, name: str) -> None:
    given = st.session_state.get(key, [])
    st.session_state[key] = [one for one in given if one != name] if name in given else [*given, name]


def _save(store: Store, coder: str, where: Fails, trace: str, key: str, shown: dict) -> None:
    if press_guard.too_soon(shown, "fail"):
        return
    with frame.sentences():
        failure_modes.give(store, trace, st.session_state.get(key, []), coder)
        st.query_params["trace"] = _next(store, where, trace) or ""


def _next(store: Store, where: Fails, after: str | None = None) -> str | None:
    return failure_modes.next_uncoded(store, where.expert, after, where.dimension, where.value)


def _proposed(store: Store, coder: str, where: Fails) -> None:
    with frame.sentences():
        fail_navigation.how_far(store)
        _ask(store)
        job_progress.watch(store, analyses.CODES, lambda found: {"trace": [row["trace_id"] for row in found]}, _spent,
                           analysing.ANALYSES)
        rows = codings.counts(store)
        if not rows:
            st.caption("Nothing proposed yet.")
            return
        st.dataframe({"failure mode": [row["name"] for row in rows], "proposed": [row["proposed"] for row in rows],
                      "waiting": [row["waiting"] for row in rows], "confirmed": [row["confirmed"] for row in rows],
                      "rejected": [row["rejected"] for row in rows]}, hide_index=True)
        _bulk(store, coder, where, [row for row in rows if row["waiting"]])


def _ask(store: Store) -> None:
    with st.popover("Ask a model", icon=":material/quiz:"):
        st.caption("One call for each fail: which of the confirmed failure modes apply. Nothing counts until you "
                   "confirm it.")
        if not at_work.may(store, "analyses", "asks a model, which costs calls"):
            return
        again = st.checkbox("Also fails that a person coded already: they measure the model", key="codes_again")
        most = st.number_input("Fails to ask about, at most", 1, None, 100, key="codes_most")
        chosen = endpoints.picker(store, "codes")
        if not chosen:
            return
        with frame.sentences():
            found = analysing.estimate_codes(store, chosen[1], again, int(most))
            cost = "" if found.cost is None else f", cost about {found.cost:,.2f}"
            st.caption(f"{counted(found.calls, 'call')}, about "
                       f"{counted(found.prompt_tokens + found.completion_tokens, 'token')}{cost}.")
            if st.button("Ask", key="ask_codes", type="primary", disabled=not found.calls):
                _start(store, again, int(most), chosen)


def _start(store: Store, again: bool, most: int, chosen: tuple[str, str]) -> None:
    token = st.session_state.setdefault("codes_token", secrets.token_hex(16))
    made = analysing.start_codes(store, again=again, most=most, endpoint=chosen[0], model=chosen[1], token=token)
    analysing.start_process(store, made.id)
    del st.session_state["codes_token"]
    st.rerun()


def _spent(store: Store, job: Job) -> str:
    found = analyses.outcome(store, job.id)
    return f", {counted(found['prompt_tokens'] + found['completion_tokens'], 'token')}"


def _bulk(store: Store, coder: str, where: Fails, rows: list[dict[str, Any]]) -> None:
    if none := codings.without(store, where.expert):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.caption(f"{counted(none, 'fail')} in which the model saw none of the failure modes.")
            st.button("Agree: none of them", key="agree_none", on_click=frame.act,
                      args=(codings.agree_none, store, where.expert, coder))
    if not rows:
        st.success("Every proposal is decided on.", icon=":material/done_all:")
        return
    names = {row["name"]: row for row in rows}
    name = frame.choose("Failure mode", list(names), "proposed_mode",
                        words=lambda name: f"{name}: {names[name]['waiting']:,} waiting")
    mode, whole = names[name]["id"], sum(row["waiting"] for row in rows)
    with st.container(horizontal=True):
        st.button(f"Confirm all {names[name]['waiting']:,} of this one", key="confirm_mode", on_click=_decide,
                  args=(store, "confirmed", mode, None, coder), icon=":material/done_all:")
        with st.popover(f"Confirm all {whole:,}", icon=":material/done_all:"):
            st.caption("Every proposal of every failure mode, unread. Read some of each first.")
            st.button("Confirm every one", key="confirm_all", on_click=_decide,
                      args=(store, "confirmed", None, None, coder))
    _one_by_one(store, coder, where, mode, codings.waiting(store, mode))


def _decide(store: Store, decision: str, mode: int | None, chosen: list[str] | None, coder: str) -> None:
    with frame.sentences():
        n = codings.decide(store, decision, mode, chosen, coder)
        frame.say(f"{n:,} {decision}.")


def _one_by_one(store: Store, coder: str, where: Fails, mode: int, rows: list[dict[str, Any]]) -> None:
    event = st.dataframe({
        "trace": [row["trace_id"] for row in rows], "critique": [row["critique"] or "–" for row in rows],
        "note": [row["note"] or "–" for row in rows]}, key=f"waiting_{mode}_{len(rows)}", hide_index=True, height=220,
        on_select="rerun", selection_mode="multi-row")
    picked = [rows[place]["trace_id"] for place in event.selection.rows if place < len(rows)]
    first = picked or [rows[0]["trace_id"]]
    shown = press_guard.showing("proposed_shown", (mode, tuple(first)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{len(first):,} picked:" if picked else "The one below:")
        for label, key, decision, icon in _DECISIONS:
            st.button(label, key=f"{decision}_one", shortcut=key, icon=f":material/{icon}:", on_click=_decide_shown,
                      args=(store, decision, mode, first, coder, shown))
    fail = coding.of(store, first[0], where.expert)
    fail_navigation.said(fail.expert, fail.label)
    trace_card.show(fail.trace, height=420, context=True, pinned_names=fail.pinned)
    press_guard.drawn(shown)


def _decide_shown(store: Store, decision: str, mode: int, chosen: list[str], coder: str, shown: dict) -> None:
    if not press_guard.too_soon(shown, "proposal"):
        _decide(store, decision, mode, chosen, coder)


def _agreement(store: Store) -> None:
    with frame.sentences():
        analysis, rows, left_out = analysing.agreement(store)
        if analysis is None:
            frame.empty("Nothing to compare yet", "Let a model propose failure modes, and code the same fails by hand.")
            return
        st.caption(frame.plain(
            f"Analysis {analysis.id}, model {analysis.model}, on fails that a person coded without seeing what it "
            "proposed." + (f" Left out: {counted(left_out, 'fail')} coded with its proposals in "
                           "view." if left_out else "")))
        st.dataframe({
            "failure mode": [row.name for row in rows],
            "fails": [row.both + row.person + row.model + row.neither for row in rows],
            "both name it": [row.both for row in rows], "only the person": [row.person for row in rows],
            "only the model": [row.model for row in rows], "neither": [row.neither for row in rows],
            "the same (95 % interval)": [_figure("agreement", row.share) for row in rows],
            "kappa (95 % interval)": [_figure("kappa", row.kappa) for row in rows]}, hide_index=True)
        st.caption("“The same” flatters where a failure mode is rare: kappa is what goes beyond chance.")


def _figure(name: str, figure: Figure) -> str:
    """A figure with its interval, or a dash with the reason, in one cell."""
    return f"{format_figure(name, figure)} ({format_ends(name, figure)})"

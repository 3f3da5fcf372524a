"""Proposals on the screen: a list, one of them at a time, and a decision by key or button with its reason.

What a button does is bound to the proposal on the screen, whatever comes up next.
"""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.records import PlumblineError
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset import generations
from lib.ui import at_work, endpoints, frame, press_guard
from lib.ui.dataset import ahead
from lib.workflow.dataset import proposing

REASONS = ("nobody would write this", "the scenario does not arise", "repeats another input", "a detail is wrong")
_KINDS = {"waiting": ("proposed", None), "flagged": ("proposed", True), "not flagged": ("proposed", False),
          "rejected": ("rejected", None)}
_WORD = "proposals"  # of the address
_MOST_LISTED = 500


def words(combination: dict[str, str]) -> str:
    """A combination in a line."""
    return ", ".join(f"{name}: {value}" for name, value in combination.items()) or "no particular combination"


def screen(store: Store) -> None:
    """How many wait, which are looked at, and the decision on one."""
    kind = ahead.chosen(_WORD, "waiting")
    found = proposing.proposals(store, *_KINDS.get(kind, _KINDS["waiting"]), _MOST_LISTED)
    count = found.counts
    st.header(counted(count["proposed"], "proposal waits", "proposals wait") if count["proposed"] else
              "No proposals wait")
    repeats = "nearly repeats" if count["flagged"] == 1 else "nearly repeat"
    st.caption(f"{count['flagged']:,} of them {repeats} another input. Accepted {count['accepted']:,}, "
               f"{count['edited']:,} of them edited; rejected {count['rejected']:,}.")
    if error := st.session_state.pop("proposal_error", None):
        st.error(frame.plain(error), icon=":material/error:")
    if not any(count.values()):
        return
    at_work.may(store, "proposals", "decides on them")
    rows = _filtered(found.rows)
    if not rows:
        st.caption("None.")
    elif rows[0]["status"] == "rejected":
        _rejected(store, rows)
    else:
        _one(store, rows)


def _one(store: Store, rows: list[dict[str, Any]]) -> None:
    first = st.container()  # the decision stands above the list, which says what it is about
    _bulk(store, rows)
    row = _focused(rows)
    left, right = first.columns([3, 2], gap="medium")
    with left:
        _decision(store, rows, row)
    with right:
        _facts(row)
    press_guard.drawn(st.session_state["proposal_shown"])


def _filtered(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    kind, which = st.columns(2)
    with kind:
        status, flagged = _KINDS[frame.choose("Show", list(_KINDS), _WORD)]
    if len(found) == _MOST_LISTED:
        st.caption(f"The first {_MOST_LISTED:,} are listed; the rest follow as these are decided on.")
    known = list(dict.fromkeys(words(row["combination"]) for row in found))
    only = which.selectbox("Combination", known, index=None, placeholder="any", key=f"proposals_of_{status}_{flagged}")
    return [row for row in found if only in (None, words(row["combination"]))]


def _listed(rows: list[dict[str, Any]], **columns: list) -> list[int]:
    event = st.dataframe({"input": [row["input"] for row in rows],
                          "combination": [words(row["combination"]) for row in rows], **columns}, hide_index=True,
                         height=240, on_select="rerun", selection_mode="single-row",
                         # A new list, and a step in it, is a new choice: what was picked before counts no more.
                         key=f"proposals_{rows[0]['id']}_{len(rows)}_{st.session_state.get('proposal_at', 0)}")
    return [rows[place]["id"] for place in event.selection.rows if place < len(rows)]


def _rejected(store: Store, rows: list[dict[str, Any]]) -> None:
    for proposal in _listed(rows, reason=[row["reason"] for row in rows]):
        st.button("Let it wait again", key=f"reopen_{proposal}", on_click=_done,
                  args=(generations.reopen, store, proposal))


def _bulk(store: Store, rows: list[dict[str, Any]]) -> None:
    unflagged = [row["id"] for row in rows if not row["flagged"]]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(f"Accept all {len(unflagged):,} that are not flagged", key="accept_unflagged",
                  icon=":material/done_all:", disabled=not unflagged, on_click=_done,
                  args=(generations.accept_all, store, unflagged))
        with st.popover("Ask a model about these", icon=":material/quiz:"):
            _ask(store, [row["id"] for row in rows if not row["opinion"]])


def _ask(store: Store, proposals: list[int]) -> None:
    st.caption("Is the scenario really triggered? The answer is a model's opinion: one call for each proposal.")
    chosen = endpoints.picker(store, "opinion")
    if st.button(f"Ask about {len(proposals):,}", key="ask_opinions", disabled=not (chosen and proposals)):
        with frame.sentences(), st.spinner("Asking…"):
            errors = proposing.ask_opinions(store, proposals, *chosen)
            if errors:
                st.session_state["proposal_error"] = f"{len(errors):,} brought no opinion. {errors[0]}"
            st.rerun()


def _focused(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The proposal looked at: the one picked in the list, else the one after that decided last, else the first."""
    marks = {"flag": [f"{row['likeness']:.0%} like another" if row["flagged"] else "" for row in rows],
             "opinion": [row["opinion"] or "" for row in rows]}
    picked = _listed(rows, **marks)
    at = picked[0] if picked else st.session_state.get("proposal_at", 0)
    row = next((row for row in rows if row["id"] >= at), rows[0])
    press_guard.showing("proposal_shown", row["id"])
    return row


def _decision(store: Store, rows: list[dict[str, Any]], row: dict[str, Any]) -> None:
    # Keys of its own for each proposal: a press that was meant for the one before finds no button any more.
    own, shown = row["id"], st.session_state["proposal_shown"]
    box, why = f"proposal_text_{own}", f"proposal_reason_{own}"
    with st.form("proposal_decision", enter_to_submit=False, border=True):
        st.text_area("Input: accept it as it stands, or as you edit it", row["input"], key=box, height=130)
        accepted, after = st.columns([3, 1])
        accepted.form_submit_button("Accept", key=f"accept_{own}", shortcut="1", type="primary", width="stretch",
                                    icon=":material/check:", on_click=_accept, args=(store, shown, box))
        after.form_submit_button("Next", key=f"next_{own}", shortcut="Right", width="stretch", on_click=_go,
                                 args=(_after(rows, own),))
        st.caption("Reject, because")
        places = st.columns(2)
        for number, reason in enumerate(REASONS):
            places[number % 2].form_submit_button(
                reason, key=f"reject_{number}_{own}", shortcut=str(number + 2), width="stretch",
                on_click=_reject, args=(store, shown, reason, None))
        st.text_input("Another reason", key=why)
        st.form_submit_button("Reject for this reason", key=f"reject_other_{own}", on_click=_reject,
                              args=(store, shown, "", why))


def _after(rows: list[dict[str, Any]], proposal: int) -> int:
    return next((row["id"] for row in rows if row["id"] > proposal), 0)


def _facts(row: dict[str, Any]) -> None:
    with st.container(border=True):
        st.caption(frame.plain(f"{words(row['combination'])}. Written by {row['model']}."))
        if row["flagged"]:
            st.warning(f"{row['likeness']:.0%} like this input:", icon=":material/content_copy:")
            st.text(row["near"])
        for title, text in (("Assumptions", row["assumptions"]), ("System information", row["system_information"]),
                            ("The model's opinion: is the scenario triggered?", row["opinion"])):
            if text:
                st.caption(f"**{title}**")
                st.text(text)
        with st.expander("The prompt it was written for"):
            st.code(row["prompt"], language=None, wrap_lines=True, height=260)


def _accept(store: Store, shown: dict, box: str) -> None:
    text = st.session_state.get(box)
    if text is not None:  # a press that comes when its proposal has left the page decides nothing
        _decide(generations.accept, store, shown, text)


def _reject(store: Store, shown: dict, reason: str, box: str | None) -> None:
    _decide(generations.reject, store, shown, reason or st.session_state.get(box, ""))


def _decide(verb, store: Store, shown: dict, words: str) -> None:
    """Once: a key that is held sends its press again before the next proposal is drawn."""
    if shown.get("decided") or press_guard.too_soon(shown, "proposal"):
        return
    if _done(verb, store, shown["id"], words):
        shown["decided"] = True
        st.session_state["proposal_at"] = shown["id"]


def _go(proposal: int) -> None:
    st.session_state["proposal_at"] = proposal


def _done(verb, store: Store, *words: Any) -> bool:
    try:
        verb(store, *words)
    except PlumblineError as error:
        st.session_state["proposal_error"] = str(error)
        return False
    return True

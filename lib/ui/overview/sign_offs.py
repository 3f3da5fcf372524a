"""What waits for the principal expert, on the screen: who asked, when, what and why; one click agrees or declines."""

import streamlit as st

from lib.records import minute
from lib.records.words import counted
from lib.store import Store
from lib.store import sign_offs as stored
from lib.store.dataset.awaited import Awaited
from lib.store.sign_offs import SignOff
from lib.ui import at_work, frame
from lib.workflow import rights
from lib.workflow.overview import sign_offs
from lib.workflow.overview.sign_offs import Waiting


def banner(store: Store) -> None:
    """Says to the principal that something waits; nothing to anybody else, and nothing where nothing does."""
    if not store.person or not rights.principals(store) or not (found := stored.waiting(store)):
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        who = ", ".join(dict.fromkeys(one.asked_by for one in found))
        st.markdown(f":orange[:material/hourglass_top:] **{len(found):,} wait{'s' * (len(found) == 1)} for your "
                    f"sign-off**, asked by {frame.plain(who)}.", width="stretch")
        frame.link("overview", "Sign-offs", ":material/arrow_forward:", view="Sign-offs")


def page(store: Store) -> None:
    """What waits, the oldest first, and the log of what was decided."""
    who = at_work.person(store, "sign-off", viewers=True)
    desk = sign_offs.look(store)
    if not desk.waiting:
        principal = frame.plain(desk.principal)
        frame.empty("Nothing waits", f"What only {principal} may do (rule a label wrong, adjudicate, open the test "
                    "split, change the criteria, name another principal, delete labels in that name or bring them in "
                    "from a file) waits here when anybody else asks for it. Until then no figure moves.")
    for one in desk.waiting:
        _one(store, one, desk.decides, who.name if who else "")
    if done := desk.decided:
        st.header("Decided")
        st.dataframe({"what": [sign_offs.in_words(one) for one in done], "asked by": [one.asked_by for one in done],
                      "asked": [minute(one.asked_at) for one in done], "why": [one.reason for one in done],
                      "became": [one.decision for one in done], "by": [one.decided_by for one in done],
                      "when": [minute(one.decided_at or "") for one in done]}, hide_index=True)


def _one(store: Store, waits: Waiting, decides: bool, who: str) -> None:
    found = waits.asked
    with st.container(border=True, gap="small", key=f"sign_off_{found.number}"):
        st.markdown(f"**{frame.plain(waits.title)}**")
        st.caption(frame.plain(f"asked by {found.asked_by}, {minute(found.asked_at)} UTC"))
        if waits.reason:
            st.text(waits.reason)
        st.caption(frame.plain(waits.consequence))
        if waits.text:
            with st.container(border=True):
                st.text(waits.text)
        _changes(found.number, waits.changes)
        with st.container(horizontal=True, vertical_alignment="center"):
            _decide(store, found, decides, who)
            _way(found)


def _changes(number: int, waits: Awaited | None) -> None:
    """Of imported labels each trace on which another label would count, as far as a table can be read."""
    if waits is None or not waits.first:
        return
    st.dataframe({"trace": [one.trace for one in waits.first], "outcome now": [one.now or "–" for one in waits.first],
                  "outcome in the file": [one.outcome for one in waits.first],
                  "critique in the file": [one.critique for one in waits.first],
                  "date in the file": [minute(one.dated) if one.dated else "none" for one in waits.first]},
                 hide_index=True, key=f"changes_{number}")
    if rest := waits.traces - len(waits.first):
        st.caption(f"The first {counted(len(waits.first), 'trace')} shown, those whose outcome would turn round before "
                   f"the others; {rest:,} more {'is' if rest == 1 else 'are'} not shown.")


def _decide(store: Store, found: SignOff, decides: bool, who: str) -> None:
    if who and decides:
        if st.button("Agree", key=f"agree_{found.number}", type="primary", icon=":material/check:"):
            _act(store, found, "Agreed: it is done.")
        if st.button("Decline", key=f"decline_{found.number}", icon=":material/close:"):
            _act(store, found, "Declined: nothing has changed.")
    elif who == found.asked_by and st.button("Withdraw", key=f"decline_{found.number}", icon=":material/undo:"):
        _act(store, found, "Withdrawn.")


def _act(store: Store, found: SignOff, words: str) -> None:
    with frame.sentences():
        (sign_offs.agree if words.startswith("Agreed") else sign_offs.decline)(store, found.number)
        frame.say(words)
        st.rerun()


def _way(found: SignOff) -> None:
    """To where it can be looked at."""
    told = found.detail
    if found.kind in (stored.RULING, stored.TAKE_BACK):
        frame.link("judge", "Look at the case", ":material/arrow_forward:", view="Disagreements", judge=told["judge"],
                   run=str(told["run"]), case=told["trace"], ruling="all")
    elif found.kind == stored.LABELS:
        frame.link("dataset", "Look at the import", ":material/arrow_forward:", view="Imports")
    elif found.kind == stored.ADJUDICATION:
        frame.link("review", "Look at the trace", ":material/arrow_forward:", view="Desk", trace=told["trace"])

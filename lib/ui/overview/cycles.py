"""Review cycles on the screen: how many traces people have read, what is overdue, opening and closing."""

from datetime import date, timedelta

import streamlit as st

from lib.records.words import counted
from lib.sampling import queues
from lib.store import Store, cycles
from lib.store.cycles import SCHEDULED, TRIGGERS, Cycle
from lib.ui import at_work, frame
from lib.workflow.overview import cycles as verbs
from lib.workflow.overview.cycles import Headline
from lib.workflow.review import feedback

_CLOSED = "cycle_closed"  # in the session: which one was just closed, so that the next is offered


def headline(store: Store) -> None:
    """The number above every pass rate, and below it what is overdue or was opened by a change."""
    reading(store)
    banner(store)


def reading(store: Store) -> None:
    """How many traces people have read in this cycle."""
    read(verbs.headline(store))


def read(found: Headline) -> None:
    """The same of whoever has looked already."""
    since = f"in this cycle, since {found.cycle.opened_at[:10]}" if found.cycle else "so far"
    st.markdown(f":material/visibility: **{counted(found.read, 'trace')} read by a person** {since}")


def banner(store: Store) -> None:
    """What is overdue, or was opened by a change, and a check against users' feedback that is due; else nothing."""
    urgent(verbs.urgent(store))
    if due := feedback.reminder(store):
        _say(due, ":material/thumbs_up_down:", "blue", "review", "Feedback")


def urgent(found: list[Cycle]) -> None:
    """The same of whoever has looked already."""
    for cycle in found:
        if cycle.overdue(cycles.today()):
            _say(f"A review cycle is overdue since {cycle.due_on}: {_words(cycle)}.", ":material/event_busy:", "red")
        else:
            _say(f"{cycle.reason}. A review cycle is open, due {cycle.due_on}: read some fresh traces before you trust "
                 "earlier figures.", ":material/update:", "blue")


def _say(text: str, icon: str, colour: str, page: str = "overview", view: str = "Cycles") -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":{colour}[{icon}] {frame.plain(text)}", width="stretch")
        frame.link(page, view, ":material/arrow_forward:", view=view)


def _words(cycle: Cycle) -> str:
    return cycle.trigger + (f", {cycle.reason}" if cycle.reason else "")


def page(store: Store) -> None:
    """The open cycles, the next one where one was just closed, a new one, and those that are done."""
    found = verbs.look(store)
    may = at_work.may(store, "cycles", "opens and closes cycles")
    for cycle in found.going:
        _open(store, cycle, found.read[cycle.id], may)
    if not found.going:
        frame.empty("No cycle is open", "A judge, a product and its users change. Come back on a date, and whenever a "
                    "model or a prompt changes or something went wrong: each time with fresh traces that a person "
                    "reads.")
    closed = st.session_state.get(_CLOSED) == store.project
    with st.expander("Open the next cycle" if closed or found.every else "Open a cycle", icon=":material/add:",
                     expanded=closed or not found.going):
        _opener(store, found.unlabelled, may)
    if done := found.done:
        st.header("Done")
        st.dataframe({"opened": [cycle.opened_at[:10] for cycle in done],
                      "closed": [cycle.closed_at[:10] for cycle in done],
                      "by": [cycle.closed_by or cycle.opened_by for cycle in done],
                      "due": [cycle.due_on for cycle in done], "trigger": [cycle.trigger for cycle in done],
                      "reason": [cycle.reason for cycle in done],
                      "traces read": [found.read[cycle.id] for cycle in done]},
                     hide_index=True)


def _open(store: Store, cycle: Cycle, n: int, may: bool) -> None:
    with st.container(border=True):
        late = cycle.overdue(cycles.today())
        st.markdown(f"**{frame.plain(_words(cycle).capitalize() if not cycle.reason else cycle.reason)}**"
                    + (" :red[overdue]" if late else ""))
        who = f" by {cycle.opened_by}" if cycle.opened_by else ""
        st.caption(frame.plain(f"{cycle.trigger}, opened {cycle.opened_at[:10]}{who}, due "
                               f"{cycle.due_on or 'on no date'}"))
        st.markdown(f"**{counted(n, 'trace')}** read by a person since")
        with st.container(horizontal=True, vertical_alignment="center"):
            frame.link("review", "Draw fresh traces", ":material/shuffle:", view="Queue")
            frame.link("review", "To the desk", ":material/rate_review:", view="Desk")
            if st.button("Close this cycle", key=f"close_cycle_{cycle.id}", icon=":material/check:",
                         disabled=not may):
                with frame.sentences():
                    cycles.close(store, cycle.id)
                    st.session_state[_CLOSED] = store.project
                    frame.say("Closed. When is the next one due?")
                    st.rerun()


def _opener(store: Store, left: int, may: bool) -> None:
    why, due, many = st.columns(3)
    trigger = why.selectbox("Why", TRIGGERS, TRIGGERS.index(SCHEDULED), key="cycle_trigger")
    by: date = due.date_input("Due", cycles.today() + timedelta(weeks=cycles.WEEKS), key="cycle_due")
    fresh = many.number_input("Fresh traces to read", 0, queues.MOST, verbs.FRESH, key="cycle_fresh",
                              help="Drawn at random for the principal expert. A hundred every two to four weeks, ten "
                                   "to twenty a week between, is a good measure.")
    reason = st.text_input("What happened", key="cycle_reason", placeholder="which model, which prompt, which incident")
    if left < fresh:
        st.caption(_left(left))
    if not fresh:
        st.warning("Nobody would read a fresh trace in this cycle: say above why.")
    if st.button("Open the cycle", type="primary", key="open_cycle", disabled=not may):
        with frame.sentences():
            verbs.begin(store, trigger, reason, by.isoformat() if by else None, int(fresh))
            st.session_state.pop(_CLOSED, None)
            st.rerun()


def _left(n: int) -> str:
    if not n:
        return "No unlabelled trace is left to draw: import fresh ones on Dataset."
    are = "is" if n == 1 else "are"
    return f"Only {counted(n, 'unlabelled trace')} {are} left to draw: import fresh ones on Dataset."

"""The view Feedback: an expert's labels beside users' thumbs, where they differ, and when to look again."""

import streamlit as st

from lib.records.words import counted
from lib.statistics import metrics
from lib.store import Store
from lib.store import feedback as stored
from lib.store.feedback import Held
from lib.ui import at_work, frame, trace_card
from lib.workflow.review import feedback
from lib.workflow.review.feedback import Compared, Looked

_SHOWN = 30  # traces on which they differ


def page(store: Store, expert: str) -> None:
    """The reminder and what to note, the figures, the traces on which both sides differ, and the schedule."""
    every = st.session_state.get("feedback_every", False)
    found = feedback.look(store, expert, every)
    st.caption("Users say whether they liked the answer, the expert whether it is right. Where the two part, either "
               "the criterion or the product surprises somebody: read those traces. It changes no label and no rate.")
    if not found.there:
        frame.empty("No users' feedback yet", "Import traces with a column of thumbs, ratings or complaints: the "
                    "import says which column it takes for them.", "dataset", "Import traces", view="Import")
        return
    may = at_work.may(store, "cycles", "notes checks")
    _figures(found.compared)
    _due(store, found, may)
    _differing(found.compared)
    _done(found)
    _schedule(store, found, may)


def _due(store: Store, found: Looked, may: bool) -> None:
    """When it was last done, unless the line on top says that it is due; and the press that notes it."""
    if not found.schedule.overdue:
        st.markdown(f":gray[:material/event_repeat:] {found.schedule.words}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        remark = st.text_input("What was learnt", key="feedback_remark",
                               placeholder="why they differ, what changes in the criteria or the product")
        if st.button("Note this check", key="feedback_note", icon=":material/check:", disabled=not may,
                     type="primary" if found.schedule.overdue else "secondary"):
            with frame.sentences():
                feedback.note(store, found.compared, remark)
                frame.say("Noted as a cycle.")
                st.rerun()


def _figures(found: Compared) -> None:
    same, kappa, table = st.columns([2, 2, 3])
    for place, name, label, figure in ((same, "agreement", "Label and thumb agree", found.agreement),
                                       (kappa, "kappa", metrics.METRICS["kappa"].label, found.kappa)):
        place.metric(label, metrics.format_figure(name, figure))
        place.caption(frame.plain(metrics.format_interval(name, figure)))
    counts = found.counts
    table.dataframe({f"{found.expert} says": ["pass", "fail"], "thumb up": [counts.pass_pass, counts.fail_pass],
                     "thumb down": [counts.pass_fail, counts.fail_fail]}, hide_index=True)
    if found.left_out_words:
        st.caption(found.left_out_words)
    st.toggle("Count also what no rate counts", key="feedback_every",
              help="Traces drawn for an outcome or for standing out, and labels given in shadow mode. A queue of "
                   "complaints makes the agreement look lower than it is.")


def _differing(found: Compared) -> None:
    st.header("Where they differ")
    if not found.differing:
        st.caption("On no trace that has both.")
    for one in found.differing[:_SHOWN]:
        _difference(one, found.expert)
    if len(found.differing) > _SHOWN:
        st.caption(f"The first {_SHOWN} of {len(found.differing):,}; the command 'feedback check' lists all.")


def _difference(one: Held, expert: str) -> None:
    with st.container(border=True):
        trace, label, users = st.columns([2, 3, 3], gap="medium")
        with trace:
            st.text(one.input)
            frame.link("dataset", "Read the trace", ":material/visibility:", view="Traces", trace=one.trace)
            frame.link("review", "Open on the desk", ":material/rate_review:", view="Desk", trace=one.trace)
        with label:
            st.markdown(frame.plain(f"{expert}: {one.outcome}") + (" (counts in no rate)" * (not one.counts)))
            st.text(one.critique or "no critique")
        with users:
            trace_card.of_users(one.said)


def _done(found: Looked) -> None:
    if not found.checks:
        return
    with st.expander(f"Noted so far: {counted(len(found.checks), 'check')}", icon=":material/history:"):
        st.dataframe({"on": [one.at[:10] for one in found.checks], "by": [one.by for one in found.checks],
                      "what came of it": [one.reason for one in found.checks]}, hide_index=True)


def _schedule(store: Store, found: Looked, may: bool) -> None:
    plan = found.schedule
    with st.expander("How often", icon=":material/tune:"), st.form("feedback_schedule", border=False):
        left, press = st.columns([3, 1], vertical_alignment="bottom")
        wanted = left.number_input("Days between two checks", 0, stored.MOST_DAYS, plan.days, key="feedback_days",
                                   help="0 asks for none. A reminder stands on the pages once the next one is due.")
        if plan.stand_in and not plan.said:
            st.caption(f"The principal expert decides as {plan.stand_in}, in place of the domain expert: so it is "
                       f"asked for every {feedback.DAYS} days until you say otherwise.")
        if press.form_submit_button("Save", disabled=not may):
            with frame.sentences():
                stored.set_days(store, int(wanted))
                frame.say("Saved.")
                st.rerun()

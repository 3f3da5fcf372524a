"""How a decision judge is asked, on the screen: the fields of a new one, and those of the next version of one."""

import streamlit as st

from lib.records import OUTCOMES, Decision, PromptVersion
from lib.records.decision import QUESTION, WIRES
from lib.ui import frame

NO_CRITIQUE = ("It answers with a probability and gives no critique: it stands beside a judge that writes its "
               "verdicts, and replaces no expert.")
_ORDERS = {", then ".join(order): order for order in (OUTCOMES, OUTCOMES[::-1])}


def fields(prefix: str, now: Decision | None = None) -> Decision:
    """The fields, filled with how it is asked now; what is not filled in is said when it is saved."""
    now = now or Decision(next(iter(WIRES)), "", "")
    wire = st.selectbox("Asked by", list(WIRES), list(WIRES).index(now.wire), WIRES.__getitem__, key=f"{prefix}_wire",
                        help="Three formats are served under like addresses, so the version says which it speaks. "
                             "Log-probabilities work with every chat model whose endpoint tells them, the embedded "
                             "one too.")
    passes = st.text_area("Pass means", now.passes, key=f"{prefix}_pass", height="content",
                          placeholder="In the expert's words: when does an output pass?")
    fails = st.text_area("Fail means", now.fails, key=f"{prefix}_fail", height="content",
                         placeholder="And when does it fail?")
    question = st.text_input("The question", now.question or QUESTION, key=f"{prefix}_question")
    order = st.radio("Options are shown", list(_ORDERS), list(_ORDERS.values()).index(now.order), horizontal=True,
                     key=f"{prefix}_order", help="The order moves the probability, so it belongs to the version.")
    choice = st.checkbox("As a choice between two options", now.choice, key=f"{prefix}_choice",
                         help="For a model that answers no question of yes or no.")
    path = st.text_input("Another path of the endpoint", now.path, key=f"{prefix}_path",
                         placeholder="the usual one", help="For instance /api/alpha/decisions.")
    return Decision(wire, passes, fails, question, _ORDERS[order], path, choice)


def editor(start: PromptVersion) -> None:
    """How a version is asked, for its next one: Save and Run of the bench take it with the instructions."""
    st.caption(f"Asked by {WIRES[start.decision.wire]}. {NO_CRITIQUE}")
    fields(_prefix(start), start.decision)


def changed(start: PromptVersion) -> Decision | None:
    """How it is asked as the fields say, where that differs from the version; None else, and where none are drawn."""
    if start.decision is None or f"{_prefix(start)}_wire" not in st.session_state:
        return None
    held = {part: st.session_state[f"{_prefix(start)}_{part}"] for part in (
        "wire", "pass", "fail", "question", "order", "choice", "path")}
    now = Decision(held["wire"], held["pass"], held["fail"], held["question"], _ORDERS[held["order"]], held["path"],
                   held["choice"])
    return None if now == start.decision else now


def _prefix(start: PromptVersion) -> str:
    return f"asked_{start.key}"


def cascade(version: PromptVersion) -> None:
    """In place of an editor: what a cascade is made of, and how it is changed."""
    of = version.cascade
    st.caption(frame.plain(
        f"A cascade: {of.first} (version {of.first_version}) decides where it is sure, {of.then} (version "
        f"{of.then_version}) between {of.low:.2f} and {of.high:.2f}. Edit one of the two, judge dev with it, then make "
        "the cascade anew on the first one's bench."))

"""How a decision judge is asked, on the screen: the fields of a new one, and those of the next version of one."""

import streamlit as st

from lib.records import OUTCOMES, Decision, PromptVersion
from lib.records.decision import QUESTION, WIRES
from lib.store import Store
from lib.store.judge import prompt_drafts
from lib.store.judge.prompt_drafts import Draft
from lib.ui import frame
from lib.ui.judge import boxes
from lib.workflow.judge import kinds

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


def editor(store: Store, start: PromptVersion, typed: Draft) -> None:
    """What is asked of a version, in a form that saves the next one with the instructions and examples as typed."""
    st.caption(NO_CRITIQUE)
    with st.form(f"asked_{start.key}", border=False):
        asked = fields(f"asked_{start.key}", start.decision)
        if st.form_submit_button("Save as the next version", icon=":material/save:"):
            frame.do(_save, store, start, typed, asked)


def _save(store: Store, start: PromptVersion, typed: Draft, asked: Decision) -> None:
    with store.transaction():
        made = kinds.save(store, start.judge, asked, template=typed.template, shown=list(typed.examples),
                          model=typed.model or None, note=typed.note)
        prompt_drafts.forget(store, start.key)
    boxes.here().go_on(made)
    frame.say(f"Version {made.number} is saved.")


def cascade(version: PromptVersion) -> None:
    """In place of an editor: what a cascade is made of, and how it is changed."""
    of = version.cascade
    st.caption(frame.plain(
        f"A cascade: {of.first} (version {of.first_version}) decides where it is sure, {of.then} (version "
        f"{of.then_version}) between {of.low:.2f} and {of.high:.2f}. Edit one of the two, judge dev with it, then make "
        "the cascade anew on the first one's bench."))

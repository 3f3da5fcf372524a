"""One disagreement on the screen: both critiques, the four endings, and what each of them needs.

The draft of a ruling is kept as it is typed; a press rules once, whatever the finger does.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from lib.records import Run, minute
from lib.records.decision import NO_REASON, likely
from lib.records.disagreements import BORDERLINE, ENDINGS, JUDGE_WRONG, LABEL_WRONG, UNCLEAR, Case, Draft
from lib.records.people import Person
from lib.store import Store, sign_offs
from lib.store.judge import rulings
from lib.ui import at_work, frame, trace_card
from lib.ui.judge.strip import keys
from lib.ui.people import waiting
from lib.workflow import rights
from lib.workflow.judge import disagreements
from lib.workflow.judge.disagreements import Ending
from lib.workflow.judge.views.desk import Read

_KEYS = {JUDGE_WRONG: "j", LABEL_WRONG: "l", UNCLEAR: "u", BORDERLINE: "b"}
_NOTES = {JUDGE_WRONG: "Note for the prompt: what should the judge learn?", LABEL_WRONG: "Why does the label change?",
          UNCLEAR: "The line that makes it clear, for the criteria", BORDERLINE: "Why is it borderline?"}
_LATER = {
    JUDGE_WRONG: "The note is offered where the prompt is edited.",
    LABEL_WRONG: "A new label with today's date; the old one stays in the history.",
    UNCLEAR: "The line is added to the criteria as a new version.",
    BORDERLINE: "Kept, and counted apart: reasonable people may differ here."}


def panel(store: Store, read: Read, done: Callable[[], None], last: Callable[[], None]) -> None:
    """The ruling, made or to be made, and what expert and judge said; `done` moves on, `last` says what was ruled."""
    case = read.case
    waiting.mark(store, disagreements.subject(case), sign_offs.RULING, sign_offs.TAKE_BACK)
    who = at_work.person(store, "ruling", "ruling")
    if case.ruling:
        _ruled(store, case, who)
    elif case.elsewhere and who:
        _argued(store, case, done)
    if case.ending != LABEL_WRONG and who:
        _choice(store, read, done, last)
    else:
        last()
    trace_card.said(f"{case.expert}: {case.expert_outcome}", case.expert_critique)
    if case.former:
        trace_card.said(f"{case.expert}, before: {case.former[0]}", case.former[1])
    trace_card.said(f"Judge: {likely(case.judge_outcome, case.probability)}",
                    case.judge_critique or (NO_REASON if case.probability is not None else ""))
    trace_card.checked(read.assertions)


def _ruled(store: Store, case: Case, who: Person | None) -> None:
    made = case.ruling
    with st.container(border=True, gap="small"):
        came = (f" It added a line to the criteria: version {made.criteria}." if made.criteria else
                " The label stands in the draft of the prompt." if made.example else "")
        by = f", {frame.plain(made.author)}" if made.author else ""
        st.caption(f":material/gavel: **Ruled {made.kind}** on {minute(made.created_at)} UTC{by}.{came}")
        if made.note:
            st.text(made.note)
        if who is None:
            return
        if made.kind in disagreements.OF_THE_PRINCIPAL and not rights.principals(store):
            _ask_back(store, case)
        elif st.button("Take back", key=f"take_back_{made.key}", icon=":material/undo:",
                       help="Opens the case again and undoes what the ruling did."):
            with frame.sentences():
                _open_again(store, case)


def _ask_back(store: Store, case: Case) -> None:
    with st.popover(f"Ask {frame.plain(rights.principal_words(store))} to take it back", icon=":material/undo:"):
        reason = st.text_input("Why?", key=_key("back", case))
        if st.button("Ask", key=_key("ask_back", case), type="primary"):
            waiting.asked(store, disagreements.ask_back, store, case, reason)


def _open_again(store: Store, case: Case) -> None:
    disagreements.take_back(store, case, store.person or "", _token(case))
    _forget(case)
    st.session_state.pop("ruling_last", None)
    frame.say("Open again.")
    st.rerun()


def _argued(store: Store, case: Case, done: Callable[[], None]) -> None:
    """The same label and the same outcome, ruled on in another run: said again with one press."""
    made = case.elsewhere[0]
    with st.container(border=True, gap="small"):
        st.caption(f":material/history: **Ruled before: {made.kind}**, run {made.run}, {made.created_at[:10]}.")
        if made.note:
            st.text(made.note)
        if st.button("Rule the same", key=f"again_{case.verdict}_{case.label}", icon=":material/repeat:",
                     shortcut="s"):
            with frame.sentences():
                disagreements.rule_again(store, case, _token(case))
                _over(case, made.kind, done)


def _choice(store: Store, read: Read, done: Callable[[], None], last: Callable[[], None]) -> None:
    case = read.case
    draft = rulings.draft(store, case.verdict, case.label)
    with st.container(key="ruling_endings", gap="small"):
        for pair in (ENDINGS[:2], ENDINGS[2:]):
            with st.container(horizontal=True, gap="small"):
                for kind in pair:
                    st.button(kind.capitalize(), key=_key(kind, case), shortcut=_KEYS[kind], width="stretch",
                              type="primary" if kind == draft.kind else "secondary", on_click=_choose,
                              args=(store, case, kind))
        last()
    if draft.kind in ENDINGS:
        _fields(store, read, draft, done)
    else:
        st.caption("To rule otherwise, choose again." if case.ruling else "Who was right? Choose, then say why.")


def _choose(store: Store, case: Case, kind: str) -> None:
    st.session_state["ruling_caret"] = (_key(f"note_{kind}", case), secrets.token_hex(4))
    frame.act(rulings.keep_draft, store, case.verdict, case.label,
              replace(rulings.draft(store, case.verdict, case.label), kind=kind))


def _fields(store: Store, read: Read, draft: Draft, done: Callable[[], None]) -> None:
    case, kind, example = read.case, draft.kind, False
    _area(store, case, kind, "note", _NOTES[kind], draft.note)
    box, mark = st.session_state.get("ruling_caret", ("", ""))
    if box == _key(f"note_{kind}", case):
        keys.caret(box, mark)
    if kind == LABEL_WRONG:
        _new_critique(store, case, draft)
    if kind == JUDGE_WRONG and read.may_be_example:
        example = st.checkbox("Use the label as an example", key=_key("example", case),
                              help="It is put into the draft of the judge's newest prompt, where you save it.")
    st.caption(_LATER[kind] + _more(read, kind))
    asks = kind in disagreements.OF_THE_PRINCIPAL and not rights.principals(store)
    if st.button(f"Ask {frame.plain(rights.principal_words(store))}: {kind}" if asks else f"Rule: {kind}",
                 key=_key("rule", case), type="primary", icon=":material/gavel:", shortcut="ctrl+enter"):
        note, critique = (st.session_state.get(_key(f"{name}_{kind}", case), "") for name in ("note", "critique"))
        ending = Ending(kind, note, critique, example, store.person or "")
        if asks:
            waiting.asked(store, _ask, store, case, ending, done)
            return
        with frame.sentences():
            disagreements.rule(store, case, ending, _token(case))
            _over(case, kind, done)


def _ask(store: Store, case: Case, ending: Ending, done: Callable[[], None]) -> None:
    """Asked for, the case is done here: it waits for the principal, and the desk goes on as after a ruling."""
    disagreements.ask(store, case, ending)
    _forget(case)
    done()


def _new_critique(store: Store, case: Case, draft: Draft) -> None:
    """The old critique to be read, and an empty box for the new one: it says the opposite."""
    st.caption(f"The critique so far, of {case.expert_outcome}. It stays in the history.")
    st.text(case.expert_critique or "no critique")
    _area(store, case, LABEL_WRONG, "critique", f"Critique of the new label: why is it {case.judge_outcome}?",
          draft.critique)


def _more(read: Read, kind: str) -> str:
    """What else follows of this ending, or does not."""
    if kind == JUDGE_WRONG and read.sealed:
        return " This trace is of the sealed test split: its note is kept, and never offered for a prompt."
    if kind == UNCLEAR:
        return (" The judge's prompt shows them where {{ criteria }} stands: its next run reads the line."
                if read.shows_criteria else " The judge's prompt does not show the criteria: put {{ criteria }} into "
                "it, else the line does not reach the judge.")
    return ""


def _area(store: Store, case: Case, kind: str, name: str, label: str, text: str) -> None:
    key = _key(f"{name}_{kind}", case)
    st.session_state.setdefault(key, text)
    st.text_area(label, key=key, height=100, on_change=_keep, args=(store, case, name, key))


def _keep(store: Store, case: Case, name: str, key: str) -> None:
    frame.act(rulings.keep_draft, store, case.verdict, case.label,
              replace(rulings.draft(store, case.verdict, case.label), **{name: st.session_state[key]}))


def _over(case: Case, kind: str, done: Callable[[], None]) -> None:
    _forget(case)
    st.session_state["ruling_last"] = (case.run, case.trace, kind)
    done()
    st.rerun()


def undo(store: Store, run: Run, expert: str) -> None:
    """The ruling made last in this session, to be taken back with one press."""
    number, trace, kind = st.session_state.get("ruling_last", (None, "", ""))
    if number != run.id:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(frame.plain(f"{trace} was ruled: {kind}."))
        if st.button("Undo", key="ruling_undo", icon=":material/undo:", type="tertiary"):
            with frame.sentences():
                st.query_params["case"] = st.session_state["case_in_address"] = trace
                _open_again(store, rulings.case(store, run.id, expert, trace, every=True))


def _token(case: Case) -> str:
    """Of this showing alone: a second press of the same finger is the same ruling."""
    return st.session_state.setdefault(_key("token", case), secrets.token_hex(16))


def _forget(case: Case) -> None:
    """The fields of a case that is done: shown again, it begins with what is kept of it."""
    for name in ("token", "example", *(f"{field}_{kind}" for field in ("note", "critique") for kind in ENDINGS)):
        st.session_state.pop(_key(name, case), None)


def _key(name: str, case: Case) -> str:
    return f"ruling_{name.replace(' ', '_')}_{case.verdict}_{case.label}"

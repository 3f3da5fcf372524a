"""The rules of a prompt on the screen: the critiques behind each, those without any, and a trial without one."""

import streamlit as st

from lib.records import QUEUED, RUNNING, PromptVersion
from lib.records.words import counted
from lib.store import Store
from lib.ui import frame
from lib.ui.judge import suggestions
from lib.workflow.judge import judging, rules


def rules_panel(store: Store, start: PromptVersion) -> None:
    """Every rule of the draft's guidelines: who justifies it, and what the judge does without it."""
    suggestions.tell()
    shown = rules.panel(store, start)
    found = shown.rules
    if not found:
        st.caption("The prompt has no section Guidelines with lines that begin with “- ”: there are no rules yet.")
        return
    orphans = sum(not one.rule.labels for one in found)
    st.caption(f"{counted(len(found), 'rule')}." + (
        f" {orphans:,} have no critique behind them: the expert never said so. Link the critiques they come from, or "
        "try the judge without them." if orphans else " Each has a critique behind it."))
    for place, one in enumerate(found):
        _rule(store, start, one, place, shown.offered)


def _rule(store: Store, start: PromptVersion, one: rules.Standing, place: int, offered: dict[int, str]) -> None:
    st.text(one.rule.text)
    behind = len(one.rule.labels)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{counted(behind, 'critique')} behind it" if behind
                   else ":material/help: **No critique behind it**", width="stretch")
        if one.trial is None:
            st.button("Try without this rule", key=f"without_{start.key}_{place}", icon=":material/science:",
                      type="tertiary", disabled=not one.saved, on_click=_try, args=(store, start, one.rule.text),
                      help="A new version without this line, run on dev with the model of the newest run."
                      if one.saved else "Save the draft as a version first: a trial needs one to compare with.")
    if one.trial is not None:
        _trial(start, one)
    # What nobody looks at is not sent: hundreds of critiques may be offered for each rule.
    box = st.expander("Critiques", icon=":material/format_quote:", key=f"rule_open_{start.key}_{place}",
                      on_change="rerun")
    if box.open:
        with box:
            _critiques(store, start, one, place, offered)


def _trial(start: PromptVersion, one: rules.Standing) -> None:
    run, made = one.run, one.trial
    going = " Its run goes on." if run and run.status in (RUNNING, QUEUED) else ""
    st.caption(f"Version {made.number} is without it"
               + (f": run {run.id}, {run.status}, {run.done:,} of {run.total:,} judged.{going}" if run else "."))
    frame.link("judge", "What that did", ":material/compare:", judge=made.judge, view="Versions",
               before=str(start.number), after=str(made.number), run_after=str(run.id) if run and run.done else None)


def _try(store: Store, start: PromptVersion, text: str) -> None:
    with suggestions.noted("The dev traces are being judged without this rule."):
        run = rules.try_without(store, start, text)
        if run.status == QUEUED:
            judging.start_process(store, run.id)


def _critiques(store: Store, start: PromptVersion, one: rules.Standing, place: int, offered: dict[int, str]) -> None:
    known = {**offered, **{label: f"label {label}" for label in one.rule.labels if label not in offered}}
    key = f"rule_labels_{start.key}_{place}_{one.rule.text}"
    st.multiselect("Critiques of train traces that justify it", list(known), list(one.rule.labels), key=key,
                   format_func=known.get, on_change=_link, args=(store, start, one.rule.text, key))
    suggestions.critiques(store, one.rule.labels)


def _link(store: Store, start: PromptVersion, text: str, key: str) -> None:
    with suggestions.noted("Linked."):
        rules.link(store, start, text, st.session_state[key])

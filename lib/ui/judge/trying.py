"""Trying a prompt before it is saved: on one trace, or on five of dev, beside what the expert has said."""

import streamlit as st

from lib.records import PromptVersion, Verdict
from lib.records.decision import likely
from lib.store import Store
from lib.store.dataset import traces
from lib.store.judge.prompt_drafts import Draft
from lib.ui import at_work, endpoints, frame, trace_card
from lib.ui.judge import boxes
from lib.workflow.judge import trying
from lib.workflow.judge.trying import Tried


def panel(store: Store, start: PromptVersion, draft: Draft) -> None:
    """What to try it on, and what came of the last try; nothing of it is stored."""
    st.caption("The prompt as it stands above, saved or not. Nothing of it is kept, and no figure counts it.")
    chosen = endpoints.picker(store, "try", draft.model or start.model)
    first = traces.step(store, traces.Filter(split="dev", answered=True), None) or ""
    name = st.text_input("Trace", first, key="try_trace", help=(
        "Its id. Traces of the sealed test split cannot be tried."))
    with st.container(horizontal=True):
        one = st.button("Try it on this trace", icon=":material/play_arrow:", disabled=not (chosen and name))
        few = st.button(f"On {trying.FEW} dev traces", icon=":material/casino:", disabled=not chosen, help=(
            "Labelled ones, passes and fails in turn, others each time. As many calls as traces."))
    if one or few:
        _try(store, start, draft, chosen, [name] if one else None)
    kept = st.session_state.get("tried")
    if kept and kept[0] == start.key:
        _shown(kept[1], kept[2] != draft)


def _try(store: Store, start: PromptVersion, draft: Draft, chosen: tuple[str, str], names: list[str] | None) -> None:
    with frame.sentences(), st.spinner("Asking the judge…"):
        found = trying.on_traces(store, start, draft, *chosen, names or trying.some_dev(store, draft))
        st.session_state["tried"] = (start.key, found, draft)


def on_one(store: Store, judge: str, trace: str) -> None:
    """Beside a verdict: what the judge says of this trace with the prompt as it stands at the left, saved or not."""
    may = at_work.may(store, "runs", "tries a prompt, which costs calls")
    if may and st.button("Try the prompt on it", key="try_on_it", icon=":material/science:", help=(
            "One call with the prompt as it stands at the left, saved or not. Nothing of it is kept.")):
        with frame.sentences(), st.spinner("Asking the judge…"):
            boxes.heard(store)
            st.session_state["tried_on_it"] = trying.as_it_stands(store, judge, boxes.here().number, trace)
    kept = st.session_state.get("tried_on_it")
    if kept and kept.trace == trace:
        st.caption("With the prompt as it stood at the left:")
        _one(kept)


def _shown(found: list[Tried], older: bool) -> None:
    labelled = [one for one in found if one.expert and one.verdict.outcome]
    agreeing = sum(one.expert == one.verdict.outcome for one in labelled)
    errors = sum(one.verdict.outcome is None for one in found)
    words = [f"{agreeing:,} of {len(labelled):,} as the expert"] if labelled else []
    words += [f"{errors:,} {'error' if errors == 1 else 'errors'}"] if errors else []
    words += ["the prompt has changed since"] if older else []
    st.caption(frame.plain("; ".join(words)) if words else "No label of the expert to compare with.")
    for one in found:
        _one(one)


def _one(one: Tried) -> None:
    verdict = one.verdict
    expert = f" (expert: {one.expert})" if one.expert else ""
    said = likely(verdict.outcome, verdict.p_pass) if verdict.outcome else f"error, {verdict.error}"
    trace_card.said(f"{one.trace}: {said}{expert}", verdict.words)
    aside(verdict)


def aside(verdict: Verdict) -> None:
    """How a reply was read, and its thoughts, folded: they are no part of it."""
    if verdict.lenient:
        st.caption(f":material/build: Read leniently: {frame.plain(verdict.lenient)}.")
    if verdict.thoughts:
        with st.expander("What the model thought before", icon=":material/psychology:"):
            st.text(verdict.thoughts)

"""The examples of a judge's prompt: chosen from complete labels of train traces, suggested, put in order."""

from collections.abc import Callable

import streamlit as st

from lib.records import TRAIN, Example, PromptVersion
from lib.store import Store, experts, labels
from lib.ui import frame
from lib.workflow import versions

SUGGESTED, MOST_EXAMPLES = 6, 50


def chooser(store: Store, start: PromptVersion, keep: Callable[[], None]) -> None:
    """Which labels the prompt shows, and in which order; `keep` stores every change."""
    key = _key(start)
    by_key = _offered(store, start)
    if not by_key:
        st.caption("No examples yet: they come from labels with a critique on traces of the train split.")
    st.multiselect("Examples, in the order the judge reads them", list(by_key), key=key, on_change=keep,
                   # With its number: the browser names what was picked by these words, so no two may be alike.
                   format_func=lambda one: f"{by_key[one][0]}: {by_key[one][1][:90]} (label {one})",
                   help="Choose passes and fails, and different situations. A trace shown here never counts "
                        "in this version's agreement.")
    if by_key:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.number_input("How many", 2, MOST_EXAMPLES, SUGGESTED, key="how_many_examples", width=110)
            st.button("Suggest a diverse set", key="suggest_examples", icon=":material/shuffle:", on_click=_suggest,
                      args=(store, start, keep), help="In place of the examples above: passes and fails in turn, each "
                      "time the label that shows most values not shown yet. Edit it as you like.")
    if st.session_state[key]:
        with st.expander(f"The {len(st.session_state[key])} examples in order", icon=":material/format_list_numbered:"):
            _in_order(labels.by_keys(store, st.session_state[key]), start, keep)


def _key(start: PromptVersion) -> str:
    return f"examples_{start.key}"


def _offered(store: Store, start: PromptVersion) -> dict[int, tuple[str, str]]:
    """Label number -> outcome and critique. What was chosen earlier stays, even where a newer label took its place."""
    principal = experts.principal(store)
    found = labels.candidates(store, principal.name, TRAIN) if principal else []
    by_key = {row["label"]: (row["outcome"], row["critique"]) for row in found}
    chosen = labels.by_keys(store, [one for one in st.session_state[_key(start)] if one not in by_key])
    for example in (*chosen, *start.examples):
        by_key.setdefault(example.label.key, (example.label.outcome, example.label.critique))
    return by_key


def _suggest(store: Store, start: PromptVersion, keep: Callable[[], None]) -> None:
    st.session_state[_key(start)] = versions.suggest(store, st.session_state["how_many_examples"])
    keep()


def _in_order(examples: list[Example], start: PromptVersion, keep: Callable[[], None]) -> None:
    for place, example in enumerate(examples):
        values = ", ".join(value for found in example.trace.dimensions.values() for value in found)
        said, move = st.columns([3, 1], vertical_alignment="center")
        said.caption(frame.plain(f"{place + 1}. {example.label.outcome}, {values or example.trace.id}"))
        move.button("Earlier", key=f"earlier_{start.key}_{example.label.key}", icon=":material/arrow_upward:",
                    type="tertiary", disabled=not place, on_click=_swap, args=(start, place, keep))
        st.text(example.label.critique)


def _swap(start: PromptVersion, place: int, keep: Callable[[], None]) -> None:
    chosen = list(st.session_state[_key(start)])
    chosen[place - 1], chosen[place] = chosen[place], chosen[place - 1]
    st.session_state[_key(start)] = chosen
    keep()

"""The examples of a judge's prompt: chosen from complete labels, suggested, put in order."""

from collections.abc import Callable, Sequence

import streamlit as st

from lib.records import Example, PromptVersion
from lib.records.words import counted
from lib.store import Store
from lib.ui import frame
from lib.workflow.judge import versions
from lib.workflow.judge.views.editor import Edited

SUGGESTED, MOST_EXAMPLES = 6, 50
Keep = Callable[[tuple[int, ...]], None]


def chooser(store: Store, found: Edited, keep: Keep) -> None:
    """Which labels the prompt shows, and in which order; `keep` stores every choice."""
    start, chosen, by_key = found.start, found.typed.examples, found.offered
    key = f"examples_{start.key}"
    if not by_key:
        st.caption(f"No examples yet: they come from labels with a critique. {found.rule}")
    if st.session_state.get(key) != list(chosen):
        st.session_state[key] = list(chosen)
    st.multiselect("Examples, in the order the judge reads them", list(by_key), key=key,
                   on_change=lambda: keep(tuple(st.session_state[key])),
                   # With its number: the browser names what was picked by these words, so no two may be alike.
                   format_func=lambda one: f"{by_key[one][0]}: {by_key[one][1][:90]} (label {one})",
                   help=f"Choose passes and fails, and different situations. {found.rule}")
    if by_key:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.number_input("How many", 2, MOST_EXAMPLES, SUGGESTED, key="how_many_examples", width=110)
            st.button("Suggest a diverse set", key="suggest_examples", icon=":material/shuffle:",
                      on_click=lambda: keep(tuple(versions.suggest(
                          store, st.session_state["how_many_examples"], start.judge))),
                      help="In place of the examples above: passes and fails in turn, each time the label that shows "
                           "most values not shown yet. Edit it as you like.")
    if chosen:
        with st.expander(f"The {counted(len(chosen), 'example')} in order", icon=":material/format_list_numbered:"):
            _in_order(found.examples, start, keep)


def _in_order(examples: Sequence[Example], start: PromptVersion, keep: Keep) -> None:
    keys = [example.label.key for example in examples]
    for place, example in enumerate(examples):
        values = ", ".join(value for found in example.trace.dimensions.values() for value in found)
        said, move = st.columns([3, 1], vertical_alignment="center")
        said.caption(frame.plain(f"{place + 1}. {example.label.outcome}, {values or example.trace.id}"))
        move.button("Earlier", key=f"earlier_{start.key}_{example.label.key}", icon=":material/arrow_upward:",
                    type="tertiary", disabled=not place, on_click=_earlier, args=(keys, place, keep))
        st.text(example.label.critique)


def _earlier(keys: list[int], place: int, keep: Keep) -> None:
    keep((*keys[:place - 1], keys[place], keys[place - 1], *keys[place + 1:]))

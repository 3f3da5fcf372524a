"""Proposed user inputs on the screen: a combination, how many, and a person's decision on each."""

import streamlit as st

from lib.store import Store, generations, traces
from lib.ui import endpoints, frame
from lib.workflow import dataset


def proposer(store: Store) -> None:
    """Asks a model for inputs, and shows those that wait for a decision."""
    st.caption("A model writes what users would ask, never what the AI system answers. "
               "Each proposal becomes a trace only when a person accepts it.")
    combination = _combination(store)
    chosen = endpoints.picker(store, "generate")
    n, ask = st.columns([1, 3], vertical_alignment="bottom")
    wanted = n.number_input("How many", 1, 20, 3)
    if ask.button("Propose inputs", type="primary", icon=":material/edit_note:", disabled=chosen is None):
        with frame.sentences(), st.spinner("The model is writing…"):
            came = dataset.generate_inputs(store, combination, int(wanted), *chosen)
            frame.say(f"{came} proposals came.")
    _decide(store)


def _combination(store: Store) -> dict[str, str]:
    known = {name: values for name, values in traces.dimensions(store).items() if values}
    if not known:
        st.caption("No dimensions yet: import traces with a feature, scenario or persona column, "
                   "or propose inputs for the product as a whole.")
        return {}
    places = st.columns(min(4, len(known)))
    picked = {name: places[number % len(places)].selectbox(name, values, index=None, placeholder="any",
                                                           key=f"combination_{name}")
              for number, (name, values) in enumerate(known.items())}
    return {name: value for name, value in picked.items() if value}


def _decide(store: Store) -> None:
    waiting = generations.proposed(store)
    st.subheader(f"{len(waiting):,} proposals wait for you" if waiting else "No proposals wait")
    for proposal in waiting[:20]:
        with st.form(f"proposal_{proposal['id']}", border=True):
            where = ", ".join(f"{name}: {value}" for name, value in proposal["combination"].items())
            st.caption(frame.plain(f"{where or 'no particular combination'}, by {proposal['model']}"))
            text = st.text_area("Input", proposal["input"], key=f"proposal_text_{proposal['id']}")
            reason = st.text_input("Reason, where you reject it", key=f"proposal_reason_{proposal['id']}")
            accept, reject = st.columns(2)
            accepted = accept.form_submit_button("Accept", width="stretch", key=f"accept_{proposal['id']}")
            rejected = reject.form_submit_button("Reject", width="stretch", key=f"reject_{proposal['id']}")
        if accepted or rejected:
            with frame.sentences():
                if accepted:
                    generations.accept(store, proposal["id"], text)
                else:
                    generations.reject(store, proposal["id"], reason)
                st.rerun()

"""Prices on the screen: what a million tokens of a model cost, given by the user; none is known in the code."""

import streamlit as st

from lib.store import Store, prices
from lib.ui import frame
from lib.workflow.set_up import ModelsView


def editor(store: Store, shown: ModelsView) -> None:
    """The prices there are, and a form for another one."""
    st.caption("Where a model has a price, its use shows a cost in that currency; without one the cost is a dash.")
    known = shown.prices
    if known:
        st.dataframe({"model": list(known), "a million prompt tokens": [one[0] for one in known.values()],
                      "a million completion tokens": [one[1] for one in known.values()]}, hide_index=True)
    with st.form("price", border=True):
        name, prompt, completion = st.columns([2, 1, 1])
        model = name.text_input("Model", shown.model or "", key="price_model")
        inward = prompt.number_input("Price of a million prompt tokens", 0.0, key="price_prompt")
        outward = completion.number_input("Price of a million completion tokens", 0.0, key="price_completion")
        saved = st.form_submit_button("Save the price", disabled=not shown.may)
        forgotten = st.form_submit_button("Forget it", disabled=not (known and shown.may))
    if saved or forgotten:
        with frame.sentences():
            if saved:
                prices.put(store, model, inward, outward)
                frame.say("Price saved.")
            else:
                prices.forget(store, model)
                frame.say("Price forgotten.")
            st.rerun()

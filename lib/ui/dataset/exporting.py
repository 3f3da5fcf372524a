"""Export on the screen: downloads of whole tables, each with what it holds."""

from datetime import date

import streamlit as st

from lib.store import Store
from lib.workflow.dataset import exchange
from lib.writers import WRITERS


def exports(store: Store) -> None:
    """Downloads of whole tables, each with what it holds."""
    back = ", ".join(what for what, kind in exchange.EXPORTS.items() if kind.back)
    st.caption("A cell of a .csv that a spreadsheet could run as a formula, and an id it could take for a number, get "
               "an apostrophe in front; our own import takes it back. An .xlsx needs none: all its cells are text. To "
               "let the AI system answer proposed inputs: export inputs, fill the output column, import. "
               f"What can be imported again: {back}.")
    for what, kind in exchange.EXPORTS.items():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{what}** :small[{kind.text}]", width="stretch")
            _endings(store, what)


def _endings(store: Store, what: str) -> None:
    with st.container(horizontal=True, width="content"):
        for ending in WRITERS:
            st.download_button(f".{ending}", lambda ending=ending: exchange.export(store, what, ending),
                               f"{what}-{date.today()}.{ending}", key=f"export_{what}_{ending}", on_click="ignore")

"""A link that names a run, version or case that is not here: said in a sentence, with what is shown in its place."""

from collections.abc import Sequence

import streamlit as st

from lib.ui.plain_text import plain


def note(name: str, options: Sequence[str], key: str | None = None) -> None:
    """Before a choice is drawn: whether the address, where somebody else wrote it, names none of its options.

    `key` is that of the choice, where it is not the word in the address.
    """
    asked, ours = st.query_params.get(name), f"{key or name}_in_address"
    if asked and asked not in options and asked != st.session_state.get(ours):
        st.session_state[f"{name}_missed"] = (asked, None)
        st.session_state[ours] = asked  # said for as long as what is shown instead is shown


def say(name: str, noun: str, shown: str | None) -> None:
    """Says what the link asked for and what is shown instead (None: nothing), until something else is shown."""
    asked, instead = st.session_state.get(f"{name}_missed", (None, None))
    if asked is None:
        return
    if instead not in (None, (shown,)):
        del st.session_state[f"{name}_missed"]
        return
    st.session_state[f"{name}_missed"] = (asked, (shown,))
    named = f"'{asked}'" if name == "case" else asked
    st.warning(plain(f"There is no {noun} {named} here." + (f" Shown is {shown}." if name == "case" and shown else
                                                            f" Shown is {noun} {shown}." if shown else "")),
               icon=":material/link_off:")

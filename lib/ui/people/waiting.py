"""What waits for the principal expert, where it was asked for: said beside the thing, and asked for with one press."""

from collections.abc import Callable

import streamlit as st

from lib.records import minute
from lib.store import Store, sign_offs
from lib.ui import frame
from lib.workflow import rights


def mark(store: Store, subject: str, *kinds: str) -> None:
    """Says where something of these kinds waits on this subject, who asked and why."""
    for found in filter(None, (sign_offs.waiting_on(store, kind, subject) for kind in kinds)):
        with st.container(border=True, gap="small"):
            st.caption(f":material/hourglass_top: **Waits for {frame.plain(rights.principal_words(store))}**, asked by "
                       f"{frame.plain(found.asked_by)} on {minute(found.asked_at)} UTC: "
                       f"{frame.plain(found.detail.get('kind', found.kind))}. No figure moves until then.")
            st.text(found.reason)
            frame.link("overview", "Sign-offs", ":material/arrow_forward:", view="Sign-offs")


def asked(store: Store, ask: Callable[..., object], *words: object) -> None:
    """Asks for a sign-off and draws the page anew, or says in a sentence why not."""
    with frame.sentences():
        ask(*words)
        frame.say(f"{rights.principal_words(store)} has to agree: it waits on Overview, Sign-offs.")
        st.rerun()

"""What a page says where its address names something that is gone: one sentence, and the page goes on beside it."""

import streamlit as st

from lib.store import Store, projects
from lib.ui.plain_text import plain

_ASKED = "gone_project"


def project(store: Store, wanted: str) -> None:
    """Says that the project of this address is archived or deleted, as long as this visit lasts."""
    away = next((one for one in projects.every(store, archived=True) if str(one.id) == wanted), None)
    st.session_state[_ASKED] = (f"The project {away.name} is archived: Settings, Project brings it back." if away else
                                f"There is no project number {wanted} in this file any more. Settings, Log says what "
                                "was deleted.")


def say() -> None:
    """Shows the sentence once."""
    if words := st.session_state.pop(_ASKED, None):
        st.warning(plain(f"{words} This is another project."), icon=":material/folder_off:")

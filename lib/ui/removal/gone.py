"""What a page says where its address names something that is gone: one sentence, and the page goes on beside it."""

import streamlit as st

from lib.store import Store, projects
from lib.ui.plain_text import plain
from lib.workflow.judge.views import linked

_ASKED = "gone_project"


def project(store: Store, wanted: str) -> None:
    """Says that the project of this address is archived or deleted, as long as this visit lasts."""
    away = next((one for one in projects.every(store, archived=True) if str(one.id) == wanted), None)
    _note(f"The project {away.name} is archived: Settings, Project brings it back. This is another project." if away
          else f"There is no project number {wanted} in this file any more. Settings, Log says what was deleted. "
               "This is another project.")


def judge(store: Store, wanted: str) -> None:
    """Says that the judge of this address is archived, deleted, or called otherwise."""
    away = linked.meant(linked.numbers(store, archived=True), wanted)
    named = f"number {wanted}" if wanted.isdecimal() else f"called {wanted}"
    _note(f"The judge {linked.numbers(store, archived=True)[away]} is archived: Versions brings it back. This is "
          "another judge." if away else
          f"There is no judge {named} here. It may have another name, or be deleted: Settings, Log says what "
          "was. This is another judge.")


def _note(words: str) -> None:
    st.session_state[_ASKED] = words


def say() -> None:
    """Shows the sentence once."""
    if words := st.session_state.pop(_ASKED, None):
        st.warning(plain(words), icon=":material/folder_off:")

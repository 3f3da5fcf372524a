"""Whom this browser belongs to: said once by the person, kept in a cookie, read with every visit.

Never in the address: who follows a copied link stays who they are. It is a claim, as a name on a paper form is; where
a team logs in, name and role are those of the account.
"""

import json
from urllib.parse import quote, unquote

import streamlit as st

from lib.records.people import ROLES, VIEWER, tidied
from lib.store import Store, people
from lib.ui.team import mode, visitor

COOKIE = "plumbline_person"
HELD = "held_to"  # in the session too: the role that a login holds this visitor to
IN_SESSION = "person"  # (name, role) as said in this tab, where that is newer than the cookie of its first request
_write = st.components.v2.component("plumbline_person", js="""
export default function ({ data }) {
  document.cookie = `${data.name}=${data.value}; path=/; max-age=31536000; SameSite=Strict`;
}""")


def claimed() -> tuple[str, str]:
    """(name, role) of who is logged in, else as they were said in this browser; '' where nobody has said them."""
    if mode.team():
        found = visitor.account()
        return (found.name, found.role) if found else ("", "")
    return st.session_state.get(IN_SESSION) or _of_cookie()


def _of_cookie() -> tuple[str, str]:
    # A browser sends what it likes: all but a name and a known role is nobody.
    try:
        name, role = json.loads(unquote(st.context.cookies.get(COOKIE, "")))
    except (ValueError, TypeError):
        return "", ""
    return (name, role) if isinstance(name, str) and role in ROLES else ("", "")


def say(name: str, role: str) -> None:
    """Notes for this tab who it is; `keep` brings it to the browser."""
    st.session_state[IN_SESSION] = (name, role)


def keep() -> None:
    """Has the browser remember what was said in this tab, where it does not yet."""
    if not mode.team() and claimed() != _of_cookie():
        with st.sidebar:  # where a part that shows nothing moves nothing
            _write(key="keep_person", data={"name": COOKIE, "value": quote(json.dumps(claimed()))})


def held(store: Store) -> Store:
    """The store held to the role of who is logged in; to none without a login, where a role is a claim."""
    role = visitor.required().role if mode.team() else st.session_state.get(HELD)
    if role and store.person == "":
        role = VIEWER  # somebody who has retired here reads along, as whatever the account lets one work
    return store.by(store.person, store.signature, role)


def on(store: Store) -> Store:
    """The store in the hands of who is at this browser; of nobody where that is not said, or somebody has retired."""
    name, store = claimed()[0], held(store)
    found = people.get(store, name)
    if found is None:
        # Said in another project of the file, perhaps: the same person, who comes here for the first time.
        return store.by(tidied(name))
    return held(store.by("")) if found.retired else store.by(found.name)

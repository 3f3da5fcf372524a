"""Who is logged in at this browser, as a page sees it, and the way out.

The gate has let the browser in; a page asks again, for a session may have ended since.
"""

from typing import NoReturn

import streamlit as st

from lib.records import UsageError
from lib.store import default_path, open_store
from lib.store.team import sessions
from lib.store.team.accounts import Account
from lib.ui import door
from lib.ui.plain_text import plain
from lib.ui.team import mode, tokens
from lib.workflow.team import logins


def _token() -> str:
    return next((st.context.cookies[name] for name in tokens.NAMES if name in st.context.cookies), "")


def account() -> Account | None:
    """Whose browser this is; None where nobody has to log in."""
    if not mode.team():
        return None
    session = logins.current(open_store(default_path()), _token())
    return session.account if session else None


def required() -> Account:
    """The same where everybody has to log in; stops the page of who is logged in no more."""
    if (found := account()) is None:
        _stop("Your session has ended. Load the page again to log in.")
    return found


def check() -> None:
    """Stops the page, with a sentence, where it is served around the door or to somebody not logged in."""
    if mode.team() and not door.Door.stands:
        _stop("Here nobody could log in: stop this server, and start it with make serve.")
    if mode.team():
        required()
    elif not door.Door.stands:
        try:
            mode.check_alone()
        except UsageError as error:
            _stop(str(error))


def _stop(why: str) -> NoReturn:
    st.error(plain(why), icon=":material/lock:")
    st.stop()


def beside() -> None:
    """In the sidebar of every page: who is logged in, and the way out."""
    if found := account():
        with st.sidebar:
            st.caption(plain(f"Logged in as {found.words}"))
            way_out("Log out", "sidebar")


def way_out(label: str, key: str) -> None:
    """A button that ends the session."""
    if st.button(label, key=f"log_out_{key}", icon=":material/logout:", type="tertiary"):
        sessions.end(open_store(default_path()), _token(), logins.now())
        st.logout()
        st.stop()

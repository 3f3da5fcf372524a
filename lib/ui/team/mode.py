"""What the operator asked for, and what must be so before the server starts. Knows no request and no page."""

import logging
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from lib.records import UsageError
from lib.store import default_path, open_store
from lib.store.team import accounts
from lib.ui import door
from lib.workflow.team import logins

_log = logging.getLogger(__name__)
ACCOUNTS, OIDC = "accounts", "oidc"
_ADD = "Add somebody first: .venv/bin/python -m lib users add LOGIN --as NAME --role ROLE"
_SHORTEST_SECRET = 32  # characters; whoever guesses it makes logins of his own
_FILE = ".streamlit/secrets.toml, or a file that STREAMLIT_SECRETS_FILES names"


def team() -> str:
    """How a team logs in, as PLUMBLINE_TEAM says: accounts, oidc, or '' for no login."""
    return os.environ.get("PLUMBLINE_TEAM", "").strip().lower()


def base() -> str:
    """What every address of the app begins with: '' or, say, '/plumbline'."""
    path = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def check() -> None:
    """UsageError with a sentence where the server may not start as it is configured."""
    how = team()
    if how not in ("", ACCOUNTS, OIDC):
        raise UsageError(f"PLUMBLINE_TEAM is '{how}': write accounts (logins made on the command line) or oidc (an "
                         "OpenID Connect provider); without it nobody logs in.")
    if not how:
        check_alone()
        return
    logins.limits()
    if how == OIDC:
        _check_provider()
    usable = [one for one in accounts.every(open_store(default_path()))
              if not one.disabled and (how == OIDC or one.password)]
    if not usable:
        raise UsageError(f"Nobody could log in: {default_path()} holds no account{_kind(how)}. {_ADD}{_option(how)}")
    if not door.is_loopback(st.get_option("server.address") or "") and not st.get_option("server.sslCertFile"):
        _log.warning("What people type, passwords too, travels unencrypted unless a proxy in front has TLS: "
                     "docs/team.md.")


def _kind(how: str) -> str:
    return " with a password" if how == ACCOUNTS else ""


def _option(how: str) -> str:
    return " --oidc" if how == OIDC else ""


def check_alone() -> None:
    """UsageError where a server without login would listen on another address than this machine's own."""
    address = st.get_option("server.address") or ""
    if not door.is_loopback(address):
        raise UsageError(f"Without login Plumbline listens on this machine alone, and {_told(address)}. To serve a "
                         "team: make serve, as docs/team.md says; to serve yourself, server.address is 127.0.0.1.")


def _told(address: str) -> str:
    return f"server.address is {address}" if address else "server.address is empty, which means every network"


def provider() -> str:
    """The provider's name as Streamlit calls it: default, or the one section of [auth] that names a client."""
    return next(iter(_named(_auth())), "default")


def client() -> str:
    """What the provider calls this app: client_id."""
    auth = _auth()
    return (auth.get(provider()) or auth).get("client_id", "")


def _auth() -> dict[str, Any]:
    """The section [auth] of the file of secrets; {} where there is none, or no such file."""
    return dict(st.secrets.get("auth", {})) if st.secrets.load_if_toml_exists() else {}


def _named(auth: dict[str, Any]) -> list[str]:
    return [name for name, value in auth.items() if isinstance(value, Mapping) and value.get("client_id")]


def _check_provider() -> None:
    auth = _auth()
    named = _named(auth)
    if len(named) > 1 or (named and auth.get("client_id")):
        raise UsageError("[auth] names several providers, and two of them may call different people by one number: "
                         "leave one.")
    section = auth[named[0]] if named else auth
    wanted = [*(key for key in ("redirect_uri", "cookie_secret") if not auth.get(key)),
              *(key for key in ("client_id", "client_secret", "server_metadata_url") if not section.get(key))]
    if wanted:
        raise UsageError(f"PLUMBLINE_TEAM is oidc, and [auth] in {_FILE}, lacks {', '.join(wanted)}: docs/team.md "
                         "shows it whole.")
    if len(auth["cookie_secret"]) < _SHORTEST_SECRET:
        raise UsageError(f"cookie_secret has fewer than {_SHORTEST_SECRET} characters: openssl rand -hex 32 makes one.")
    # As Streamlit fills it in.
    _check_return(auth["redirect_uri"].replace("{port}", str(st.get_option("server.port"))))


def _check_return(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or parts.path != f"{base()}/oauth2callback":
        raise UsageError(f"redirect_uri is {address}: it is the address of the app, as the browser sees it, followed "
                         f"by {base()}/oauth2callback.")
    if not door.answers_to(parts.netloc):
        raise UsageError(f"redirect_uri leads to {parts.hostname}, a name this server does not answer to: add it to "
                         "STREAMLIT_SERVER_ALLOWED_HOSTS.")

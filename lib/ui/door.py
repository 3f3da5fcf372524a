"""The door of the server: who may knock. It looks at every request before Streamlit does, and at every answer after.

A page of another name that leads to this machine, or of another port on it, could else drive the app in a visitor's
browser. Knows names of hosts and headers; what is asked for it does not read.
"""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import ClassVar
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWN_NAMES = ("localhost", "127.0.0.1", "::1")
# No other page shows this one in a frame, loads its files, or learns which trace was looked at.
GUARDS = {"X-Frame-Options": "DENY", "Content-Security-Policy": "frame-ancestors 'none'",
          "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
          "Referrer-Policy": "same-origin"}
_ASKED_BY_PAGES = ("_stcore", "media", "component", "auth")  # parts of an address that nobody opens as a page


def is_loopback(host: str) -> bool:
    """Whether a host's name or address leads back to this machine, whoever asks."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_alone() -> bool:
    """Whether nobody but this machine can reach the server: it listens on loopback, and answers to no other name."""
    return is_loopback(st.get_option("server.address") or "") and all(map(is_loopback, names()))


def names() -> list[str]:
    """The names this server answers to: Streamlit's option server.allowedHosts, else those of this machine alone."""
    return [name.strip().lower().rstrip(".") for name in st.get_option("server.allowedHosts") or OWN_NAMES]


def answers_to(host: str) -> bool:
    """Whether a request with this Host is for this server."""
    return _is_ours(host, names())


def refusal(kind: str, path: str, headers: Mapping[str, str], hosts: Iterable[str], origins: Iterable[str]) -> str:
    """Why a request is refused, in a sentence for whoever sent it; '' for one that may come in.

    `kind` is http or websocket, `hosts` the names the server answers to, `origins` the pages of other origins that may
    ask it. Sources: RFC 6454 (Origin), W3C Fetch Metadata (Sec-Fetch-*).
    """
    host = headers.get("host", "")
    if not _is_ours(host, hosts):
        return ("Plumbline does not answer to this name. Open it by its own address, or let the operator add the name "
                "to server.allowedHosts: docs/deployment.md says how.")
    origin = headers.get("origin")
    if origin is not None and origin not in origins and not _same(origin, host):
        return "Plumbline takes no requests from pages of another address."
    if kind == "http" and headers.get("sec-fetch-site") in ("cross-site", "same-site") and not _opens(path, headers):
        return "Plumbline shows itself and its files on no page of another address."
    return ""


def _is_ours(host: str, hosts: Iterable[str]) -> bool:
    try:
        parts = urlsplit(f"//{host}")
        name = (parts.hostname or "").rstrip(".")
        _ = parts.port  # raises where it is none
    except ValueError:
        return False
    return bool(name) and parts.netloc == host and "@" not in host and any(
        allowed in ("*", name) or (allowed.startswith("*.") and name.endswith(allowed[1:])) for allowed in hosts)


def _same(origin: str, host: str) -> bool:
    """Whether an origin is the host's own, the port included; the usual port need not be written."""
    scheme, _, rest = origin.lower().partition("://")
    usual = {"http": ":80", "https": ":443"}.get(scheme, "")
    return bool(usual and rest) and rest.removesuffix(usual) == host.lower().removesuffix(usual)


def _opens(path: str, headers: Mapping[str, str]) -> bool:
    """Whether a visitor follows a link to a page, in a window of its own."""
    return (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == ("navigate", "document") and not any(
        part in path.split("/") for part in _ASKED_BY_PAGES)


class Door:
    """Refuses what may not come in with 403, and adds the guards to each answer."""

    stands: ClassVar[bool] = False  # whether there is one in this process: streamlit run app.py goes around it

    def __init__(self, app: ASGIApp) -> None:
        """In front of this app."""
        self.app = app
        Door.stands = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one websocket."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in GUARDS.items():
                    headers.setdefault(name, value)  # a page of ours may be stricter
            await send(message)

        why = refusal(scope["type"], scope["path"], Headers(scope=scope), names(),
                      st.get_option("server.corsAllowedOrigins"))
        if not why:
            await self.app(scope, receive, guarded)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(f"{why}\n", 403)(scope, receive, guarded)


MIDDLEWARE = [Middleware(Door)]

"""What a login reads of a browser's request and writes into the answer: its cookie, and the page that is next."""

import re

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from lib.store.team import sessions
from lib.ui.team import mode
from lib.workflow.team import logins
from lib.workflow.team.logins import Knock

NAMES = ("__Host-plumbline_session", "plumbline_session")  # the stricter first
_OWN_PAGE = re.compile(r"/[a-z]*(?:\?[^\s\\#]*)?")


def is_secure(connection: HTTPConnection) -> bool:
    """Whether the browser came over https, which uvicorn believes of a proxy in FORWARDED_ALLOW_IPS (loopback)."""
    return connection.url.scheme in ("https", "wss")


def _name(connection: HTTPConnection) -> str:
    """Over https the cookie that no other name below the domain can set (RFC 6265bis); it belongs to the whole host."""
    return NAMES[0 if is_secure(connection) and not mode.base() else 1]


def token_of(connection: HTTPConnection) -> str:
    """The token that a browser sends, or ''."""
    return connection.cookies.get(_name(connection), "")


def set_token(request: Request, answer: Response, token: str) -> None:
    """Has the browser keep the token; longer than the session, so that this browser is known the next time."""
    answer.set_cookie(_name(request), token, max_age=sessions.REMEMBERED, path=mode.base() or "/", httponly=True,
                      samesite="lax", secure=is_secure(request))


def knock_of(request: Request) -> Knock:
    """Who is at the gate."""
    return Knock(request.client.host if request.client else "", token_of(request), logins.now())


def own_page(address: str) -> str:
    """The address where it is one of our pages, without the base; else the first page."""
    return address if _OWN_PAGE.fullmatch(address) else "/"


def to(address: str) -> RedirectResponse:
    """Sends the browser to another address of ours."""
    return RedirectResponse(mode.base() + address, 303, {"Cache-Control": "no-store"})

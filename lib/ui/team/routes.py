"""What answers a browser that is not logged in: the login page, what it sends, and the way back from a provider.

A form comes back with a word that also stands in a cookie of that page; the door has looked at host and origin.
"""

import hmac
import secrets
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from lib.records import StoreError
from lib.store import Store, default_path, open_store
from lib.ui import frame
from lib.ui.team import gate, login_page, mode, tokens
from lib.workflow.team import logins
from lib.workflow.team.logins import Refused

_FORM_COOKIE = "plumbline_login"
_MOST_BYTES = 16_384  # of a form
_MOST_WAITING = 40
_WORDS = {gate.ENDED: "Your session has ended. Log in again."}
_AGAIN = "This page was too old to log in with. Try once more."
_BUSY = "Many people are logging in at this moment. Try again in a minute."
_computing = CapacityLimiter(2)  # each hash takes 32 MiB and a quarter of a second


def middleware() -> list[Middleware]:
    """The gate, where a team logs in."""
    return [Middleware(gate.Gate)] if mode.team() else []


def routes() -> list[Route]:
    """The addresses that are open to everybody, where a team logs in."""
    if not mode.team():
        return []
    found = [Route(mode.base() + gate.LOGIN, _login, methods=["GET", "POST"]), Route(mode.base() + gate.ICON, _icon)]
    if mode.team() == mode.OIDC:
        from lib.ui.team import provider  # loads Streamlit's own login, which few servers need

        found += provider.routes()
    return found


async def _icon(_: Request) -> Response:
    return FileResponse(frame.ICON, media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})


def _wanted(request: Request) -> str:
    """Which page comes after the login: the one that was asked for, or on which a session ended."""
    if "next" in request.query_params:
        return tokens.own_page(request.query_params["next"])
    came_from = urlsplit(request.headers.get("referer", ""))
    here = came_from.netloc == request.headers.get("host") and came_from.path.startswith(mode.base())
    wanted = came_from.path.removeprefix(mode.base()) + (f"?{came_from.query}" if came_from.query else "")
    return tokens.own_page(wanted) if here and not wanted.startswith(gate.LOGIN) else "/"


async def _login(request: Request) -> Response:
    try:
        if request.method == "POST":
            return await _enter(request)
        if await to_thread.run_sync(logins.current, _store(), tokens.token_of(request)):
            return tokens.to(_wanted(request))
        return _shown(request, _wanted(request), _WORDS.get(request.query_params.get("why", ""), ""))
    except StoreError as error:
        return _shown(request, "/", str(error), status=503)


def _store() -> Store:
    return open_store(default_path())


def _shown(request: Request, goes_to: str, said: str = "", login: str = "", status: int = 200) -> Response:
    if mode.team() == mode.OIDC:
        request.session["plumbline_next"] = goes_to
        return login_page.button(mode.base(), said, status)
    token = request.cookies.get(_FORM_COOKIE) or secrets.token_urlsafe(16)
    answer = login_page.form(mode.base(), token, goes_to, said, login, status)
    answer.set_cookie(_FORM_COOKIE, token, path=mode.base() + gate.LOGIN, httponly=True, samesite="strict",
                      secure=tokens.is_secure(request))
    return answer


async def _enter(request: Request) -> Response:
    if mode.team() == mode.OIDC:
        return Response("", 405)
    fields = await _fields(request)
    goes_to = tokens.own_page(fields("next"))
    expected = request.cookies.get(_FORM_COOKIE, "")
    if not expected or not hmac.compare_digest(fields("form").encode(), expected.encode()):
        return _shown(request, goes_to, _AGAIN, status=403)
    if _computing.statistics().tasks_waiting >= _MOST_WAITING:
        return _shown(request, goes_to, _BUSY, fields("login"), status=503)
    try:
        token = await to_thread.run_sync(logins.by_password, _store(), fields("login"), fields("password"),
                                         tokens.knock_of(request), limiter=_computing)
    except Refused as error:
        answer = _shown(request, goes_to, str(error), fields("login"), status=429 if error.wait else 401)
        if error.wait:
            answer.headers["Retry-After"] = str(error.wait)
        return answer
    answer = tokens.to(goes_to)
    tokens.set_token(request, answer, token)
    return answer


async def _fields(request: Request) -> Callable[[str], str]:
    """What a form holds, by name; nothing where it is longer than a login can be."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            return lambda name: ""
    try:
        found = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=8)
    except ValueError:  # more fields than the form has
        found = {}
    return lambda name: found.get(name, [""])[0]


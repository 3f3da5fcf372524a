"""The gate behind the door: nothing of the app goes to a browser that is not logged in, nor comes from it.

Each request and each message of a websocket is looked at, so that a session that ends, ends at once; a quiet websocket
every few seconds. What is asked for is not read, but for whether a person did it.
"""

import asyncio
import contextlib
import time
from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from lib.records import StoreError
from lib.store import default_path, open_store
from lib.store.team import sessions
from lib.store.team.sessions import Session
from lib.ui.team import mode, tokens
from lib.workflow.team import logins

LOGIN, ICON, PROVIDER = "/login", "/login/icon.svg", "/login/provider"
ENDED = "ended"  # said on the login page
# Of Streamlit's own login: the way to the provider, the way back, and out again. Each checks what it is given.
_OF_PROVIDER = ("/auth/login", "/oauth2callback", "/auth/logout")
_LOOK = 5  # seconds until a quiet websocket is looked at again
_SIGN = 60  # seconds until a sign of life is written down again
_REFUSED = "Log in first.\n"


class Gate:
    """Sends who is not logged in to the login page, and refuses all else."""

    def __init__(self, app: ASGIApp) -> None:
        """In front of this app."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one websocket."""
        if scope["type"] not in ("http", "websocket") or _is_open(scope):
            return await self.app(scope, receive, send)
        connection = HTTPConnection(scope)
        try:
            session = await asyncio.to_thread(_session, tokens.token_of(connection))
        except StoreError as error:
            return await _turn_away(scope, receive, send, PlainTextResponse(f"{error}\n", 503))
        if session is None:
            return await _turn_away(scope, receive, send, _answer(connection))
        if scope["type"] == "websocket":
            return await _Line(self.app, tokens.token_of(connection), session).hold(scope, receive, send)
        if scope["method"] != "GET" or _is_page(connection):
            await _saw(session)
        await self.app(scope, receive, send)


def _is_open(scope: Scope) -> bool:
    """Whether a request may come in without login: the exact address, so that no spelling leads elsewhere."""
    open_ones = (LOGIN, ICON, *((PROVIDER, *_OF_PROVIDER) if mode.team() == mode.OIDC else ()))
    return scope["type"] == "http" and scope["path"] in [mode.base() + one for one in open_ones]


def _session(token: str) -> Session | None:
    return logins.current(open_store(default_path()), token)


async def _saw(session: Session) -> None:
    if logins.now() - session.seen >= _SIGN:
        # On a full disk one may still read.
        with contextlib.suppress(StoreError):
            await asyncio.to_thread(sessions.saw, open_store(default_path()), session, logins.now())


def _is_page(connection: HTTPConnection) -> bool:
    return "text/html" in connection.headers.get("accept", "")


def _answer(connection: HTTPConnection) -> Response:
    if connection.scope["type"] == "http" and connection.scope["method"] in ("GET", "HEAD") and _is_page(connection):
        query = connection.url.query
        wanted = connection.url.path.removeprefix(mode.base()) + (f"?{query}" if query else "")
        return tokens.to(f"{LOGIN}?next={quote(wanted, safe='')}")
    return PlainTextResponse(_REFUSED, 401, {"Cache-Control": "no-store"})


async def _turn_away(scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await answer(scope, receive, send)


class _Line:
    """One websocket of a session: it ends with the session, and the browser goes to the login page."""

    def __init__(self, app: ASGIApp, token: str, session: Session) -> None:
        self.app, self.token, self.session = app, token, session
        self.accepted = self.left = False
        self.seen = time.monotonic()

    async def hold(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the websocket until it or the session ends."""
        self._receive, self._send = receive, send
        looking = asyncio.create_task(self._look())
        try:
            await self.app(scope, self.receive, self.send)
        finally:
            looking.cancel()

    async def receive(self) -> Message:
        """What the browser sends, where it may still."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return message
        if not await self._lasts():
            await self._leave()
        if self.left:
            return {"type": "websocket.disconnect", "code": 1008}
        if time.monotonic() - self.seen >= _SIGN and _by_person(message):
            self.seen = time.monotonic()
            await _saw(self.session)
        return message

    async def send(self, message: Message) -> None:
        """What the app sends; after the end nothing more."""
        self.accepted = self.accepted or message["type"] == "websocket.accept"
        if not self.left:
            await self._send(message)

    async def _look(self) -> None:
        while not self.left:
            await asyncio.sleep(_LOOK)
            if self.accepted and not await self._lasts():
                await self._leave()

    async def _lasts(self) -> bool:
        try:
            found = await asyncio.to_thread(_session, self.token)
        except StoreError:
            return False
        self.session = found or self.session
        return found is not None

    async def _leave(self) -> None:
        if not self.left:
            self.left = True
            # As st.login sends a browser elsewhere.
            away = ForwardMsg()
            away.auth_redirect.url = f"{mode.base()}{LOGIN}?why={ENDED}"
            with contextlib.suppress(Exception):  # the browser may be gone
                await self._send({"type": "websocket.send", "bytes": away.SerializeToString()})
                await self._send({"type": "websocket.close", "code": 1008})


def _by_person(message: Message) -> bool:
    """Whether somebody did something, or a part of the page only drew itself anew."""
    said = BackMsg()
    try:
        said.ParseFromString(message.get("bytes") or b"")
    except Exception:
        return False
    return said.WhichOneof("type") == "rerun_script" and not said.rerun_script.is_auto_rerun

"""Login at an OIDC provider: Streamlit's own, as `st.login` does it, and a session of ours for whom it brings back.

Streamlit checks the ID token and keeps the identity in a cookie for 30 days. That cookie opens nothing here: a session
begins only with a return from the provider, ends by our limits, and the account is looked up anew each time.
"""

import json
from collections.abc import Mapping
from http.cookies import SimpleCookie

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.user_info import generate_login_redirect_url
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_auth_routes import create_auth_routes
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from lib.records import StoreError
from lib.store import default_path, open_store
from lib.ui.team import gate, login_page, mode, tokens
from lib.workflow.team import logins
from lib.workflow.team.logins import Refused

_FAILED = "The login at the provider did not succeed. Try again; the server's log says more."


def routes() -> list[Route]:
    """The way to the provider, and the way back, which stands in front of Streamlit's."""
    back_to = f"{mode.base()}/oauth2callback"
    callback = next(route.endpoint for route in create_auth_routes(mode.base()) if route.path == back_to)

    async def back(request: Request) -> Response:
        return await _returned(request, await callback(request))

    return [Route(mode.base() + gate.PROVIDER, _start), Route(back_to, back)]


async def _start(_: Request) -> Response:
    # Made now, for Streamlit takes it for two minutes.
    return RedirectResponse(generate_login_redirect_url(mode.provider()), 303, {"Cache-Control": "no-store"})


async def _returned(request: Request, answer: Response) -> Response:
    """What the browser gets that comes back, out of what Streamlit answers it."""
    if not {"code", "error"} & request.query_params.keys():
        return answer  # logged out there
    claims = _claims(answer)
    if not claims:
        return login_page.button(mode.base(), _FAILED, 403)
    try:
        token = await to_thread.run_sync(logins.by_provider, open_store(default_path()), claims,
                                         tokens.knock_of(request))
    except (Refused, StoreError) as error:
        return login_page.button(mode.base(), str(error), 403)
    answer.headers["location"] = mode.base() + tokens.own_page(request.session.pop("plumbline_next", "/"))
    _secure(request, answer)
    tokens.set_token(request, answer, token)
    return answer


def _claims(answer: Response) -> dict[str, object]:
    """What the provider says of the person, as Streamlit has checked and signed it; {} where nobody came."""
    cookies = {name: one.value for line in answer.headers.getlist("set-cookie")
               for name, one in SimpleCookie(line).items()}

    def signed(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1")) if value else None

    found = get_cookie_with_chunks(signed, USER_COOKIE_NAME)
    claims = json.loads(found) if found else {}
    return claims if is_for(claims, mode.client()) else {}


def is_for(claims: Mapping[str, object], client: str) -> bool:
    """Whether an ID token is for this client: Authlib lets one pass that is for nobody (OpenID Connect Core, 3.1.3.7).

    `aud` is one name or a list of them; of several, `azp` is the one that asked.
    """
    audience = claims.get("aud")
    names = audience if isinstance(audience, list) else [audience]
    return client in names and claims.get("azp", client) == client


def _secure(request: Request, answer: Response) -> None:
    """Over https Streamlit's cookies, which hold identity and tokens, go over nothing else."""
    if tokens.is_secure(request):
        answer.raw_headers[:] = [(name, value + b"; Secure" if name == b"set-cookie" else value)
                                 for name, value in answer.raw_headers]

"""What a server of a team says to who is not logged in: nothing of the app, at every address and in every way."""

import http.client
import re
from urllib.parse import urlencode

import pytest

from lib.store import open_store
from lib.store.team import accounts
from lib.ui.team import tokens
from tests.support.browser import App, serving
from tests.support.team import WORDS, made

SOCKET = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
          "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": "streamlit"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    path = tmp_path_factory.mktemp("gate") / "plumbline.db"
    made(path)
    with serving() as start:
        yield start(path, PLUMBLINE_TEAM="accounts")


class Said:
    """One answer: `status`, `text`, `headers`, and the `cookies` it sets, each as the line says it."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.text = answer.status, answer.headers, answer.read().decode(errors="replace")
        self.cookies = dict(line.split("=", 1) for line in answer.headers.get_all("Set-Cookie") or [])


def ask(app: App, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Said:
    connection = http.client.HTTPConnection("127.0.0.1", int(app.port.partition("/")[0]), timeout=30)
    try:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, said)
        return Said(connection.getresponse())
    finally:
        connection.close()


def send(app: App, login: str = "bob", password: str = WORDS, goes_to: str = "/", form: str | None = None,
         **headers: str) -> Said:
    """Fetches the form and sends it, as a browser does."""
    page = ask(app, "/login", **{name: value for name, value in headers.items() if name != "Origin"})
    token = re.search(r'name="form" value="([^"]+)"', page.text)[1]
    cookie = next((f"{name}={value.split(';')[0]}" for name, value in page.cookies.items()), "")
    fields = {"form": token if form is None else form, "next": goes_to, "login": login, "password": password}
    return ask(app, "/login", "POST", urlencode(fields), **FORM, Cookie=cookie, **headers)


PATHS = ("/", "/review", "/settings?view=Experts", "/index.html", "/static/index.html", "/_stcore/health",
         "/_stcore/host-config", "/_stcore/metrics", "/_stcore/upload_file/a/b", "/media/x.csv", "/component/a/b.js",
         "/_stcore/bidi-components/a/b.js", "/auth/login", "/auth/logout", "/oauth2callback", "/favicon.png",
         "/login/", "/login/x", "/login/provider", "//login", "/login/../review", "/login%2f..%2freview", "/LOGIN")


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_shown_to_who_is_not_logged_in(app, path):
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
        assert (ask(app, path, method).status, ask(app, path, method).text) == (401, "Log in first.\n")
    page = ask(app, path, Accept="text/html,*/*")
    assert page.status == 303 and page.headers["Location"].startswith("/login?next=") and page.text == ""


@pytest.mark.parametrize("cookie", ["", "plumbline_session=", "plumbline_session=x", "plumbline_session=' or 1=1 --",
                                    "__Host-plumbline_session=x", "_streamlit_user=x"])
def test_no_websocket_is_opened(app, cookie):
    assert ask(app, "/_stcore/stream", **SOCKET, Cookie=cookie).status == 403


def test_who_is_logged_in_has_it_all_until_the_account_is_disabled(app):
    cookie = f"plumbline_session={send(app).cookies['plumbline_session'].split(';')[0]}"
    assert ask(app, "/", Cookie=cookie).status == 200 and ask(app, "/_stcore/health", Cookie=cookie).text == "ok"
    assert ask(app, "/login", Cookie=cookie).headers["Location"] == "/"
    accounts.disable(open_store(app.path), "bob")
    assert ask(app, "/", Cookie=cookie).status == 401
    accounts.enable(open_store(app.path), "bob")
    assert ask(app, "/", Cookie=cookie).status == 401


def test_the_login_page_is_kept_nowhere_and_runs_and_fetches_nothing(app):
    page = ask(app, "/login")
    assert page.status == 200 and page.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"] and "<script" not in page.text
    assert page.headers["X-Frame-Options"] == "DENY"
    assert ask(app, "/login/icon.svg").headers["Content-Type"].startswith("image/svg+xml")
    assert "&lt;b&gt;" in send(app, "<b>", "wrong").text


def test_a_form_comes_from_its_own_page(app):
    assert send(app, form="another").status == 403 and send(app, form="").status == 403
    fields = urlencode({"form": "", "login": "bob", "password": WORDS})
    assert ask(app, "/login", "POST", fields, **FORM).status == 403
    assert ask(app, "/login", "POST", fields, **FORM, Cookie="plumbline_login=").status == 403
    assert ask(app, "/login", "POST", "x" * 20_000, **FORM).status == 403
    assert ask(app, "/login", "POST", "&".join("a=1" for _ in range(99)), **FORM).status == 403
    strange = send(app, Origin="http://evil.test")
    assert strange.status == 403 and "no requests from pages of another address" in strange.text
    assert send(app, Origin=app.url).status == 303


@pytest.mark.parametrize(("wanted", "goes_to"), [
    ("/review?view=Desk&trace=t%201", None), ("/", None), ("/settings", None), ("//evil.test", "/"),
    ("https://evil.test", "/"), ("/\\evil.test", "/"), ("/review\r\nX: y", "/"), ("/review#x", "/"), ("", "/"),
    ("/login/provider", "/"), ("javascript:alert(1)", "/"), ("/auth/logout", "/"), ("/@evil.test", "/")])
def test_the_login_leads_to_pages_of_our_own_alone(app, wanted, goes_to):
    assert tokens.own_page(wanted) == (goes_to or wanted)
    answer = send(app, goes_to=wanted)
    assert (answer.status, answer.headers["Location"]) == (303, goes_to or wanted)


def test_the_cookie_goes_over_https_alone_where_a_trusted_proxy_says_that_it_came_so(app):
    plain, secure = send(app).cookies, send(app, X_Forwarded_Proto="https").cookies
    assert "Secure" not in plain["plumbline_session"] and "HttpOnly" in plain["plumbline_session"]
    kept = secure["__Host-plumbline_session"]
    assert all(word in kept for word in ("Secure", "HttpOnly", "SameSite=lax", "Path=/;")) and "Domain" not in kept
    token = kept.split(";")[0]
    # Over https a cookie that another name below the domain may have set is nobody's.
    assert ask(app, "/", X_Forwarded_Proto="https", Cookie=f"plumbline_session={token}").status == 401
    assert ask(app, "/", X_Forwarded_Proto="https", Cookie=f"__Host-plumbline_session={token}").status == 200


def test_another_name_is_refused_before_the_login(app):
    assert "does not answer to this name" in ask(app, "/login", Host="evil.test").text


def test_each_login_has_a_session_of_its_own(app):
    first = send(app).cookies["plumbline_session"].split(";")[0]
    page = ask(app, "/login", Cookie=f"plumbline_session={first}; plumbline_login=abc")
    assert page.status == 303
    again = ask(app, "/login", "POST", urlencode({"form": "abc", "login": "vera", "password": WORDS}), **FORM,
                Cookie=f"plumbline_session={first}; plumbline_login=abc").cookies["plumbline_session"].split(";")[0]
    assert again != first and ask(app, "/", Cookie=f"plumbline_session={first}").status == 401
    fixed = ask(app, "/login", "POST", urlencode({"form": "abc", "login": "vera", "password": WORDS}), **FORM,
                Cookie="plumbline_session=chosen-by-a-stranger; plumbline_login=abc")
    assert "chosen" not in fixed.cookies["plumbline_session"]


def test_addresses_are_those_that_the_proxy_says_and_too_many_failures_say_how_long(app):
    for _ in range(5):
        assert send(app, "nobody", "wrong", X_Forwarded_For="203.0.113.7").status == 401
    late = send(app, "nobody", "wrong", X_Forwarded_For="198.51.100.1, 203.0.113.7")
    assert late.status == 429 and "Try again in 15 minutes." in late.text
    assert 800 < int(late.headers["Retry-After"]) <= 900
    assert send(app, "nobody", "wrong", X_Forwarded_For="203.0.113.8").status == 401


def test_below_a_path_all_of_it_holds_too(tmp_path):
    made(tmp_path / "plumbline.db")
    with serving() as start:
        app = start(tmp_path / "plumbline.db", PLUMBLINE_TEAM="accounts",
                    STREAMLIT_SERVER_BASE_URL_PATH="/tools/plumb/")
        page = ask(app, "/tools/plumb/review?view=Desk", Accept="text/html")
        assert page.headers["Location"] == "/tools/plumb/login?next=%2Freview%3Fview%3DDesk"
        form = ask(app, page.headers["Location"])
        token = re.search(r'name="form" value="([^"]+)"', form.text)[1]
        assert 'action="/tools/plumb/login"' in form.text
        assert "Path=/tools/plumb/login" in form.cookies["plumbline_login"]
        fields = urlencode({"form": token, "next": "/review?view=Desk", "login": "bob", "password": WORDS})
        entered = ask(app, "/tools/plumb/login", "POST", fields, **FORM, Cookie=f"plumbline_login={token}")
        assert entered.headers["Location"] == "/tools/plumb/review?view=Desk"
        assert "Path=/tools/plumb;" in entered.cookies["plumbline_session"]
        cookie = f"plumbline_session={entered.cookies['plumbline_session'].split(';')[0]}"
        assert ask(app, "/tools/plumb/", Cookie=cookie).status == 200
        assert ask(app, "/login").status == ask(app, "/tools/plumb/").status == 401

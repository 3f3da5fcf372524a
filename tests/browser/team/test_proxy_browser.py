"""Behind a real nginx and a real Caddy with TLS, as the guide configures them: login, websocket, a label, a name."""

import http.client
import socket
import ssl
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from lib.store.review import labels
from lib.store.team import events
from tests.support.browser import QUIET, App, Watched, program, serving
from tests.support.desk import on
from tests.support.team import logged_in, made
from tests.support.team.proxies import NAME, proxied


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> Iterator[App]:
    path = tmp_path_factory.mktemp("proxied") / "plumbline.db"
    made(path)
    with serving() as start:
        yield start(path, PLUMBLINE_TEAM="accounts",
                    STREAMLIT_SERVER_ALLOWED_HOSTS=f"localhost 127.0.0.1 {NAME}")


@pytest.fixture(scope="module")
def outside(browser: Browser) -> Iterator[Browser]:
    """A browser for which the name leads to the proxy."""
    found = browser.browser_type.launch(executable_path=program(),
                                        args=[*QUIET, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"])
    yield found
    found.close()


def asked(port: int, host: str, path: str = "/login", **headers: str) -> tuple[int, str]:
    """Status and text of a request over TLS whose Host is another than the certificate's, perhaps."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port), 30), server_hostname=NAME) as line:
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n".encode())
        answer = http.client.HTTPResponse(line)
        answer.begin()
        return answer.status, answer.read().decode()


@pytest.mark.parametrize(("name", "trace"), [("nginx", "t0"), ("caddy", "t1")])
def test_a_team_works_behind_a_proxy(app, outside, tmp_path, name, trace):
    with proxied(name, tmp_path, app.port) as port:
        origin = f"https://{NAME}:{port}"
        App.origins.add(f"{origin}/")
        visitor = Watched(outside)
        page = logged_in(visitor.page(None, ignore_https_errors=True), f"{origin}/review?view=Desk")
        on(page, trace)
        page.keyboard.press("1")
        expect(page.get_by_text(f"answer to {trace}", exact=True)).to_have_count(0)
        assert labels.current(app.store, trace, "Ann").outcome == "pass"
        kept = {one["name"]: one for one in page.context.cookies()}
        assert kept["__Host-plumbline_session"]["secure"] and "plumbline_session" not in kept
        assert events.every(app.store)[0].detail == "at 127.0.0.1"  # of the browser, as the proxy says
        assert asked(port, f"{NAME}:{port}", Origin="https://evil.test")[0] == 403
        status, text = asked(port, f"evil.test:{port}")
        assert "Log in" not in text and (status == 403 or text == "")
        assert asked(port, f"{NAME}:{port}", "/_stcore/health")[0] == 401
        page.get_by_test_id("stSidebar").get_by_role("button", name="Log out").click()
        page.wait_for_url(f"{origin}/login**")
        visitor.close()
        assert visitor.strangers == [] and visitor.errors == []

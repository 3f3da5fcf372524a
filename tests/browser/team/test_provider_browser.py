"""Login at a real OpenID provider (Canaille, a process of its own): discovery, PKCE, nonce, keys, and the way out."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from lib.store.review import labels
from lib.store.team import accounts, events
from tests.support import HOUSE
from tests.support.browser import App, idle, serving
from tests.support.desk import on
from tests.support.team import made
from tests.support.team.provider import CLIENT, PASSWORD, SECRET


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> Iterator[App]:
    """A server whose team logs in at the provider: Ann and Bob are added, Kim by her number, Eve is not."""
    folder = tmp_path_factory.mktemp("oidc")
    store = made(folder / "plumbline.db")
    accounts.add(store, "bob@example.org", "Bobby", "expert", None)
    accounts.add(store, "sub:kim", "Kim", "engineer", None)
    words = [sys.executable, "-m", "tests.support.team.provider"]
    with serving() as start, subprocess.Popen(words, cwd=HOUSE, text=True, stdin=subprocess.PIPE,
                                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as provider:
        address = f"http://localhost:{provider.stdout.readline().strip()}"
        started = start(folder / "plumbline.db", PLUMBLINE_TEAM="oidc",
                        STREAMLIT_SECRETS_FILES=str(secrets(folder, address)))
        provider.stdin.write(f"{started.url}/oauth2callback\n")
        provider.stdin.flush()
        App.origins.add(f"{address}/")
        yield started
        App.origins.discard(f"{address}/")
        provider.terminate()


def secrets(folder: Path, address: str) -> Path:
    """The operator's file, as docs/team.md shows it; Streamlit fills in its port."""
    file = folder / "secrets.toml"
    file.write_text(f"""[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "{"0123456789abcdef" * 4}"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
server_metadata_url = "{address}/.well-known/openid-configuration"
""")
    return file


def log_in(page: Page, name: str) -> Page:
    """From our login page through the provider's two."""
    page.get_by_role("link", name="Log in").click()
    page.locator("input[name=login]").fill(name)
    page.get_by_role("button", name="Continue").click()
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").last.click()
    return page


def refused(page: Page, *words: str) -> None:
    for said in words:
        expect(page.get_by_role("alert")).to_contain_text(said)
    assert "plumbline_session" not in {one["name"] for one in page.context.cookies()}


def test_who_is_known_comes_in_labels_and_goes_out_at_the_provider_too(app, visitor):
    page, asked = visitor.page(None), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(app.at("review", view="Desk"))
    log_in(page, "ann")
    on(page, "t0")
    sent = parse_qs(urlsplit(next(url for url in asked if "/oauth/authorize" in url)).query)
    assert sent["code_challenge_method"] == ["S256"] and sent["nonce"] and sent["state"]
    assert "view=Desk" in page.url
    expect(page.get_by_role("button", name="As Ann, expert. Log out")).to_be_visible()
    page.keyboard.press("1")
    on(page, "t1")
    assert labels.current(app.store, "t0", "Ann").outcome == "pass"
    page.get_by_test_id("stSidebar").get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login**")
    assert any("/oauth/end_session" in url for url in asked)
    # The provider has forgotten her too: the next one at this browser is asked who that is.
    page.get_by_role("link", name="Log in").click()
    expect(page.locator("input[name=login], input[name=password]").first).to_be_visible()


def test_the_cookie_of_streamlit_opens_nothing_once_the_session_has_ended(app, visitor):
    page = visitor.page(None)
    page.goto(app.at("settings"))
    log_in(page, "ann")
    expect(page.get_by_test_id("stApp")).to_be_visible()
    idle(page)
    accounts.end_sessions(app.store, "ann@example.org")
    page.wait_for_url("**/login**")
    assert "_streamlit_user" in {one["name"] for one in page.context.cookies()}
    page.goto(app.at("settings"))
    expect(page.get_by_role("link", name="Log in")).to_be_visible()


def test_an_identity_that_nobody_added_is_told_the_command(app, visitor):
    page = visitor.page(None)
    page.goto(app.at())
    log_in(page, "eve")
    refused(page, "eve@example.org has no account here", "users add eve@example.org --as 'YOUR NAME'")
    assert events.every(app.store)[0].detail == "by provider: eve@example.org"


def test_an_e_mail_that_the_provider_has_not_verified_opens_nobody_s_account(app, visitor):
    page = visitor.page(None)
    page.goto(app.at())
    log_in(page, "mallory")
    refused(page, "does not say that it has verified bob@example.org", "users add sub:mallory")


def test_where_the_provider_says_nothing_of_e_mails_its_number_names_the_account(app, visitor):
    page = visitor.page(None)
    page.goto(app.at("review", view="Desk"))
    log_in(page, "kim")
    expect(page.get_by_role("button", name="As Kim, engineer. Log out")).to_be_visible()


def test_a_return_that_nobody_asked_for_brings_nobody_in(app, visitor):
    page = visitor.page(None)
    page.goto(app.at("oauth2callback", code="stolen", state="of another browser"))
    refused(page, "did not succeed")
    page.goto(app.at("oauth2callback", error="access_denied"))
    refused(page, "did not succeed")

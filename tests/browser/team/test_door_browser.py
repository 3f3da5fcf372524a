"""A page of another name or another port, in a real browser, tries to drive the app: every way is refused.

What it tries is harmless: it opens, it reads, it shows; it changes nothing.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PATIENCE, idle
from tests.support.siege.strangers import (
    FETCH,
    FRAME,
    IMAGE,
    LINK,
    PATHS,
    SOCKET,
    misled_browser,
    pages_of_a_stranger,
    port,
)


@pytest.fixture(scope="module")
def stranger() -> Iterator[int]:
    """The port of a stranger's pages on this machine."""
    with pages_of_a_stranger() as port:
        yield port


@pytest.fixture(scope="module")
def misled(browser: Browser) -> Iterator[Browser]:
    """A browser whose name server sends a stranger's name to this machine."""
    found = misled_browser(browser.browser_type)
    yield found
    found.close()


@pytest.fixture
def at(misled: Browser) -> Iterator[Callable[[str], Page]]:
    """`at(address)` opens a page there, as a visitor of its own."""
    pages = []

    def open_page(address: str) -> Page:
        page = misled.new_context().new_page()
        page.set_default_timeout(PATIENCE)
        pages.append(page)
        page.status = page.goto(address).status
        return page

    yield open_page
    for page in pages:
        page.context.close()


def test_a_page_of_another_name_is_not_the_app(example_app, at, stranger):
    """DNS rebinding: the name and the port are the page's own, so that the browser itself sees no other origin."""
    there = f"evil.test:{port(example_app)}"
    page = at(f"http://{there}/")
    assert page.status == 403 and "does not answer to this name" in page.content()
    for path in PATHS:
        assert page.evaluate(FETCH, [f"http://{there}/{path}", "same-origin"]) == "basic 403"
    assert page.evaluate(SOCKET, f"ws://{there}/_stcore/stream") == "refused"


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "evil.test"])
def test_a_page_of_another_port_opens_no_websocket_and_reads_nothing(example_app, at, stranger, name):
    page = at(f"http://{name}:{stranger}/")
    for host in ("localhost", "127.0.0.1", "evil.test"):
        there = f"{host}:{port(example_app)}"
        assert page.evaluate(SOCKET, f"ws://{there}/_stcore/stream") == "refused"
        assert page.evaluate(FETCH, [f"http://{there}/_stcore/health", "cors"]) == "refused"
        assert page.evaluate(FETCH, [f"http://{there}/_stcore/health", "no-cors"]) == "refused"
        assert page.evaluate(IMAGE, f"http://{there}/static/favicon.png") == "refused"


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "evil.test"])
def test_no_page_shows_it_in_a_frame(example_app, at, stranger, name):
    page = at(f"http://{name}:{stranger}/")
    for host in ("localhost", "127.0.0.1"):
        page.evaluate(FRAME, f"http://{host}:{port(example_app)}/")
    expect(page.locator("iframe")).to_have_count(2)
    shown = [frame for frame in page.frames[1:] if frame.url.startswith("http")]
    assert [frame.locator("#root, .stApp").count() for frame in shown] == [0] * len(shown)


def test_a_table_is_downloaded_by_its_own_page_and_by_no_other(example_app, at, stranger):
    own = at(example_app.at("dataset", view="Get outputs"))
    idle(own)
    own.get_by_text("By a file: inputs out, outputs in").click()
    with own.expect_download() as waiting:
        own.get_by_role("button", name="inputs.csv").click()
    address = waiting.value.url
    assert "/media/" in address and waiting.value.failure() is None
    for name in ("localhost", "evil.test"):
        page = at(f"http://{name}:{stranger}/")
        for mode in ("cors", "no-cors"):
            assert page.evaluate(FETCH, [address, mode]) == "refused"
        page.evaluate(LINK, address)
        with page.expect_response(address) as answer:
            page.locator("a").click()
        assert answer.value.status == 403


def test_a_link_from_elsewhere_opens_a_page(example_app, at, stranger):
    page = at(f"http://evil.test:{stranger}/")
    address = example_app.at("dataset", view="Coverage")
    page.evaluate(LINK, address)
    page.locator("a").click()
    expect(page.get_by_role("heading", name="Dataset").first).to_be_visible()


def test_a_name_that_the_operator_adds_opens_the_app(serve, example, at):
    app = serve(example, STREAMLIT_SERVER_ALLOWED_HOSTS="localhost 127.0.0.1 plumbline.test")
    page = at(f"http://plumbline.test:{port(app)}/dataset?view=Get+outputs")
    expect(page.get_by_text("It may be at a public address; PLUMBLINE_ADDRESSES names others.")).to_be_visible()
    assert at(f"http://evil.test:{port(app)}/").status == 403


def test_a_laptop_alone_says_that_this_machine_may_be_called(example_app, at):
    page = at(example_app.at("dataset", view="Get outputs"))
    expect(page.get_by_text("or on this machine (loopback); PLUMBLINE_ADDRESSES names others.")).to_be_visible()

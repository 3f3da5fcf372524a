"""Every page fits: empty and full, in light and dark, wide and narrow; and nobody but this machine can look."""

import socket

import pytest
from playwright.sync_api import expect

from lib.store import open_store
from lib.workflow.dataset import exchange
from tests.support.browser import idle, serving

PAGES = ("", "dataset", "review", "judge", "errors", "settings")
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 27)"}
# The page itself and the part of it that scrolls on its own: neither may be wider than what is seen of it.
TOO_WIDE = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
    .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => [one.tagName, one.scrollWidth, one.clientWidth])"""


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """A server with the example as project 1 and an empty project 2."""
    path = tmp_path_factory.mktemp("looks") / "plumbline.db"
    exchange.open_example(open_store(path), "tofueval_meetings")
    exchange.start_project(open_store(path), "Empty", "Did the AI help?")
    with serving() as start:
        yield start(path)


def fits(page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for theme, ground in GROUNDS.items():
        page.emulate_media(color_scheme=theme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", ground)
        expect(page.locator("h1, h2").first).to_be_visible()
        page.wait_for_function(f"() => ({TOO_WIDE})().length === 0")
        assert page.get_by_test_id("stException").count() == 0


@pytest.mark.parametrize("project", [1, 2], ids=["example", "empty"])
@pytest.mark.parametrize("where", PAGES, ids=lambda where: where or "overview")
def test_a_page_fits_in_both_themes_and_a_narrow_window(both, page, where, project):
    page.set_viewport_size({"width": 420, "height": 900})
    page.goto(both.at(where, project=project))
    expect(page.locator("h1, h2").first).to_be_visible()
    idle(page)
    fits(page, 420)
    fits(page, 1280)


def test_the_server_listens_on_this_machine_alone(both):
    port = int(both.port)
    socket.create_connection(("127.0.0.1", port), timeout=5).close()
    # Every address that begins with 127 is this machine; who binds all of them answers here too.
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.2", port), timeout=5)

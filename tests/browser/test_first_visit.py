"""The first request after a server's start may be any deep link: the page comes, and its address stays as it was."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from lib.workflow.dataset import exchange
from tests.support.browser import opened

TRACE = "100|Date of Public Hearing|model_A"
LINKS = {
    "": ("", {}, "Council meeting summaries"),
    "dataset": ("dataset", {"label": "fail", "split": "dev", "search": "budget", "trace": TRACE}, "Dataset"),
    "review": ("review", {"trace": TRACE, "label": "fail"}, exchange.EXAMPLES["tofueval_meetings"].question),
    "judge": ("judge", {"judge": "1", "view": "Versions"}, "Judge"),
    "errors": ("errors", {"by": "assistant", "value": "model_A", "from": "expert"}, "Error analysis"),
    "settings": ("settings", {"view": "Models"}, "Settings"),
}


def obeyed(page: Page) -> None:
    """The address is obeyed and not only kept."""
    expect(page.get_by_role("textbox", name="Search", exact=True)).to_have_value("budget")
    expect(page.get_by_text("Date of Public Hearing").filter(visible=True).first).to_be_visible()


def whole_menu(page: Page) -> None:
    """Every page is in the menu, whichever was asked for first."""
    for title in ("Overview", "Dataset", "Review", "Judge", "Error analysis", "Settings"):
        expect(page.get_by_role("link", name=title)).to_be_visible()


# What else is looked at, once for all: each start of a server takes seconds.
MORE = {"dataset": obeyed, "errors": whole_menu}


@pytest.mark.parametrize("name", LINKS)
def test_a_deep_link_right_after_the_start_shows_its_page_and_keeps_its_address(app, page, name):
    where, params, heading = LINKS[name]
    opened(page, app.at(where, **params), heading)
    address = urlsplit(page.url)
    assert address.path == f"/{where}"
    assert {key: value[0] for key, value in parse_qs(address.query).items()}.items() >= params.items()
    if name in MORE:
        MORE[name](page)

"""Finds what a person sees by role and visible words, with further words where an earlier version said it otherwise."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, TimeoutError

from tests.support.browser import idle
from tests.support.screens.states import settled

Way = Callable[[Page], Locator]
SOON = 4_000  # milliseconds: a page that stands still shows by then what it has


def button(name: str) -> Way:
    """A button or link whose name is like this."""
    like = re.compile(name)
    return lambda page: page.get_by_role("button", name=like).or_(page.get_by_role("link", name=like))


def words(text: str) -> Way:
    """Words in the page's own part, as this expression reads them."""
    return lambda page: page.get_by_test_id("stMain").get_by_text(re.compile(text))


def tile(name: str) -> Way:
    """A figure in large type, with its name."""
    return lambda page: page.get_by_test_id("stMetric").filter(has_text=re.compile(name)).filter(
        has_text=re.compile(r"\d"))


def css(selector: str) -> Way:
    """A part that has neither role nor words."""
    return lambda page: page.locator(selector)


def first(page: Page, *ways: Way, patience: int = SOON) -> tuple[int, Locator] | None:
    """(which way, the part) of the first way that leads to something in sight; None when none does."""
    either = ways[0](page)
    for way in ways[1:]:
        either = either.or_(way(page))
    try:
        either.filter(visible=True).first.wait_for(timeout=patience)
    except TimeoutError:
        return None
    for number, way in enumerate(ways):
        found = way(page).filter(visible=True)
        if found.count():
            return number, found.first
    return None


@dataclass
class Hand:
    """A person at work: every click, and every field that is typed into, is counted."""

    page: Page
    clicks: int = 0
    typed: int = 0

    def __post_init__(self) -> None:
        self.begun = self.page.evaluate("history.length")

    @property
    def entries(self) -> int:
        """How many entries the history has got since."""
        return self.page.evaluate("history.length") - self.begun

    def sees(self, *ways: Way, patience: int = SOON) -> bool:
        """Whether one of these is in sight."""
        return first(self.page, *ways, patience=patience) is not None

    def press(self, *ways: Way) -> None:
        """Clicks the first of these that is in sight; AssertionError when there is none."""
        found = first(self.page, *ways, patience=20_000)
        assert found, f"nothing to press on {self.page.url}: {self.page.get_by_test_id('stMain').inner_text()[:600]}"
        found[1].click()
        self.clicks += 1
        self.rest()

    def type(self, text: str, *ways: Way) -> None:
        """Types into the first of these that is in sight, and leaves it."""
        found = first(self.page, *ways, patience=20_000)
        assert found, f"nothing to type into on {self.page.url}"
        found[1].press("Control+End")
        found[1].press_sequentially(text)
        self.typed += 1

    def rest(self) -> None:
        """Waits until the page stands still."""
        idle(self.page)
        self.page.wait_for_load_state("networkidle")
        settled(self.page)

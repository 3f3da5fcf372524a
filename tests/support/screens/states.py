"""The states every view is drawn in, and what may be wrong with a page in each of them."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.support.browser import App, idle
from tests.support.sources import views

# A window wider than what is seen of it: the page itself, or the part of it that scrolls on its own.
TOO_WIDE = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
    .filter(one => one && one.scrollWidth > one.clientWidth + 1).map(one => [one.scrollWidth, one.clientWidth])"""
# A chart's frame stands before its drawing does.
CHARTED = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]
    .every(one => one.querySelector('svg, canvas'))"""


@dataclass(frozen=True)
class State:
    """How a view is looked at: the window in pixels, the theme, and whether the project is the empty one."""

    width: int
    height: int
    theme: str = "light"
    empty: bool = False

    @property
    def window(self) -> dict:
        """What the browser's context needs."""
        return {"viewport": {"width": self.width, "height": self.height}, "color_scheme": self.theme}


STATES = {"empty": State(1280, 720, empty=True), "example": State(1280, 720), "dark": State(1280, 720, "dark"),
          "narrow": State(900, 720), "phone": State(390, 844)}


@dataclass(frozen=True)
class View:
    """One view of a page: the page's file, its title, and the view's own name."""

    file: str
    title: str
    name: str

    @property
    def said(self) -> str:
        """Page and view: Judge, Bench."""
        return f"{self.title}, {self.name}"

    def address(self, app: App, project: int) -> str:
        """Where it is."""
        return app.at("" if self.file == "overview" else self.file, project=project, view=self.name)


def every_view() -> list[View]:
    """All views that the pages name."""
    return [View(*one) for one in views()]


def settled(page: Page) -> None:
    """Waits until a page is drawn to its last chart."""
    page.locator("[data-testid=stMain] h1, [data-testid=stMain] h2").first.wait_for()
    idle(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_function(CHARTED, polling=20)
    idle(page)


def wrong(page: Page) -> list[str]:
    """What is wrong with a drawn page, a sentence each: an error on it, or a part wider than its window."""
    found = [f"shows an error: {one.strip().splitlines()[0]}"
             for one in page.get_by_test_id("stException").all_inner_texts()]
    return found + [f"is {wide} px wide in {seen} px" for wide, seen in page.evaluate(TOO_WIDE)]

"""The states every view is drawn in, and what may be wrong with a page in each of them."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.support.browser import App, idle
from tests.support.screens import projects
from tests.support.sources import views

# A window wider than what is seen of it: the page itself, or the part of it that scrolls on its own.
TOO_WIDE = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
    .filter(one => one && one.scrollWidth > one.clientWidth + 1).map(one => [one.scrollWidth, one.clientWidth])"""
# A chart's frame stands before its drawing does.
CHARTED = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]
    .every(one => one.querySelector('svg, canvas'))"""
# A row of views that is wider than its window is brought to the chosen one late: two looks see it in one place.
STILL = """() => { const now = [...document.querySelectorAll('[role=radio]')].map(one =>
    Math.round(one.getBoundingClientRect().x)).join(); const before = window.seenAt; window.seenAt = now;
    return before === now; }"""


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
    """One view of a page: the page's file, its title, the view's own name; what it is drawn from, and what is chosen.

    `more` is said of it on a sheet, `words` stand in its address.
    """

    file: str
    title: str
    name: str
    of: str
    more: str = ""
    words: tuple[tuple[str, str], ...] = ()

    @property
    def said(self) -> str:
        """Page and view: Judge, Bench."""
        return f"{self.title}, {self.name}{self.more}"

    @property
    def picture(self) -> str:
        """The name of its picture's file."""
        return f"{self.file}-{self.name}{self.more}.png".lower().replace(" ", "-").replace(",", "")

    def address(self, app: App, made: dict[str, int], empty: bool = False) -> str:
        """Where it is, on its project or on the empty one."""
        return app.at("" if self.file == "overview" else self.file, view=self.name,
                      project=made[projects.EMPTY if empty else self.of], **dict(self.words))


# What a view shows once something is chosen, which no example has by itself.
CHOSEN = (
    View("judge", "Judge", "Bench", projects.PROMPTED, ", a prompt and its run"),
    View("judge", "Judge", "Disagreements", projects.PROMPTED, ", a long answer"),
    View("judge", "Judge", "Versions", projects.PROMPTED, ", of a prompt"),
    View("errors", "Error analysis", "Failure modes", projects.FAILED, ", one of them", (("mode", "1"),)),
    View("errors", "Error analysis", "Rates", projects.FAILED, ", of a model", (("by", "assistant"),)))


def every_view(chosen: bool = False) -> list[View]:
    """All views that the pages name, with `chosen` those besides in which something is chosen."""
    found = [View(file, title, name, projects.of(file)) for file, title, name in views()]
    return found + [*CHOSEN] * chosen


def settled(page: Page) -> None:
    """Waits until a page is drawn to its last chart."""
    page.locator("[data-testid=stMain] h1, [data-testid=stMain] h2").first.wait_for()
    idle(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_function(CHARTED, polling=20)
    idle(page)
    page.wait_for_function(STILL, polling=120)


def wrong(page: Page) -> list[str]:
    """What is wrong with a drawn page, a sentence each: an error on it, or a part wider than its window."""
    found = [f"shows an error: {one.strip().splitlines()[0]}"
             for one in page.get_by_test_id("stException").all_inner_texts()]
    return found + [f"is {wide} px wide in {seen} px" for wide, seen in page.evaluate(TOO_WIDE)]

"""What axe-core finds on a page: the faults one by one, and how many of each rule on all views."""

from collections import Counter

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.support import SOMEBODY
from tests.support.browser import App, Watched, idle
from tests.support.screens.states import every_view, settled

SIZES = ((1280, 720), (1440, 900), (390, 844))
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 27)"}
# The box for a file is Streamlit's, a part of no meaning that can be named: its own fault.
NOT_OURS = {"exclude": [["[data-testid=stFileUploaderDropzone]"]]}
AXE = Axe()


def faults(page: Page) -> list[tuple[str, str, str]]:
    """(rule, what is said of it, the part) of all that axe-core finds."""
    found = AXE.run(page, NOT_OURS, {"resultTypes": ["violations"]}).response["violations"]
    return [(one["id"], node["failureSummary"], node["html"][:200]) for one in found for node in one["nodes"]]


def at_every_size(page: Page) -> list[tuple[str, int, str, str, str]]:
    """(theme, width, rule, what is said of it, the part) in both themes and at all sizes."""
    found = []
    for theme, ground in GROUNDS.items():
        page.emulate_media(color_scheme=theme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", ground)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            idle(page)
            found += [(theme, width, *one) for one in faults(page)]
    return found


def counted(browser: Browser, app: App, made: dict[str, int]) -> Counter[tuple[str, str, int]]:
    """Parts at fault on all views of the examples, by (rule, theme, width)."""
    watched, found = Watched(browser), Counter()
    page = watched.page(SOMEBODY)
    for view in every_view():
        page.goto(view.address(app, made))
        settled(page)
        found.update((rule, theme, width) for theme, width, rule, _, _ in at_every_size(page))
    watched.close()
    return found

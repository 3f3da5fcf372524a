"""Draws the pictures of the guide anew, into docs/pictures: `make screenshots`."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from lib.store import open_store
from lib.workflow.dataset import exchange
from tests.support import HOUSE
from tests.support.browser import QUIET, App, idle, program

FOLDER = HOUSE / "docs" / "pictures"
WIDE = {"width": 1280, "height": 860}
NARROW = {"width": 420, "height": 860}
PICTURES = {
    "overview": ("", {"project": "1"}, {}), "dataset": ("dataset", {"project": "1", "label": "fail"}, {}),
    "coverage": ("dataset", {"project": "1", "view": "Coverage", "rows": "assistant", "columns": "topic_category"}, {}),
    "review": ("review", {"project": "1"}, {}), "judge": ("judge", {"project": "2", "judge": "gpt-4"}, {}),
    "errors": ("errors", {"project": "1", "by": "assistant"}, {}),
    "settings": ("settings", {"project": "1", "view": "Models"}, {}),
    "empty": ("", {"project": "3"}, {}),
    "dark": ("judge", {"project": "2", "judge": "gpt-4"}, {"color_scheme": "dark"}),
    "narrow": ("review", {"project": "1"}, {"viewport": NARROW})}


def main() -> None:
    """One picture of each page, and one each of an empty project, the dark theme and a narrow window."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "plumbline.db"
        for name in exchange.EXAMPLES:
            exchange.open_example(open_store(path), name)
        exchange.start_project(open_store(path), "Shop assistant")
        app = App(path)
        browser = playwright.chromium.launch(executable_path=program(), args=[*QUIET])
        for name in PICTURES:
            _draw(browser, app, name)
        browser.close()
        app.stop()


def _draw(browser: Browser, app: App, name: str) -> None:
    address, words, options = PICTURES[name]
    page = browser.new_page(**{"viewport": WIDE, **options})
    page.goto(app.at(address, **words))
    page.locator("[data-testid=stMain] h1, [data-testid=stMain] h2").first.wait_for()
    idle(page)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.screenshot(path=FOLDER / f"{name}.png")
    page.close()


if __name__ == "__main__":
    main()

"""Draws the pictures of the guide anew, into docs/pictures: `make screenshots`."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from lib.store import open_store
from lib.workflow.dataset import exchange
from tests.support import HOUSE
from tests.support.browser import QUIET, App, be, idle, program

FOLDER = HOUSE / "docs" / "pictures"
WIDE = {"width": 1280, "height": 860}
NARROW = {"width": 420, "height": 860}
PICTURES = {
    "overview": ("", {"project": "1"}, {}), "dataset": ("dataset", {"project": "1", "label": "fail"}, {}),
    "coverage": ("dataset", {"project": "1", "view": "Coverage", "rows": "assistant", "columns": "topic_category"}, {}),
    "review": ("review", {"project": "1"}, {}), "judge": ("judge", {"project": "2", "judge": "gpt-4"}, {}),
    "errors": ("errors", {"project": "1"}, {}),
    "settings": ("settings", {"project": "1", "view": "Models"}, {}),
    "empty": ("", {"project": "3"}, {}),
    "dark": ("judge", {"project": "2", "judge": "gpt-4"}, {"color_scheme": "dark"}),
    "narrow": ("review", {"project": "1"}, {"viewport": NARROW})}
CASES = HOUSE / "tests" / "readers" / "data" / "cases"
# Files that real tools wrote, as the import shows them before anything is stored.
PREVIEWS = {
    "preview-agents": CASES / "telemetry" / "agents.otlp.json",
    "preview-promptfoo": CASES / "exports" / "promptfoo-0.121.20-human-rating.json",
    "preview-deepeval": CASES / "exports" / "deepeval-4.3.1-test_run.json",
    "preview-label-studio": CASES / "annotation" / "label-studio.csv"}


def draw(folder: Path) -> list[Path]:
    """A picture of each page, of an empty project, the dark theme and a narrow window, and of four files' previews.

    Written into the folder, which may be new; the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        path = Path(work) / "plumbline.db"
        for name in exchange.EXAMPLES:
            exchange.open_example(open_store(path), name)
        exchange.start_project(open_store(path), "Shop assistant")
        app = App(path)
        browser = playwright.chromium.launch(executable_path=program(), args=[*QUIET])
        for name in PICTURES:
            _draw(browser, app, name, folder)
        for name in PREVIEWS:
            _preview(browser, app, name, folder)
        browser.close()
        app.stop()
    return [folder / f"{name}.png" for name in (*PICTURES, *PREVIEWS)]


def _draw(browser: Browser, app: App, name: str, folder: Path) -> None:
    address, words, options = PICTURES[name]
    page = browser.new_page(**{"viewport": WIDE, **options})
    be(page.context, "linguists")
    page.goto(app.at(address, **words))
    page.locator("[data-testid=stMain] h1, [data-testid=stMain] h2").first.wait_for()
    idle(page)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.screenshot(path=folder / f"{name}.png")
    page.close()


def _preview(browser: Browser, app: App, name: str, folder: Path) -> None:
    """What a file would bring, with what is not read unfolded."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(app.at("dataset", project="3", view="Import"))
    idle(page)
    page.locator("input[type=file]").set_input_files(PREVIEWS[name])
    expect(page.locator(".st-key-import_do")).to_be_visible()
    for fold in page.locator("details:not([open]) > summary").filter(has_text="Not read").all():
        fold.click()
    idle(page)
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Import", exact=False).last.scroll_into_view_if_needed()
    idle(page)
    page.screenshot(path=folder / f"{name}.png")
    page.close()


if __name__ == "__main__":
    draw(FOLDER)

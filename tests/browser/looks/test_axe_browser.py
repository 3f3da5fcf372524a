"""Who sees little, or goes by keys, can use every view: axe-core finds nothing of our making, at three sizes and in two
themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.browser import idle
from tests.support.sources import views

SIZES = ((1280, 720), (1440, 900), (390, 844))
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 27)"}
# The box for a file is Streamlit's, a part of no meaning that can be named: its own fault.
NOT_OURS = {"exclude": [["[data-testid=stFileUploaderDropzone]"]]}
AXE = Axe()


def faults(page) -> list[tuple[str, str, str]]:
    """(rule, what is said of it, the part) of all that axe-core finds."""
    found = AXE.run(page, NOT_OURS, {"resultTypes": ["violations"]}).response["violations"]
    return [(one["id"], node["failureSummary"], node["html"][:200]) for one in found for node in one["nodes"]]


def at_every_size(page) -> list[tuple]:
    """The same in both themes and at all sizes, each with where it was seen."""
    found = []
    for theme, ground in GROUNDS.items():
        page.emulate_media(color_scheme=theme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", ground)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            idle(page)
            found += [(theme, width, *one) for one in faults(page)]
    return found


@pytest.mark.parametrize(("file", "view"), [(file, view) for file, _, view in views()])
def test_a_view_of_the_example_has_no_fault(example_app, page, file, view):
    page.goto(example_app.at("" if file == "overview" else file, view=view))
    expect(page.get_by_role("heading").first).to_be_visible()
    idle(page)
    assert at_every_size(page) == []


@pytest.mark.parametrize("file", ["", "dataset", "review", "judge", "errors", "settings"])
def test_a_page_without_a_project_has_none(shared_app, page, file):
    page.goto(shared_app.at(file))
    expect(page.get_by_role("heading").first).to_be_visible()
    idle(page)
    assert at_every_size(page) == []

"""Who sees little, or goes by keys, can use every view: axe-core finds nothing of our making, at three sizes and in two
themes."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import idle
from tests.support.screens.axe import at_every_size
from tests.support.sources import views


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

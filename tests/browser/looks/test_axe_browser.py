"""Who sees little, or goes by keys, can use every view: axe-core finds nothing of our making, at three sizes and in two
themes."""

import pytest
from playwright.sync_api import expect

from lib.store import create_backup
from tests.support.browser import idle, serving
from tests.support.screens import projects
from tests.support.screens.axe import at_every_size
from tests.support.sources import views


@pytest.fixture(scope="module")
def judged_app(example_files, tmp_path_factory):
    """A server in front of the example with several judges."""
    path = create_backup(example_files[projects.JUDGED], tmp_path_factory.mktemp("judged") / "plumbline.db")
    with serving() as start:
        yield start(path)


@pytest.mark.parametrize(("file", "view"), [(file, view) for file, _, view in views()])
def test_a_view_of_the_example_has_no_fault(example_app, page, file, view):
    page.goto(example_app.at("" if file == "overview" else file, view=view))
    expect(page.get_by_role("heading").first).to_be_visible()
    idle(page)
    assert at_every_size(page) == []


@pytest.mark.parametrize("view", [view for file, _, view in views() if file == "judge"])
def test_a_view_of_several_judges_has_none(judged_app, page, view):
    page.goto(judged_app.at("judge", view=view, judge="gpt-4"))
    expect(page.get_by_role("heading").first).to_be_visible()
    idle(page)
    assert at_every_size(page) == []


@pytest.mark.parametrize("file", ["", "dataset", "review", "judge", "errors", "settings"])
def test_a_page_without_a_project_has_none(shared_app, page, file):
    page.goto(shared_app.at(file))
    expect(page.get_by_role("heading").first).to_be_visible()
    idle(page)
    assert at_every_size(page) == []

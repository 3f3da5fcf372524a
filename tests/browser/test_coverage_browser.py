"""The coverage map under a mouse: a cell leads to its traces, and can be marked impossible."""

import json

import pytest
from playwright.sync_api import Page, expect

from lib.store import Store, open_store, projects
from lib.store.dataset import coverage
from lib.workflow.dataset import coverage as plan
from tests.support.browser import alive, idle, opened
from tests.support.steps import add


@pytest.fixture
def store(module_app, make_trace, request) -> Store:
    """A project with the template's dimensions and one trace."""
    store = projects.create(open_store(module_app.path), request.node.name)
    plan.start_from_template(store)
    add(store, make_trace("t1", dimensions={"feature": ("search",), "scenario": ("no match",)}))
    return store


@pytest.fixture
def map_page(module_app, store, page) -> Page:
    address = module_app.at("dataset", project=store.project, view="Coverage", rows="feature", columns="scenario")
    return opened(page, address, "Dataset")


def click(page: Page, row: str, column: str) -> None:
    """Clicks the middle of a cell."""
    alive(page.locator(f"[aria-label*='row: {row}'][aria-label*='column: {column}']").first).click(force=True)
    expect(page.get_by_text(f"{row} × {column}")).to_be_visible()
    idle(page)


def test_a_cell_leads_to_its_traces(map_page):
    expect(map_page.get_by_text("1 of 15")).to_be_visible()
    click(map_page, "search", "no match")
    expect(map_page.get_by_text("1 input, 1 answered, 0 reviewed, 0 failed")).to_be_visible()
    map_page.get_by_text("List its traces").click()
    expect(map_page.get_by_text("Only feature: search, scenario: no match")).to_be_visible()
    expect(map_page.get_by_text("1 trace", exact=True)).to_be_visible()


def test_a_link_shows_the_same_cell(module_app, store, page):
    cell = json.dumps(["summary", "one match"])
    opened(page, module_app.at("dataset", project=store.project, view="Coverage", rows="feature", columns="scenario",
                               cell=cell), "Dataset")
    expect(page.get_by_text("summary × one match")).to_be_visible()
    expect(page.get_by_text("0 inputs, 0 answered")).to_be_visible()


def test_what_is_marked_impossible_leaves_the_count_and_comes_back(map_page, store):
    click(map_page, "summary", "no match")
    idle(map_page)
    map_page.get_by_label("Why it can never happen").fill("a summary always has its text")
    map_page.get_by_role("button", name="Mark impossible").click()
    expect(map_page.get_by_text("1 of 14")).to_be_visible()
    assert coverage.impossible(store) == [{"feature": "summary", "scenario": "no match"}]
    map_page.get_by_role("button", name="Possible after all").click()
    expect(map_page.get_by_text("1 of 15")).to_be_visible()


def test_the_editor_describes_a_value_and_says_what_cannot_be(module_app, store, page):
    opened(page, module_app.at("dataset", project=store.project, view="Dimensions"), "Dataset")
    page.get_by_text("scenario, 5 values").click()
    idle(page)
    panel = page.locator("[data-testid=stExpander]").filter(has_text="scenario, 5 values")
    panel.get_by_label("Name of the value").fill("no match")
    panel.get_by_role("button", name="Add value").click()
    expect(page.get_by_text("'scenario' has a value 'no match' already: choose another name.")).to_be_visible()
    idle(page)  # what is typed while a script runs may be drawn over
    panel.get_by_label("Name of the value").fill("invalid data")
    panel.get_by_role("button", name="Add value").click()
    expect(page.get_by_text("scenario, 6 values")).to_be_visible()

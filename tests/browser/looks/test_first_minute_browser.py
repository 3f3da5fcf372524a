"""A newcomer's minute: what this is, and a judge beside its expert, on the first screen of what make run opens."""

import re

import pytest
from playwright.sync_api import expect

from lib.store import open_store
from lib.workflow.dataset import exchange
from tests.support import HOUSE
from tests.support.browser import opened, serving

EXAMPLE = re.search(r"init --example (\w+)", (HOUSE / "Makefile").read_text())[1]


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A server as make run starts it."""
    path = tmp_path_factory.mktemp("first") / "plumbline.db"
    exchange.open_example(open_store(path), EXAMPLE)
    with serving() as start:
        yield start(path)


def bottom(part) -> float:
    """How far down a part ends, in pixels of the window."""
    box = part.bounding_box()
    return box["y"] + box["height"]


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (390, 844)])
def test_the_agreement_is_on_the_first_screen(first, visitor, width, height):
    page = visitor.page(None, viewport={"width": width, "height": height})
    opened(page, first.at(), exchange.EXAMPLES[EXAMPLE].title)
    agreement = page.get_by_test_id("stMetric").filter(has_text="Agreement").first
    expect(agreement).to_contain_text(re.compile(r"8\d\.\d%"))
    assert bottom(agreement) < height
    assert bottom(page.get_by_text("This is an example")) < height
    assert bottom(page.get_by_role("button", name="Start with your own traces")) < height


def test_two_judges_three_cases_and_what_one_does_differently_are_a_click_away(first, visitor):
    page = opened(visitor.page(None), first.at())
    main = page.get_by_test_id("stMain")
    expect(main.get_by_test_id("stMetric").filter(has_text="Agreement")).to_have_count(2)
    expect(main.locator("p").filter(has_text="in place of")).to_contain_text(
        re.compile(r"fixed \d+, broke \d+ of 1,\d+ verdicts"))
    cases = main.get_by_role("link", name="Open it")
    expect(cases).to_have_count(3)
    cases.first.click()
    expect(page).to_have_url(re.compile(r"/judge\?.*view=Disagreements.*case=nq"))
    expect(page.get_by_role("heading", name="Judge", exact=True)).to_be_visible()


def test_a_name_that_is_taken_opens_nothing_unasked(first, visitor):
    page = opened(visitor.page(None), first.at())
    page.get_by_role("button", name="New project").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name of your AI product").fill(exchange.EXAMPLES[EXAMPLE].title.upper())
    dialog.get_by_role("button", name="Start a project").click()
    expect(dialog.get_by_text("already: nothing was started.")).to_be_visible()
    dialog.get_by_role("button", name="Open it").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("heading", name=exchange.EXAMPLES[EXAMPLE].title)).to_be_visible()


def test_own_traces_begin_with_a_project_of_a_name(first, visitor):
    page = opened(visitor.page(None), first.at())
    page.get_by_role("button", name="Start with your own traces").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name of your AI product").fill("Shop helper")
    dialog.get_by_role("button", name="Start a project").click()
    expect(page).to_have_url(re.compile(r"/dataset\?.*view=Import"))
    expect(page).to_have_title("Dataset · Shop helper · Plumbline")

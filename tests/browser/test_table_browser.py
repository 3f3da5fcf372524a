"""The table of traces in a real browser: order by a click on a head, rows ticked and put into a queue, the way back."""

import pytest
from playwright.sync_api import Page, expect

from lib.store import Store, open_store, people, projects
from lib.store.errors import failure_modes, mode_history
from lib.store.review import queues
from lib.workflow.errors import renaming
from tests.support.browser import idle, opened
from tests.support.steps import add, row


@pytest.fixture
def store(module_app, request, make_trace) -> Store:
    """Twelve traces of a project of their own; t03 has a failure mode."""
    store = projects.create(open_store(module_app.path), request.node.name, "Did the AI help?")
    add(store, *(row(make_trace(f"t{n:02}", input=f"input {12 - n:02}"), n, modes=("late",) if n == 3 else ())
                 for n in range(1, 13)))
    people.enter(store, "Ann", "expert")
    return store


@pytest.fixture
def table(module_app, store, page) -> Page:
    """The view Traces of that project."""
    return opened(page, module_app.at("dataset", project=store.project, view="Traces"), "Dataset")


def press(page: Page, right: int, down: int) -> None:
    box = page.get_by_test_id("stDataFrame").bounding_box()
    page.mouse.click(box["x"] + right, box["y"] + down)


def test_a_head_puts_all_in_order_and_a_cell_opens_its_trace(table, page):
    box = page.get_by_test_id("stDataFrame").bounding_box()
    assert 900 - 60 <= box["y"] + box["height"] <= 900  # as high as the window
    press(page, 200, 18)
    page.wait_for_url("**sort=input**")
    idle(page)
    press(page, 200, 60)
    page.wait_for_url("**trace=t12**")
    expect(page.get_by_role("button", name="Close this trace")).to_be_visible()


def test_ticked_rows_go_into_a_queue_are_said_and_taken_back(table, page, store):
    for down in (56, 92):
        press(page, 16, down)
        idle(page)
    page.get_by_role("button", name="With these 2").click()
    expect(page.get_by_text("This puts 2 traces into Ann's queue.")).to_be_visible()
    page.get_by_role("button", name="Put 2 traces into the queue").click()
    expect(page.get_by_text("2 traces are in Ann's queue.")).to_be_visible()
    assert [one["trace"] for one in queues.listing(store)] == ["t01", "t02"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 traces taken back out of Ann's queue.")).to_be_visible()
    assert queues.listing(store) == []


def test_a_link_to_a_failure_mode_survives_its_new_name_and_says_when_it_is_gone(module_app, store, page):
    at = {"project": store.project, "view": "Traces"}
    opened(page, module_app.at("dataset", **at, failure_mode="late"), "Dataset")  # as links of earlier versions
    expect(page.get_by_text("1 trace", exact=True)).to_be_visible()
    link = page.url
    assert "failure_mode=late" not in link and "failure_mode=" in link
    renaming.rename(store, mode_history.by_name(store, "late"), "too late", "")
    opened(page, link, "Dataset")
    expect(page.get_by_text("1 trace", exact=True)).to_be_visible()
    opened(page, module_app.at("dataset", **at, failure_mode="99999", assertion="88888"), "Dataset")
    expect(page.get_by_text("the link asks for the failure mode number 99999")).to_be_visible()
    expect(page.get_by_text("the link asks for the assertion number 88888")).to_be_visible()
    expect(page.get_by_text("12 traces", exact=True)).to_be_visible()
    assert list(failure_modes.every(store)) == ["too late"]


def test_after_an_act_and_in_another_order_nothing_is_ticked(table, page, store):
    for down in (56, 92):
        press(page, 16, down)
        idle(page)
    page.get_by_role("button", name="With these 2").click()
    page.get_by_text("Archive", exact=True).click()
    page.get_by_role("button", name="Archive 2 traces").click()
    expect(page.get_by_text("2 traces archived.")).to_be_visible()
    expect(page.get_by_role("button", name="With all 10")).to_be_visible()
    idle(page)
    expect(page.get_by_role("button", name="Delete")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="With all 12")).to_be_visible()
    idle(page)
    press(page, 16, 56)
    expect(page.get_by_role("button", name="With this one")).to_be_visible()
    idle(page)
    press(page, 200, 18)
    page.wait_for_url("**sort=input**")
    expect(page.get_by_role("button", name="With all 12")).to_be_visible()


def test_a_dimension_of_many_is_asked_for_once_more_with_their_number(module_app, store, page, make_trace):
    add(store, make_trace("t13", dimensions={"scenario": ("late",)}))
    opened(page, module_app.at("dataset", project=store.project, view="Traces"), "Dataset")
    page.get_by_role("button", name="With all 13").click()
    page.get_by_text("Dimension", exact=True).last.click()
    page.get_by_role("button", name="Give it to 13 traces").click()
    expect(page.get_by_text("of 13 traces and cannot be undone")).to_be_visible()
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_role("button", name="Give it to 13 traces").click()
    page.get_by_role("button", name="Yes, 13 traces").click()
    expect(page.get_by_text("13 traces have “late” in “scenario” now.")).to_be_visible()

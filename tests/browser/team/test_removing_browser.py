"""Deleted in a browser: what goes is counted, a wrong name deletes nothing, who looks at it elsewhere goes on."""

import pytest
from playwright.sync_api import expect

from lib.store import open_store, projects
from lib.store.dataset import imported, traces
from lib.store.removal import removing
from lib.store.review import labels
from lib.workflow.overview import removing as story
from tests.support.browser import App, opened
from tests.support.desk import box, on
from tests.support.steps import add, row


@pytest.fixture
def store(module_app: App, make_trace, request):
    """Three traces, two labelled by Ann, who is principal."""
    store = projects.create(open_store(module_app.path), request.node.name)
    add(store, row(make_trace("t1"), Ann="fail"), row(make_trace("t2"), Ann="pass"), make_trace("t3"))
    return store


def typed(page, text: str, button: str) -> None:
    place = page.get_by_role("textbox", name="To say that it is meant, type")
    place.fill(text)
    place.press("Enter")
    page.get_by_test_id("stPopoverBody").get_by_role("button", name=button).click()


def test_an_import_is_taken_back_once_its_name_is_typed(store, module_app, visitor):
    page = opened(visitor.page("Ann"), module_app.at("dataset", project=store.project, view="Imports"))
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("2 labels: 2 of Ann, the principal expert")).to_be_visible()
    typed(page, "another.csv", "Take back")
    expect(page.get_by_text("Type 't.csv' to say that this is meant. Nothing was deleted.")).to_be_visible()
    assert traces.count(store) == 3
    typed(page, "t.csv", "Take back")
    expect(page.get_by_text("Nothing was imported yet")).to_be_visible()
    assert traces.count(store) == 0 and imported.every(store) == []
    opened(page, module_app.at("settings", project=store.project, view="Log"))
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()


def test_somebody_else_asks_for_what_would_delete_the_principals_labels(store, module_app, visitor):
    page = opened(visitor.page("Bob"), module_app.at("dataset", project=store.project, trace="t1"))
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("textbox", name="Why?").fill("a customer asked")
    page.get_by_role("textbox", name="Why?").press("Enter")
    typed(page, "t1", "Ask Ann")
    expect(page.get_by_text("Waits for Ann")).to_be_visible()
    assert traces.count(store) == 3
    other = opened(visitor.page("Ann"), module_app.at("", project=store.project, view="Sign-offs"))
    expect(other.get_by_text("1 trace", exact=False).first).to_be_visible()
    other.get_by_role("button", name="Agree").click()
    expect(other.get_by_text("Nothing waits")).to_be_visible()
    assert traces.count(store) == 2


def test_what_is_typed_on_a_trace_that_is_deleted_meanwhile_stays_on_the_screen(store, module_app, visitor):
    page = opened(visitor.page("Bob"), module_app.at("review", project=store.project, trace="t3"))
    on(page, "t3")
    box(page).fill("too short for a refund")
    thing = story.of_traces(store, [traces.key_of(store, "t3")])
    removing.remove(store, thing, removing.look(store, thing))
    page.get_by_role("button", name="Fail").click()
    expect(page.get_by_text("What you had typed on t3")).to_be_visible()
    expect(page.get_by_text("too short for a refund").first).to_be_visible()
    assert labels.current(store, "t2", "Bob") is None


def test_a_name_that_exists_starts_nothing_and_a_deleted_project_is_said(store, module_app, visitor):
    name = projects.current(store).name
    page = opened(visitor.page("Ann"), module_app.at("settings", project=store.project, view="Project"))
    page.get_by_role("button", name="New project").click()
    page.get_by_role("textbox", name="Name of your AI product").fill(name.upper())
    page.get_by_role("button", name="Start a project").click()
    expect(page.get_by_text("already: nothing was started.")).to_be_visible()
    other = projects.create(open_store(module_app.path), "short-lived")
    say_gone = story.of_project(other)
    removing.remove(other, say_gone, removing.look(other, say_gone))
    opened(page, module_app.at("dataset", project=other.project))
    expect(page.get_by_text(f"There is no project number {other.project} in this file any more.")).to_be_visible()

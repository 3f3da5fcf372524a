"""Notes and codes by key in a browser: what is typed outlives a reload and another view, keys name and go on."""

import pytest
from playwright.sync_api import Page, expect

from lib.store import open_store, projects
from lib.store.errors import failure_modes, mode_history, notes
from tests.support.browser import OfProject, idle, opened
from tests.support.desk import comes, listening, read, readable
from tests.support.endpoint import completion
from tests.support.running import PATIENCE, command
from tests.support.steps import add, say

WORDS = "the year is of another meeting"
LAST = "Next Shortcut"  # of the buttons for codes that have a key


@pytest.fixture
def app(module_app, make_trace, request) -> OfProject:
    """A project of its own with three fails and two failure modes."""
    store = projects.create(open_store(module_app.path), request.node.name, "Did the AI help?")
    add(store, *(make_trace(f"t{number}") for number in (1, 2, 3)))
    for number in (1, 2, 3):
        say(store, f"t{number}", "fail")
    for name in ("wrong name", "wrong year"):
        mode_history.create(store, name)
    return OfProject(module_app, store)


def box(page: Page):
    return page.get_by_label("The first thing that went wrong")


def at(page: Page, trace: str) -> Page:
    """Waits until this fail is on the screen."""
    expect(page.get_by_text(f"answer to {trace}", exact=True)).to_be_visible()
    idle(page)
    return page


def test_notes_are_written_by_key_and_no_word_is_lost(app, visitor):
    page = at(opened(visitor.page(), app.at("errors", view="Notes"), "Error analysis"), "t1")
    readable(page, "t1")
    expect(page.locator(".pass")).to_be_hidden()
    page.keyboard.press("1")  # no outcome can be given here
    page.keyboard.press("w")
    box(page).press_sequentially(WORDS)
    page.reload()
    expect(box(page)).to_have_value(WORDS)
    assert comes(page, lambda: notes.draft(app.store, "t1", "Ann")) == WORDS
    page.get_by_text("Group them", exact=True).click()
    expect(page.get_by_text("Failure modes: 2")).to_be_visible()
    page.get_by_text("Write notes", exact=True).click()
    expect(box(page)).to_have_value(WORDS)
    readable(page, "t1")
    box(page).press("Control+Enter")
    readable(at(page, "t2"), "t2")
    assert [note["text"] for note in notes.history(app.store, "t1")] == [WORDS]
    expect(page.get_by_text("1 of 3 fails have a note, 2 more a critique")).to_be_visible()
    expect(box(page)).to_have_value("")
    page.keyboard.press("ArrowLeft")
    at(page, "t1")
    expect(box(page)).to_have_value(WORDS)
    assert notes.progress(app.store, notes.Fails("Ann")) == (1, 3)


def test_what_a_model_notes_is_added_below_words_typed_a_moment_before(app, visitor, endpoint_env):
    endpoint_env.plan = completion('{"note": "no year was asked for"}')
    notes.save(app.store, "t1", "Ann", WORDS)
    # A process of its own: the browser's loop goes on in this one.
    words = "--project", projects.current(app.store).name, "analyse", "notes", "--trace", "t1", "--model", "test-model"
    with command(app.store, *words) as asked:
        assert asked.wait(PATIENCE) == 0
    page = at(opened(visitor.page(), app.at("errors", view="Notes", trace="t1"), "Error analysis"), "t1")
    expect(page.get_by_text("The model notes (test-model):")).to_be_visible()
    box(page).press("End")
    box(page).press_sequentially(", and short")
    page.get_by_role("button", name="Add it to my note").click()
    both = f"{WORDS}, and short\nno year was asked for"
    expect(box(page)).to_have_value(both)
    idle(page)
    assert [note["text"] for note in notes.history(app.store, "t1")] == [WORDS]
    readable(page, "t1")
    box(page).press("Control+Enter")
    at(page, "t2")
    assert notes.current(app.store, "t1")["text"] == both
    expect(page.get_by_role("button", name="What would the model note?")).to_have_count(0)


def test_codes_are_given_by_key(app, visitor):
    page = at(opened(visitor.page(), app.at("errors", view="Codes"), "Error analysis"), "t1")
    read(page, "t1")
    listening(page, LAST).keyboard.press("2")
    expect(page.get_by_test_id("stMultiSelect")).to_contain_text("wrong year")
    idle(page)
    listening(page, LAST).keyboard.press("Control+Enter")
    at(page, "t2")
    assert failure_modes.of_trace(app.store, "t1") == ["wrong year"]
    listening(page, LAST).keyboard.press("ArrowLeft")
    at(page, "t1")
    assert failure_modes.progress(app.store, "Ann") == (1, 2)

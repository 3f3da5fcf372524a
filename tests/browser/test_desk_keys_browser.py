"""Keys and clicks at the desk that mean something else: none of them labels what nobody decided on."""

import pytest
from playwright.sync_api import Page, expect

from lib.store import Store, open_store, projects
from lib.store.review import labels
from tests.support.browser import opened
from tests.support.desk import box, on
from tests.support.steps import add


@pytest.fixture
def store(module_app, make_trace, request) -> Store:
    """A project of its own with three traces."""
    store = projects.create(open_store(module_app.path), request.node.name, "Did the AI help?")
    add(store, *(make_trace(f"t{number}") for number in (1, 2, 3)))
    return store


@pytest.fixture
def ann(module_app, store, page) -> Page:
    """Ann's desk with the first trace read."""
    return on(opened(page, module_app.at("review", project=store.project)), "t1")


@pytest.mark.parametrize(("key", "code", "more"), [
    ("!", "Digit1", {"shiftKey": True}), ("ArrowDown", "Numpad2", {}), ("1", "Digit1", {"isComposing": True}),
    ("1", "Digit1", {"repeat": True}), ("@", "Digit2", {"altKey": True, "ctrlKey": True})])
def test_a_key_that_means_something_else_labels_nothing(store, ann, key, code, more):
    ann.evaluate("init => document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, ...init}))",
                 {"key": key, "code": code, **more})
    ann.keyboard.press("ArrowRight")
    on(ann, "t2")
    assert labels.newest(store, "Ann") is None


def test_enter_on_a_button_labels_once(store, ann):
    ann.get_by_role("button", name="Pass 1").focus()
    for _ in range(3):
        ann.keyboard.press("Enter")
    on(ann, "t2").keyboard.press("Enter")
    ann.keyboard.press("ArrowRight")
    on(ann, "t3")
    assert labels.newest(store, "Ann") == "t1" and len(labels.history(store, "t1")) == 1


def test_the_second_click_of_a_double_click_is_not_for_a_trace_that_came_between(store, ann):
    ann.get_by_role("button", name="Pass 1").dispatch_event("click", {"detail": 2})
    expect(ann.get_by_text("That press came too soon")).to_be_visible()
    ann.keyboard.press("ArrowRight")
    on(ann, "t2")
    assert labels.newest(store, "Ann") is None


def test_a_label_that_came_back_by_itself_is_changed_by_no_key_but_by_a_click(store, ann):
    """Of three traces a fourth press in the rhythm of work used to turn a label round."""
    for number in (1, 2, 3):
        on(ann, f"t{number}").keyboard.press("1")
    on(ann, "t1").keyboard.press("2")  # it has no critique yet, so it came back
    expect(ann.get_by_text("the keys for pass and fail rest")).to_be_visible()
    assert [label.outcome for label in labels.history(store, "t1")] == ["pass"]
    on(ann, "t1").get_by_role("button", name="Fail 2").click()
    expect(ann.get_by_text("t1: fail saved.")).to_be_visible()
    assert sorted(label.outcome for label in labels.history(store, "t1")) == ["fail", "pass"]


def test_under_all_reviewed_the_keys_rest(store, ann):
    for number in (1, 2, 3):
        on(ann, f"t{number}")
        box(ann).fill("It answers.")
        ann.keyboard.press("Alt+1")
    expect(ann.get_by_text("Every trace this filter leaves is reviewed.")).to_be_visible()
    on(ann, "t1").keyboard.press("2")
    expect(ann.get_by_text("the keys for pass and fail rest")).to_be_visible()
    assert [label.outcome for label in labels.history(store, "t1")] == ["pass"]

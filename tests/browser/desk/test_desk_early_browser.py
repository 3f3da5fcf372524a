"""What is typed between a press and the next trace: it goes on there, and is no word or key of the trace before."""

import pytest
from playwright.sync_api import Page, expect

from lib.store import Store, open_store, projects
from lib.store.review import labels
from tests.support.browser import idle, opened
from tests.support.desk import box, comes, on
from tests.support.steps import add, say

WORDS = "The next answer is under time, and 2 of 1 mind, d n u"


@pytest.fixture
def store(module_app, make_trace, request) -> Store:
    """A project of its own with three traces."""
    store = projects.create(open_store(module_app.path), request.node.name, "Did the AI help?")
    add(store, *(make_trace(f"t{number}") for number in range(1, 4)))
    return store


@pytest.fixture
def desk(module_app, store, page) -> Page:
    """Ann's desk on the first trace."""
    return on(opened(page, module_app.at("review", project=store.project)), "t1")


def label_of(store: Store, trace: str):
    return labels.current(store, trace, "Ann")


def held(store: Store, page: Page, keys: tuple[str, ...], typed: str) -> None:
    """Presses these keys and types while nothing can be stored, so that the next trace cannot have come yet."""
    with store.transaction():
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.type(typed)


@pytest.mark.parametrize("opener", ["w", "W", ""])
def test_words_typed_after_a_label_are_of_the_next_trace_whole(store, desk, opener):
    box(desk).fill("It names no hour.")
    held(store, desk, ("Alt+1",), opener + WORDS)
    on(desk, "t2")
    expect(box(desk)).to_have_value(WORDS)
    expect(box(desk)).to_be_focused()
    desk.keyboard.type(" and more")
    box(desk).press("Alt+2")
    comes(desk, lambda: label_of(store, "t2"))
    assert (label_of(store, "t1").outcome, label_of(store, "t1").critique) == ("pass", "It names no hour.")
    assert (label_of(store, "t2").outcome, label_of(store, "t2").critique) == ("fail", f"{WORDS} and more")
    assert labels.draft(store, "t1", "Ann") is None and label_of(store, "t3") is None


def test_presses_in_the_rhythm_of_work_are_no_words(store, desk):
    held(store, desk, ("1",), "12d")
    on(desk, "t2")
    expect(box(desk)).to_have_value("")
    expect(desk.get_by_text("Keys pressed before this trace stood here did nothing.")).to_be_visible()
    assert label_of(store, "t2") is None


def test_a_letter_taken_back_is_taken_back(store, desk):
    with store.transaction():
        desk.keyboard.press("1")
        desk.keyboard.type("wTho")
        desk.keyboard.press("Backspace")
        desk.keyboard.type("e rest")
    on(desk, "t2")
    expect(box(desk)).to_have_value("The rest")


def test_where_all_is_reviewed_words_are_neither_keys_nor_a_change(store, desk):
    for number in (1, 2, 3):
        say(store, f"t{number}", "pass")
    desk.reload()
    expect(desk.get_by_text("All reviewed.")).to_be_visible()
    idle(desk)
    desk.keyboard.type("wunder no doubt")
    expect(desk.get_by_text("Press Change this label to give another.")).to_be_visible()
    desk.keyboard.press("Alt+2")
    expect(desk.locator(".decision .notice")).to_be_visible()
    expect(box(desk)).not_to_be_editable()
    assert all(len(labels.history(store, f"t{number}", "Ann")) == 1 for number in (1, 2, 3))
    desk.get_by_role("button", name="Change this label").click()
    expect(box(desk)).to_be_editable()

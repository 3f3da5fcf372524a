"""Disagreements in a browser: a key pressed while typing keeps the words, a double click rules once."""

import pytest
from playwright.sync_api import Locator, Page, expect

from lib.records import Verdict
from lib.store import open_store, projects
from lib.store.judge import judges, rulings, runs
from tests.support.browser import OfProject, idle, opened
from tests.support.steps import add, row


@pytest.fixture
def app(module_app, make_trace) -> OfProject:
    """Three dev traces that Ann failed and the recorded judge passed."""
    store = projects.create(open_store(module_app.path), "Disagreements", "Did the AI help?")
    add(store, *(row(make_trace(f"t{n}", split="dev"), verdicts={"judge": Verdict("pass", "fine")}, Ann="fail")
                 for n in range(3)))
    return OfProject(module_app, store)


def at(page: Page, place: str) -> None:
    expect(page.get_by_text(f"{place}, open.")).to_be_visible()
    idle(page)


def drawn(page: Page, label: str) -> Locator:
    """The box of this name once its script is done: what is typed before may be drawn over."""
    box = page.get_by_label(label)
    expect(box).to_be_visible()
    idle(page)
    return box


def test_keys_rule_with_the_words_that_were_just_typed_and_a_double_click_rules_once(app, page):
    opened(page, app.at("judge", view="Disagreements"))
    at(page, "1 of 3: t0")
    page.get_by_role("button", name="Judge wrong").click()
    note = drawn(page, "Note for the prompt")
    note.press_sequentially("Do not be fooled by a greeting")
    note.press("Control+Enter")
    at(page, "1 of 2: t1")
    assert [one.text for one in rulings.notes(app.store, judges.every(app.store)[0])] == [
        "Do not be fooled by a greeting"]
    page.get_by_role("button", name="Borderline").click()
    drawn(page, "Why is it borderline?").press_sequentially("a half")
    page.get_by_role("button", name="Rule: borderline").dblclick()
    at(page, "1 of 1: t2")
    run = runs.newest(app.store, "judge").id
    assert rulings.endings(app.store, run, "Ann")["t1"] == ("borderline", "a half")
    assert app.store.value("""select count(*) from rulings r join labels l on l.id = r.label
        join traces t on t.id = l.trace where t.project = :project""") == 2

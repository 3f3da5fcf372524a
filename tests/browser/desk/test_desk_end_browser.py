"""Where the keys of the desk rest, what it says at the end, and failure modes ticked after a fail."""

import re

import pytest
from playwright.sync_api import Page, expect

from lib.store import Store, open_store, projects
from lib.store.errors import failure_modes
from lib.store.review import desk_choices, labels
from lib.workflow.review import queueing
from tests.support.browser import idle, opened
from tests.support.desk import box, comes, long_ago, on
from tests.support.steps import add, say


@pytest.fixture
def store(module_app, make_trace, request) -> Store:
    """A project of its own with four traces and two failure modes."""
    store = projects.create(open_store(module_app.path), request.node.name, "Did the AI help?")
    add(store, *(make_trace(f"t{number}") for number in range(1, 5)))
    failure_modes.add(store, "no date")
    failure_modes.add(store, "rude")
    return store


@pytest.fixture
def desk(module_app, store, page):
    """`desk()` opens Ann's desk."""
    return lambda **more: opened(page, module_app.at("review", project=store.project, **more))


def outcomes(store: Store, trace: str) -> list[str]:
    """What Ann said of a trace, newest first."""
    return [label.outcome for label in labels.history(store, trace, "Ann")]


def shown(page: Page) -> str | None:
    """The trace that the panel is of."""
    idle(page)
    return page.locator(".decision[data-trace]").get_attribute("data-trace")


@pytest.fixture
def done(store, desk) -> Page:
    """The desk where all four are labelled, newly opened."""
    for number in range(1, 5):
        say(store, f"t{number}", "fail" if number == 1 else "pass")
    return on(desk(), "t1")


def test_where_all_is_labelled_already_no_key_changes_a_label(store, done):
    expect(done.get_by_text("All reviewed.")).to_be_visible()
    expect(done.get_by_role("button", name="Fail")).to_be_hidden()
    for key in ("2", "1"):
        done.keyboard.press(key)
        expect(done.get_by_text("the keys for pass and fail rest")).to_be_visible()
    done.keyboard.press("ArrowRight")
    on(done, "t2").keyboard.press("2")
    expect(done.get_by_text("All reviewed.")).to_be_visible()
    expect(done.get_by_text("the keys for pass and fail rest")).to_be_visible()
    assert outcomes(store, "t1") == ["fail"] and outcomes(store, "t2") == ["pass"]


def test_one_press_wakes_the_keys(store, done):
    done.get_by_role("button", name="Change this label").click()
    expect(done.get_by_role("button", name="Fail 2")).to_be_visible()
    on(done, "t1").keyboard.press("1")
    comes(done, lambda: outcomes(store, "t1") == ["pass", "fail"])


def test_a_critique_is_written_once_the_label_is_to_be_changed(store, done):
    expect(box(done)).not_to_be_editable()
    done.get_by_role("button", name="Change this label").click()
    box(done).fill("It names no hour.")
    box(done).press("Control+Enter")
    comes(done, lambda: labels.current(store, "t1", "Ann").critique == "It names no hour.")


@pytest.mark.parametrize(("button", "address"), [("To the judge", "/judge"), ("When to stop", "view=When")])
def test_from_the_end_buttons_lead_on(done, button, address):
    done.get_by_role("button", name=button).click()
    done.wait_for_url(re.compile(re.escape(address)))


def test_what_comes_back_for_its_critique_says_so(store, desk):
    for number in range(1, 5):
        say(store, f"t{number}", "pass", critique="because" if number == 4 else "")
    page = on(desk(), "t1")
    expect(page.get_by_text("3 of your labels have no critique yet: this is one of them.")).to_be_visible()
    page.keyboard.press("2")
    expect(page.get_by_text("the keys for pass and fail rest")).to_be_visible()
    assert outcomes(store, "t1") == ["pass"]


def test_behind_the_last_of_the_queue_stands_an_unlabelled_trace(store, desk):
    say(store, "t1", "pass", critique="")
    queueing.draw(store, ["Ann"], 1, {"random": 100}, seed=2)
    page = desk()
    first = shown(page)
    box(on(page, first)).fill("It names no hour.")
    box(page).press("Alt+2")
    expect(page.get_by_text("Your queue is done: from here on comes every trace")).to_be_visible()
    assert shown(page) not in ("t1", first)


@pytest.mark.parametrize("way", ["key", "button", "Control+Enter", "Alt+2"])
def test_a_first_critique_for_an_old_label_is_saved_at_once(store, desk, way):
    store.execute("insert into experts (project, name, works_as) values (:project, 'Ann', 'expert')")
    long_ago(store, "t1")
    page = on(desk(trace="t1"), "t1")
    expect(page.get_by_label("Reason for the change")).to_be_hidden()
    box(page).fill("It names the hour.")
    if way == "key":
        box(page).press("Escape")
        on(page, "t1").keyboard.press("1")
    elif way == "button":
        page.get_by_role("button", name="Pass 1").click()
    else:
        box(page).press(way.replace("Alt+2", "Alt+1"))
    comes(page, lambda: len(outcomes(store, "t1")) == 2)
    now = labels.current(store, "t1", "Ann")
    assert (now.outcome, now.critique, now.circumstances.reason) == ("pass", "It names the hour.", "")


def test_it_is_saved_by_a_key_too_where_it_came_back_by_itself(store, desk):
    for number in range(1, 5):
        say(store, f"t{number}", "fail", critique="because" if number > 1 else "")
    page = on(desk(), "t1")
    box(page).fill("It names no hour.")
    box(page).press("Escape")
    on(page, "t1").keyboard.press("2")
    comes(page, lambda: labels.current(store, "t1", "Ann").complete)
    assert outcomes(store, "t1") == ["fail", "fail"]


def test_u_goes_further_back_each_time_and_a_label_there_can_be_changed(store, desk):
    page = desk()
    for number in (1, 2, 3):
        on(page, f"t{number}").keyboard.press("1")
    on(page, "t4").keyboard.press("u")
    on(page, "t3").get_by_role("button", name="Last label").click()
    on(page, "t2").keyboard.press("u")
    expect(on(page, "t1").get_by_role("button", name="Last label")).to_be_disabled()
    page.keyboard.press("2")
    comes(page, lambda: outcomes(store, "t1") == ["fail", "pass"])


def test_failure_modes_are_ticked_after_the_fail_by_key_and_by_click(store, desk):
    page = on(desk(), "t1")
    page.get_by_text("Filter, jump to, options").click()
    page.get_by_text("Tick failure modes after a fail").click()
    comes(page, lambda: desk_choices.ticks_modes(store, "Ann"))
    page.get_by_text("Filter, jump to, options").click()
    expect(page.get_by_text("Failure modes of this fail")).to_be_hidden()
    on(page, "t1").keyboard.press("2")
    expect(page.get_by_label("no date")).to_be_visible()
    page.keyboard.press("s")
    comes(page, lambda: failure_modes.of_trace(store, "t1") == ["rude"])
    page.get_by_label("no date").check()
    comes(page, lambda: failure_modes.of_trace(store, "t1") == ["no date", "rude"])
    page.keyboard.press("s")
    comes(page, lambda: failure_modes.of_trace(store, "t1") == ["no date"])
    on(page, "t1").keyboard.press("1")
    expect(page.get_by_text("the keys for pass and fail rest")).to_be_visible()
    page.keyboard.press("ArrowRight")
    on(page, "t2").keyboard.press("1")
    on(page, "t3").keyboard.press("u")
    on(page, "t2").keyboard.press("u")
    expect(on(page, "t1").get_by_label("no date")).to_be_checked()
    assert outcomes(store, "t1") == ["fail"] and outcomes(store, "t2") == ["pass"]


def test_after_a_reload_in_the_middle_of_ticking_the_trace_still_stays(store, desk):
    for number in (1, 2):
        say(store, f"t{number}", "pass")
    desk_choices.set_ticks_modes(store, "Ann", True)
    page = on(desk(), "t3")
    page.keyboard.press("2")
    page.get_by_label("rude").check()
    comes(page, lambda: failure_modes.of_trace(store, "t3") == ["rude"])
    page.reload()
    expect(on(page, "t3").get_by_label("rude")).to_be_checked()
    page.keyboard.press("1")
    expect(page.get_by_text("the keys for pass and fail rest")).to_be_visible()
    page.keyboard.press("ArrowRight")
    on(page, "t4")
    assert outcomes(store, "t3") == ["fail"]


def test_without_the_choice_a_fail_brings_the_next_trace(store, desk):
    on(desk(), "t1").keyboard.press("2")
    page = desk()
    expect(on(page, "t2").get_by_text("Failure modes of this fail")).to_be_hidden()

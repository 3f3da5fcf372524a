"""The room the desk takes: a trace as high as its text, a phone with Pass and Fail at the thumb, and the first name."""

import pytest
from playwright.sync_api import Page, expect

from lib.store import Store, open_store, projects
from lib.store.review import labels
from tests.support.browser import opened
from tests.support.desk import box, comes, on, readable
from tests.support.steps import add, say

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LAPTOP = {"viewport": {"width": 1280, "height": 720}}
LONG = "It goes on and on. " * 3_700  # 70,000 characters
CONTROLS = ".decision button, .decision .tick, .decision summary"


@pytest.fixture
def store(module_app, make_trace, request) -> Store:
    """A project of its own: t1 is short, t2 has 70,000 characters."""
    store = projects.create(open_store(module_app.path), request.node.name, "Did the AI help?")
    add(store, make_trace("t1"), make_trace("t2", output=LONG), make_trace("t3"))
    return store


@pytest.fixture
def desk(module_app, store, visitor):
    """`desk(**options)` is Ann's desk in such a window."""
    return lambda trace="t1", person="Ann", **options: opened(
        visitor.page(person, **options), module_app.at("review", project=store.project, trace=trace))


def card(page: Page) -> dict[str, float]:
    """Where the box of the trace stands."""
    return page.locator(".st-key-trace_card").bounding_box()


def ends(page: Page, part: str) -> float:
    """Where a part ends, in pixels from the top of the window."""
    found = page.locator(part).first.bounding_box()
    return found["y"] + found["height"]


def test_a_short_trace_has_a_low_box_and_a_long_one_ends_with_the_window(desk):
    page = on(desk(**LAPTOP), "t1")
    text = page.get_by_text("answer to t1", exact=True).bounding_box()
    assert ends(page, ".st-key-trace_card") - (text["y"] + text["height"]) < 40
    page.keyboard.press("ArrowRight")
    readable(page, "t2")
    assert 680 <= ends(page, ".st-key-trace_card") <= 720
    # One thing scrolls, the trace: neither the page nor a frame in the frame.
    assert page.locator("[data-testid=stMain]").evaluate("main => main.scrollHeight - main.clientHeight") <= 1
    assert page.locator(".st-key-trace_card *").evaluate_all(
        "all => all.filter((one) => one.scrollHeight > one.clientHeight + 40 && "
        "/auto|scroll/.test(getComputedStyle(one).overflowY)).length") == 0


def test_a_long_trace_is_scrolled_by_keys_and_the_next_begins_at_its_top(desk):
    page = desk("t2", **LAPTOP)
    readable(page, "t2")
    box_of = page.locator(".st-key-trace_card")
    for key in ("PageDown", " ", "ArrowDown"):
        before = box_of.evaluate("box => box.scrollTop")
        page.keyboard.press(key)
        assert box_of.evaluate("box => box.scrollTop") > before
    page.keyboard.press("1")
    on(page, "t3")
    assert box_of.evaluate("box => box.scrollTop") == 0


def test_what_judges_said_has_a_box_no_higher_than_its_words(store, desk):
    say(store, "t1", "pass")
    page = on(desk(**LAPTOP), "t1")
    assert ends(page, ".st-key-said_before") - ends(page, ".st-key-reveal") < 30


@pytest.mark.parametrize("trace", ["t1", "t2"])
def test_on_a_phone_pass_fail_and_the_critique_are_always_in_view(desk, trace):
    page = desk(trace, **PHONE)
    readable(page, trace)
    for scrolled in (0, 1e9):
        page.locator("[data-testid=stMain]").evaluate("(main, to) => main.scrollTo(0, to)", scrolled)
        for part in (".pass", ".fail", ".critique"):
            found = page.locator(part).bounding_box()
            assert found["y"] >= 0 and found["y"] + found["height"] <= 844 and found["height"] >= 44
    # At the end of the page its last line stands above the bar.
    assert ends(page, "[data-testid=stMain] [data-testid=stPageLink] >> nth=-1") <= page.locator(
        ".decision .bar").bounding_box()["y"]


def test_on_a_phone_every_control_can_be_hit_and_no_key_is_named(desk):
    page = on(desk(**PHONE), "t1")
    shown = [found for found in page.locator(CONTROLS).all() if found.is_visible()]
    assert len(shown) == 8 and all(found.bounding_box()["height"] >= 44 for found in shown)
    assert [key for key in page.locator(".decision kbd").all() if key.is_visible()] == []


def test_on_a_phone_the_box_grows_with_what_is_written_and_a_label_is_given(store, desk):
    page = on(desk(**PHONE), "t1")
    low = box(page).bounding_box()["height"]
    box(page).fill("It names\nno hour,\nand no day,\nand is rude,\nand long.")
    assert box(page).bounding_box()["height"] > low + 40 and ends(page, ".decision .fail") <= 844
    page.locator(".decision .fail").tap()
    comes(page, lambda: labels.newest(store, "Ann") == "t1")
    readable(page, "t2")
    assert labels.current(store, "t1", "Ann").critique.startswith("It names\nno hour")
    assert 0 <= card(page)["y"] <= 80


def test_on_a_phone_a_first_critique_for_a_label_needs_no_reason(store, desk):
    say(store, "t1", "fail", critique="")
    page = on(desk(**PHONE), "t1")
    box(page).fill("It names no hour.")
    page.locator(".decision .fail").tap()
    comes(page, lambda: labels.current(store, "t1", "Ann").complete)


@pytest.mark.parametrize("options", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_after_the_name_the_first_key_is_for_the_trace(store, desk, options):
    page = desk(person=None, **options)
    field = page.get_by_label("or, if it is not in the list")
    expect(field).to_be_in_viewport()
    page.locator("label").filter(has_text="expert: ").click()
    field.fill("Bo")
    field.press("Enter")
    on(page, "t1")
    assert page.evaluate("() => document.activeElement.shadowRoot.activeElement.classList.contains('decision')")
    page.keyboard.press("1")
    comes(page, lambda: labels.newest(store, "Bo") == "t1")


@pytest.mark.parametrize("view", ["Desk", "Queue", "Reviewers", "Consistency", "When to stop"])
def test_on_a_phone_every_view_asks_for_the_name_in_the_page(module_app, store, visitor, view):
    page = opened(visitor.page(None, **PHONE), module_app.at("review", project=store.project, view=view))
    assert page.locator("[data-testid=stMain]").get_by_label("or, if it is not in the list").is_visible()


def test_a_draft_that_comes_back_is_said_to_be_one(desk):
    page = on(desk(**LAPTOP), "t1")
    expect(page.get_by_text("Draft restored")).to_be_hidden()
    box(page).fill("half a thought")
    page.reload()
    on(page, "t1")
    expect(page.get_by_text("Draft restored")).to_be_visible()
    box(page).press("Alt+1")
    readable(page, "t2")
    expect(page.get_by_text("Draft restored")).to_be_hidden()

"""Who is at a browser: asked once in the page, two people at once, a copied link, a phone, and one click to change."""

import pytest
from playwright.sync_api import expect

from lib.store import open_store, people, projects, sign_offs
from lib.store.review import labels
from tests.support.browser import App, opened
from tests.support.desk import box, comes, on, said_to_be
from tests.support.steps import add, say

PHONE = {"width": 420, "height": 860}


@pytest.fixture
def store(module_app: App, make_trace, request):
    """Four traces of which Ann, the principal, has labelled one."""
    store = projects.create(open_store(module_app.path), request.node.name)
    add(store, *map(make_trace, ("t1", "t2", "t3", "t4")))
    say(store, "t4", "pass")
    return store


@pytest.fixture
def desk(module_app, store) -> str:
    """The address of the desk."""
    return module_app.at("review", project=store.project)


def shown_as(page, words: str) -> None:
    expect(page.get_by_role("button", name=f"As {words}. Not you?")).to_be_visible()


def test_nobody_is_assumed_though_there_is_one_expert_and_the_answer_outlives_the_tab(store, desk, visitor):
    page = opened(visitor.page(None), desk)
    expect(page.get_by_text("Who are you?")).to_be_visible()
    expect(page.get_by_role("button", name="Pass")).to_have_count(0)
    said_to_be(page, "Bob", "engineer")
    shown_as(on(page, "t1"), "Bob, engineer")
    page.keyboard.press("2")  # the name field has gone, so the key is the desk's
    on(page, "t2")
    assert labels.current(store, "t1", "Bob").outcome == "fail" and labels.current(store, "t1", "Ann") is None
    other = opened(page.context.new_page(), desk)
    shown_as(on(other, "t2"), "Bob, engineer")
    assert "reviewer" not in other.url and "Bob" not in other.url


def test_a_copied_link_makes_nobody_of_its_reader(store, desk, visitor):
    ann, stranger = opened(visitor.page("Ann"), desk), visitor.page(None)
    opened(stranger, f"{on(ann, 't1').url}&reviewer=Ann")
    expect(stranger.get_by_text("Who are you?")).to_be_visible()
    bob = opened(visitor.page("Bob"), f"{ann.url}&reviewer=Ann")
    shown_as(on(bob, "t1"), "Bob, expert")


def test_two_people_at_once_each_label_as_themselves(store, desk, visitor):
    ann, bob = opened(visitor.page("Ann"), desk), opened(visitor.page("Bob"), desk)
    for page, key in ((ann, "1"), (bob, "2")):
        box(on(page, "t1")).fill(f"why {key}")
        box(page).press("Escape")
        page.keyboard.press(key)
    on(ann, "t2"), on(bob, "t2")
    assert [(labels.current(store, "t1", name).outcome, labels.current(store, "t1", name).critique)
            for name in ("Ann", "Bob")] == [("pass", "why 1"), ("fail", "why 2")]


def test_on_a_phone_it_is_asked_in_the_page_and_another_person_is_one_click_away(store, desk, visitor):
    page = opened(visitor.page(None, viewport=PHONE), desk)
    said_to_be(page, "Cid")
    shown_as(on(page, "t1"), "Cid, expert")
    page.get_by_role("button", name="Not you?").click()
    expect(page.get_by_role("button", name="Stay Cid")).to_be_visible()
    said_to_be(page, "Dora", "viewer")
    shown_as(page, "Dora, viewer")
    expect(page.get_by_role("button", name="Pass")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.reload()
    shown_as(page, "Dora, viewer")
    assert {one.name: one.role for one in people.every(store)} == {"Ann": "expert", "Cid": "expert", "Dora": "viewer"}


def test_what_bob_asks_for_waits_until_ann_agrees_in_her_own_browser(store, module_app, visitor):
    address = module_app.at("review", project=store.project, view="Reviewers")
    say(store, "t4", "fail", "Bob")
    bob = opened(visitor.page("Bob"), address)
    bob.get_by_label("Why: what settled it?").fill("I called the customer.")
    bob.get_by_role("button", name="Ask Ann to settle it so").click()
    expect(bob.get_by_text("Waits for Ann")).to_be_visible()
    assert labels.current(store, "t4", "Ann").outcome == "pass"
    ann = opened(visitor.page("Ann"), address)
    ann.get_by_role("link", name="Sign-offs").first.click()
    expect(ann.get_by_text("I called the customer.")).to_be_visible()
    ann.get_by_role("button", name="Agree").click()
    comes(ann, lambda: labels.current(store, "t4", "Ann").outcome == "fail")
    assert sign_offs.decided(store)[0].decided_by == "Ann"

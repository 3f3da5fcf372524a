"""A team of accounts in a real browser: the way in, the way out, and sessions that end while a page is open."""

import pytest
from playwright.sync_api import expect

from lib.store import people
from lib.store.review import labels
from lib.store.team import accounts, failures
from tests.support.browser import idle, opened, serving
from tests.support.desk import box, comes, on
from tests.support.team import WORDS, filled, logged_in, made

PHONE = {"width": 420, "height": 860}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """One server for all tests of the module, each of which labels traces of its own."""
    path = tmp_path_factory.mktemp("team") / "plumbline.db"
    made(path)
    with serving() as start:
        yield start(path, PLUMBLINE_TEAM="accounts")


@pytest.fixture
def desk(app) -> str:
    return app.at("review", view="Desk")


def alert(page, words: str) -> None:
    expect(page.get_by_role("alert")).to_have_text(words)


def at_login(page) -> None:
    page.wait_for_url("**/login**")
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_wrong_password_then_the_right_one_and_the_page_that_was_asked_for(app, desk, visitor):
    page = visitor.page("Bob")  # who said so before there was a login: it counts no more
    page.goto(desk)
    at_login(page)
    filled(page, "ann@example.org", "not this one")
    alert(page, "Login or password is wrong.")
    expect(page.get_by_label("Login")).to_have_value("ann@example.org")
    filled(page, "Ann@example.org")
    on(page, "t0")
    assert "view=Desk" in page.url
    expect(page.get_by_role("button", name="As Ann, expert. Log out")).to_be_visible()
    expect(page.get_by_text("Who are you?")).to_have_count(0)
    page.keyboard.press("1")
    on(page, "t1")
    assert labels.current(app.store, "t0", "Ann").outcome == "pass" and people.get(app.store, "Bob") is None
    assert "session" not in page.evaluate("document.cookie")
    kept = {one["name"]: (one["httpOnly"], one["sameSite"], one["path"]) for one in page.context.cookies()}
    assert kept["plumbline_session"] == (True, "Lax", "/") and kept["plumbline_login"] == (True, "Strict", "/login")


def test_who_logs_out_leaves_every_tab_and_comes_back_to_nothing(app, desk, visitor):
    page = logged_in(visitor.page(None), app.at("settings"))
    other = opened(page.context.new_page(), desk)
    page.get_by_test_id("stSidebar").get_by_role("button", name="Log out").click()
    at_login(page)
    at_login(other)  # by itself, within seconds
    page.go_back()
    at_login(page)


def test_a_press_after_the_account_was_disabled_is_not_stored_and_the_page_leaves(app, desk, visitor):
    page = logged_in(visitor.page(None), desk)
    shown = page.get_by_test_id("stApp").get_by_text("answer to t").inner_text().rsplit(" ", 1)[1]
    on(page, shown)
    box(page).fill("typed before")
    box(page).press("Escape")
    before = app.store.value("select count(*) from labels")
    accounts.disable(app.store, "ann@example.org")
    page.keyboard.press("2")
    at_login(page)
    alert(page, "Your session has ended. Log in again.")
    assert app.store.value("select count(*) from labels") == before
    filled(page, "ann@example.org")
    alert(page, "This account is disabled: ask the operator.")
    accounts.enable(app.store, "ann@example.org")
    filled(page, "ann@example.org")
    expect(page.get_by_test_id("stApp")).to_be_visible()
    idle(page)
    assert "/review" in page.url
    # What was typed and pressed stayed in the browser, and is stored now that she is back.
    comes(page, lambda: labels.current(app.store, shown, "Ann"))


def test_a_page_that_nobody_touches_leaves_when_its_session_is_too_old(app, desk, visitor):
    page = logged_in(visitor.page(None), desk, "bob")
    app.store.execute("update sessions set created = created - 12 * 3600")
    at_login(page)


def test_too_many_failures_are_told_with_the_minutes_and_pass_with_them(app, desk, visitor):
    page = visitor.page(None)
    page.goto(desk)
    for _ in range(5):
        filled(page, "vera", "not this one either")
        alert(page, "Login or password is wrong.")
    filled(page, "vera")
    alert(page, "Too many failed attempts. Try again in 15 minutes.")
    app.store.execute("update login_failures set since = since - :window", window=failures.WINDOW)
    filled(page, "vera")
    expect(page.get_by_role("button", name="As Vera, viewer. Log out")).to_be_visible()
    expect(page.get_by_role("button", name="Pass")).to_have_count(0)


def test_another_role_begins_with_another_login_and_settings_leave_it_to_the_operator(app, desk, visitor):
    page = logged_in(visitor.page(None), desk, "bob")
    expect(page.get_by_role("button", name="As Bob, engineer. Log out")).to_be_visible()
    accounts.set_role(app.store, "bob", "PM")
    at_login(page)
    logged_in(page, app.at("settings"), "bob")
    expect(page.get_by_role("button", name="As Bob, PM. Log out")).to_be_visible()
    assert people.get(app.store, "Bob").role == "PM"
    expect(page.get_by_text("Name and role come from the account").first).to_be_visible()
    expect(page.get_by_role("button", name="Rename")).to_have_count(0)
    accounts.set_role(app.store, "bob", "engineer")


def test_who_was_renamed_in_the_project_goes_on_there_and_who_retired_reads_along(app, desk, visitor):
    page = logged_in(visitor.page(None), desk, "bob")
    people.rename(app.store, "Bob", "Robert")
    page.reload()
    expect(page.get_by_role("button", name="As Robert, engineer. Log out")).to_be_visible()
    people.retire(app.store, "Robert")
    page.reload()
    expect(page.get_by_text("Bob has retired in this project and reads along")).to_be_visible()
    expect(page.get_by_role("button", name="Pass")).to_have_count(0)
    people.bring_back(app.store, "Robert")
    people.rename(app.store, "Robert", "Bob")


def test_the_login_page_needs_no_script_and_fits_a_phone(app, visitor):
    page = visitor.page(None, viewport=PHONE, java_script_enabled=False)
    page.goto(app.at())
    at_login(page)
    assert page.locator("main").bounding_box()["width"] <= PHONE["width"]
    filled(page, "ann@example.org", WORDS)
    assert "/login" not in page.url

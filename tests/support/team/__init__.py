"""A team that logs in: accounts with one password, a file that holds them, and the way in of a browser."""

from pathlib import Path

from playwright.sync_api import Page, expect

from lib.records import Trace
from lib.store import Store, open_store, projects
from lib.store.team import accounts
from lib.workflow.team import passwords
from tests.support.browser import idle
from tests.support.steps import add

WORDS = "tall lamps hum softly"
TEAM = (("ann@example.org", "Ann", "expert"), ("bob", "Bob", "engineer"), ("vera", "Vera", "viewer"))


def made(path: Path, traces: int = 6) -> Store:
    """A file with a project of some traces t0, t1 …, and an account for each of the team, all with one password."""
    store = projects.create(open_store(path), "Shop", "Did it help?")
    add(store, *(Trace(f"t{number}", f"question of t{number}", f"answer to t{number}") for number in range(traces)))
    kept = passwords.hashed(WORDS)
    for login, name, role in TEAM:
        accounts.add(store, login, name, role, kept)
    return store


def filled(page: Page, login: str, password: str = WORDS) -> Page:
    """The login page once its form was sent."""
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    return page


def logged_in(page: Page, address: str, login: str = "ann@example.org") -> Page:
    """Opens an address, logs in on the way, and waits until the page is drawn."""
    page.goto(address)
    filled(page, login)
    expect(page.get_by_test_id("stApp")).to_be_visible()
    idle(page)
    return page

"""Fingers and eyes at the expert's desk: waits until a press on a trace counts, and until something is stored."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from playwright.sync_api import Page, expect

from lib.store import Store
from tests.support.browser import PATIENCE, idle

SHOWN_AT_LEAST = 0.35  # seconds; decision.js refuses a faster press
T = TypeVar("T")
_LONG_ENOUGH = """(panel, least) => new Promise((done) => {
    const look = () => performance.now() - panel.dataset.shownAt > least ? done() : setTimeout(look, 20);
    look();
})"""


def on(page: Page, trace: str) -> Page:
    """Waits until this trace is on the screen and a press of a key would count."""
    expect(page.get_by_text(f"answer to {trace}", exact=True)).to_be_visible()
    idle(page)
    readable(page, trace)
    return page


def readable(page: Page, trace: str) -> None:
    """Waits until the panel has shown this trace as long as a press needs."""
    page.locator(f".decision[data-trace={trace}]").evaluate(_LONG_ENOUGH, SHOWN_AT_LEAST * 1000 + 50)


def read(page: Page, text: str) -> Page:
    """Waits until this text, which is on the screen now, has been there as long as press_guard wants."""
    page.wait_for_function(
        "([text, least]) => { const now = performance.now(); if (window.seen?.text !== text) window.seen = "
        "{text, at: now}; return now - window.seen.at > least; }", arg=[text, SHOWN_AT_LEAST * 1000 + 50])
    return page


def listening(page: Page, last: str) -> Page:
    """Waits until the keys of a page are listened to: a moment after the last button that has one is drawn."""
    expect(page.get_by_role("button", name=last)).to_be_visible()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page


def said_to_be(page: Page, name: str, role: str = "expert") -> None:
    """Answers the page's question who is there, with a name that may be new."""
    page.get_by_label("or, if it is not in the list").fill(name)
    page.locator("label").filter(has_text=f"{role}: ").click()
    page.get_by_role("button", name="Go on as this person").click()


def box(page: Page):
    """The critique box."""
    return page.get_by_label("Critique:")


def long_ago(store: Store, trace: str) -> None:
    """Ann passed this trace in another year."""
    store.execute("""insert into labels (trace, expert, outcome, content_hash, created_at)
        select t.id, e.id, 'pass', t.content_hash, '2025-03-01T10:00:00.000Z' from traces t, experts e
        where t.project = :project and e.project = :project and t.trace_id = :trace and e.name = 'Ann'""", trace=trace)


@contextmanager
def asked_again(store: Store, page: Page) -> Iterator[None]:
    """What is pressed in the block is stored only after the browser, tired of waiting, has asked for the page again."""
    with store.transaction():
        yield
        expect(page.locator("[data-test-script-state=running]")).to_be_attached()
        # Four seconds later the panel does that by itself; an answer from the server means that it has come there.
        page.evaluate("() => { document.dispatchEvent(new Event('plumbline-wake')); }")
        page.evaluate("() => fetch('/_stcore/health').then(() => null)")


def comes(page: Page, found: Callable[[], T | None]) -> T:
    """What `found` returns as soon as it is something; the page goes on meanwhile."""
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end:
        if value := found():
            return value
        page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
    raise AssertionError("it never came")

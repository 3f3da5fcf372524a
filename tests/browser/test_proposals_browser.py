"""Inputs in a real browser: written by a job the page starts, decided on by keys, and nothing twice."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lib.records import Nearest
from lib.store import Store, jobs, open_store, projects
from lib.store.dataset import generations, traces
from lib.ui.dataset.proposals import REASONS
from tests.support.browser import idle, opened, serving
from tests.support.desk import read
from tests.support.endpoint import Endpoint

PROPOSALS = 6
# Notes when each proposal was first and last seen in the box.
TIMES = """() => {
    const times = {};
    setInterval(() => {
        const text = document.querySelector('[data-testid=stForm] textarea')?.value, now = performance.now();
        if (text) times[text] = [times[text]?.[0] ?? now, now];
    }, 10);
    return times;
}"""


@pytest.fixture(scope="module")
def writer():
    """A loopback model for the whole module."""
    endpoint = Endpoint()
    yield endpoint
    endpoint.close()


@pytest.fixture(scope="module")
def app(writer, tmp_path_factory):
    """A server whose environment names that model."""
    with serving() as start:
        yield start(tmp_path_factory.mktemp("app") / "plumbline.db", OPENAI_BASE_URL=writer.url,
                    OPENAI_API_KEY="key-of-a-test")


@pytest.fixture
def store(app, request) -> Store:
    """A project of its own."""
    return projects.create(open_store(app.path), request.node.name, "Did the AI help?")


@pytest.fixture
def address(app, store) -> Callable[..., str]:
    return lambda **more: app.at("dataset", project=store.project, view="Propose inputs", **more)


@pytest.fixture
def waiting(store, address, page) -> Page:
    """Six proposals, the second flagged, on the screen."""
    texts = [f"input {number}" for number in range(1, PROPOSALS + 1)]
    generations.save(store, {"feature": "orders"}, "p", "m", "embedded", texts,
                     nearest=[None, Nearest("an input, 2", 0.9), *[None] * (PROPOSALS - 2)])
    return on(opened(page, address()), "input 1")


def on(page: Page, text: str) -> Page:
    """Waits until this proposal is in the box and a press of a key would count."""
    expect(box(page)).to_have_value(text)
    idle(page)  # the server counts from the end of its script, and the buttons that have the keys come last
    return read(page, text)


def box(page: Page):
    # The first: while a page is drawn anew, the box before it may still stand below.
    return page.get_by_label("Input: accept it").first


def decided(store: Store) -> list[tuple[str, str]]:
    return [(row["status"], row["reason"]) for row in generations.proposed(store, status=None)]


def test_keys_accept_reject_with_a_reason_and_step(waiting, store):
    page = waiting
    page.keyboard.press("1")
    on(page, "input 2")
    expect(page.get_by_text("an input, 2")).to_be_visible()
    page.keyboard.press("4")
    on(page, "input 3")
    page.keyboard.press("ArrowRight")
    on(page, "input 4")
    page.keyboard.press("2")
    on(page, "input 5")
    idle(page)
    assert decided(store)[:5] == [("accepted", ""), ("rejected", REASONS[2]), ("proposed", ""),
                                  ("rejected", REASONS[0]), ("proposed", "")]


def test_what_is_typed_is_accepted_and_a_key_in_the_box_is_a_letter(waiting, store):
    page = waiting
    box(page).click()
    page.keyboard.press("End")
    page.keyboard.type(" 123 edited")
    assert decided(store) == [("proposed", "")] * PROPOSALS
    page.get_by_test_id("stForm").get_by_role("button", name="Accept").click()
    on(page, "input 2")
    assert traces.get(store, generations.one(store, _first(store))["trace_id"]).input == "input 1 123 edited"


def _first(store: Store) -> int:
    return generations.proposed(store, status=None)[0]["id"]


def test_mashing_a_key_decides_nothing_that_was_not_on_the_screen(waiting, store):
    page = waiting
    seen = page.evaluate_handle(TIMES)
    for _ in range(12):
        page.keyboard.press("1")
    page.wait_for_function("() => document.querySelector('[data-testid=stForm] textarea')?.value !== 'input 1'")
    idle(page)
    accepted = {row["input"] for row in generations.proposed(store, status="accepted")}
    assert {"input 1"} <= accepted <= set(seen.json_value())
    assert traces.count(store) == len(accepted)


def test_a_held_key_decides_on_one_proposal(waiting, store):
    waiting.evaluate("""() => { for (let n = 0; n < 30; n++) document.dispatchEvent(new KeyboardEvent('keydown',
        {key: '1', code: 'Digit1', bubbles: true, repeat: n > 0})); }""")
    on(waiting, "input 2")
    assert [status for status, _ in decided(store)].count("accepted") == 1


def test_a_reload_shows_the_same_filter(waiting, address):
    page = opened(waiting, address(proposals="flagged"))
    on(page, "input 2")
    page.reload()
    on(page, "input 2")


def test_a_job_started_by_the_page_writes_and_its_proposals_appear_by_themselves(store, address, page, writer):
    page = opened(page, address())
    before = writer.calls
    page.get_by_role("button", name="Write inputs").last.click()
    expect(page.get_by_role("heading", name="3 proposals wait")).to_be_visible()
    on(page, "input 1 for a test")
    assert writer.calls == before + 1 and [job.status for job in jobs.every(store)] == ["done"]

"""The AI system's answers in a real browser: a press, a process, its errors; and nothing hostile is ever obeyed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lib.store import Store, jobs, open_store, projects
from lib.store.dataset import traces
from tests.support.ai_system import AiSystem
from tests.support.answering import answered, http_system, inputs
from tests.support.browser import App, idle, opened
from tests.support.endpoint import Answer

HOSTILE = "![a](http://evil.test/a.png) <img src=http://evil.test/b.png onerror=alert(1)> $x$ :red[PASS]"


@pytest.fixture
def project(tmp_path, ai_system: AiSystem) -> Store:
    """Six inputs, one of which the AI system cannot answer, and a version whose name is no joke."""
    store = projects.create(open_store(tmp_path / "plumbline.db"), "Shop")
    inputs(store, 6)
    plan = ai_system.plan
    ai_system.plan = lambda body: Answer(422, HOSTILE) if "4" in body["input"] else plan(body)
    http_system(store, ai_system, HOSTILE)
    return store


def test_a_double_click_is_one_job_and_what_came_is_shown_and_never_obeyed(
        project: Store, ai_system: AiSystem, serve: Callable[..., App], page: Page):
    opened(page, serve(project.path).at("dataset", view="Get outputs"))
    expect(page.get_by_text("6 wait. They are sent to http://127.0.0.1")).to_be_visible()
    page.get_by_role("button", name="Have 6 answered").dblclick()
    expect(page.get_by_text("Job 1, done: 6 of 6, 1 without an answer")).to_be_visible()
    idle(page)
    assert [job.id for job in jobs.every(project)] == [1] and len(answered(project)) == 5
    assert len({call.body["input"] for call in ai_system.ledger}) == len(ai_system.ledger) == 6
    expect(page.get_by_text("1 waits. They are sent to")).to_be_visible()
    assert page.locator("a[href*='//evil'], img[src*='evil']").count() == 0 and page.locator(".katex").count() == 0
    opened(page, page.url.replace("Get+outputs", "Traces").replace("Get%20outputs", "Traces"))
    assert traces.get(project, "i0").system_version == HOSTILE.strip()

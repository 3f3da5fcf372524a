"""The queue at the desk, by two people at once: its own order, shared traces once, and a word when it is done."""

from contextlib import AbstractContextManager, nullcontext

import pytest
from playwright.sync_api import Page, expect

from lib.store import Store, open_store, projects
from lib.store.review import labels
from lib.workflow.review import queueing
from tests.support.browser import idle, opened
from tests.support.desk import asked_again, box, on
from tests.support.steps import add


@pytest.fixture
def store(module_app, make_trace, request) -> Store:
    """Six traces, four of them in a batch for Ann and Bob, one of these for both."""
    store = projects.create(open_store(module_app.path), request.node.name, "Did the AI help?")
    add(store, *(make_trace(f"t{number}") for number in range(1, 7)))
    queueing.draw(store, ["Ann", "Bob"], 4, {"random": 100}, overlap=1, seed=4)
    return store


@pytest.fixture
def desk(module_app, store, visitor):
    """`desk("Ann")` is Ann's desk in a browser of her own."""
    return lambda name: opened(visitor.page(name), module_app.at("review", project=store.project))


def passed(page: Page, pressing: AbstractContextManager = nullcontext()) -> str:
    """Passes the trace on the screen; its id."""
    idle(page)
    # The panel stands a moment before it knows its trace.
    trace = page.locator(".decision[data-trace]").get_attribute("data-trace")
    box(on(page, trace)).fill("It helps, because it answers; it could be shorter.")
    with pressing:
        box(page).press("Alt+1")
    page.locator(f".decision[data-trace]:not([data-trace={trace}])").wait_for()
    return trace


def test_two_reviewers_do_the_overlap_both_and_each_other_trace_once(store, desk):
    ann, bob = desk("Ann"), desk("Bob")
    # Four of the batch: one for both, so three calls fall to Ann and two to Bob.
    hers, his = [passed(ann)], [passed(bob)]
    hers, his = [*hers, passed(ann)], [*his, passed(bob)]
    expect(ann.get_by_text("2 of 4 in the queue")).to_be_visible()
    hers.append(passed(ann))
    expect(ann.get_by_text("Your queue is done")).to_be_visible()
    idle(ann)
    expect(ann.get_by_text("Every trace this filter leaves is reviewed.")).to_have_count(0)
    assert hers[0] == his[0] and not {*hers[1:]} & {*his[1:]} and len({*hers, *his}) == 4
    given = [labels.current(store, trace, name).circumstances
             for name, traces in (("Ann", hers), ("Bob", his)) for trace in traces]
    assert {(one.queue, one.unbiased, one.late) for one in given} == {("random", True, False)}


def test_a_browser_that_asks_again_hears_that_the_queue_is_done_and_goes_on(store, desk):
    ann = desk("Ann")
    done = [passed(ann) for _ in range(3)]
    done.append(passed(ann, asked_again(store, ann)))
    expect(ann.get_by_text(f"{done[-1]}: pass saved.")).to_be_visible()
    expect(ann.get_by_text("Your queue is done")).to_be_visible()
    assert len({*done}) == 4 and len(labels.history(store, done[-1])) == 1
    ann.go_back()
    expect(on(ann, done[-1]).get_by_text("Your label: pass")).to_be_visible()

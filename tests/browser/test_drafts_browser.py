"""What is typed or pressed outlives everything: another page, a reload, a dead server, a dead browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lib.records import Trace
from lib.store import Store, open_store, projects
from lib.store.review import labels
from tests.support.browser import App, OfProject, be, opened
from tests.support.desk import box, comes, on
from tests.support.steps import add

WORDS = "the answer names the wrong plan"


def fill(path: Path, name: str, make_trace: Callable[..., Trace]) -> Store:
    """A project with three traces, the last of which Ann has labelled."""
    store = projects.create(open_store(path), name, "Did the AI help?")
    add(store, *(make_trace(f"t{number}") for number in (1, 2, 3)))
    labels.save(store, "t3", "Ann", "pass", "Fine, since it says so.")
    return store


@pytest.fixture
def app(module_app, make_trace, request) -> OfProject:
    """A project of its own."""
    return OfProject(module_app, fill(module_app.path, request.node.name, make_trace))


@pytest.fixture
def mortal(serve, tmp_path, make_trace) -> App:
    """A server of its own, to be killed."""
    return serve(fill(tmp_path / "drafts.db", "Drafts", make_trace).path)


@pytest.fixture
def desk(app, page) -> Page:
    """Ann's desk with the first trace read."""
    return on(opened(page, app.at("review")), "t1")


def test_a_reload_in_the_middle_of_a_word_loses_nothing(app, desk):
    box(desk).press_sequentially(WORDS)
    desk.reload()
    expect(box(desk)).to_have_value(WORDS)
    assert comes(desk, lambda: labels.draft(app.store, "t1", "Ann")) == (WORDS, "")


def test_another_page_and_back_loses_nothing(app, desk):
    box(desk).press_sequentially(WORDS)
    desk.get_by_role("link", name="Judge").click()
    expect(desk.get_by_role("heading", name="Judge")).to_be_visible()
    desk.get_by_role("link", name="Review").click()
    expect(box(desk)).to_have_value(WORDS)


def test_a_draft_is_stored_without_any_press_and_another_browser_finds_it(app, desk, visitor):
    box(desk).press_sequentially(WORDS)
    assert comes(desk, lambda: labels.draft(app.store, "t1", "Ann")) == (WORDS, "")
    other = opened(visitor.page(), app.at("review", trace="t1"))
    expect(box(other)).to_have_value(WORDS)


def test_what_is_typed_and_pressed_while_the_server_is_dead_is_stored_when_it_lives_again(mortal, visitor):
    desk = on(opened(visitor.page(), mortal.at("review")), "t1")
    mortal.stop(kill=True)
    box(desk).press_sequentially(WORDS)
    box(desk).press("Alt+2")
    expect(desk.get_by_text("The server has not answered yet.")).to_be_visible()
    assert labels.current(mortal.store, "t1", "Ann") is None
    mortal.start()
    assert comes(desk, lambda: labels.current(mortal.store, "t1", "Ann")).critique == WORDS
    on(desk, "t2")
    assert [label.outcome for label in labels.history(mortal.store, "t1", "Ann")] == ["fail"]


def test_a_browser_that_is_closed_while_the_server_is_dead_brings_it_with_the_next_visit(mortal, visitor):
    desk = on(opened(visitor.page(), mortal.at("review")), "t1")
    mortal.stop(kill=True)
    box(desk).press_sequentially(WORDS)
    box(desk).press("Alt+1")
    context = desk.context
    desk.close()
    mortal.start()
    again = context.new_page()
    # What a closed tab left is taken over once nobody can be typing there any more.
    again.goto(mortal.at("review"))
    again.evaluate("""() => { for (const key of Object.keys(localStorage)) if (key.startsWith('plumbline '))
        localStorage.setItem(key, JSON.stringify({...JSON.parse(localStorage.getItem(key)), at: 0})); }""")
    again.reload()
    assert comes(again, lambda: labels.current(mortal.store, "t1", "Ann")).critique == WORDS
    assert len(labels.history(mortal.store, "t1", "Ann")) == 1


def test_a_draft_of_one_reviewer_is_not_shown_to_another(app, desk):
    box(desk).press_sequentially(WORDS)
    assert comes(desk, lambda: labels.draft(app.store, "t1", "Ann"))
    be(desk.context, "Bob")
    opened(desk, app.at("review", trace="t1"))
    expect(box(desk)).to_have_value("")


@pytest.fixture
def full_disk(app) -> Iterator[None]:
    """No label can be stored until the trigger is dropped."""
    app.store.execute("create trigger full before insert on labels begin select raise(abort, 'disk is full'); end")
    yield
    app.store.execute("drop trigger if exists full")


def test_a_full_disk_leaves_the_label_in_the_browser_until_there_is_room(app, desk, full_disk):
    box(desk).press_sequentially(WORDS)
    box(desk).press("Alt+1")
    expect(desk.get_by_text("is full or failing")).to_be_visible()
    app.store.execute("drop trigger full")
    desk.reload()
    assert comes(desk, lambda: labels.current(app.store, "t1", "Ann")).critique == WORDS

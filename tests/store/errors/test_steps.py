"""The steps of a system, of each fail the last good and the first failing one, and the matrix of them."""

import pytest

from lib.records import UsageError
from lib.statistics.transitions import START, matrix, reading
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.errors import steps
from tests.support.pages import opened_page, words
from tests.support.steps import add, row, say

NAMES = ["understand", "search", "write"]


@pytest.fixture
def stepped(db, make_trace):
    """Three steps, four fails and a pass; t0 to t2 have their steps."""
    for name in NAMES:
        steps.add(db, name)
    add(db, *(make_trace(f"t{number}") for number in range(5)))
    for number in range(5):
        say(db, f"t{number}", "pass" if number == 4 else "fail")
    steps.give(db, "t0", None, "understand")
    steps.give(db, "t1", "understand", "search")
    steps.give(db, "t2", "understand", "search")
    return db


def names(store) -> list[str]:
    return [step.name for step in steps.every(store)]


def test_the_matrix_has_every_pair_that_can_be():
    found = matrix(NAMES, [(None, "understand", 1), ("understand", "search", 2), ("understand", "write", 4)])
    assert (found.rows, found.columns, found.total) == ([START, "understand", "search"], NAMES, 7)
    assert found.cells == {(START, "understand"): 1, (START, "search"): 0, (START, "write"): 0,
                           ("understand", "search"): 2, ("understand", "write"): 4, ("search", "write"): 0}
    assert reading(found) == "4 of 7 fails begin at write: look there first."
    assert reading(matrix(NAMES, [])) == "No fail has its steps yet."


def test_a_pair_against_a_later_order_is_still_counted():
    found = matrix(["a", "b"], [("b", "a", 3)])
    assert found.rows == [START, "a", "b"] and found.cells["b", "a"] == found.total == 3


def test_steps_keep_their_order_and_are_renamed_and_put_before(db):
    for name in NAMES:
        steps.add(db, f" {name} ")
    steps.move_up(db, "write")
    steps.move_up(db, "understand")
    steps.rename(db, "search", "retrieve")
    assert names(db) == ["understand", "write", "retrieve"]
    steps.remove(db, "write")
    assert names(db) == ["understand", "retrieve"]


@pytest.mark.parametrize(("do", "said"), [
    (lambda db: steps.add(db, "search"), "There is a step 'search' already"),
    (lambda db: steps.add(db, " "), "A step needs a name"),
    (lambda db: steps.rename(db, "write", "search"), "There is a step 'search' already"),
    (lambda db: steps.rename(db, "call", "x"), "no step 'call'. Steps: understand, search, write"),
    (lambda db: steps.remove(db, "search"), "2 traces name the step 'search'"),
    (lambda db: steps.give(db, "t3", "search", "search"), "comes before the first failing one"),
    (lambda db: steps.give(db, "t3", "write", "search"), "comes before the first failing one"),
    (lambda db: steps.give(db, "t3", None, "call"), "no step 'call'"),
    (lambda db: steps.give(db, "t9", None, "write"), "no trace 't9'")])
def test_what_cannot_be_is_refused_and_changes_nothing(stepped, do, said):
    before = steps.every(stepped), steps.counts(stepped, "Ann")
    with pytest.raises(UsageError, match=said):
        do(stepped)
    assert (steps.every(stepped), steps.counts(stepped, "Ann")) == before


def test_the_counts_are_of_the_fails_of_the_expert_and_can_be_taken_back(stepped):
    assert steps.counts(stepped, "Ann") == [(None, "understand", 1), ("understand", "search", 2)]
    assert steps.progress(stepped, "Ann") == (3, 4) and steps.next_fail(stepped, "Ann") == "t3"
    say(stepped, "t1", "pass")
    assert steps.counts(stepped, "Ann") == [(None, "understand", 1), ("understand", "search", 1)]
    steps.forget(stepped, "t0")
    assert steps.of_trace(stepped, "t0") is None and steps.of_trace(stepped, "t2") == ("understand", "search")
    assert [steps.next_fail(stepped, "Ann", after) for after in (None, "t0", "t3")] == ["t0", "t3", "t0"]


@pytest.mark.parametrize(("pair", "found"), [
    ('[null, "understand"]', ["t0"]), ('["understand", "search"]', ["t1", "t2"]), ('["search", "write"]', [])])
def test_a_cell_leads_to_its_traces(stepped, pair, found):
    assert [row["trace_id"] for row in traces.listing(stepped, Filter(transition=pair, label="fail"))] == found


def test_the_page_says_when_steps_are_worth_it_and_defines_them(db, make_trace, monkeypatch):
    add(db, make_trace("t1"))
    say(db, "t1", "fail")
    app = opened_page(monkeypatch, db, "errors", view="Steps")
    assert "Worth it only where one answer takes several steps" in words(app)
    for name in ("search", "write"):
        next(one for one in app.text_input if one.label == "The next step").input(name)
        next(one for one in app.button if one.label == "Add").click().run()
    assert names(db) == ["search", "write"] and "0 of 1 fail has its steps." in words(app)
    app.button(key="up_write").click().run()
    app.text_input(key="step_write").input("draft").run()
    assert names(db) == ["draft", "search"] and not app.exception


def test_a_fail_gets_its_steps_beside_the_trace_and_nothing_is_guessed(stepped, monkeypatch):
    app = opened_page(monkeypatch, stepped, "errors", view="Steps", steps_cell='["understand", "search"]')
    assert "Fails after understand, at search: 2" in words(app) and "2 of 3 fails begin at search" in words(app)
    assert [radio.value for radio in app.radio] == [None, None]
    save = next(one for one in app.button if one.label == "Save, next fail")
    save.click().run()
    assert "Choose both" in words(app) and steps.of_trace(stepped, "t3") is None
    app.radio(key="failing_t3").set_value("write")
    app.radio(key="good_t3").set_value("search")
    next(one for one in app.button if one.label == "Save, next fail").click().run()
    assert steps.of_trace(stepped, "t3") == ("search", "write") and "Every fail has its steps." in words(app)


def test_steps_are_read_off_the_traces_that_recorded_them(db, make_trace):
    def took(*names):
        return [{"kind": "agent", "name": "desk"}, *({"kind": "model", "agent": name} for name in names),
                {"kind": "tool", "name": "refund"}, {"kind": "tool", "name": "refund"}]

    add(db, make_trace("1", steps=took("planner", "critic")), make_trace("2", steps=took("planner")), make_trace("3"))
    steps.add(db, "critic")
    assert steps.recorded(db) == [steps.Step("planner", 2), steps.Step("refund", 2)]


def test_recorded_steps_are_offered_and_added_in_their_order(monkeypatch, db, make_trace):
    add(db, row(make_trace("1", steps=[{"kind": "retrieval", "name": "search"}, {
        "kind": "tool", "name": "refund", "error": "no such order"}]), Ann="fail"))
    page = opened_page(monkeypatch, db, "errors", view="Steps")
    page.button("add_recorded").click().run()
    assert not page.exception
    assert [step.name for step in steps.every(db)] == ["search", "refund"]
    assert "Errors in: refund" in words(page)

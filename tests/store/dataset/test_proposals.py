"""Proposals in the store: accepted, edited, rejected with a reason, taken back, counted, and found by filter."""

import pytest

from lib.records import Nearest, UsageError
from lib.store.dataset import generations, traces


@pytest.fixture
def four(db):
    """Four proposals of two combinations; the second and the fourth nearly repeat another input."""
    generations.save(db, {"feature": "orders"}, "p", "m", "embedded", ["one", "two"],
                     nearest=[None, Nearest("one!", 0.9)], assumptions="order 9 is not there")
    generations.save(db, {"feature": "search", "tone": "rude"}, "p", "m", "embedded", ["three", "four"],
                     nearest=[Nearest("x", 0.3), Nearest("fourth", 0.8)])
    return db


def inputs(store, **where) -> list[str]:
    return [row["input"] for row in generations.proposed(store, **where)]


def test_filters(four):
    assert inputs(four) == ["one", "two", "three", "four"]
    assert inputs(four, flagged=True) == ["two", "four"] and inputs(four, flagged=False) == ["one", "three"]
    assert inputs(four, combination={"tone": "rude"}) == ["three", "four"]
    assert inputs(four, combination={"tone": "rude", "feature": "orders"}) == []
    assert inputs(four, limit=1) == ["one"] and inputs(four, job=1) == [] and inputs(four, status="rejected") == []


def test_every_decision_is_kept_and_counted(four):
    trace = traces.get(four, generations.accept(four, 1, "one, edited"))
    assert (trace.input, trace.source, trace.assumptions) == ("one, edited", "synthetic", "order 9 is not there")
    generations.accept(four, 3, "three")
    generations.reject(four, 2, "  nobody asks this ")
    assert generations.counts(four) == {"proposed": 1, "flagged": 1, "accepted": 2, "edited": 1, "rejected": 1}
    [row] = generations.proposed(four, status="rejected")
    assert (row["reason"], row["near"], row["input"]) == ("nobody asks this", "one!", "two") and row["decided_at"]
    # What the model wrote stays as it was, beside what became of it.
    assert (generations.one(four, 1)["input"], generations.one(four, 1)["accepted"]) == ("one", "one, edited")


def test_a_rejection_needs_a_reason_and_an_acceptance_a_text(four):
    for reason in ("", " \n"):
        with pytest.raises(UsageError, match="Say why"):
            generations.reject(four, 1, reason)
    with pytest.raises(UsageError, match="empty input"):
        generations.accept(four, 1, " ")
    assert generations.counts(four)["proposed"] == 4


def test_a_decision_is_made_once(four):
    generations.accept(four, 1, "one")
    generations.reject(four, 2, "no")
    for again in (lambda: generations.accept(four, 1, "x"), lambda: generations.reject(four, 1, "x"),
                  lambda: generations.accept(four, 2, "x"), lambda: generations.reject(four, 2, "x")):
        with pytest.raises(UsageError, match="decided already"):
            again()
    assert traces.count(four) == 1


def test_a_rejection_can_be_taken_back_and_an_acceptance_cannot(four):
    generations.reject(four, 1, "no")
    generations.reopen(four, 1)
    row = generations.one(four, 1)
    assert (row["status"], row["reason"], row["decided_at"]) == ("proposed", "", None)
    generations.accept(four, 1, "one")
    for proposal in (1, 2):
        with pytest.raises(UsageError, match="Only a rejected"):
            generations.reopen(four, proposal)


def test_many_are_accepted_all_or_none(four):
    assert generations.accept_all(four, [1, 3]) == 2 and traces.count(four) == 2
    with pytest.raises(UsageError, match="decided already"):
        generations.accept_all(four, [2, 1])
    assert generations.counts(four)["proposed"] == 2 and traces.count(four) == 2


def test_the_newest_inputs_for_just_a_combination_come_first(four):
    generations.save(four, {"feature": "orders"}, "p", "m", "embedded", ["five"])
    assert generations.written_for(four, {"feature": "orders"}) == ["five", "two", "one"]
    assert generations.written_for(four, {"feature": "orders"}, 1) == ["five"]
    assert generations.written_for(four, {"feature": "search"}) == generations.written_for(four, {}) == []
    assert generations.written_for(four, {"tone": "rude", "feature": "search"}) == ["four", "three"]


def test_every_input_there_is_whatever_became_of_it(four, make_trace):
    generations.reject(four, 1, "no")
    generations.accept(four, 3, "three, edited")
    assert sorted(generations.every_input(four)) == ["four", "one", "three", "three, edited", "two"]

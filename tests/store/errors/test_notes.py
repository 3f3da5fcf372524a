"""Open coding in the store: notes succeed each other, drafts survive, fails come in the order they were labelled."""

import pytest

from lib.records import UsageError
from lib.store.errors import notes
from lib.store.errors.notes import Fails
from tests.support.steps import add, fresh, say

ANN = Fails("Ann")


@pytest.fixture
def four(db, make_trace):
    """Fails t3, t1, t4 in this order, a pass t2; t1 and t4 of topic tax."""
    add(db, *(make_trace(f"t{n}", dimensions={"topic": ("tax" if n in (1, 4) else "food",)}) for n in range(1, 5)))
    for trace, outcome in (("t3", "fail"), ("t2", "pass"), ("t1", "fail"), ("t4", "fail")):
        say(db, trace, outcome)
    return db


def texts(store, trace: str) -> list[str]:
    return [note["text"] for note in notes.history(store, trace)]


def test_fails_without_a_note_come_in_the_order_labelled_and_then_from_the_beginning(four):
    assert notes.next_without(four, ANN) == "t3" and notes.progress(four, ANN) == (0, 3)
    notes.save(four, "t1", "Ann", "no year")
    assert notes.progress(four, ANN) == (1, 3)
    assert [notes.next_without(four, ANN, after) for after in ("t3", "t1", "t4", None)] == ["t4", "t4", "t3", "t3"]
    for trace in ("t3", "t4"):
        notes.save(four, trace, "Ann", "no year")
    assert notes.next_without(four, ANN) is None and notes.progress(four, ANN) == (3, 3)


def test_a_round_goes_over_noted_fails_too_and_a_dimension_narrows_it(four):
    notes.save(four, "t1", "Ann", "no year")
    assert [notes.step(four, ANN, trace) for trace in ("t3", "t1", "t4")] == ["t1", "t4", None]
    assert [notes.step(four, ANN, trace, False) for trace in ("t4", "t1", "t3")] == ["t1", "t3", None]
    tax = Fails("Ann", "topic", "tax")
    assert notes.progress(four, tax) == (1, 2) and notes.next_without(four, tax) == "t4"
    assert [note["trace_id"] for note in notes.every(four, tax)] == ["t1"] and notes.every(four, Fails("Bob")) == []


def test_a_note_is_succeeded_never_changed_and_the_newest_counts(four):
    first = notes.save(four, "t1", "Ann", " no year ")
    second = notes.save(four, "t1", "Bob", "the year is of another meeting")
    assert texts(four, "t1") == ["the year is of another meeting", "no year"] and first < second
    assert notes.current(four, "t1")["author"] == "Bob"
    assert [note["text"] for note in notes.every(four, ANN)] == ["the year is of another meeting"]


def test_two_presses_are_one_note(four):
    assert notes.save(four, "t1", "Ann", "no year", "token") == notes.save(four, "t1", "Ann", "no year", "token")
    assert texts(four, "t1") == ["no year"]


@pytest.mark.parametrize(("trace", "author", "text", "sentence"), [
    ("t1", "Ann", "  \n", "needs words"), ("t1", " ", "no year", "needs a name"), ("t9", "Ann", "no", "no trace 't9'")])
def test_what_is_no_note_is_refused_in_a_sentence(four, trace, author, text, sentence):
    with pytest.raises(UsageError, match=sentence):
        notes.save(four, trace, author, text)
    assert notes.progress(four, ANN) == (0, 3)


def test_a_draft_survives_a_restart_and_ends_with_its_note(four):
    notes.keep_draft(four, "t1", "Ann", "no ye")
    notes.keep_draft(four, "t1", "Bob", "wrong")
    again = fresh(four.path).of(four.project)
    assert (notes.draft(again, "t1", "Ann"), notes.draft(again, "t1", "Bob")) == ("no ye", "wrong")
    notes.save(again, "t1", "Ann", "no year")
    assert (notes.draft(again, "t1", "Ann"), notes.draft(again, "t1", "Bob")) == (None, "wrong")
    notes.keep_draft(again, "t1", "Bob", " ")
    assert notes.draft(again, "t1", "Bob") is None

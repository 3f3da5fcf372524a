"""The view Feedback: empty with a way on, figures and differences, a check noted by a press, days set, a due line."""

from dataclasses import replace

import pytest

from lib.records.feedback import Feedback
from lib.store import cycles, experts, feedback
from tests.support.pages import fine, opened_page, press, words
from tests.support.steps import add, row, say


@pytest.fixture
def given(db, make_trace):
    """Ann passes both traces; a user liked one of them and did not like the other."""
    add(db, *(replace(row(make_trace(name, input=f"{name}?")), feedback=(Feedback("thumbs", thumb, said, "u1"),))
              for name, thumb, said in (("a", "up", ""), ("b", "down", "wrong *place*"))))
    say(db, "a", "pass", critique="It helps.")
    say(db, "b", "pass", critique="It names the hour.")
    experts.make_principal(db, "Ann")
    return db


def test_without_feedback_it_says_how_to_bring_it_in(monkeypatch, db, make_trace):
    add(db, make_trace("a"))
    said = words(opened_page(monkeypatch, db, "review", view="Feedback", reviewer="Ann"))
    assert "No users' feedback yet" in said and "Where they differ" not in said


def test_both_sides_words_stand_beside_each_other_and_a_check_is_noted(monkeypatch, given):
    app = opened_page(monkeypatch, given, "review", view="Feedback", reviewer="Ann")
    assert [one.value for one in app.metric] == ["1 of 2", "0.0"]
    said = words(app)
    for text in ("Ann: pass", "It names the hour.", "User u1: thumb down (thumbs)", "wrong *place*"):
        assert text in said
    assert "It helps." not in said
    app.text_input(key="feedback_remark").set_value("Users want the price.")
    press(app, "feedback_note")
    (cycle,) = cycles.every(given)
    assert cycle.reason.endswith("Users want the price.") and cycle.opened_by == "Ann"
    assert "Labels were last held against users' feedback on" in words(app)


def test_days_are_set_and_a_check_that_is_due_is_said_on_the_desk(monkeypatch, given):
    app = opened_page(monkeypatch, given, "review", view="Feedback", reviewer="Ann")
    app.number_input(key="feedback_days").set_value(14)
    fine(next(button for button in app.button if button.label == "Save").click().run())
    assert feedback.days(given) == 14
    assert "a first check is due" in words(opened_page(monkeypatch, given, "review", reviewer="Ann"))


def test_the_desk_shows_a_thumb_only_once_the_label_is_there(monkeypatch, given, make_trace):
    add(given, replace(row(make_trace("c")), feedback=(Feedback("thumbs", "down", "it lied"),)))
    assert "it lied" not in words(opened_page(monkeypatch, given, "review", trace="c", reviewer="Ann"))
    say(given, "c", "pass")
    assert "it lied" in words(opened_page(monkeypatch, given, "review", trace="c", reviewer="Ann"))

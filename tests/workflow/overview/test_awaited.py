"""What agreeing to imported labels would change is said before the press: succeeded, turned round, dated, kept out."""

import pytest

from lib import readers
from lib.store import sign_offs
from lib.store.dataset import awaited
from lib.store.review import labels
from lib.workflow.dataset import exchange, reading
from lib.workflow.overview import sign_offs as verbs
from tests.support.pages import said
from tests.support.steps import add, say

FILE = ("id,input,output,Ann_label,Ann_critique\n"
        "t1,question of t1,answer to t1,fail,not so\n"
        "t2,question of t2,answer to t2,pass,better said\n"
        "t3,question of t3,answer to t3,pass,new\n")


@pytest.fixture
def team(db, make_trace):
    """Ann has passed t1 and t2; Bob brings labels in her name, none with a date."""
    add(db, *(make_trace(f"t{n}") for n in range(1, 4)))
    for trace in ("t1", "t2"):
        say(db, trace, "pass", "Ann")
    bring(db.by("Bob"), FILE)
    return db


def bring(store, text: str) -> None:
    table = exchange.read_file("labels.csv", text.encode())
    reading.keep(store, reading.read(store, table, readers.guess(table)))


def test_every_trace_is_told_those_that_turn_round_first(team):
    ann, asked = team.by("Ann"), sign_offs.waiting(team)[0]
    found = verbs.changes(ann, asked)
    assert [(one.trace, one.now, one.outcome, one.critique) for one in found.first] == [
        ("t1", "pass", "fail", "not so"), ("t2", "pass", "pass", "better said"), ("t3", None, "pass", "new")]
    assert (found.traces, found.new, found.succeed, found.turn, found.undated) == (3, 1, 2, 1, 3)
    words = verbs.consequence(ann, asked)
    assert "1 had none, 2 succeed labels of Ann, and 1 of them turns the outcome round" in words
    assert "3 carry no date in the file and count as given at the import, " in words
    verbs.agree(ann, asked.number)
    assert [labels.current(team, one.trace, "Ann").outcome for one in found.first] == ["fail", "pass", "pass"]


def test_what_she_said_since_stays_and_is_told(team):
    ann, asked = team.by("Ann"), sign_offs.waiting(team)[0]
    say(ann, "t1", "pass", "Ann", "I looked again")
    found = verbs.changes(ann, asked)
    assert [one.trace for one in found.first] == ["t2", "t3"] and (found.kept_out, found.turn) == (1, 0)
    assert "1 stays out: Ann has given the same or a newer label since." in verbs.consequence(ann, asked)
    verbs.agree(ann, asked.number)
    assert labels.current(team, "t1", "Ann").critique == "I looked again"


def test_nobody_else_sees_her_outcomes_and_decided_there_is_nothing_to_see(team):
    asked = sign_offs.waiting(team)[0]
    assert verbs.changes(team.by("Bob"), asked) is None
    verbs.decline(team.by("Ann"), asked.number)
    assert verbs.changes(team.by("Ann"), asked) is None and awaited.look(team, 1 + asked.detail["import"]) is None


def test_of_two_on_one_trace_the_last_of_the_file_counts(team):
    verbs.decline(team.by("Ann"), sign_offs.waiting(team)[0].number)
    bring(team.by("Bob"), "id,input,output,expert,label,critique\n" + "".join(
        f"t3,question of t3,answer to t3,Ann,{said}\n" for said in ("pass,new", "fail,on second thought")))
    asked = sign_offs.waiting(team)[0]
    found = verbs.changes(team.by("Ann"), asked)
    assert found.earlier == 1 and found.first[-1].critique == "on second thought"
    assert "1 goes to the history" in verbs.consequence(team.by("Ann"), asked)
    verbs.agree(team.by("Ann"), asked.number)
    assert labels.current(team, "t3", "Ann").critique == "on second thought"


def test_the_page_shows_a_bounded_table_before_the_press_and_says_the_rest(visit, team):
    verbs.decline(team.by("Ann"), sign_offs.waiting(team)[0].number)
    more = "".join(f"n{n},q{n},a{n},pass,\n" for n in range(awaited.SHOWN))
    bring(team.by("Bob"), FILE + more)
    app = visit(team.path, "overview", view="Sign-offs", reviewer="Ann")
    table = app.dataframe[0].value
    assert len(table) == awaited.SHOWN and list(table.iloc[0])[:4] == ["t1", "pass", "fail", "not so"]
    assert table.iloc[2]["outcome now"] == "–" and table.iloc[0]["date in the file"] == "none"
    assert "3 more are not shown" in said(app) and "carry no date in the file" in said(app)
    other = visit(team.path, "overview", view="Sign-offs", reviewer="Bob")
    assert all("outcome in the file" not in one.value for one in other.dataframe)

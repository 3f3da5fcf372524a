"""People renamed, merged and retired: labels stay as they were given, figures count one person once, all is logged."""

import sqlite3

import pytest

from lib.records import UsageError
from lib.records.people import LONGEST_NAME
from lib.store import experts, people
from lib.store.errors import insights, notes
from lib.store.review import labels, queues, reviewers
from lib.workflow import figures
from lib.workflow.review import queueing
from tests.support.steps import add, row, say


@pytest.fixture
def team(db, make_trace):
    """Ann is principal; Bob and "Bob B." label too, who are one human; Eve is an engineer, and signs."""
    add(db, *(row(make_trace(f"t{n}"), Ann="pass") for n in range(1, 5)))
    for trace, outcome, who in (("t1", "fail", "Bob"), ("t2", "pass", "Bob"), ("t2", "fail", "Bob B."),
                                ("t3", "fail", "Bob B.")):
        say(db, trace, outcome, who, critique=f"{who}: {outcome}")
    people.enter(db, "Eve", "engineer")
    return db.by(None, "Eve")


def names(store) -> list[str]:
    return [person.name for person in people.every(store)]


def test_saying_who_one_is_makes_nobody_principal_and_the_first_label_does(db, make_trace):
    add(db, make_trace())
    people.enter(db, "Eve", "engineer")
    assert experts.principal(db) is None and experts.every(db) == []
    say(db, "t1", "pass", "Ann")
    say(db, "t1", "fail", "Eve")
    assert experts.principal(db).name == "Ann"
    assert [one.name for one in experts.every(db)] == ["Ann", "Eve"]


@pytest.mark.parametrize("spelling", ["EVE", " eve ", "E\u200bve"])
def test_every_spelling_of_a_name_is_one_person(team, spelling):
    assert people.enter(team, spelling, "PM").name == "Eve" and names(team) == ["Ann", "Bob", "Bob B.", "Eve"]
    assert people.get(team, "Eve").role == "PM" and people.log(team)[0].words == "Eve works as PM"


@pytest.mark.parametrize(("name", "role", "why"), [("", "expert", "needs a name"), ("\u200b", "expert", "needs a name"),
                                                   ("Ann", "boss", "as what you work"),
                                                   ("x" * (LONGEST_NAME + 1), "PM", "at most 100 characters")])
def test_what_is_no_name_or_role_is_refused(team, name, role, why):
    with pytest.raises(UsageError, match=why):
        people.enter(team, name, role)


def test_a_merged_person_counts_as_one_and_history_keeps_who_it_was(team):
    assert figures.between(team, "Ann", "Bob").counts.n == 2
    assert people.merge(team, "Bob B.", "Bob") == 2
    found = figures.between(team, "Ann", "Bob").counts
    assert (found.n, found.cells) == (3, (0, 3, 0, 0))  # t1 and t3 fail; of two on t2 the newer one counts: fail
    assert labels.tally(team, "Bob")["labelled"] == 3 and reviewers.independent(team).names == ["Ann", "Bob"]
    assert [(one.outcome, one.given_as) for one in labels.history(team, "t2", "Bob")] == [("fail", "Bob B."),
                                                                                          ("pass", "")]
    assert names(team) == ["Ann", "Bob", "Eve"] and experts.called(team, "bob b.") == "Bob"
    say(team, "t4", "fail", "Bob B.")
    assert labels.current(team, "t4", "Bob").outcome == "fail"
    last = people.log(team)[0]
    assert (last.words, last.author) == ("Bob B. is Bob: 2 labels went there", "Eve")


def test_a_second_merge_carries_the_first_one_along(team):
    people.merge(team, "Bob B.", "Bob")
    people.merge(team, "Bob", "Ann")
    assert experts.called(team, "Bob B.") == experts.called(team, "bob") == "Ann" and names(team) == ["Ann", "Eve"]
    assert {one.given_as for one in labels.history(team, "t2")} == {"", "Bob", "Bob B."}
    assert labels.current(team, "t3", "Ann").outcome == "fail"


def test_the_principal_merged_makes_the_other_one_principal(team):
    people.merge(team, "Ann", "Bob")
    assert experts.principal(team).name == "Bob" and names(team) == ["Bob", "Bob B.", "Eve"]


def test_drafts_and_queues_of_both_are_kept_and_a_trace_given_to_both_waits_once(team):
    labels.save_draft(team, "t4", "Bob", "first half")
    labels.save_draft(team, "t4", "Bob B.", "second half")
    queueing.draw(team, ["Bob", "Bob B."], 1, {"random": 100.0}, overlap=1)
    people.merge(team, "Bob B.", "Bob")
    assert labels.draft(team, "t4", "Bob")[0] == "first half\nsecond half"
    assert len(queues.listing(team, "Bob")) == 1


def test_a_rename_takes_everything_along_and_the_earlier_name_still_finds_the_person(team):
    notes.save(team, "t1", "Bob", "too short")
    notes.keep_draft(team, "t3", "Bob", "half a note")
    insights.add(team, "user", "They ask twice.", "Bob")
    people.rename(team, "Bob", "Robert")
    assert experts.called(team, "BOB") == "Robert" and labels.tally(team, "Robert")["labelled"] == 2
    assert notes.written_by(team, "t1", "Robert") == "too short" and notes.draft(team, "t3", "Robert") == "half a note"
    assert insights.every(team)[0].author == "Robert"
    people.rename(team, "Robert", "Bob")
    assert experts.called(team, "Robert") == "Bob" and names(team) == ["Ann", "Bob", "Bob B.", "Eve"]
    people.rename(team, "Bob", "BOB")
    assert names(team)[1] == "BOB"
    assert [event.words for event in people.log(team)] == ["Bob is called BOB now", "Robert is called Bob now",
                                                           "Bob is called Robert now"]


def test_a_name_of_somebody_else_is_not_given_twice(team):
    with pytest.raises(UsageError, match="'Ann' is somebody else here: merge the two"):
        people.rename(team, "Bob", "ann")
    with pytest.raises(UsageError, match="are one person already"):
        people.merge(team, "bob", "Bob")
    with pytest.raises(UsageError, match="There is nobody called 'Zed' here"):
        people.retire(team, "Zed")


def test_the_retired_are_offered_nowhere_and_stay_in_figures(team):
    people.retire(team, "Bob")
    assert [one.name for one in experts.at_work(team)] == ["Ann", "Bob B."]
    assert figures.between(team, "Ann", "Bob").counts.n == 2 and "Bob" in reviewers.independent(team).names
    with pytest.raises(UsageError, match="has retired here"):
        people.enter(team, "Bob", "expert")
    with pytest.raises(UsageError, match="Bob retired here: draw for somebody else"):
        queueing.draw(team, ["bob"], 1, {"random": 100.0})
    people.bring_back(team, "Bob")
    assert people.enter(team, "Bob", "expert").name == "Bob"
    assert [event.kind for event in people.log(team)] == ["brought back", "retired"]


@pytest.mark.parametrize("successor", ["", "Ann", "Zed"])
def test_the_principal_retires_only_when_somebody_follows(team, successor):
    with pytest.raises(UsageError, match="name who follows first"):
        people.retire(team, "Ann", successor)
    people.retire(team, "Ann", "Bob")
    assert experts.principal(team).name == "Bob" and people.every(team)[-1].name == "Ann"


@pytest.mark.parametrize("change", [
    "update labels set outcome = 'pass' where outcome = 'fail'", "update labels set critique = 'x'",
    "update labels set expert = (select id from experts where name = 'Ann')", "update labels set given_as = 'Ann'"])
def test_a_label_is_never_changed_nor_given_to_somebody_else(team, change):
    with pytest.raises(sqlite3.IntegrityError):
        team.execute(change)

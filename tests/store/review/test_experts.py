"""Spellings that differ by case, blanks or what nobody sees are one person, by every way in; old doubles stay two."""

import pytest

from lib.readers import guess, read_table
from lib.records import UsageError
from lib.records.people import same_person, tidied
from lib.store import experts, projects
from lib.store.review import claims, labels, queues, reveals
from lib.workflow import figures
from lib.workflow.dataset import exchange
from lib.workflow.review import queueing
from tests.support.formats import FOLDER
from tests.support.steps import add, say

NAMES = FOLDER.parent / "cases" / "imports" / "f13_names.jsonl"
SPELLINGS = ("Ann Lee", "ann lee", "ANN LEE", " Ann Lee ", "Ann  Lee", "Ann\u00a0Lee", "Ann\tLee",
             "Ann\u200b Lee\ufeff", "\u202aAnn Lee\u202c", "An\u00adn Lee", "\uff21nn Lee")


def names(store) -> list[str]:
    return [expert.name for expert in experts.every(store)]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_one_person_called_as_first_spelt(db, spelling):
    row = experts.add(db, "Ann Lee")
    assert experts.add(db, spelling) == experts.row_of(db, spelling) == row
    assert experts.called(db, spelling) == "Ann Lee" and names(db) == ["Ann Lee"]


def test_other_letters_are_other_people(db):
    for name in ("Ann", "Anne", "An n", "Änn", "Ann 2"):
        experts.add(db, name)
    assert len(names(db)) == 5
    assert same_person("Straße") == same_person("STRASSE") and same_person("e\u0301va") == same_person("Éva")


def test_the_first_spelling_is_kept_without_what_cannot_be_seen(db):
    experts.add(db, "  mc\u200bDonald   J\u00fcrgen ")
    assert names(db) == ["mcDonald Jürgen"] and tidied("\u200b \ufeff") == ""


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b", "\ufeff \u00ad"])
def test_a_name_of_nothing_is_refused(db, nothing):
    with pytest.raises(UsageError, match="An expert needs a name"):
        experts.add(db, nothing)
    with pytest.raises(UsageError, match="There is no expert"):
        experts.row_of(db, nothing)


def test_an_import_with_four_spellings_has_one_expert(db):
    table = read_table(NAMES.name, NAMES.read_bytes())
    exchange.import_table(db, table, guess(table))
    assert names(db) == ["Ann"]
    assert db.value("select count(*) from labels") == 12 == labels.tally(db, "Ann")["labelled"]


def test_labels_drafts_claims_and_looks_of_every_spelling_are_one_person_s(db, make_trace):
    add(db, make_trace("t1"), make_trace("t2"))
    say(db, "t1", "pass")
    labels.save(db, "t1", " ANN", "fail", "No.")
    labels.save_draft(db, "t2", "ann", "begun")
    reveals.add(db, "t2", "ann ")
    assert names(db) == ["Ann"]
    assert labels.current(db, "t1", "Ann").outcome == "fail" and len(labels.history(db, "t1", "Ann")) == 2
    assert labels.draft(db, "t2", "Ann")[0] == "begun" and reveals.known(db, "t2", "Ann")


def test_a_queue_drawn_for_two_spellings_is_for_one_person(db, make_trace):
    add(db, *map(make_trace, ("t1", "t2", "t3")))
    experts.add(db, "Ann")
    queueing.draw(db, ["ANN", "ann "], 3, {"random": 100.0}, overlap=3)
    assert names(db) == ["Ann"] and len(queues.listing(db, "Ann")) == 3
    assert claims.claim(db, "t1", "Ann") and claims.claim(db, "t1", "aNN")


def test_figures_are_asked_for_by_any_spelling(db, make_trace):
    add(db, make_trace("t1"))
    say(db, "t1", "pass")
    labels.save(db, "t1", "Bob", "pass", "Yes.")
    found = figures.between(db, "ANN", " bob")
    assert (found.expert, found.judge, found.counts.n) == ("Ann", "Bob", 1)
    assert figures.expert_named(db, "bob") == "Bob" and figures.expert_named(db, None) == "Ann"


def test_two_spellings_of_an_older_file_stay_two_and_each_is_found(db):
    for name, principal in (("ann", 0), ("Ann", 1), ("ANN", 0)):
        db.execute("insert into experts (project, name, is_principal) values (:project, :name, :principal)",
                   name=name, principal=principal)
    assert {name: experts.called(db, name) for name in ("ann", "Ann", "ANN", "aNN", "Ann ")} == {
        "ann": "ann", "Ann": "Ann", "ANN": "ANN", "aNN": "Ann", "Ann ": "Ann"}
    assert len({experts.add(db, name) for name in ("ann", "Ann", "ANN")}) == 3 == len(names(db))
    experts.make_principal(db, "ann")
    assert experts.principal(db).name == "ann" and experts.called(db, "aNN") == "ann"


def test_experts_of_another_project_are_others(db):
    experts.add(db, "Ann")
    other = projects.create(db, "Other")
    assert experts.called(other, "ANN") == "ANN"

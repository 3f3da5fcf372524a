"""What is the principal's: labels in that name that a file brings, and deletions of that person's labels, wait."""

from dataclasses import replace

import pytest

from lib import readers
from lib.records import UsageError
from lib.store import Store, experts, sign_offs
from lib.store.dataset import imported, traces
from lib.store.removal import log
from lib.store.review import labels
from lib.workflow.dataset import exchange, reading
from lib.workflow.overview import removing
from lib.workflow.overview import sign_offs as verbs
from tests.support.steps import add, row, say


@pytest.fixture
def team(db, make_trace) -> Store:
    """Ann is principal, by a label of hers; Bob works beside her."""
    add(db, make_trace("t1"), make_trace("t2"))
    say(db, "t1", "pass", "Ann", "as it should be")
    say(db, "t1", "fail", "Bob")
    return db


FILE = ("id,input,output,Ann_label,Ann_critique,Bob_label,Ann_created_at\n"
        "n1,q1,a1,fail,too short,pass,2026-01-02T03:04:05Z\n"
        "n2,q2,a2,pass,,pass,\n"
        "t2,question of t2,answer to t2,fail,wrong day,,2026-01-03T03:04:05Z\n")


def bring(store: Store, name: str = "labels.csv", text: str = FILE):
    table = exchange.read_file(name, text.encode())
    mapping = readers.guess(table)
    if "Ann_created_at" in table.columns:
        mapping = replace(mapping, labels=tuple(replace(one, created_at=f"{one.expert}_created_at")
                                                if one.expert == "Ann" else one for one in mapping.labels))
    found = reading.read(store, table, mapping)
    return reading.keep(store, found)[1]


def of(store: Store, who: str) -> list[tuple[str, str]]:
    return [(one["trace_id"], one["outcome"]) for one in traces.listing(store, traces.Filter(expert=who, label="any"))]


def test_labels_in_the_principals_name_wait_and_the_rest_is_there_at_once(team):
    result = bring(team.by("Bob"))
    assert (result.traces, result.labels, result.waiting) == (2, 2, 3)
    assert of(team, "Ann") == [("t1", "pass")] and of(team, "Bob") == [("t1", "fail"), ("n1", "pass"), ("n2", "pass")]
    asked = sign_offs.waiting(team)[0]
    assert (asked.asked_by, verbs.in_words(asked)) == ("Bob", "Take in 3 labels of labels.csv")
    with pytest.raises(UsageError, match="Only the principal expert, Ann"):
        verbs.agree(team.by("Bob"), asked.number)


def test_agreed_they_are_the_principals_dated_as_in_the_file(team):
    bring(team.by("Bob"))
    verbs.agree(team.by("Ann"), 1)
    assert of(team, "Ann") == [("t1", "pass"), ("t2", "fail"), ("n1", "fail"), ("n2", "pass")]
    one = labels.history(team, "n1", "Ann")[0]
    assert (one.critique, one.created_at[:19]) == ("too short", "2026-01-02T03:04:05")
    assert imported.every(team)[0].waiting == 0 and imported.every(team)[0].labels == 5


def test_declined_they_are_kept_out_and_the_traces_stay(team):
    bring(team.by("Bob"))
    verbs.decline(team.by("Ann"), 1)
    assert of(team, "Ann") == [("t1", "pass")] and traces.count(team) == 4
    assert sign_offs.decided(team)[0].decision == "declined" and imported.every(team)[0].waiting == 0


def test_what_the_principal_said_meanwhile_goes_before_an_older_word_of_the_file(team):
    bring(team.by("Bob"))
    say(team, "n1", "pass", "Ann", "I changed my mind")
    verbs.agree(team.by("Ann"), 1)
    assert [one.critique for one in labels.history(team, "n1", "Ann")] == ["I changed my mind"]


@pytest.mark.parametrize("hands", [None, "Ann"])
def test_the_principal_and_the_command_line_bring_them_at_once(team, hands):
    assert bring(team.by(hands)).waiting == 0 and len(of(team, "Ann")) == 4 and sign_offs.waiting(team) == []


def test_the_same_file_again_asks_nothing_more_and_brings_nothing_twice(team):
    bring(team.by("Bob"))
    again = bring(team.by("Bob"))
    assert (again.added, len(sign_offs.waiting(team)), len(imported.every(team))) == (0, 1, 2)
    verbs.agree(team.by("Ann"), 1)
    assert bring(team.by("Bob")).added == 0


def test_an_import_taken_back_takes_what_waits_with_it(team):
    bring(team.by("Bob"))
    seen = removing.look(team.by("Bob"), removing.of_import(team, imported.every(team)[0].number))
    assert (seen.hanging.counts["waiting"], seen.asks) == (3, "")
    removing.remove(team.by("Bob"), seen, "labels.csv")
    assert sign_offs.waiting(team) == [] and team.value("select count(*) from waiting_labels") == 0


def test_a_file_of_ours_that_comes_back_is_no_way_around(team):
    data = exchange.export(team, "labels", "csv").decode()
    own = next(line for line in data.splitlines() if ",Ann," in line and "as it should be" in line)
    changed = data.replace(own, own.replace("as it should be", "as I would not have said").replace("pass", "fail"))
    result = bring(team.by("Bob"), "labels.csv", changed)
    assert (result.labels, result.waiting) == (0, 1)
    assert len(labels.history(team, "t1", "Ann")) == 1 and len(sign_offs.waiting(team)) == 1


def test_the_first_names_of_a_project_wait_for_nobody(db):
    assert bring(db.by("Eve")).waiting == 0 and experts.principal(db).name == "Ann"


def test_labels_of_the_principal_are_deleted_by_that_person_alone(team):
    thing = removing.of_traces(team, [traces.key_of(team, "t1")])
    seen = removing.look(team.by("Bob"), thing)
    assert (seen.asks, seen.hanging.of_principal) == ("Ann", 1)
    with pytest.raises(UsageError, match="Say why"):
        removing.remove(team.by("Bob"), seen, "t1")
    asked = removing.remove(team.by("Bob"), seen, "t1", "a customer asked us to")
    assert traces.count(team) == 2 and verbs.in_words(asked) == "Delete t1"
    assert "1 of Ann, the principal expert" in verbs.text(team, asked)
    verbs.agree(team.by("Ann"), asked.number)
    assert traces.count(team) == 1
    assert log.every(team)[0].author == "Bob, agreed by Ann"


def test_what_others_did_since_it_was_asked_for_is_not_deleted_unseen(team):
    seen = removing.look(team.by("Bob"), removing.of_traces(team, [traces.key_of(team, "t1")]))
    asked = removing.remove(team.by("Bob"), seen, "t1", "why")
    say(team, "t1", "pass", "Eve")
    with pytest.raises(UsageError, match="Somebody has changed something"):
        verbs.agree(team.by("Ann"), asked.number)
    assert traces.count(team) == 2 and len(sign_offs.waiting(team)) == 1


def test_a_whole_project_is_asked_for_and_goes_with_its_own_sign_off(team):
    seen = removing.look(team.by("Bob"), removing.of_project(team))
    asked = removing.remove(team.by("Bob"), seen, "Test", "the pilot is over")
    assert verbs.agree(team.by("Ann"), asked.number).decision == "agreed"
    assert team.value("select count(*) from projects") == 0 and team.rows("pragma foreign_key_check") == []


def test_what_nobody_else_labelled_anybody_deletes(team):
    seen = removing.look(team.by("Bob"), removing.of_traces(team, [traces.key_of(team, "t2")]))
    assert seen.asks == "" and removing.remove(team.by("Bob"), seen, "t2") is None
    assert traces.count(team) == 1


def test_the_copy_before_is_whole_and_said_to_hold_what_is_deleted(team):
    from tests.support.steps import fresh

    copy = removing.copy_first(team)
    seen = removing.look(team, removing.of_traces(team, [traces.key_of(team, "t1")]))
    assert copy.name in seen.notes[-1]
    removing.remove(team, seen, "t1")
    assert traces.count(fresh(copy).of(team.project)) == 2


def test_deleted_text_is_in_no_file_of_the_store(db, make_trace):
    add(db, *(row(make_trace(f"t{n}", input=f"SECRET question {n} " * 30, output="SECRET answer " * n), Ann="fail")
              for n in range(60)), make_trace("kept"))
    say(db, "t1", "pass", "Ann", "SECRET critique")
    removing.remove(db, removing.look(db, thing := removing.of_traces(db, traces.keys(db)[:60])), thing.typed)
    assert traces.count(db) == 1
    assert [file.name for file in db.path.parent.glob("plumbline*") if b"SECRET" in file.read_bytes()] == []

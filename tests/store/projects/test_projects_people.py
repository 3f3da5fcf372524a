"""People, their log and sign-offs of one project show and change nothing of another that uses the same names."""

import pytest

from lib.store import people, sign_offs
from lib.store.errors import insights, notes
from tests.support import ownership
from tests.support.steps import add, say


def fill(store, make_trace, word: str) -> None:
    """Ann and Bob have labelled, Eve works too; one thing waits, one is decided, somebody was renamed."""
    hers = store.by("Eve")
    add(store, make_trace("t1", input=word))
    say(store, "t1", "fail", critique=word)
    say(store, "t1", "pass", "Bob", critique=word)
    notes.save(store, "t1", "Bob", word)
    insights.add(store, "user", word, "Bob")
    people.enter(hers, "Eve", "engineer")
    people.enter(hers, word, "PM")
    people.rename(hers, word, f"{word} Novak")
    sign_offs.ask(hers, sign_offs.CRITERIA, "criteria", {"text": word}, word)
    done = sign_offs.ask(hers, sign_offs.PRINCIPAL, "principal", {"name": word}, word)
    sign_offs.decide(store, done.number, sign_offs.DECLINED)


def told(found) -> tuple:
    return found and (found.kind, found.subject, found.detail, found.reason, found.decision)


READS = {
    "people.every": people.every,
    "people.get": lambda s: people.get(s, "mine"),
    "people.known": lambda s: people.known(s, "Bob"),
    "people.log": lambda s: [(one.kind, one.detail) for one in people.log(s)],
    "sign_offs.get": lambda s: told(sign_offs.get(s, sign_offs.waiting(s)[0].number)),
    "sign_offs.waiting": lambda s: list(map(told, sign_offs.waiting(s))),
    "sign_offs.waiting_on": lambda s: told(sign_offs.waiting_on(s, sign_offs.CRITERIA, "criteria")),
    "sign_offs.decided": lambda s: list(map(told, sign_offs.decided(s))),
    "names of notes": lambda s: [one["author"] for one in notes.history(s, "t1")],
    "names of insights": lambda s: [one.author for one in insights.every(s)],
}
WRITES = {
    "people.enter": lambda s: people.enter(s, "Eve", "viewer"),
    "people.rename": lambda s: people.rename(s, "Bob", "Robert"),
    "people.merge": lambda s: people.merge(s, "Bob", "Ann"),
    "people.retire": lambda s: people.retire(s, "Bob"),
    "people.bring_back": lambda s: people.bring_back(s, "Bob"),
    "sign_offs.ask": lambda s: sign_offs.ask(s.by("Eve"), sign_offs.OPEN_TEST, "run 1", {}, "because"),
    "sign_offs.decide": lambda s: sign_offs.decide(s, sign_offs.waiting(s)[0].number, sign_offs.AGREED),
}


def test_every_function_is_tried_here():
    tried = {name for name in (*READS, *WRITES) if not name.startswith("names of")}
    assert ownership.public(people, sign_offs) == tried


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, make_trace, name):
    ownership.reads_its_own(db, lambda store, word: fill(store, make_trace, word), READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_leaves_the_other_project_as_it_is(db, make_trace, name):
    ownership.writes_its_own(db, lambda store, word: fill(store, make_trace, word), WRITES[name], READS.values())

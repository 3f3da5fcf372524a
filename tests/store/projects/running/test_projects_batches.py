"""Batches are a project's own: of another one's nothing is seen, and nothing is changed."""

import pytest

from lib.records import Spent, Trace, UsageError, Verdict
from lib.store import projects
from lib.store.judge import judges, runs
from lib.store.judge.leaving import batches
from tests.support.ownership import public, reads_its_own, writes_its_own
from tests.support.steps import add


def fill(store, word: str) -> None:
    """A run of four traces: two in a file, of which one has come, and two in none."""
    add(store, *(Trace(f"t{n}", f"{word} {n}", word, context={"say": word}) for n in range(4)))
    made = runs.create(store, judges.save_prompt(store, word, "Judge {{ trace }}").key, word, "environment")
    batches.begin(store, made, batches.SERVICE)
    keys = runs.pending(store, made)[:2]
    file = batches.add(store, made, keys, 100, Spent(0, 20, 10))
    batches.save(store, made, [(keys[0], Verdict("pass", word, prompt_tokens=7, completion_tokens=3))])
    batches.counts(store, file.id, "in_progress", 1, 0)


def run(store) -> int:
    return runs.numbers(store)[0]


def file(store):
    return batches.files(store, run(store))[0]


def keys(store) -> list[int]:
    return [row[0] for row in store.rows("select id from traces where project = :project")]


def names(rows) -> list[str]:
    return [row["input"] for row in rows]


READS = {
    "batches.mark": lambda s: len(batches.mark(s, run(s))),
    "batches.way": lambda s: batches.way(s, run(s)),
    "batches.format_of": lambda s: batches.format_of(s, run(s)),
    "batches.files": lambda s: [(one.status, one.prompt_tokens, one.service) for one in batches.files(s, run(s))],
    "batches.unsent": lambda s: names(batches.unsent(s, run(s), 9)),
    "batches.of_file": lambda s: names(batches.of_file(s, file(s).id)),
    "batches.get": lambda s: batches.get(s, file(s).id).requests,
    "batches.missing": lambda s: len(batches.missing(s, file(s).id)),
    "batches.waiting": lambda s: batches.waiting(s, run(s)),
    "batches.may_hold_verdicts": lambda s: names(batches.may_hold_verdicts(s, keys(s))),
}
WRITES = {
    "batches.begin": lambda s: batches.begin(s, run(s), batches.FILES),
    "batches.ask_in": lambda s: batches.ask_in(s, run(s), "text"),
    "batches.live": lambda s: batches.live(s, run(s)),
    "batches.add": lambda s: batches.add(s, run(s), runs.pending(s, run(s))[1:], 9, Spent()),
    "batches.move": lambda s: batches.move(s, file(s), batches.READ, message="read"),
    "batches.counts": lambda s: batches.counts(s, file(s).id, "completed", 2, 0),
    "batches.save": lambda s: batches.save(s, run(s), [(key, Verdict("fail", "x")) for key in runs.pending(s, run(s))]),
}


def test_every_function_is_tried_here():
    assert public(batches) == {*READS, *WRITES}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_project_s_own(db, name):
    reads_its_own(db, fill, READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_is_the_project_s_own(db, name):
    writes_its_own(db, fill, WRITES[name], READS.values())


def test_a_foreign_number_reaches_nothing(db):
    fill(db, "mine")
    other = projects.create(db, "Other")
    fill(other, "theirs")
    theirs, found = run(other), file(other)
    before = [read(other) for read in READS.values()]
    assert batches.mark(db, theirs) == "" and batches.way(db, theirs) is None and batches.files(db, theirs) == []
    assert list(batches.unsent(db, theirs, 9)) == list(batches.of_file(db, found.id)) == []
    assert batches.missing(db, found.id) == [] and batches.waiting(db, theirs) == Spent()
    assert batches.may_hold_verdicts(db, keys(other)) == []
    assert batches.save(db, theirs, [(keys(other)[2], Verdict("pass"))]).unknown == 1
    batches.move(db, found, batches.READ)
    batches.counts(db, found.id, "failed", 0, 9)
    batches.live(db, theirs)
    batches.ask_in(db, theirs, "text")
    for call in (lambda: batches.get(db, found.id), lambda: batches.begin(db, theirs, batches.FILES),
                 lambda: batches.add(db, theirs, keys(other), 9, Spent())):
        with pytest.raises(UsageError):
            call()
    assert [read(other) for read in READS.values()] == before

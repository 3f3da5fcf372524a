"""Probes are a project's own: of another one's nothing is seen, and nothing is changed."""

import pytest

from lib.records import Caps, Spent, UsageError, Verdict
from lib.store import projects
from lib.store.dataset import traces
from lib.store.judge import judges, probes, runs, verdicts
from tests.support.ownership import public, reads_its_own, writes_its_own
from tests.support.steps import add, row


def fill(store, word: str) -> None:
    """A run of two labelled traces with a probe, one of whose items is answered and one an error."""
    add(store, *(row(traces.Trace(f"t{n}", f"{word} {n}", word, split="dev"), Ann="pass") for n in range(2)))
    key = judges.save_prompt(store, word, "Judge {{ trace }}").key
    made = runs.create(store, key, word, "embedded")
    for trace in runs.pending(store, made):
        verdicts.save(store, made, trace, Verdict("pass", word))
    runs.set_status(store, made, "done")
    probe = probes.create(store, made, [(trace, "padding") for trace in probes.candidates(store, made, "Ann")],
                          token=word)
    one, other = probes.pending(store, probe)
    probes.keep_outcome(store, probe, one, "fail", word)
    probes.keep_item(store, probe, one)
    probes.keep_item(store, probe, other, "timeout", word)
    probes.create(store, made, [(trace, "polite") for trace in probes.candidates(store, made, "Ann")])


def run(store) -> int:
    return runs.numbers(store)[0]


def first(store) -> int:
    return store.value("select min(id) from probes where project = :project")


def last(store) -> int:
    return store.value("select max(id) from probes where project = :project")


def item(store) -> int:
    return store.value("select max(id) from probe_items where probe = :probe", probe=last(store))


READS = {
    "probes.get": lambda s: probes.get(s, first(s)),
    "probes.every": probes.every,
    "probes.known": lambda s: probes.known(s, "mine"),
    "probes.status": lambda s: probes.status(s, first(s)),
    "probes.pending": lambda s: probes.pending(s, last(s)),
    "probes.item": lambda s: probes.item(s, last(s), item(s)),
    "probes.items": lambda s: probes.items(s, first(s)),
    "probes.rate": lambda s: probes.rate(s, first(s), within=10**9),
    "probes.spent": lambda s: probes.spent(s, first(s)),
    "probes.caps_of": lambda s: probes.caps_of(s, first(s)),
    "probes.candidates": lambda s: probes.candidates(s, run(s), "Ann"),
    "probes.read": lambda s: probes.read(s, run(s)),
    "probes.replies": lambda s: probes.replies(s, run(s), "Ann"),
}
WRITES = {
    "probes.create": lambda s: probes.create(s, run(s), [(traces.key_of(s, "t0"), "order")]),
    "probes.set_status": lambda s: probes.set_status(s, first(s), "running"),
    "probes.say": lambda s: probes.say(s, first(s), "hello"),
    "probes.keep_item": lambda s: probes.keep_item(s, last(s), item(s), "refusal", "no"),
    "probes.keep_outcome": lambda s: probes.keep_outcome(s, last(s), item(s), "pass", "because"),
    "probes.forget_unanswered": lambda s: probes.forget_unanswered(s, first(s)),
    "probes.spend": lambda s: probes.spend(s, first(s), Spent(1, 2, 3)),
    "probes.put_caps": lambda s: probes.put_caps(s, first(s), Caps(9, 99, 0.5)),
}


def test_every_function_is_tried_here():
    assert public(probes) == {*READS, *WRITES}


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
    theirs, number, key = run(other), last(other), item(other)
    before = [read(other) for read in READS.values()]
    assert probes.candidates(db, theirs, "Ann") == probes.replies(db, theirs, "Ann") == []
    assert probes.read(db, theirs) == set() and probes.spent(db, number) == Spent()
    assert probes.every(db, str(theirs)) == probes.pending(db, number) == probes.items(db, number) == []
    assert not probes.set_status(db, number, "failed") and probes.forget_unanswered(db, first(other)) == 0
    probes.spend(db, number, Spent(1, 2, 3))
    probes.keep_outcome(db, number, key, "pass", "mine")
    probes.keep_item(db, number, key)
    for call in (lambda: probes.get(db, number), lambda: probes.caps_of(db, number),
                 lambda: probes.item(db, number, key), lambda: probes.put_caps(db, number, Caps(calls=1)),
                 lambda: probes.create(db, theirs, [(traces.key_of(db, "t0"), "order")]),
                 lambda: probes.create(db, run(db), [(traces.key_of(other, "t0"), "order")])):
        with pytest.raises(UsageError):
            call()
    assert [read(other) for read in READS.values()] == before


def test_a_reply_that_was_an_error_is_followed_by_the_next_one(db):
    fill(db, "mine")
    assert [(one.trace, one.outcome, one.error) for one in probes.replies(db, run(db), "Ann")] == [
        ("t0", "fail", None), ("t1", None, "timeout")]
    assert probes.forget_unanswered(db, first(db)) == 1
    key = probes.pending(db, first(db))[0]
    probes.keep_outcome(db, first(db), key, "pass", "read")
    probes.keep_item(db, first(db), key)
    assert [one.outcome for one in probes.replies(db, run(db), "Ann")] == ["fail", "pass"]
    probes.keep_outcome(db, first(db), key, "fail", "too late")
    assert [one.critique for one in probes.replies(db, run(db), "Ann")] == ["mine", "read"]


def test_nothing_to_do_and_a_cap_of_nothing_are_refused(db):
    fill(db, "mine")
    with pytest.raises(UsageError, match="There is nothing to do: the probe would make no call"):
        probes.create(db, run(db), [])
    with pytest.raises(UsageError, match="A cap is above 0"):
        probes.create(db, run(db), [(1, "order")], Caps(calls=0))
    with pytest.raises(UsageError, match="There is no probe 99 in this project"):
        probes.get(db, 99)

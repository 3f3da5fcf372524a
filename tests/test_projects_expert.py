"""An expert's repeats, differences and meters in one project show and change nothing of another's."""

import inspect

import pytest

from lib.records import ADJUDICATION, REPEAT, Circumstances
from lib.store import meters, projects, repeats, reviewers
from tests.steps import add, say


def fill(store, make_trace, word: str) -> None:
    add(store, *(make_trace(f"t{n}", input=f"{word} {n}") for n in range(1, 26)))
    for number in range(1, 26):
        say(store, f"t{number}", "pass", critique=word)
    repeats.set_share(store, 0.1, 0)
    say(store, "t3", "fail", critique=word, circumstances=Circumstances("blind", REPEAT))
    for number in (4, 5):
        say(store, f"t{number}", "fail", "Bob", critique=word)
    say(store, "t4", "fail", critique=word, circumstances=Circumstances("blind", ADJUDICATION, word))
    say(store, "t25", "pass", critique=word, circumstances=Circumstances("blind", showed_new=True))


READS = {
    "repeats.settings": repeats.settings,
    "repeats.due": lambda s: repeats.due(s, "Ann"),
    "repeats.pairs": lambda s: [(pair.first.trace, pair.first.critique, pair.second.critique)
                                for pair in repeats.pairs(s, "Ann")],
    "repeats.outcomes_by_month": lambda s: repeats.outcomes_by_month(s, "Ann"),
    "meters.outcomes": lambda s: meters.outcomes(s, "Ann"),
    "meters.showed_new": lambda s: meters.showed_new(s, "Ann", 20),
    "reviewers.differing": lambda s: reviewers.differing(s, "Ann"),
    "reviewers.adjudicated": reviewers.adjudicated,
}
WRITES = {
    "repeats.set_share": lambda s: repeats.set_share(s, 0.05, 1),
}


def test_every_function_is_tried_here():
    public = {f"{module.__name__.split('.')[-1]}.{name}" for module in (meters, repeats, reviewers)
              for name, found in inspect.getmembers(module, inspect.isfunction)
              if found.__module__ == module.__name__ and not name.startswith("_")}
    assert public == {*READS, *WRITES}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, make_trace, name):
    fill(db, make_trace, "mine")
    alone = READS[name](db)
    fill(projects.create(db, "Other"), make_trace, "theirs")
    assert READS[name](db) == alone and "theirs" not in repr(alone)


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_leaves_the_other_project_as_it_is(db, make_trace, name):
    other = projects.create(db, "Other")
    fill(db, make_trace, "mine")
    fill(other, make_trace, "theirs")
    before = [read(other) for read in READS.values()]
    WRITES[name](db)
    assert [read(other) for read in READS.values()] == before

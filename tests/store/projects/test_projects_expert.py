"""An expert's repeats, differences and meters in one project show and change nothing of another's."""


import pytest

from lib.records import ADJUDICATION, REPEAT, Circumstances
from lib.store.review import meters, repeats, reviewers
from tests.support import ownership
from tests.support.steps import add, say


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
    "reviewers.independent": lambda s: reviewers.independent(s, every=True),
}
WRITES = {
    "repeats.set_share": lambda s: repeats.set_share(s, 0.05, 1),
}


def test_every_function_is_tried_here():
    assert ownership.public(meters, repeats, reviewers) == {*READS, *WRITES}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, make_trace, name):
    ownership.reads_its_own(db, lambda store, word: fill(store, make_trace, word), READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_leaves_the_other_project_as_it_is(db, make_trace, name):
    ownership.writes_its_own(db, lambda store, word: fill(store, make_trace, word), WRITES[name], READS.values())

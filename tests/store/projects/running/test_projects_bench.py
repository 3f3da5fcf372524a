"""Slices and what a baseline reads are a project's own: another one's run and labels are neither seen nor counted."""

import pytest

from lib.records import Verdict
from lib.store import projects
from lib.store.judge import baselines, runs, slices
from tests.support import ownership
from tests.support.steps import add, row, say


def fill(store, make_trace, word: str) -> None:
    add(store, *(row(make_trace(f"t{n}", input=f"{word} {n}", split=("train", "dev")[n % 2],
                                dimensions={"topic": (word,)},
                                system_version=word), verdicts={"bot": Verdict("pass", word)})
                 for n in range(4)))
    for number in range(4):
        say(store, f"t{number}", "pass", critique=word)


READS = {
    "slices.counts_by": lambda s, run: slices.counts_by(s, run, "Ann", "topic"),
    "slices.counts_by_mode": lambda s, run: slices.counts_by_mode(s, run, "Ann", every=True),
    "slices.counts_by_length": lambda s, run: slices.counts_by_length(s, run, "Ann"),
    "slices.counts_by_version": lambda s, run: slices.counts_by_version(s, run, "Ann"),
    "baselines.train": lambda s, run: baselines.train(s, run, "Ann"),
    "baselines.measured": lambda s, run: baselines.measured(s, run, "Ann"),
    "baselines.mark": lambda s, run: baselines.mark(s, run, "Ann"),
}


def test_every_function_is_tried_here():
    assert ownership.public(baselines, slices) == {*READS}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own_and_of_their_run_there_is_nothing(db, make_trace, name):
    other = projects.create(db, "Other")
    fill(other, make_trace, "theirs")
    fill(db, make_trace, "mine")
    mine, theirs = (READS[name](db, runs.newest(store, "bot").id) for store in (db, other))
    assert mine and "theirs" not in repr((mine, theirs))

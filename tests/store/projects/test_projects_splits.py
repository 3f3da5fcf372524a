"""Splits, draws and looks are a project's own."""

import pytest

from lib.records import Verdict
from lib.store.judge import judges, runs, splits, verdicts
from tests.support import ownership
from tests.support.steps import add, say

READS = {
    "splits.labelled": splits.labelled,
    "splits.enough": splits.enough,
    "splits.members": lambda s: [row["trace_id"] + row["split"] for row in splits.members(s)],
    "splits.of_input": lambda s: splits.of_input(s, "mine or theirs"),
    "splits.draws": splits.draws,
    "splits.looks": lambda s: [look.reason for look in splits.looks(s, "judge")],
    "splits.looked": lambda s: splits.looked(s, run_of(s)),
}
WRITES = {
    "splits.move": lambda s: splits.move(s, 3, {row["key"]: "dev" for row in splits.members(s)}, {}),
    "splits.look": lambda s: splits.look(s, run_of(s), "again"),
}


def run_of(store) -> int:
    """The newest run of the project's judge."""
    return runs.every(store, "judge")[0].id


@pytest.fixture
def fill(make_trace):
    def fill(store, word: str) -> None:
        """A labelled trace that was drawn and judged, and a look at it."""
        add(store, make_trace("t1", input="mine or theirs", split="dev"))
        say(store, "t1", "fail", critique=word)
        splits.move(store, len(word), {splits.members(store)[0]["key"]: "test" if word == "mine" else "dev"}, {word: 1})
        run = runs.create(store, judges.save_prompt(store, "judge", word).key, "m", "embedded")
        verdicts.save(store, run, splits.members(store)[0]["key"], Verdict("pass"))
        splits.look(store, run, word)
        runs.create(store, judges.newest_prompt(store, "judge").key, "m", "embedded")

    return fill


def test_every_function_is_tried_here():
    assert ownership.public(splits) == {*READS, *WRITES}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, fill, name):
    ownership.reads_its_own(db, fill, READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_leaves_another_project_alone(db, fill, name):
    ownership.writes_its_own(db, fill, WRITES[name], READS.values())

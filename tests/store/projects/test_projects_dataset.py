"""Dimensions and coverage of one project show and change nothing of another that uses the same names."""


import pytest

from lib.records import DimensionValue
from lib.store.dataset import coverage, dimensions, listed
from lib.store.dataset.traces import Filter
from tests.support import ownership
from tests.support.steps import add


def fill(store, make_trace, word: str) -> None:
    add(store, make_trace("t1", dimensions={"topic": (word,), "tone": ("calm",)}, context={"plan": word}))
    dimensions.change(store, "topic", "topic", word)
    coverage.mark_impossible(store, {"topic": word, "tone": "calm"}, word)


READS = {
    "dimensions.described": lambda s: dimensions.described(s, retired=True),
    "dimensions.context_keys": dimensions.context_keys,
    "coverage.cells": lambda s: coverage.cells(s, "topic", "tone"),
    "coverage.combination_counts": lambda s: coverage.combination_counts(s, ["topic", "tone"]),
    "coverage.impossible": coverage.impossible,
    "listed.page": lambda s: [listed.page(s, Filter(), by, down) for by in ("", "id", "d1", "d2", "e1", "j1", "modes")
                              for down in (False, True)],
    "listed.cells": lambda s: listed.cells(s, range(1, 9)),
    "listed.named": listed.named,
    "listed.chosen": lambda s: listed.chosen(s.by("Ann")),
    "listed.for_queue": lambda s: listed.for_queue(s, range(1, 9), "Ann"),
    "listed.ids": lambda s: listed.ids(s, range(1, 9)),
}
WRITES = {
    "dimensions.add": lambda s: dimensions.add(s, "new"),
    "dimensions.change": lambda s: dimensions.change(s, "topic", "subject", "x"),
    "dimensions.retire": lambda s: (dimensions.retire(s, "tone", "calm"), dimensions.retire(s, "topic")),
    "dimensions.put_value": lambda s: dimensions.put_value(s, "tone", DimensionValue("cross"), "calm"),
    "dimensions.give_rows": lambda s: dimensions.give_rows(s, "topic", "mine", [1]),
    "dimensions.give": lambda s: dimensions.give(s, "topic", "mine", ["t1"]),
    "dimensions.read_off": lambda s: dimensions.read_off(s, "plan", "plan"),
    "dimensions.drop": lambda s: (dimensions.add(s, "spare"), dimensions.drop(s, "spare")),
    "coverage.rename": lambda s: coverage.rename(s, "topic", "subject", "mine", "ours"),
    "coverage.mark_impossible": lambda s: coverage.mark_impossible(s, {"topic": "mine", "tone": "x"}),
    "listed.choose": lambda s: listed.choose(s.by("Ann"), ["id"]),
    "coverage.mark_possible": lambda s: coverage.mark_possible(s, {"topic": "mine", "tone": "calm"}),
}


def test_every_function_is_tried_here():
    assert ownership.public(dimensions, coverage, listed) == {*READS, *WRITES}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, make_trace, name):
    ownership.reads_its_own(db, lambda store, word: fill(store, make_trace, word), READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_leaves_the_other_project_as_it_is(db, make_trace, name):
    ownership.writes_its_own(db, lambda store, word: fill(store, make_trace, word), WRITES[name], READS.values())

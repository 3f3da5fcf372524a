"""The coverage map counts what stands where: inputs, answers, labels, fails, and agreement there."""

import json

import pytest

from lib.models.replies import Answer
from lib.records import Cell, DimensionValue, UsageError, Verdict
from lib.store.dataset import answers, coverage, dimensions, generations, traces
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, runs, verdicts
from tests.support.steps import add, say


@pytest.fixture
def shop(db, make_trace):
    """search × new: t1 pass, t2 fail (one agreed); search × old: t3 without an output; orders × new: t4, t5 unread."""
    def at(name, feature, persona, **more):
        return make_trace(name, dimensions={"feature": (feature,), "persona": (persona,), "tier": ("a",)}, **more)
    add(db, at("t1", "search", "new"), at("t2", "search", "new"), at("t3", "search", "old", output=None),
        at("t4", "orders", "new"), make_trace("t5", dimensions={"feature": ("orders", "search"), "persona": ("new",)}))
    say(db, "t1", "pass")
    say(db, "t2", "fail")
    return db


def test_each_cell_counts_its_traces(shop):
    assert coverage.cells(shop, "feature", "persona") == [
        Cell("search", "new", 3, 3, 2, 1), Cell("search", "old", 1, 0, 0, 0), Cell("orders", "new", 2, 2, 0, 0)]


def test_the_rest_narrows_the_map(shop):
    assert [cell.inputs for cell in coverage.cells(shop, "feature", "persona", {"tier": "a"})] == [2, 1, 1]
    assert coverage.cells(shop, "feature", "persona", {"tier": "b"}) == []


def test_a_run_shows_how_far_the_judge_agrees_there_without_its_examples(shop):
    shown = say(shop, "t4", "pass").key
    run = runs.create(shop, judges.save_prompt(shop, "judge", "x", [shown]).key, "m", "embedded")
    for name, outcome in (("t1", "pass"), ("t2", "pass"), ("t4", "pass")):
        verdicts.save(shop, run, traces.key_of(shop, name), Verdict(outcome))
    found = {(cell.row, cell.column): (cell.pairs, cell.agreeing)
             for cell in coverage.cells(shop, "feature", "persona", run=run)}
    assert found == {("search", "new"): (2, 1), ("search", "old"): (0, 0), ("orders", "new"): (0, 0)}


def test_whole_combinations_are_counted(shop):
    assert coverage.combination_counts(shop, ["feature", "persona"]) == {
        ("search", "new"): 3, ("search", "old"): 1, ("orders", "new"): 2}
    assert coverage.combination_counts(shop, ["feature", "persona", "tier"])[("orders", "new", "a")] == 1


def test_a_filter_takes_a_whole_combination(shop):
    where = Filter(combination=json.dumps({"feature": "search", "persona": "new"}))
    assert [row["trace_id"] for row in traces.listing(shop, where)] == ["t1", "t2", "t5"]


def test_an_impossible_combination_is_marked_once_and_taken_back(shop):
    for _ in range(2):
        coverage.mark_impossible(shop, {"persona": "old", "feature": "orders"}, "no old user orders")
    assert coverage.impossible(shop) == [{"feature": "orders", "persona": "old"}]
    coverage.mark_possible(shop, {"feature": "orders", "persona": "old"})
    assert coverage.impossible(shop) == []


def test_a_single_value_is_no_combination(shop):
    with pytest.raises(UsageError, match="two dimensions or more"):
        coverage.mark_impossible(shop, {"feature": "orders"})


def test_an_input_answered_by_two_versions_is_one_input(shop):
    answers.save(shop, traces.key_of(shop, "t1"), "v2", Answer("again"))
    assert coverage.cells(shop, "feature", "persona")[0] == Cell("search", "new", 3, 3, 2, 1)


def test_a_new_name_is_carried_into_combinations(shop):
    coverage.mark_impossible(shop, {"feature": "orders", "persona": "old"})
    generations.save(shop, {"feature": "orders", "persona": "new"}, "p", "m", "e", ["an input"])
    dimensions.put_value(shop, "feature", DimensionValue("shopping"), "orders")
    dimensions.change(shop, "persona", "kind of user", "")
    assert coverage.impossible(shop) == [{"feature": "shopping", "kind of user": "old"}]
    proposal = generations.proposed(shop)[0]
    assert traces.get(shop, generations.accept(shop, proposal["id"], "an input")).dimensions == {
        "feature": ("shopping",), "kind of user": ("new",)}

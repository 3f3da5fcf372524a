"""The map as a plan: empty and impossible cells stand in it, shares count what is possible, a template begins it."""

import pytest

from lib.records import Cell
from lib.store.dataset import coverage, dimensions, traces
from lib.store.dataset.traces import Filter
from lib.workflow.dataset import coverage as plan
from tests.support.steps import add


@pytest.fixture
def shop(db, make_trace):
    """The template's dimensions, and three traces: two in one cell, one elsewhere."""
    plan.start_from_template(db)
    for name, feature, scenario in (("t1", "search", "no match"), ("t2", "search", "no match"),
                                    ("t3", "summary", "one match")):
        add(db, make_trace(name, dimensions={"feature": (feature,), "scenario": (scenario,), "persona": ("new user",)}))
    return db


def test_the_template_is_added_once_and_leaves_what_the_team_has(db):
    dimensions.add(db, "feature", "ours")
    for _ in range(2):
        plan.start_from_template(db)
    found = {one.name: one for one in dimensions.described(db)}
    assert list(found) == ["feature", "scenario", "persona"] and found["feature"].description == "ours"
    assert found["feature"].values == () and all(value.description for value in found["scenario"].values)


def test_the_grid_holds_empty_and_impossible_cells(shop):
    coverage.mark_impossible(shop, {"feature": "summary", "scenario": "no match"})
    found = plan.grid(shop, "feature", "scenario")
    assert len(found.cells) == 3 * 5 and found.impossible == {("summary", "no match")}
    assert found.cells[("search", "no match")].inputs == 2 and found.cells[("order status", "no match")] == Cell(
        "order status", "no match")


def test_a_combination_that_is_impossible_with_the_rest_is_so_only_there(shop):
    coverage.mark_impossible(shop, {"feature": "search", "scenario": "one match", "persona": "in a hurry"})
    assert plan.grid(shop, "feature", "scenario").impossible == frozenset()
    assert plan.grid(shop, "feature", "scenario", {"persona": "in a hurry"}).impossible == {("search", "one match")}


def test_what_is_impossible_leaves_the_denominator(shop):
    assert (plan.covered(shop, ["feature", "scenario"]).covered, plan.covered(shop, ["feature", "scenario"]).possible
            ) == (2, 15)
    coverage.mark_impossible(shop, {"feature": "summary", "scenario": "one match"})
    found = plan.covered(shop, ["feature", "scenario", "persona"])
    # 3 × 5 × 4 = 60 combinations, 4 of them impossible; of the two that have a trace one is impossible.
    assert (found.covered, found.possible, found.share.value) == (1, 56, 1 / 56)


def test_a_retired_value_leaves_the_map(shop):
    dimensions.retire(shop, "feature", "summary")
    assert plan.covered(shop, ["feature", "scenario"]).possible == 10
    assert "summary" not in plan.grid(shop, "feature", "scenario").rows


def test_a_value_is_given_to_all_a_filter_leaves(shop):
    assert plan.give(shop, "persona", "expert user", Filter(dimension="feature", value="search")) == 2
    assert traces.count(shop, Filter(dimension="persona", value="expert user")) == 2

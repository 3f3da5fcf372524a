"""Before and after a generate job: which combinations, the recipe, the estimate, prices, and a model's opinion."""

import pytest

from lib.records import DimensionValue, UsageError
from lib.store import jobs, prices
from lib.store.dataset import coverage, dimensions, generations
from lib.workflow.dataset import coverage as plan
from lib.workflow.dataset import proposing
from tests.support.endpoint import completion, error, inputs, prompt_of, refusal
from tests.support.running import written
from tests.support.steps import add


@pytest.fixture
def described(db):
    """Two features and three scenarios, one of them retired, one pair impossible."""
    for name, values in (("feature", ["search", "orders"]), ("scenario", ["match", "no match", "old"])):
        dimensions.add(db, name, f"about {name}")
        for value in values:
            dimensions.put_value(db, name, DimensionValue(value, f"{value} means this", f"{value} like that"))
    dimensions.retire(db, "scenario", "old")
    coverage.mark_impossible(db, {"feature": "orders", "scenario": "no match"})
    return db


def pairs(found) -> list[tuple[str, ...]]:
    return [tuple(one.values()) for one in found]


def test_what_is_retired_is_not_offered_and_a_dimension_without_values_neither(described):
    dimensions.add(described, "persona")
    assert proposing.offered(described) == {"feature": ("search", "orders"), "scenario": ("match", "no match")}


def test_each_way_chooses_possible_combinations_only(described, make_trace):
    add(described, make_trace("t1", dimensions={"feature": ("search",), "scenario": ("match",)}))
    offered, allowed = proposing.offered(described), {("search", "match"), ("search", "no match"), ("orders", "match")}
    for way in (proposing.BY_HAND, proposing.RANDOM, proposing.PAIRWISE):
        assert set(pairs(proposing.choose(described, way, offered))) == allowed
    assert pairs(proposing.choose(described, proposing.EMPTY, offered)) == [
        ("search", "no match"), ("orders", "match")]
    assert proposing.possible(described, offered) == 3
    assert len(proposing.choose(described, proposing.RANDOM, offered, 2, seed=7)) == 2


def test_by_hand_takes_the_values_picked_and_nothing_of_the_rest(described):
    assert proposing.choose(described, proposing.BY_HAND, {"feature": ["orders"]}) == [{"feature": "orders"}]
    assert proposing.choose(described, proposing.BY_HAND, {}) == [{}]


@pytest.mark.parametrize(("way", "picked", "most", "said"), [
    ("by magic", {}, 1, "one of these ways"), ("random", {"tone": ["x"]}, 1, "no dimension 'tone'.*feature, scenario"),
    ("random", {"scenario": ["old"]}, 1, "no value 'old'.*match, no match"), ("random", {}, 0, "Between 1 and 1,000"),
    ("random", {}, 1_001, "Between 1 and 1,000")])
def test_what_cannot_be_chosen_is_said(described, way, picked, most, said):
    with pytest.raises(UsageError, match=said):
        proposing.choose(described, way, picked, most)


def test_a_large_product_is_chosen_from_without_being_built(db):
    for name in ("a", "b", "c"):
        dimensions.add(db, name)
        for number in range(50):
            dimensions.put_value(db, name, DimensionValue(f"{name}{number}"))
    offered = proposing.offered(db)
    assert proposing.possible(db, offered) == 125_000
    assert all(len(proposing.choose(db, way, offered)) == 50 for way in proposing.WAYS)


def test_the_template_to_begin_with_has_combinations_and_its_descriptions_reach_the_prompt(db):
    plan.start_from_template(db)
    assert proposing.possible(db, proposing.offered(db)) == 3 * 5 * 4
    said = proposing.preview(db, proposing.Recipe(), {"scenario": "no match"}, 3)
    assert "It means: Nothing fits" in said and "For example: Find the red lamp." in said and "Did the AI help?" in said


def test_the_preview_is_what_the_model_gets(described, endpoint_env):
    recipe = proposing.Recipe(system_information="Order 1042 exists.")
    seen = proposing.preview(described, recipe, {"feature": "orders"}, 3)
    written(described, {"feature": "orders"}, system_information="Order 1042 exists.")
    assert prompt_of(endpoint_env.chats[0].body) == seen and "orders means this" in seen


def test_a_recipe_is_kept_for_the_project_and_a_bad_one_is_refused_when_it_is_saved(db):
    kept = proposing.Recipe("{{ combination }}", "one", "two")
    proposing.save_recipe(db, kept)
    for save in (lambda bad: proposing.save_recipe(db, bad), lambda bad: proposing.start(db, [{}], 1, bad),
                 lambda bad: proposing.preview(db, bad, {}, 1)):
        with pytest.raises(UsageError, match="'whatever' is unknown"):
            save(proposing.Recipe("{{ combination }} {{ whatever }}"))
    assert proposing.recipe(db) == kept and jobs.every(db) == []


@pytest.mark.parametrize(("wanted", "n", "said"), [
    ([], 1, "No combination is chosen"), ([{}], 0, "Between 1 and 50"), ([{}], 51, "Between 1 and 50"),
    ([{}] * 1_001, 1, "1,001 combinations are too many")])
def test_a_job_that_makes_no_sense_is_refused(db, endpoint_env, wanted, n, said):
    with pytest.raises(UsageError, match=said):
        proposing.start(db, wanted, n, proposing.Recipe())
    assert jobs.every(db) == [] and endpoint_env.calls == 0


def test_the_estimate_counts_calls_and_tokens_and_has_a_cost_only_where_there_is_a_price(db):
    recipe, wanted = proposing.Recipe("{{ combination }}" + "x" * 397), [{"a": "b"}] * 10
    found = proposing.estimate(db, recipe, wanted, 3, "m")
    # "- a: b" and 397 characters are 403: 100 tokens and 1; ten calls of three inputs of 40 tokens each.
    assert (found.calls, found.prompt_tokens, found.completion_tokens, found.cost) == (10, 1010, 1200, None)
    prices.put(db, "m", 2.0, 10.0)
    assert proposing.estimate(db, recipe, wanted, 3, "m").cost == pytest.approx((1010 * 2 + 1200 * 10) / 1e6)


def test_prices_are_the_user_s_and_without_one_there_is_no_cost(db, endpoint_env):
    written(db)
    spent = generations.spent(db)
    assert prices.every(db) == {} and prices.cost(db, spent) is None and prices.cost(db, []) == 0
    prices.put(db, " test-model ", 1.5, 6)
    assert prices.every(db) == {"test-model": (1.5, 6)}
    assert prices.cost(db, spent) == pytest.approx((100 * 1.5 + 20 * 6) / 1_000_000)
    assert prices.cost(db, [*spent, ("another", 1, 1, 1)]) is None
    prices.forget(db, "test-model")
    assert prices.cost(db, spent) is None
    for wrong in (("", 1, 1), ("m", -1, 1)):
        with pytest.raises(UsageError):
            prices.put(db, *wrong)


def test_an_opinion_is_kept_as_what_it_is_and_a_bad_reply_costs_only_itself(described, endpoint_env):
    endpoint_env.plan = inputs("one", "two", "three", "four")
    written(described, {"feature": "orders"}, n=4, system_information="Order 1042 exists.")
    ids = [row["id"] for row in generations.proposed(described)]
    endpoint_env.plan = {"\none\n": completion('{"reason": "It is named.", "triggered": true}'),
                         "\ntwo\n": completion('{"reason": "No order.", "triggered": false}'),
                         "\nthree\n": completion("perhaps"), "\nfour\n": refusal()}
    errors = proposing.ask_opinions(described, ids)
    assert [row["opinion"] for row in generations.proposed(described)] == [
        "yes: It is named.", "no: No order.", None, None]
    assert len(errors) == 2 and f"Proposal {ids[2]}: The model gave no opinion" in errors[0]
    said = prompt_of(endpoint_env.chats[1].body)
    assert "orders means this" in said and "Order 1042 exists." in said


def test_an_opinion_that_nobody_gives_is_an_error_in_a_sentence(db, endpoint_env):
    written(db, n=1)
    endpoint_env.plan = error(401)
    assert "refuses the key" in proposing.ask_opinions(db, [1])[0]
    with pytest.raises(UsageError, match="no proposal 99"):
        proposing.ask_opinions(db, [99])

"""Dimensions are data: added, described, renamed, retired, put on traces; history keeps its meaning."""

import pytest

from lib.records import DimensionValue, UsageError
from lib.store.dataset import dimensions, traces
from lib.store.dataset.traces import Filter
from tests.support.steps import add


@pytest.fixture
def shop(db, make_trace):
    """Three traces; two have a feature, and all a plan in their context."""
    add(db, make_trace("t1", dimensions={"feature": ("search",)}, context={"plan": "pro", "seats": 3}),
        make_trace("t2", dimensions={"feature": ("orders",)}, context={"plan": "free", "tags": ["a"]}),
        make_trace("t3", context={"plan": "pro", "note": ""}))
    return db


def names(store, **more) -> dict[str, list[str]]:
    return {one.name: [value.name for value in one.values] for one in dimensions.described(store, **more)}


def test_a_dimension_is_added_described_and_renamed_with_its_traces(shop):
    dimensions.add(shop, "persona", "Kinds of user")
    dimensions.put_value(shop, "persona", DimensionValue("new", "First week", "How do I log in?"))
    dimensions.change(shop, "feature", "what it does", "Parts of the product")
    assert names(shop) == {"what it does": ["search", "orders"], "persona": ["new"]}
    assert traces.get(shop, "t1").dimensions == {"what it does": ("search",)}
    assert dimensions.described(shop)[1].values[0].example == "How do I log in?"


def test_a_renamed_value_keeps_its_traces(shop):
    dimensions.put_value(shop, "feature", DimensionValue("find", "Search the shop"), old_name="search")
    assert traces.get(shop, "t1").dimensions == {"feature": ("find",)}


def test_what_is_retired_is_offered_no_more_and_its_traces_keep_it(shop):
    dimensions.retire(shop, "feature", "search")
    assert names(shop) == {"feature": ["orders"]} and names(shop, retired=True) == {"feature": ["search", "orders"]}
    assert traces.get(shop, "t1").dimensions == {"feature": ("search",)}
    dimensions.retire(shop, "feature", "search", back=True)
    dimensions.retire(shop, "feature")
    assert names(shop) == {} and names(shop, retired=True) == {"feature": ["search", "orders"]}


def test_only_what_no_trace_has_is_dropped(shop):
    dimensions.put_value(shop, "feature", DimensionValue("unused"))
    dimensions.drop(shop, "feature", "unused")
    with pytest.raises(UsageError, match="1 trace has 'search': retire it"):
        dimensions.drop(shop, "feature", "search")
    with pytest.raises(UsageError, match="2 traces have 'feature'"):
        dimensions.drop(shop, "feature")
    assert names(shop) == {"feature": ["search", "orders"]}


def test_a_value_put_on_traces_replaces_the_one_they_had(shop):
    assert dimensions.give(shop, "feature", "orders", ["t1", "t3", "t1"]) == 2
    assert traces.count(shop, Filter(dimension="feature", value="orders")) == 3
    with pytest.raises(UsageError, match="no trace 't9'"):
        dimensions.give(shop, "feature", "search", ["t2", "t9"])
    assert traces.get(shop, "t2").dimensions == {"feature": ("orders",)}


def test_values_are_read_off_the_context(shop):
    assert dimensions.context_keys(shop) == {"note": 1, "seats": 1, "plan": 2}
    assert dimensions.read_off(shop, "plan", "plan") == 3
    assert traces.get(shop, "t3").dimensions == {"plan": ("pro",)}
    assert dimensions.read_off(shop, "plan", "plan") == 3  # again adds nothing
    assert names(shop)["plan"] == ["pro", "free"] and dimensions.read_off(shop, "note", "note") == 0


@pytest.mark.parametrize(("act", "said"), [
    (lambda s: dimensions.add(s, " "), "A dimension needs a name"),
    (lambda s: dimensions.add(s, "feature"), "There is a dimension 'feature' already"),
    (lambda s: dimensions.change(s, "nope", "x", ""), "no dimension 'nope'. Dimensions of this project: feature"),
    (lambda s: dimensions.put_value(s, "feature", DimensionValue("")), "A value needs a name"),
    (lambda s: dimensions.put_value(s, "feature", DimensionValue("orders"), "search"), "has a value 'orders' already"),
    (lambda s: dimensions.give(s, "feature", "nope", ["t1"]), "'feature' has no value 'nope'"),
])
def test_what_cannot_be_is_refused_with_a_sentence(shop, act, said):
    with pytest.raises(UsageError, match=said):
        act(shop)

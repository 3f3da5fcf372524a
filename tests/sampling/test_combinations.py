"""Combinations: all of them, random ones, empty cells and pairwise cover, impossible ones always left out."""

import tracemalloc
from itertools import combinations as pairs
from itertools import islice, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.sampling import combinations

SIX = {"feature": [f"f{n}" for n in range(6)], "scenario": [f"s{n}" for n in range(7)],
       "persona": [f"p{n}" for n in range(6)]}


def dimensions(*sizes: int) -> dict[str, list[str]]:
    return {f"d{number}": [f"v{value}" for value in range(size)] for number, size in enumerate(sizes)}


@st.composite
def worlds(draw, least: int = 0) -> tuple[dict[str, list[str]], list[dict[str, str]]]:
    """Dimensions with values, and impossible combinations: of values there are and of some there are not."""
    choices = dimensions(*draw(st.lists(st.integers(1, 4), min_size=least, max_size=4)))
    part = st.dictionaries(st.sampled_from([*choices, "gone"]), st.sampled_from(["v0", "v1", "v2", "v9"]), max_size=3)
    return choices, draw(st.lists(part, max_size=5))


def brute(choices: dict[str, list[str]], impossible: list[dict[str, str]]) -> list[dict[str, str]]:
    """By hand, the slow way."""
    return [found for values in product(*choices.values()) if (found := dict(zip(choices, values, strict=True)))
            is not None and not any(part and part.items() <= found.items() for part in impossible)]


@given(worlds())
def test_every_combination_but_the_impossible_ones_in_order(world):
    assert list(combinations.every(*world)) == brute(*world)
    assert combinations.count(*world) == len(brute(*world))
    assert [one for one in combinations.every(world[0]) if combinations.possible(one, world[1])] == brute(*world)


@given(worlds(), st.integers(0, 300), st.integers())
def test_a_random_choice_is_possible_without_repeats_and_the_same_for_the_same_seed(world, n, seed):
    found, allowed = combinations.sample(*world, n, seed), brute(*world)
    assert len(found) == min(n, len(allowed)) and all(one in allowed for one in found)
    assert len({tuple(one.items()) for one in found}) == len(found)
    assert combinations.sample(*world, n, seed) == found


@given(worlds(), st.data())
def test_empty_cells_are_those_without_a_trace(world, data):
    allowed = brute(*world)
    have = data.draw(st.lists(st.sampled_from(allowed)) if allowed else st.just([]))
    counts = {tuple(one.values()): 2 for one in have}
    assert list(combinations.empty(*world, counts)) == [one for one in allowed if one not in have]


@given(worlds(least=2))
@settings(max_examples=400)
def test_pairwise_covers_every_pair_that_can_meet_and_holds_nothing_impossible(world):
    found, allowed = combinations.pairwise(*world), brute(*world)
    assert all(one in allowed for one in found) and combinations.pairwise(*world) == found
    assert pairs_in(found) == pairs_in(allowed)


def pairs_in(found: list[dict[str, str]]) -> set:
    return {pair for one in found for pair in pairs(one.items(), 2)}


@given(worlds(least=2), st.lists(st.integers(2, 5), min_size=4, max_size=6))
def test_pairwise_takes_no_more_than_pairs_and_far_fewer_than_the_product(world, sizes):
    assert len(combinations.pairwise(*world)) <= max(1, len(pairs_in(brute(*world))))
    largest = sorted(sizes)[-1] * sorted(sizes)[-2]
    assert largest <= len(combinations.pairwise(dimensions(*sizes))) <= 2 * largest + 4


@pytest.mark.parametrize(("sizes", "most"), [((6, 7, 6), 50), ((10,) * 6, 160), ((50, 50, 50), 2900)])
def test_pairwise_stays_near_the_least_there_can_be(sizes, most):
    # The least is the product of the two longest dimensions: 42, 100 and 2,500.
    assert sizes[-1] * sizes[-2] <= len(combinations.pairwise(dimensions(*sizes))) <= most


def test_one_dimension_or_none_is_covered_by_its_values():
    assert combinations.pairwise({"a": ["x", "y"]}, [{"a": "y"}]) == [{"a": "x"}]
    assert combinations.pairwise({}) == list(combinations.every({})) == [{}]


def test_the_article_s_example_has_252_combinations():
    assert combinations.count(SIX) == len(list(combinations.every(SIX))) == 252
    never = [{"feature": "f0", "persona": "p0"}, {"scenario": "s6"}]
    # 36 hold s6; of the other 216, 6 (one for each scenario left) hold f0 and p0.
    assert combinations.count(SIX, never) == 252 - 36 - 6


def test_a_large_product_is_never_built():
    big = dimensions(50, 50, 50)
    never = [{"d0": f"v{n}", "d1": f"v{n}"} for n in range(50)]
    tracemalloc.start()
    try:
        assert combinations.count(big, never) == 125_000 - 50 * 50
        assert len(list(islice(combinations.empty(big, never, {}), 20))) == 20
        assert len(combinations.sample(big, never, 20, seed=1)) == 20
        assert len(combinations.sample(dimensions(*[50] * 20), [], 20, seed=1)) == 20  # 50 to the 20th
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 2_000_000  # bytes; the product as a list takes about 30 million


def test_dimensions_that_can_never_meet_leave_nothing_and_end():
    wide = dimensions(*[12] * 8)
    never = [{"d6": a, "d7": b} for a in wide["d6"] for b in wide["d7"]]
    assert combinations.count(wide, never) == 0
    assert [*combinations.every(wide, never), *combinations.pairwise(wide, never)] == []
    assert combinations.sample(wide, never, 5, seed=1) == []

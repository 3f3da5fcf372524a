"""Mixing and order, pure: what each queue gives, that random is never left out, and that a seed repeats a draw."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.sampling.queues import (
    CHOSEN,
    IN_ORDER,
    QUEUES,
    filled,
    least_reviewed,
    mixed,
    shared_out,
    shuffled,
    stratified,
    unbiased,
    words,
)

SHARES = st.dictionaries(st.sampled_from(list(QUEUES)), st.floats(0, 100), min_size=1)


def test_only_queues_that_look_at_no_outcome_are_unbiased():
    assert [name for name in QUEUES if unbiased(name)] == ["random", "stratified", "coverage", "newest"]
    assert unbiased(IN_ORDER) and not unbiased(CHOSEN) and not unbiased("a queue of a later version")


def test_every_word_a_label_may_carry_has_words_for_the_screen():
    assert all(words(name) for name in (*QUEUES, IN_ORDER, CHOSEN))


@pytest.mark.parametrize(("shares", "size", "counts", "raised"), [
    ({"random": 100}, 7, {"random": 7}, False),
    ({}, 7, {"random": 7}, False),
    ({"random": 50, "judge_fails": 50}, 20, {"random": 10, "judge_fails": 10}, False),
    ({"random": 20, "judge_fails": 60}, 20, {"random": 5, "judge_fails": 15}, False),  # shares of any sum
    ({"random": 0, "judge_fails": 50, "similar": 50}, 25, {"random": 3, "judge_fails": 11, "similar": 11}, True),
    ({"judge_fails": 100}, 4, {"random": 1, "judge_fails": 3}, True),
    ({"judge_fails": 100}, 1, {"random": 1, "judge_fails": 0}, True),
    ({"random": 2, "judge_fails": 98}, 70, {"random": 7, "judge_fails": 63}, True),
    ({"random": 10, "newest": 90}, 100, {"random": 10, "newest": 90}, False),
])
def test_shares_become_whole_numbers_with_a_floor_under_random(shares, size, counts, raised):
    assert mixed(shares, size) == (counts, raised)


@given(SHARES, st.integers(1, 500))
def test_counts_add_up_and_random_is_never_below_a_tenth(shares, size):
    counts, _ = mixed(shares, size)
    assert sum(counts.values()) == size and min(counts.values()) >= 0
    assert counts["random"] >= max(1, size / 10)


def test_random_takes_the_beginning_of_its_order_and_no_other_queue_picks_out_of_it():
    taken = filled({"random": 2, "judge_fails": 2}, {"judge_fails": [5, 1, 7, 9]}, [5, 3, 1, 9, 7], 4)
    assert taken == {"random": [5, 3], "judge_fails": [1, 7]}


def test_what_a_queue_is_short_of_comes_from_random():
    taken = filled({"random": 1, "judge_fails": 3}, {"judge_fails": [2]}, [1, 2, 3, 4, 5], 4)
    # The longer random beginning holds trace 2 too: there it was drawn by chance, so it counts as random.
    assert taken == {"random": [1, 2, 3, 4], "judge_fails": []}


def test_a_batch_is_no_longer_than_what_is_left():
    assert filled({"random": 5}, {}, [1, 2], 5) == {"random": [1, 2]}


@given(st.integers(1, 30), st.lists(st.integers(0, 20), unique=True), st.lists(st.integers(0, 20), unique=True))
def test_no_trace_is_drawn_twice_and_none_that_could_be_is_missing(size, order, found):
    counts, _ = mixed({"random": 30, "similar": 70}, size)
    taken = filled(counts, {"similar": found}, order, size)
    drawn = [trace for given_ in taken.values() for trace in given_]
    assert len(drawn) == len(set(drawn)) <= size
    assert len(drawn) == size or set(order) <= set(drawn)


def test_a_seed_repeats_every_order_and_another_gives_another():
    cells = {trace: (trace % 3, trace % 2) for trace in range(100)}
    for order in (lambda seed: shuffled(range(100), seed), lambda seed: stratified(cells, seed),
                  lambda seed: least_reviewed(cells, {}, 50, seed)):
        assert order(1) == order(1) != order(2)


def test_random_gives_each_trace_the_same_chance():
    first = Counter(trace for seed in range(2_000) for trace in shuffled(range(10), seed)[:3])
    # 600 expected each, standard deviation sqrt(2000 * .3 * .7) = 20.5: five of them is 100.
    assert len(first) == 10 and all(abs(n - 600) < 100 for n in first.values())


@pytest.mark.parametrize("n", [10, 50, 90])
def test_every_beginning_of_a_stratified_order_holds_the_shares_of_the_whole(n):
    strata = {trace: "big" if trace < 80 else "small" for trace in range(100)}
    held = Counter(strata[trace] for trace in stratified(strata, 7)[:n])
    assert abs(held["big"] - 0.8 * n) <= 1 and held["big"] + held["small"] == n


def test_least_reviewed_cells_come_first_until_all_are_level():
    cells = {1: "a", 2: "a", 3: "a", 4: "b", 5: "b", 6: "b", 7: "c"}
    picked = [cells[trace] for trace in least_reviewed(cells, {"a": 2, "c": 9}, 5, 1)]
    # b has none, a has two: b, b, then a and b are level at two, and c waits for both.
    assert picked[:2] == ["b", "b"] and sorted(picked[2:4]) == ["a", "b"] and picked[4] == "a"


def test_an_overlap_goes_to_everybody_and_the_rest_to_whoever_comes_first():
    gets = shared_out(range(10), ["Ann", "Bob"], 3, 1)
    assert Counter(map(tuple, gets.values())) == {("Ann", "Bob"): 3, (None,): 7}
    assert shared_out([1, 2], ["Ann"], 1, 1) == {1: ["Ann"], 2: ["Ann"]}

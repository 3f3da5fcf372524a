"""What stands out and why; and groups of like texts, one of each first, the same for the same seed."""

from lib.sampling.groups import one_of_each
from lib.sampling.outliers import FEWEST, outliers


def traces(n: int = 100, **odd) -> dict[int, dict[str, float]]:
    """Of 1 to n all are about the same; what is odd is of the last one."""
    found = {key: {"output": 100 + key % 7, "latency": 900 + 10 * (key % 9)} for key in range(1, n + 1)}
    found[n].update(odd)
    return found


def test_a_slow_trace_stands_out_and_says_how_far():
    (found,) = outliers(traces(latency=41_000))
    assert (found.trace, found.why) == (100, "latency 41 s, 100th of 100")


def test_a_reason_names_the_place_among_those_that_have_the_measure():
    every = traces(latency=41_000)
    every[99]["latency"] = 60_000
    for key in range(1, 51):
        del every[key]["latency"]
    assert [(one.trace, one.why) for one in outliers(every)] == [
        (99, "latency 60 s, 50th of 50"), (100, "latency 41 s, 49th of 50")]


def test_short_outputs_stand_out_and_fast_answers_do_not():
    (found,) = outliers(traces(output=1, latency=1))
    assert found.why == "output of 1 character, 1st of 100"


def test_a_rare_error_stands_out_where_most_have_none_and_not_where_many_have():
    every = {key: {"errors": int(key == 100)} for key in range(1, 101)}
    assert [one.why for one in outliers(every)] == ["1 error, 100th of 100"]
    assert outliers({key: {"errors": key % 2} for key in range(1, 101)}) == []


def test_nothing_stands_out_where_all_are_alike_or_few():
    assert outliers({key: {"output": 5} for key in range(50)}) == []
    assert outliers(traces(FEWEST - 1, latency=10**6)) == []


TEXTS = {n: text for n, text in enumerate(
    [f"refund the order {n} please" for n in range(20)] + [f"reset my password account {n}" for n in range(9)]
    + [f"opening hours sunday museum {n}" for n in range(3)])}


def test_one_of_each_group_comes_before_the_second_of_any():
    placed = one_of_each(TEXTS, 3)
    assert sorted(one.trace for one in placed) == sorted(TEXTS)
    groups = [one.group for one in placed]
    n = len(set(groups))
    assert n in (3, 4) and groups[:n] == list(range(1, n + 1))
    assert one_of_each(TEXTS, 3) == placed
    first = {topic for one in placed[:n] for topic in ("refund", "password", "museum") if topic in TEXTS[one.trace]}
    assert first == {"refund", "password", "museum"}
    assert placed[0].why.startswith("group 1 of like traces, ")


def test_too_few_or_wordless_texts_are_one_group():
    assert {one.group for one in one_of_each({1: "a b", 2: "c d"}, 1)} == {1}
    assert {one.group for one in one_of_each(dict.fromkeys(range(40), "12 34 !"), 1)} == {1}
    assert one_of_each({}, 1) == []

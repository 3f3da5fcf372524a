"""What an edit did: fixed, broken and unchanged by hand, the labels that count, and the exact p of McNemar's test."""

import pytest

from lib.records import Circumstances, UsageError, Verdict
from lib.statistics.comparison import BROKEN, ERROR, FIXED, UNCHANGED, Row, compared, mcnemar_exact
from lib.store.dataset import traces
from lib.store.judge import judges, runs, verdicts
from lib.workflow.judge.comparing import compare
from tests.support.steps import add, say


@pytest.mark.parametrize(("label", "first", "second", "change"), [
    ("pass", "fail", "pass", FIXED), ("fail", "pass", "fail", FIXED), ("pass", "pass", "fail", BROKEN),
    ("fail", "fail", "pass", BROKEN), ("pass", "pass", "pass", UNCHANGED), ("fail", "pass", "pass", UNCHANGED),
    ("pass", None, "pass", ERROR), ("fail", "fail", None, ERROR), ("pass", None, None, ERROR)])
def test_a_row_is_named_by_what_the_second_run_changed(label, first, second, change):
    assert Row("t", label, first, second).change == change


@pytest.mark.parametrize(("fixed", "broken", "p"), [
    (0, 0, 1.0), (1, 0, 1.0), (3, 3, 1.0),
    (5, 0, 2 / 32),  # all five one way: 2 · 1 / 2^5
    (8, 1, 2 * 10 / 512),  # 2 · (1 + 9) / 2^9
    (2, 10, 2 * 79 / 4096)])  # 2 · (1 + 12 + 66) / 2^12
def test_the_exact_p_is_the_sum_worked_by_hand(fixed, broken, p):
    assert mcnemar_exact(fixed, broken) == mcnemar_exact(broken, fixed) == pytest.approx(p, rel=1e-15)


def test_the_exact_p_holds_where_a_float_has_no_room_for_the_counts():
    assert mcnemar_exact(0, 5000) == 0.0
    # The normal with continuity correction: z = 99 / √10100 = .98508, two-sided .32459.
    assert mcnemar_exact(5000, 5100) == pytest.approx(0.3246, abs=1e-4)


def test_nothing_to_compare_is_no_evidence():
    found = compared([])
    assert (found.fixed, found.broken, found.unchanged, found.p, found.n, found.errors) == (0, 0, 0, 1.0, 0, (0, 0))


def test_flips_within_the_noise_are_counted_apart_and_the_test_is_told_without_them():
    rows = [*(Row(f"f{n}", "pass", "fail", "pass") for n in range(5)), Row("b", "pass", "pass", "fail"),
            Row("same", "pass", "pass", "pass")]
    assert (compared(rows).within_noise, compared(rows).p_without) == (None, None)
    found = compared(rows, {"f0", "b", "same"})
    # 5 against 1 of all flips: 2 · (1 + 6) / 2^6; 4 against none outside the noise: 2 / 2^4.
    assert (found.fixed, found.broken, found.within_noise) == (5, 1, 2)
    assert found.p == pytest.approx(14 / 64) and found.p_without == pytest.approx(2 / 16)
    assert {row.trace for row in found.rows if row.noisy} == {"f0", "b", "same"}
    assert compared(rows, set()).p_without == found.p, "measured, and there is none"


SAID = {  # trace: the label, the first run, the second
    "t1": ("pass", "fail", "pass"), "t2": ("fail", "pass", "fail"), "t3": ("pass", "pass", "fail"),
    "t4": ("pass", "pass", "pass"), "t5": ("fail", "pass", "pass"), "t6": ("pass", None, "pass"),
    "t7": ("fail", "fail", None)}


def run_of(store, said: dict[str, str | None], examples: list[int] | None = None) -> int:
    """A run of a new prompt version with these verdicts."""
    prompt = judges.save_prompt(store, "judge", "{{ trace }}", examples).key
    run = runs.create(store, prompt, "m", "embedded", anew=True)
    for trace, outcome in said.items():
        verdicts.save(store, run, traces.key_of(store, trace), Verdict(outcome, error=None if outcome else "refusal"))
    return run


@pytest.fixture
def two(db, make_trace):
    """(project, first run, second run) by SAID, and t8 that nobody labelled."""
    add(db, *(make_trace(trace) for trace in (*SAID, "t8")))
    for trace, (label, _, _) in SAID.items():
        say(db, trace, label)
    first, second = (run_of(db, {trace: said[side] for trace, said in SAID.items()} | {"t8": "pass"})
                     for side in (1, 2))
    return db, first, second


def test_two_runs_are_compared_row_by_row(two):
    found = compare(*two)
    assert (found.fixed, found.broken, found.unchanged, found.n, found.errors) == (2, 1, 2, 5, (1, 1))
    assert found.p == 1.0  # 2 · (1 + 3) / 2^3 is cut at 1
    assert [(row.trace, row.change) for row in found.rows] == [
        ("t1", FIXED), ("t2", FIXED), ("t3", BROKEN), ("t4", UNCHANGED), ("t5", UNCHANGED), ("t6", ERROR),
        ("t7", ERROR)]


def test_the_other_way_round_fixed_is_broken(two):
    db, first, second = two
    here, back = compare(db, first, second), compare(db, second, first)
    assert (back.fixed, back.broken, back.p) == (here.broken, here.fixed, here.p)


@pytest.mark.parametrize("how", [Circumstances(mode="shadow"), Circumstances(mode="blind", unbiased=False)])
def test_shadow_labels_and_drawn_traces_count_only_where_asked_for(two, how):
    db, first, second = two
    say(db, "t1", "pass", "Bob")
    say(db, "t2", "fail", "Bob", circumstances=how)
    assert [row.trace for row in compare(db, first, second, "Bob").rows] == ["t1"]
    assert compare(db, first, second, "Bob", every=True).fixed == 2


def test_the_newest_label_of_the_expert_asked_for_counts(two):
    db, first, second = two
    say(db, "t1", "fail")  # now the second run broke it
    say(db, "t3", "fail", "Bob")
    found = compare(db, first, second)
    assert (found.fixed, found.broken) == (1, 2)
    assert [(row.trace, row.change) for row in compare(db, first, second, "Bob").rows] == [("t3", FIXED)]


def test_a_trace_that_either_prompt_shows_counts_for_neither(two):
    db, first, _ = two
    shown = say(db, "t1", "pass").key
    third = run_of(db, {trace: said[2] for trace, said in SAID.items()}, [shown])
    for pair in ((first, third), (third, first)):
        found = compare(db, *pair)
        assert "t1" not in [row.trace for row in found.rows] and found.fixed + found.broken == 2


def test_runs_without_a_labelled_trace_in_common_are_refused(two):
    db, first, second = two
    only = run_of(db, {"t8": "pass"})
    with pytest.raises(UsageError, match=f"Runs {first} and {only} have no trace in common with a label of Ann"):
        compare(db, first, only)
    with pytest.raises(UsageError, match="There is no run 99"):
        compare(db, first, 99)
    with pytest.raises(UsageError, match="There is no expert 'Zoe'"):
        compare(db, first, second, "Zoe")

"""Which labels an agreement counts: no shadow, no trace drawn by an outcome, unless asked; and the reasons are said."""

import pytest

from lib.records import ADJUDICATION, REPEAT, Circumstances, Counts, LeftOut, Verdict
from lib.store.dataset import coverage
from lib.store.judge import runs, verdicts
from lib.workflow import figures
from tests.support.steps import add, row, say

SHADOW = Circumstances(mode="shadow")
DRAWN = Circumstances(mode="blind", queue="judge says fail", unbiased=False)
BLIND = Circumstances(mode="blind")


@pytest.fixture
def judged(db, make_trace):
    """The judge passes t1 to t5 and has no answer on t6. Ann: t1 pass and t2 fail blind, t3 pass in shadow mode,
    t4 fail on a trace that a judge's fail brought, t5 pass with both, t6 pass in shadow mode."""
    names = [f"t{n}" for n in range(1, 7)]
    add(db, *(row(make_trace(name, dimensions={"topic": ("a",), "tone": ("b",)}), verdicts={
        "bot": Verdict(None, error="refusal") if name == "t6" else Verdict("pass")}) for name in names))
    both = Circumstances(mode="shadow", unbiased=False)
    for name, outcome, how in zip(names, ("pass", "fail", "pass", "fail", "pass", "pass"),
                                  (BLIND, BLIND, SHADOW, DRAWN, both, SHADOW), strict=True):
        say(db, name, outcome, circumstances=how)
    return db


def test_shadow_labels_and_drawn_traces_are_left_out_and_counted_by_reason(judged):
    found = figures.agreement(judged, "bot")
    # Counted: t1 pass/pass, t2 fail/pass. Left out: t3 and t5 shadow, t4 drawn; t6 has no verdict to lose.
    assert (found.counts, found.left_out, found.every) == (Counts(pass_pass=1, fail_pass=1), LeftOut(2, 1), False)
    assert found.left_out.n == 3


def test_asked_for_they_count(judged):
    found = figures.agreement(judged, "bot", every=True)
    # t1, t3, t5 pass/pass; t2, t4 fail/pass; t6 an error.
    assert (found.counts, found.left_out.n, found.every) == (Counts(pass_pass=3, fail_pass=2, errors=1), 3, True)


def test_the_list_holds_the_traces_the_figures_count(judged):
    run = runs.newest(judged, "bot").id

    def listed(kind, every):
        return [pair["trace_id"] for pair in verdicts.pairs(judged, run, "Ann", kind, every=every)]

    assert listed("disagreements", False) == ["t2"] and listed("disagreements", True) == ["t2", "t4"]
    assert listed("all", False) == ["t1", "t2"] and len(listed("all", True)) == 6


def test_a_verdict_without_a_label_stays_in_the_list(judged, make_trace):
    add(judged, row(make_trace("t7"), verdicts={"bot": Verdict("fail")}))
    pairs = verdicts.pairs(judged, runs.newest(judged, "bot").id, "Ann", "all")
    assert [pair["trace_id"] for pair in pairs] == ["t1", "t2", "t7"]


def test_a_trace_once_drawn_by_an_outcome_stays_so_when_its_label_is_succeeded(judged):
    say(judged, "t4", "pass", circumstances=BLIND)
    assert figures.agreement(judged, "bot").left_out == LeftOut(2, 1)


def test_where_only_left_out_pairs_exist_the_reason_is_that(db, make_trace):
    add(db, row(make_trace(), verdicts={"bot": Verdict("pass")}))
    say(db, "t1", "pass", circumstances=SHADOW)
    found = figures.agreement(db, "bot")
    assert not found.validated and found.why == (
        "1 of its verdicts meet a label of Ann, but none of these labels is counted.")


def test_the_map_counts_the_same_pairs(judged):
    cell, = coverage.cells(judged, "topic", "tone", run=runs.newest(judged, "bot").id)
    assert (cell.reviewed, cell.pairs, cell.agreeing) == (6, 2, 1)


@pytest.fixture
def reviewed(db, make_trace):
    """Ann and Bob on t1 to t4: both pass t1, Bob fails t2; t3 is Bob's shadow label, t4 was drawn for Ann."""
    add(db, *(make_trace(f"t{n}") for n in range(1, 5)))
    said = {"Ann": (BLIND, BLIND, BLIND, DRAWN), "Bob": (BLIND, BLIND, SHADOW, BLIND)}
    for name, hows in said.items():
        for number, how in enumerate(hows, 1):
            say(db, f"t{number}", "fail" if (name, number) == ("Bob", 2) else "pass", name, circumstances=how)
    return db


def test_between_experts_the_same_are_left_out(reviewed):
    found = figures.between(reviewed, "Ann", "Bob")
    assert (found.counts, found.left_out) == (Counts(pass_pass=1, pass_fail=1), LeftOut(1, 1))
    assert figures.between(reviewed, "Ann", "Bob", every=True).counts == Counts(pass_pass=3, pass_fail=1)


def test_agreement_between_experts_stays_that_of_before_an_adjudication(reviewed):
    say(reviewed, "t2", "fail", circumstances=Circumstances("known", ADJUDICATION, "Bob is right"))
    say(reviewed, "t2", "pass", "Bob", circumstances=BLIND)  # talked over: no longer independent
    assert figures.between(reviewed, "Ann", "Bob").counts == Counts(pass_pass=1, pass_fail=1)


def test_a_correction_before_the_adjudication_counts_and_a_repeat_never(reviewed):
    say(reviewed, "t2", "pass", "Bob", circumstances=BLIND)
    say(reviewed, "t1", "fail", "Bob", circumstances=Circumstances("blind", REPEAT))
    assert figures.between(reviewed, "Ann", "Bob").counts == Counts(pass_pass=2)


def test_the_newest_verdicts_come_first_by_the_same_rule(judged):
    run = runs.newest(judged, "bot").id

    def listed(kind, limit=30, within=500, every=False):
        return [pair["trace_id"] for pair in verdicts.newest_pairs(judged, run, "Ann", kind, limit, within, every)]

    assert listed("disagreements") == ["t2"] and listed("disagreements", every=True) == ["t4", "t2"]
    assert listed("all") == ["t2", "t1"] and listed("all", limit=1, every=True) == ["t6"]
    # Among the four newest, t3 to t6, nothing counts.
    assert listed("all", within=4) == []

"""Agreement by a dimension and by what the expert knew: what counts as a whole counts in its slices."""

import pytest
from scipy.stats import fisher_exact

from lib.records import Circumstances, Counts, UsageError, Verdict
from lib.store.judge import runs, slices, verdicts
from lib.workflow.judge import slices as workflow
from tests.support.commands import CommandLine
from tests.support.steps import add, row, say

SHADOW = Circumstances(mode="shadow")


@pytest.fixture
def run(db, make_trace):
    """Ann and the judge: a right and wrong, both right, b an error, one without a topic, and one label in shadow."""
    cases = {"t1": (("a",), "pass", Verdict("pass")), "t2": (("a",), "fail", Verdict("pass")),
             "t3": (("a", "b"), "fail", Verdict("fail")), "t4": (("b",), "pass", Verdict(None, error="refusal")),
             "t5": ((), "pass", Verdict("fail")), "t6": (("a",), "pass", Verdict("pass"))}
    add(db, *(row(make_trace(name, dimensions={"topic": topic} if topic else {}), verdicts={"bot": said})
              for name, (topic, _, said) in cases.items()))
    for name, (_, outcome, _) in cases.items():
        say(db, name, outcome, circumstances=SHADOW if name == "t6" else Circumstances(mode="blind"))
    return runs.newest(db, "bot").id


def test_each_value_has_its_own_table_by_the_rule_of_the_whole(db, run):
    assert dict(slices.counts_by(db, run, "Ann", "topic")) == {
        "a": Counts(pass_pass=1, fail_pass=1, fail_fail=1), "b": Counts(fail_fail=1, errors=1),
        "(no value)": Counts(pass_fail=1)}
    assert dict(slices.counts_by(db, run, "Ann", "topic", every=True))["a"].pass_pass == 2
    assert verdicts.counts(db, run, "Ann") == Counts(1, 1, 1, 1, 1)


def test_slices_come_worst_first_and_few_pairs_are_marked(db, run):
    found = workflow.by(db, run, "topic")
    # (no value): 0 of 1, a: 2 of 3, b: 1 of 1.
    assert [one.value for one in found] == ["(no value)", "a", "b"] and all(one.small for one in found)
    assert found[0].tnr.value is None and found[1].tnr.value == 0.5


def test_an_unknown_dimension_is_refused_with_the_known_ones(db, run):
    with pytest.raises(UsageError, match=r"no dimension 'tone'.*topic"):
        workflow.by(db, run, "tone")


def test_the_command_prints_the_slices_beside_the_whole(db, run):
    cli = CommandLine(db.path)
    found = cli.json("agreement", "--judge", "bot", "--by", "topic")
    assert (found["n"], found["by"]) == (4, "topic")
    assert [(one["value"], one["n"], one["errors"], one["small"]) for one in found["slices"]] == [
        ("(no value)", 1, 0, True), ("a", 3, 0, True), ("b", 1, 1, True)]
    assert "a: n = 3 (few)" in cli("agreement", "--judge", "bot", "--by", "topic").stdout
    assert "cannot go with --between" in cli.refused("agreement", "--between", "Ann", "Ann", "--by", "topic")


@pytest.fixture
def told(db, make_trace):
    """Ann labelled 30 traces blind, of which the judge got 20 right, and 12 knowing its verdict, all of them right."""
    def judged(n: int) -> Verdict:
        right = n % 3 or n >= 30
        return Verdict("pass" if bool(right) == (n % 2 == 0) else "fail")

    add(db, *(row(make_trace(f"t{n}"), verdicts={"bot": judged(n)}) for n in range(42)))
    for n in range(42):
        say(db, f"t{n}", "pass" if n % 2 == 0 else "fail", circumstances=Circumstances("blind" if n < 30 else "known"))
    return runs.newest(db, "bot").id


def test_blind_and_known_labels_are_counted_apart(db, told):
    assert slices.counts_by_mode(db, told, "Ann") == {"blind": Counts(10, 5, 5, 10), "known": Counts(6, 0, 0, 6)}
    found = workflow.by_mode(db, told)
    assert [(one.value, one.counts.n, one.small) for one in found.slices] == [("blind", 30, False), ("known", 12, True)]
    assert found.p["agreement"] == pytest.approx(fisher_exact([[20, 10], [12, 0]]).pvalue)
    assert "agrees more with known labels than with blind ones, beyond chance" in found.reading


def test_shadow_labels_stand_apart_where_they_are_asked_for(db, run):
    assert slices.counts_by_mode(db, run, "Ann") == {"blind": Counts(1, 1, 1, 1, 1)}
    assert slices.counts_by_mode(db, run, "Ann", every=True)["shadow"] == Counts(pass_pass=1)
    assert "All 4 pairs are with labels given without knowing a verdict" in workflow.by_mode(db, run).reading


def test_the_command_splits_by_what_the_expert_knew(db, told):
    cli = CommandLine(db.path)
    found = cli.json("agreement", "--judge", "bot", "--by-mode")
    assert found["n"] == 42 and [(one["value"], one["n"]) for one in found["by_mode"]["slices"]] == [
        ("blind", 30), ("known", 12)]
    assert found["by_mode"]["p"].keys() == {"agreement", "tpr", "tnr"}
    said = cli("agreement", "--judge", "bot", "--by-mode").stdout
    assert found["by_mode"]["reading"] in said
    assert "blind (given without knowing a verdict): n = 30, Agreement 67% (" in said
    assert "known (given knowing a verdict): n = 12 (few), Agreement 12 of 12 (" in said
    assert "by_mode" not in cli.json("agreement", "--judge", "bot")
    assert "cannot go with --between" in cli.refused("agreement", "--between", "Ann", "Ann", "--by-mode")

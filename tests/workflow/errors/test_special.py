"""Special judges: labels out of codes, and every figure by them; the expert's labels stay everybody else's."""

import pytest

from lib.records import FAIL, PASS, Counts, UsageError, Verdict
from lib.records.pairs import Flips
from lib.store.dataset import coverage, traces
from lib.store.errors import failure_modes, mode_decisions, mode_facts, mode_history, special_judges
from lib.store.errors.mode_decisions import Decision
from lib.store.judge import comparisons, judges, reuse, rulings, runs, slices, verdicts
from lib.store.review import draws, labels
from lib.workflow import figures
from lib.workflow.errors import rates, special, what_to_fix
from lib.workflow.judge import baselines, comparing, disagreements, judging, suggesting, versions
from lib.workflow.overview import process
from tests.support.commands import CommandLine
from tests.support.pages import opened_page, words
from tests.support.steps import add, row, say

HOSTILE = "{{{ trace }} {% x %} ![x](http://evil.example/x.png)"
SAID = dict.fromkeys(("t0", "t1", "t2", "t4", "t8"), FAIL)


@pytest.fixture
def shop(db, make_trace):
    """t0 to t3 are evasive, t4 and t5 rude, t6 neither, t7 fails and is not coded, t8 to t11 pass.

    Two judges say the same of each: 'overall', and 'evasive', whose criterion is that failure mode.
    """
    failure_modes.add(db, "evasive", "It dodges the question.")
    special_judges.add(db, "evasive", "evasive", "a reason")
    for n in range(12):
        said = Verdict(None, error="refusal") if n == 11 else Verdict(SAID.get(f"t{n}", PASS), "hm")
        add(db, row(make_trace(f"t{n}", dimensions={"half": ("first" if n < 6 else "second",)}),
                    verdicts={"overall": said, "evasive": said}))
        say(db, f"t{n}", FAIL if n < 8 else PASS)
    for n in range(7):
        failure_modes.give(db, f"t{n}", ["evasive"] * (n < 4) + ["rude"] * (n in (4, 5)))
    return db


def run_of(store, judge: str) -> int:
    return runs.newest(store, judge).id


# Of t0 to t3 the judge fails three. Of t4, t5, t6, t8, t9, t10, which have it not, it fails t4 and t8. t11 is an error.
BY_CODES, BY_LABELS = Counts(4, 2, 1, 3, 1), Counts(2, 1, 4, 4, 1)


def test_its_figures_are_by_the_codes_and_the_other_judges_by_the_labels(shop):
    for judge, table in (("evasive", BY_CODES), ("overall", BY_LABELS)):
        assert verdicts.counts(shop, run_of(shop, judge), "Ann") == table
        assert [one[1] for one in verdicts.tables(shop, judge, [run_of(shop, judge)], "Ann")] == [table]
    assert mode_facts.labels_of(shop, "Ann", "evasive") == (4, 7, 1)
    assert figures.agreement(shop, "evasive").counts == BY_CODES


def test_slices_pairs_and_rulings_follow(shop):
    """First half: t0 to t2 caught, t3 missed, t4 failed without it, t5 passed."""
    run = run_of(shop, "evasive")
    assert slices.counts_by(shop, run, "Ann", "half") == [("first", Counts(1, 1, 1, 3)),
                                                          ("second", Counts(3, 1, 0, 0, 1))]
    found = {one["trace_id"]: one["expert_outcome"] for one in verdicts.pairs(shop, run, "Ann")}
    assert found == {"t3": FAIL, "t4": PASS, "t8": PASS}
    assert verdicts.pairs(shop, run, "Ann", "judge passed a fail")[0]["trace_id"] == "t3"
    assert {one["trace_id"]: one["expert_outcome"] for one in verdicts.pairs(shop, run, "Ann", "all")}["t7"] is None
    assert [one.trace for one in rulings.cases(shop, run, "Ann")] == ["t3", "t4", "t8"]
    assert set(draws.against_expert(shop, run, ["Ann"], "differ")) == {traces.key_of(shop, one) for one in found}
    [first, second] = [one for one in coverage.cells(shop, "half", "half", run=run) if one.row == one.column]
    assert (first.pairs, first.agreeing, second.pairs, second.agreeing) == (6, 4, 4, 3)


def test_a_wrong_label_is_mended_in_the_codes(shop):
    case = rulings.case(shop, run_of(shop, "evasive"), "Ann", "t4")
    assert (case.expert_outcome, case.judge_outcome) == (PASS, FAIL)
    with pytest.raises(UsageError, match="Name them"):
        disagreements.rule(shop, case, disagreements.Ending("label wrong", "note", "another critique", expert="Ann"))
    failure_modes.give(shop, "t4", ["rude", "evasive"])
    assert verdicts.counts(shop, case.run, "Ann") == Counts(4, 1, 1, 4, 1)


def test_a_merged_failure_mode_is_followed(shop):
    mode_history.merge(shop, mode_history.by_name(shop, "evasive"), mode_history.by_name(shop, "rude"))
    # Now t4 and t5 have it too: t4 is caught, t5 missed.
    assert verdicts.counts(shop, run_of(shop, "evasive"), "Ann") == Counts(3, 1, 2, 4, 1)
    assert judges.special(shop) == {"evasive": ("rude", "a reason")}


def test_what_mixes_two_criteria_is_refused(shop):
    one, other = run_of(shop, "overall"), run_of(shop, "evasive")
    with pytest.raises(UsageError, match="same criterion"):
        comparing.compare(shop, one, other)
    assert comparing.compare(shop, other, other).n == 10
    assert comparisons.flips(shop, other, other, "Ann") == Flips(unchanged=10)
    with pytest.raises(UsageError, match="one source or the other"):
        rates.table(shop, source="both", judge="evasive")
    assert process.steps(shop)[4].text.startswith("overall agrees")


def test_the_classifier_beside_it_reads_the_same_labels(shop):
    lines = baselines.measured(shop, run_of(shop, "evasive"), "Ann").lines
    outside = sum(traces.get(shop, f"t{n}").split != "train" for n in (0, 1, 2, 3, 4, 5, 6, 8, 9, 10))
    fails = sum(traces.get(shop, f"t{n}").split != "train" for n in range(4))
    assert (lines[1].counts.n, lines[1].counts.fail_pass) == (outside, fails)


def test_it_is_built_with_a_reason_a_prompt_of_its_own_and_examples_by_the_codes(shop):
    with pytest.raises(UsageError, match="only begun"):
        special.build(shop, "evasive", "new")
    with pytest.raises(UsageError, match="already"):
        special.build(shop, "evasive", reason="x")
    made = special.build(shop, "evasive", "new", "x")
    assert "It dodges the question." in made.template and {one.label.outcome for one in made.examples} == {PASS, FAIL}
    for one in made.examples:
        assert (one.label.outcome == FAIL) == (one.trace.id in ("t0", "t1", "t2", "t3"))
    assert made.examples == judges.newest_prompt(shop, "new").examples
    mode_decisions.decide(shop, "evasive", Decision(status="fixed"))
    assert [mode.tests for mode in what_to_fix.ranking(shop) if mode.untested] == []
    with pytest.raises(UsageError, match="edit its prompt by hand"):
        suggesting.shown(shop, "guidelines", made)


def test_an_example_says_what_the_codes_said_when_the_version_was_saved(shop):
    key = {trace: labels.current(shop, trace, "Ann").key for trace in ("t4", "t7")}
    made = judging.save_prompt(shop, "evasive", special.template("evasive", ""), [key["t4"]])
    [shown] = made.examples
    assert shown.label.outcome == PASS and shown.label.critique.endswith("for something else: because")
    [message] = judging.preview_prompt(shop, made.template, [key["t4"]], "t0", "evasive")
    assert "for something else: because" in message["content"]
    failure_modes.give(shop, "t4", ["evasive"])
    assert judges.newest_prompt(shop, "evasive").examples == made.examples
    with pytest.raises(UsageError, match="Nobody has said which failure modes 't7' has"):
        judging.save_prompt(shop, "evasive", made.template, [key["t7"]])
    plain = judging.save_prompt(shop, "plain", judging.DEFAULT_TEMPLATE, [key["t7"], key["t4"]])
    assert [(one.label.outcome, one.label.critique) for one in plain.examples] == [(FAIL, "because")] * 2
    assert key["t7"] not in versions.suggest(shop, 20, "evasive")


def test_a_verdict_by_other_examples_is_not_taken_over_though_the_labels_are_the_same(shop):
    key, found = labels.current(shop, "t4", "Ann").key, []
    for _ in range(3):
        made = judging.save_prompt(shop, "evasive", special.template("evasive", ""), [key])
        found.append(reuse.reusable(shop, reuse.Asked(made.key, "m", "embedded"), [traces.key_of(shop, "t0")]))
        if len(found) == 1:
            run = runs.create(shop, made.key, "m", "embedded")
            verdicts.save(shop, run, traces.key_of(shop, "t0"), Verdict(FAIL, "hm"))
        if len(found) == 2:
            failure_modes.give(shop, "t4", ["evasive"])
    assert found == [[], [traces.key_of(shop, "t0")], []]


def test_a_run_of_another_judge_is_not_mine_though_it_asks_the_same(shop):
    both = [special.build(shop, "evasive", name, "x").key for name in ("a", "b")]
    first, second = (runs.create(shop, key, "m", "embedded") for key in both)
    assert first != second and runs.create(shop, both[0], "m", "embedded") == first


def test_a_hostile_name_is_no_placeholder_and_no_picture(shop, monkeypatch):
    failure_modes.give(shop, "t0", [HOSTILE])
    failure_modes.add(shop, HOSTILE, HOSTILE)
    made = special.build(shop, HOSTILE, reason="x")
    message = judging.preview_prompt(shop, made.template, [], "t0")[0]["content"]
    assert message.count("{ { { trace }} { % x %}") == 2 and message.count("answer to t0") == 1
    app = opened_page(monkeypatch, shop, "judge", judge=made.judge, view="Bench")
    assert "Too few to trust it" in words(app)
    assert not [one for one in app.caption if "![x](http" in one.value]


def test_it_is_built_on_the_page_and_by_command(shop, monkeypatch):
    app = opened_page(monkeypatch, shop, "errors", view="Checks", mode="rude")
    app.text_input(key="special_reason").set_value("a contract")
    app.button(key="build_special").click().run()
    assert not app.exception and judges.special(shop)["rude"] == ("rude", "a contract")
    cli = CommandLine(shop.path)
    assert "judge r2: 4 examples, 2 fails with it" in cli("judge-new", "--mode", "rude", "--name", "r2", "--reason",
                                                          "x").stdout
    assert "only begun" in cli.refused("judge-new", "--mode", "rude", "--name", "r3")
    assert {one["name"]: one["criterion"] for one in cli.json("judges")["judges"]} == {
        "overall": None, "evasive": "evasive", "rude": "rude", "r2": "rude"}

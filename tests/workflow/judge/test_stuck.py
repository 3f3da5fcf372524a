"""Stuck: when agreement stands still, by sums worked by hand, what speaks for each cause, and the recorded decision."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from lib.prompting.lint import Remark
from lib.records import Counts, Figure, UsageError, Verdict
from lib.records.pairs import Flips
from lib.records.suggestion import TARGET
from lib.statistics import metrics, stuck
from lib.statistics.breakdowns import agreement_by
from lib.statistics.comparison import chance_of
from lib.statistics.stuck import CLEAR, LIKELY, UNKNOWN, Facts
from lib.statistics.versions import Measured
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.judge import decisions, judges, runs, verdicts
from lib.workflow.judge import stuck as workflow
from lib.workflow.judge import versions
from lib.workflow.overview import process
from tests.support.pages import calm, said
from tests.support.suggesting import labelled


def point(version: int, right: int, of: int = 100, traces_: str = "set 1", run: int = 0) -> Measured:
    """A version that agrees on so many traces, half of them passes."""
    return Measured(version, run or version, traces_, Counts(right // 2, 0, of - right, right - right // 2))


@pytest.mark.parametrize(("right", "p", "flat", "words"), [
    ((70, 71, 70), 0.001, True, "less than 2 points apart"),  # 1 point, whatever the test says
    ((70, 76, 78), 0.016, False, "still moves"), ((70, 76, 78), 0.017, True, "chance (p = 0.05"),
    ((70, 76, 78), 0.21, True, "chance (p = 0.63, exact test of the flips, for the three pairs together)"),
    ((78, 70, 76), 0.21, True, "70% to 78% of the same 100"),
    ((70, 76, 90), 0.21, False, "target of 90% is reached"),
    ((70, 78), 0.5, False, "there are 2"), ((), 0.5, False, "there are 0")])
def test_flat_is_below_the_target_and_within_two_points_or_within_chance(right, p, flat, words):
    points = [point(number, one) for number, one in enumerate(right, 1)]
    found = stuck.flatness(points, 0.9, lambda *_: p)
    assert found.flat is flat and words in found.why


def test_versions_are_compared_on_one_set_of_traces_the_newest_three_of_it():
    old = [point(number, 70, traces_="set 1") for number in range(1, 6)]
    new = [point(number, 70, traces_="set 2") for number in (5, 6)]
    assert [one.version for one in stuck.comparable([*new, *old])] == [3, 4, 5]
    assert [one.version for one in stuck.comparable([*old, *new, point(7, 70, traces_="set 2")])] == [5, 6, 7]
    assert stuck.comparable([]) == ()


GOOD = Facts("Ann", False, metrics.wilson(9, 10), metrics.wilson(1, 100), metrics.wilson(99, 100), 0.9, 4, (), (), ())


def states(facts: Facts) -> dict[str, str]:
    """What is not clear, by the first word that tells it."""
    return {one.text: one.state for one in stuck.findings(facts) if one.state != CLEAR}


def test_where_all_is_well_no_cause_is_named():
    slices = [("topic", one) for one in agreement_by([("a", Counts(40, 0, 1, 40)), ("b", Counts(40, 1, 0, 40))])]
    assert states(replace(GOOD, slices=slices)) == {} and stuck.advice(replace(GOOD, points=[point(1, 89)])) == []


@pytest.mark.parametrize(("change", "words", "state"), [
    ({"stands_in": True}, "only stands in", LIKELY),
    ({"by_principal": metrics.wilson(4, 10)}, "40% of all labels", LIKELY),
    ({"terse": metrics.wilson(40, 100)}, "40% of the newest critiques", LIKELY),
    ({"own": metrics.wilson(80, 100)}, "same outcome again on 80%", LIKELY),
    ({"own": metrics.wilson(80, 100)}, "no judge can be expected to do better", LIKELY),
    ({"own": Figure(None, why="no earlier trace has come back yet")}, "own consistency: no earlier", UNKNOWN),
    ({"remarks": [Remark("one outcome", "No example is a fail.")]}, "No example is a fail.", LIKELY),
    ({"remarks": [Remark("missing context", "The expert saw more.")]}, "The expert saw more.", LIKELY),
    ({"slices": [("topic", one) for one in agreement_by([("a", Counts(40, 0, 0, 40)), ("b", Counts(20, 20, 20, 20))])]},
     "topic = b: 50% of 80", LIKELY),
    ({"slices": [("topic", one) for one in agreement_by([("a", Counts(40, 0, 0, 40)), ("b", Counts(20, 20, 20, 20))])]},
     "value of topic lie 50 points", LIKELY)])
def test_each_cause_is_named_where_the_data_speak_for_it(change, words, state):
    found = states(replace(GOOD, **change))
    assert [state_ for text, state_ in found.items() if words in text] == [state]


def test_the_advice_follows_the_rates_and_labels_come_first():
    both_low = replace(GOOD, points=[Measured(1, 1, "s", Counts(35, 15, 20, 30))])
    assert ["stronger model" in one for one in stuck.advice(both_low)] == [True]
    still = [Measured(number, number, "s", Counts(45, 5, 8, 42)) for number in (1, 2, 3)]
    assert ["Split it" in one for one in stuck.advice(replace(GOOD, points=still))] == [True]
    moving = [*still[:2], Measured(3, 3, "s", Counts(49, 1, 8, 42))]
    assert stuck.advice(replace(GOOD, points=moving)) == []
    inconsistent = stuck.advice(replace(GOOD, own=metrics.wilson(7, 10), points=still))
    assert inconsistent[0].startswith("The labels are not consistent")


def three_versions(store) -> None:
    """Three versions with the same verdicts on the same dev traces: half of them right."""
    first = labelled(store, 6)
    for version in (first, *(judges.save_prompt(store, first.judge, f"{first.template}\nEdit {n}.") for n in (1, 2))):
        run = runs.create(store, version.key, "m", "environment", where=Filter(split="dev"))
        for key in runs.pending(store, run):
            verdicts.save(store, run, key, Verdict("pass", "fine"))
        runs.set_status(store, run, "done")


def test_three_equal_versions_are_flat_and_one_that_tries_a_rule_away_is_none_of_them(db):
    three_versions(db)
    judge = judges.every(db)[0]
    flat = workflow.flatness(db, versions.trend(db, judge, "Ann"), "Ann")
    assert flat.flat and [one.version for one in flat.points] == [1, 2, 3]
    trial = judges.save_prompt(db, judge, "{{ trace }}", note="without the rule: Name it.")
    run = runs.create(db, trial.key, "m", "environment", where=Filter(split="dev"))
    for key in runs.pending(db, run):
        verdicts.save(db, run, key, Verdict(["pass", "fail"][traces.by_key(db, key).input[-2] in "135"], "fine"))
    runs.set_status(db, run, "done")
    assert [one.version for one in workflow.flatness(db, versions.trend(db, judge, "Ann"), "Ann").points] == [1, 2, 3]


def test_a_decision_about_the_target_changes_it_everywhere_and_needs_a_reason(db):
    three_versions(db)
    judge = judges.every(db)[0]
    with pytest.raises(UsageError, match="Say in a sentence"):
        workflow.decide(db, judge, TARGET, " ", 0.5)
    assert decisions.target(db) == 0.9
    workflow.decide(db, judge, TARGET, "The expert agrees with herself on half.", 0.5)
    [made] = decisions.every(db, judge)
    assert decisions.target(db) == 0.5 and made.text.endswith("(90% to 50%)") and made.created_at[:2] == "20"
    assert not workflow.flatness(db, versions.trend(db, judge, "Ann"), "Ann").flat, "half is what was wanted"
    # Six pairs tell too little for the step to be done.
    assert "fewer than 20 tell little" in process.steps(db)[4].text


def test_the_view_says_that_it_is_stuck_and_shows_what_was_decided(visit, db):
    three_versions(db)
    app = visit(db.path, "judge", view="Versions")
    assert "Stuck?" in said(app) and "less than 2 points apart" in said(app) and "only theirs" not in said(app)
    app.radio[0].set_value("narrow the scope")
    next(one for one in app.text_area if one.label.startswith("Why")).set_value("Only what\n**concerns** money.")
    calm(next(one for one in app.button if one.label == "Record the decision").click().run())
    [made] = decisions.every(db, judges.every(db)[0])
    assert (made.kind, made.text) == ("narrow the scope", "Only what\n**concerns** money.")
    app = visit(db.path, "judge", view="Versions")
    assert any("narrow the scope" in str(one.value.values.tolist()) for one in app.dataframe)


def test_a_project_without_three_versions_is_not_asked(visit, db):
    labelled(db)
    assert "Stuck?" not in said(visit(db.path, "judge", view="Versions"))


@pytest.mark.parametrize(("n", "share"), [(40, 0.7), (100, 0.8), (400, 0.6)])
def test_of_three_equal_versions_at_most_one_in_twenty_is_said_to_move(n, share):
    """1,000 times three versions that are right equally often, each trace on its own; worst is tested against best."""
    rng, moving = np.random.default_rng([n, round(share * 100)]), 0
    for right in rng.random((1_000, 3, n)) < share:
        flips = {(a, b): Flips(int((~right[a] & right[b]).sum()), int((right[a] & ~right[b]).sum()))
                 for a, b in permutations(range(3), 2)}
        points = [point(number, int(right[number - 1].sum()), of=n) for number in (1, 2, 3)]
        found = stuck.flatness(points, 1.01, lambda worst, best, flips=flips: chance_of(
            flips[worst.version - 1, best.version - 1]))
        moving += not found.flat
    assert moving / 1_000 <= 0.05

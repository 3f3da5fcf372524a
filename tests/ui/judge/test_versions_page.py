"""The Judge page's view Versions without a browser: trend, differences, and what an edit did."""

import pytest

from lib.records import Verdict
from lib.statistics.comparison import Row, compared
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, runs, verdicts
from lib.store.review import labels
from lib.ui.judge import run_comparison
from lib.workflow.judge import judging
from lib.workflow.judge import versions as workflow
from tests.support.pages import field, said
from tests.support.steps import add, row
from tests.support.trace_texts import texts

JUDGE = judging.DEFAULT_JUDGE


@pytest.fixture
def two(db, make_trace):
    """Ten dev traces that Ann failed, judged by two versions: the second is right on more of them."""
    add(db, *(row(make_trace(f"t{number}", split="dev"), Ann="fail") for number in range(10)))
    first = judging.save_prompt(db, JUDGE, "Critique first. {{ trace }}", [])
    second = judging.save_prompt(db, JUDGE, "Critique first.\nBe strict. {{ trace }}", [], note="stricter")
    ran(db, first, ["pass"] * 8 + ["fail"] * 2)
    ran(db, second, ["fail"] * 7 + ["pass"] * 2 + [None])
    return first, second


def ran(store, version, outcomes, split="dev") -> int:
    run = runs.create(store, version.key, "m", "environment", where=Filter(split=split), limit=len(outcomes), anew=True)
    for key, outcome in zip(runs.pending(store, run), outcomes, strict=True):
        verdicts.save(store, run, key, Verdict(outcome, f"says {outcome} in run {run}",
                                               error=None if outcome else "timeout"))
    runs.set_status(store, run, "done")
    return run


def test_versions_judged_on_the_same_traces_share_a_set(db, two, make_trace):
    ran(db, two[1], ["pass"] * 4)
    points = workflow.trend(db, JUDGE, "Ann")
    assert [(point.version, point.traces) for point in points] == [
        (1, "set 1: dev, 10 traces"), (2, "set 1: dev, 10 traces"), (2, "set 2: dev, 4 traces")]
    assert points[0].counts.fail_pass == 8 and points[1].counts.errors == 1 and points[1].note == "stricter"


def test_a_newer_run_on_the_same_traces_takes_the_point_and_one_that_goes_on_is_none(db, two):
    newer = ran(db, two[1], ["pass"] * 10)
    going = ran(db, two[1], ["fail"] * 3)
    runs.set_status(db, going, "running")
    ran(db, two[1], [None] * 10)  # nothing but errors: no point, and no newer one
    assert [point.run for point in workflow.trend(db, JUDGE, "Ann")] == [1, newer]


def test_an_example_in_one_prompt_makes_another_set(db, two, make_trace):
    add(db, row(make_trace("train", split="train"), Ann="pass"))
    third = judging.save_prompt(db, JUDGE, "Critique. {{ trace }}", [labels.current(db, "train", "Ann").key])
    runs_of = [ran(db, version, ["fail"] * n, split=None) for version, n in ((two[0], 11), (third, 10))]
    points = {point.run: point for point in workflow.trend(db, JUDGE, "Ann")}
    # The third never met the trace it shows; its ten are the ten of the runs on dev.
    assert runs_of[0] in points and points[runs_of[1]].traces == points[2].traces != points[runs_of[0]].traces
    assert all(point.counts == verdicts.counts(db, run, "Ann") for run, point in points.items())


def test_the_page_shows_what_changed_and_what_that_did(visit, db, two):
    app = visit(db.path, "judge", view="Versions", judge=JUDGE)
    words = said(app)
    assert "7 fixed and 1 broken of 9: this **could well be chance** (p = 0.070" in words
    assert "The examples are the same: 0." in words
    assert [code.value for code in app.code] == ["- Critique first. {{ trace }}",
                                                 "+ Critique first.\n+ Be strict. {{ trace }}"]
    assert {one.label: one.value for one in app.metric} == {
        "Fixed": "7", "Broken": "1", "Unchanged": "1", "Errors": "1"}
    assert "says pass in run 1" in words and "says fail in run 2" in words and "question of t0" in texts(app)


def test_rows_are_filtered_and_the_filter_stands_in_the_address(visit, db, two):
    app = visit(db.path, "judge", view="Versions", judge=JUDGE, changes="errors")
    assert "error, timeout" in said(app) and "question of t9" in texts(app)
    field(app.selectbox, "Show").select("broken").run()
    assert "question of t9" not in texts(app)
    assert app.query_params["changes"] == "broken"


def test_the_newest_version_stands_against_the_one_it_was_made_from(visit, db, two):
    judging.save_prompt(db, JUDGE, "Critique. {{ trace }}", [], parent=two[0].key)
    app = visit(db.path, "judge", view="Versions", judge=JUDGE)
    assert (app.query_params["before"], app.query_params["after"]) == ("1", "3")
    assert "Version 3 has no verdict yet" in said(app)


def test_runs_on_different_traces_are_answered_in_a_sentence(visit, db, two, make_trace):
    add(db, row(make_trace("x", split="test"), Ann="pass"))
    run = ran(db, two[1], ["pass"], split="test")
    app = visit(db.path, "judge", view="Versions", judge=JUDGE, run_after=str(run))
    assert "no trace in common" in "".join(error.value for error in app.error)


@pytest.mark.parametrize("prompts", [0, 1])
def test_what_is_missing_is_said(visit, db, make_trace, prompts):
    add(db, row(make_trace("t1"), verdicts={"GPT-4": Verdict("pass")}))
    for _ in range(prompts):
        judges.save_prompt(db, "GPT-4", "{{ trace }}")
    words = said(visit(db.path, "judge", view="Versions", judge="GPT-4"))
    assert ("One version so far" if prompts else "No prompt version") in words
    assert traces.count(db) == 1


@pytest.mark.parametrize(("fixed", "broken", "says"), [
    (0, 0, "No verdict flipped"), (5, 0, "could well be chance"), (6, 0, "hardly chance"), (30, 1, "p < 0.001")])
def test_chance_is_said_in_words(fixed, broken, says):
    rows = [Row("t", "pass", "fail", "pass")] * fixed + [Row("t", "pass", "pass", "fail")] * broken
    # Both ways of five flips in one direction: 2 / 2^5 = 0.0625; of six 2 / 2^6 = 0.031.
    assert says in run_comparison.chance(compared(rows))

"""The overview without a browser: one next step, a judge run without a key up to its end, the other views."""

import json

import pytest

from lib.models import local_model, local_speed, model_files
from lib.records import Verdict
from lib.store import cycles
from lib.store.errors import insights
from lib.store.judge import runs
from lib.workflow.judge import judging
from tests.support.pages import calm, click, field, said
from tests.support.running import ended
from tests.support.steps import add, row, say

JUDGE = judging.DEFAULT_JUDGE


@pytest.fixture
def keyless(db, make_trace, tmp_path, monkeypatch):
    """One labelled dev trace beside failing ones of train, so that mending comes first; the model's speed is known."""
    monkeypatch.setenv("PLUMBLINE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("PLUMBLINE_MODEL_THREADS", "1")
    add(db, row(make_trace("d", split="dev"), Ann="pass"),
        *(row(make_trace(f"t{n}", split="train"), Ann=("fail", "pass")[n > 10]) for n in range(16)))
    judging.ensure_judge(db)
    model_files.folder().mkdir()
    (model_files.folder() / "speed.json").write_text(json.dumps({local_speed._name(local_model.find_weights()): 0.5}))
    return db


def test_a_judge_run_is_seen_from_its_press_to_its_end_beside_chance(visit, keyless):
    app = visit(keyless.path, "overview")
    assert "See a judge run, without a key. 1 trace of dev: about " in said(app).replace("**", "")
    click(app, "See a judge run")
    # What is to be mended first holds no such run up.
    [run] = runs.every(keyless)
    assert (run.endpoint, run.total, run.judge) == ("embedded", 1, JUDGE)
    assert ended(keyless, run.id, runs, "run").done == 1
    app = visit(keyless.path, "judge", run=str(run.id))
    assert "Is it more than chance?" in said(app)
    [table] = [one.value for one in app.dataframe if "on the same traces" in one.value]
    assert list(table["on the same traces"]) == ["this judge", "the free local classifier", "chance"]


def test_the_bench_says_what_run_does_without_a_key_and_its_press_asks_for_no_reason(visit, keyless):
    app = visit(keyless.path, "judge")
    assert "Without a key, Run judges 1 trace of dev: about " in said(app)
    assert "Fix before you build a judge" in said(app)
    click(app, "Run")
    [run] = runs.every(keyless)
    assert run.total == 1 and "Why do you go on" not in said(app)
    ended(keyless, run.id, runs, "run")


def test_with_an_endpoint_a_reason_is_asked_for_and_nothing_is_offered(visit, keyless, endpoint_env):
    assert "without a key" not in said(visit(keyless.path, "overview"))
    app = visit(keyless.path, "judge")
    assert "Without a key" not in said(app)
    click(app, "Run")
    assert runs.every(keyless) == []


def test_where_a_judge_was_measured_no_run_is_offered(visit, db, make_trace):
    add(db, *(row(make_trace(f"d{n}", split="dev"), Ann="pass", verdicts={"bot": Verdict("pass")}) for n in range(3)))
    judging.ensure_judge(db)
    app = visit(db.path, "overview")
    assert "See a judge run" not in said(app) and "bot" in said(app) and "3 pairs" in said(app)


def test_the_next_step_is_one_button_and_every_step_one_line(visit, db, make_trace):
    add(db, make_trace("t0"))
    say(db, "t0", "pass")
    app = visit(db.path, "overview")
    assert "Next: step 5, bring the judge into line." in said(app)
    assert [button.label for button in app.button if button.key == "do_next"] == ["Run the judge"]
    lines = [one.value for number in range(1, 8) for one in app.markdown if f"] {number}. " in one.value]
    assert len(lines) == 7 and [line.endswith(": now") for line in lines] == [number == 5 for number in range(1, 8)]


def test_cycles_and_insights_count_one_as_one_and_none_as_none(visit, db, make_trace):
    add(db, make_trace("t0"), make_trace("t1"))
    say(db, "t0", "pass")
    app = visit(db.path, "overview", view="Cycles")
    assert "Only 1 unlabelled trace is left to draw" in said(app)
    click(app, "Open the cycle")
    assert cycles.current(db) is not None
    say(db, "t1", "fail")
    app = visit(db.path, "overview", view="Cycles")
    assert "1 trace read by a person since" in said(app).replace("**", "")
    assert "No unlabelled trace is left to draw" in said(app)


def test_an_insight_that_does_not_fit_the_search_is_not_said_to_be_missing(visit, db):
    app = visit(db.path, "overview", view="Insights")
    assert "No insight yet" in said(app)
    insights.add(db, "user", "They ask twice", "Ann", [], "token")
    app = visit(db.path, "overview", view="Insights")
    assert "They ask twice" in said(app)
    calm(field(app.text_input, "Search").set_value("nothing of the kind").run())
    assert "No insight fits" in said(app) and "No insight yet" not in said(app)

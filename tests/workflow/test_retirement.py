"""Models that their provider shuts down: the day that is kept, the mark from 90 days before, and where it stands."""

from datetime import date, timedelta

import pytest

from lib.records import Verdict
from lib.store import cycles, projects, retirements
from lib.store.judge import judges, runs, verdicts
from lib.workflow import endpoints, retirement
from lib.workflow.judge import judging
from lib.workflow.retirement import mark
from tests.support import ownership
from tests.support.commands import CommandLine
from tests.support.endpoint import error
from tests.support.pages import said
from tests.support.running import add_traces
from tests.support.steps import fresh, say

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(("day", "words"), [
    # 90 days after 30 November 2026 is 28 February 2027: 31 in December, 31 in January, 28 in February.
    ("2027-03-01", ""), ("2027-02-28", "shuts down on 2027-02-28, in 90 days"),
    ("2026-12-01", "shuts down on 2026-12-01, in 1 day"), ("2026-11-30", "shuts down on 2026-11-30, today"),
    ("2026-11-29", "was shut down on 2026-11-29"), ("2026-12-11T08:00:00Z", "shuts down on 2026-12-11, in 11 days"),
    (" 2026-12-11 ", "shuts down on 2026-12-11, in 11 days"),
    (None, ""), ("", ""), ("  ", ""), ("next winter", "shuts down: next winter"),
    ("2026-13-40", "shuts down: 2026-13-40"),
    ("1790000000", "was shut down on 2026-09-21"), ("1796601600000", "shuts down on 2026-12-07, in 7 days"),
    ("17900", "shuts down: 17900"), ("a\nb", "shuts down: a b"), ("x" * 99, f"shuts down: {'x' * 40}…")])
def test_the_mark_is_shown_from_ninety_days_before(day, words):
    assert mark(day, TODAY) == words


def in_days(left: int) -> str:
    return (cycles.today() + timedelta(left)).isoformat()


@pytest.fixture
def old(db, endpoint_env):
    """A run of a model that is shut down in 11 days, at an endpoint that has said so."""
    endpoint_env.models = [{"id": "old-model", "shutdown_date": in_days(11)}, {"id": "test-model"}]
    add_traces(db, 3)
    judging.ensure_judge(db)
    run = judging.start_run(db, judging.DEFAULT_JUDGE, model="old-model")
    for key in runs.pending(db, run.id):
        verdicts.save(db, run.id, key, Verdict("pass"))
    runs.set_status(db, run.id, "done")
    say(db, "t0", "pass")
    return run.id


def words(store) -> str:
    return retirement.known(store).of_run(runs.every(store)[0])


def test_what_an_endpoint_lists_is_kept_until_it_says_otherwise(db, old, endpoint_env):
    assert words(db) == f"shuts down on {in_days(11)}, in 11 days"
    assert retirements.every(fresh(db.path)) == {(endpoint_env.url, "old-model"): in_days(11)}
    endpoint_env.models = error(500)  # nobody can be asked: what was last seen stands
    assert words(db)
    endpoint_env.models = [{"id": "test-model"}]  # no longer listed
    endpoints.models(db, "environment")
    assert words(db)
    endpoint_env.models = [{"id": "old-model", "shutdown_date": in_days(-1)}]
    endpoints.models(db, "environment")
    assert words(db) == f"was shut down on {in_days(-1)}"
    endpoint_env.models = [{"id": "old-model"}]
    endpoints.models(db, "environment")
    assert words(db) == "" and retirements.every(db) == {}


def test_what_is_known_is_not_written_again(db):
    retirements.note(db, "http://a", [("m", "2026-12-11"), ("n", None)])
    before = db.value("select seen_at from model_retirements"), db.connection.total_changes
    retirements.note(db, "http://a", [("m", "2026-12-11"), ("n", None)])
    assert (db.value("select seen_at from model_retirements"), db.connection.total_changes) == before


def test_a_model_of_another_address_or_recorded_elsewhere_is_not_meant(db, old, monkeypatch):
    retirements.note(db, "http://elsewhere", [("test-model", in_days(1))])
    run = judging.start_run(db, judging.DEFAULT_JUDGE, model="test-model")
    assert retirement.known(db).of_run(run) == ""
    # Where its address changed in between, any model of this name may be it.
    runs.reached(db, old, "http://elsewhere")
    assert runs.get(db, old).address == "" and retirement.known(db).of_run(runs.get(db, old))


def test_the_days_are_of_the_whole_file(db):
    assert ownership.public(retirements) == {"retirements.note", "retirements.every"}
    retirements.note(db, "http://a", [("m", "2026-12-11")])
    assert retirements.every(projects.create(db, "Other")) == retirements.every(db)


def test_it_stands_on_every_page_that_uses_the_model(visit, db, old):
    judges.save_prompt(db, judging.DEFAULT_JUDGE, "{{ trace }}", model="old-model")
    projects.set_setting(db, "model", "old-model")
    marked = f"old-model shuts down on {in_days(11)}, in 11 days"
    beside = f"old-model (shuts down on {in_days(11)}, in 11 days)"
    bench = visit(db.path, "judge", view="Bench")
    # Below the run and in the version's folded settings; and in the choice of runs.
    assert marked in said(bench) and beside in said(bench)
    assert any(f"shuts down on {in_days(11)}" in option for box in bench.selectbox for option in box.options)
    bench.session_state["call_settings_open"] = True
    assert said(bench.run()).count(marked) == 2
    tables = [found.value for found in visit(db.path, "judge", view="Versions").dataframe]
    assert [list(table["model"]) for table in tables if "model" in table] == [["", beside], [beside]]
    [table] = [found.value for found in visit(db.path, "judge", view="Models").dataframe]
    assert list(table["old-model"])[-1] == f"shuts down on {in_days(11)}, in 11 days"
    overview = said(visit(db.path, "overview"))
    assert f"The model of desired outcome, old-model, shuts down on {in_days(11)}, in 11 days." in overview
    settings = visit(db.path, "settings", view="Models")
    assert marked in said(settings)
    assert list(settings.dataframe[0].value["shuts down"]) == [f"on {in_days(11)}, in 11 days", ""]


def test_it_stands_on_the_command_line(db, old):
    cli = CommandLine(db.path)
    assert f"\told-model (shuts down on {in_days(11)}, in 11 days)\t" in cli("runs").stdout
    assert cli.json("runs")["runs"][0]["retires"] == f"shuts down on {in_days(11)}, in 11 days"
    assert f"model old-model (shuts down on {in_days(11)}" in cli(
        "run", "--judge", judging.DEFAULT_JUDGE, "--model", "old-model").stderr
    assert f"old-model, shuts down on {in_days(11)}" in cli("compare-models", "--judge", judging.DEFAULT_JUDGE).stdout


def test_a_day_far_away_is_no_mark(visit, db, old, endpoint_env):
    endpoint_env.models = [{"id": "old-model", "shutdown_date": in_days(91)}]
    endpoints.models(db, "environment")
    assert words(db) == "" and "shuts down" not in said(visit(db.path, "judge", view="Bench"))
    assert "shuts down" not in said(visit(db.path, "overview"))

"""Rates over time on the screen: what is said on empty and filled projects, the way to fails, and the switch."""

import pytest

from lib.records import Trace
from lib.workflow.dataset import exchange
from lib.workflow.errors import over_time
from tests.support.commands import CommandLine
from tests.support.pages import opened_page, words
from tests.support.steps import add, row
from tests.support.weeks import FROZEN, MONDAYS, four_weeks, lenient, strict

STEADY, WORSE = (9, 18, 3), (5, 10, 15)
CUTS = ("week", "month", "version")


@pytest.fixture
def visit(db, monkeypatch):
    """`visit(over="week")` opens the pass rates of the project."""
    return lambda **address: opened_page(monkeypatch, db, "errors", view="Pass rates", **address)


@pytest.fixture
def plan(endpoint_env):
    def put(judge) -> None:
        endpoint_env.plan = judge

    return put


@pytest.mark.parametrize("over", CUTS)
@pytest.mark.parametrize("name", exchange.EXAMPLES)
def test_on_the_examples_it_says_what_is_missing(example_files, name, over, monkeypatch):
    app = opened_page(monkeypatch, example_files[name], "errors", over=over)
    assert over_time.NO_POINT[over] in words(app) and app.metric[0].label == "Pass rate overall"


@pytest.mark.parametrize("over", CUTS)
def test_without_an_expert_or_a_judge_it_says_so(visit, db, make_trace, over):
    add(db, make_trace("t1"))
    assert "This project has no expert yet" in words(visit(over=over))
    assert "No judge has a verdict yet" in words(visit(over=over, **{"from": "judge"}))


def test_an_unknown_cut_in_the_address_is_the_one_by_dimension(visit, db, make_trace):
    add(db, row(make_trace("t1", dimensions={"topic": ("a",)}), Ann="fail"))
    app = visit(over="century")
    assert app.selectbox(key="over").value == "dimension" and app.selectbox(key="by").value == "topic"


def test_a_change_is_said_with_its_test_and_whose_it_is(visit, db, plan):
    four_weeks(db, plan, lenient, lenient, (STEADY, STEADY, WORSE, WORSE))
    app = visit(over="week", **{"from": "judge"})
    text = words(app)
    assert f"{MONDAYS[2]}: lower than before by verdicts, 50% of 30 against 90% of 60 (p < 0.001)" in text
    assert "The judge did not move beyond chance" in text and "number of tests in the series (3)" in text
    [table] = [found.value for found in app.dataframe]
    assert list(table["week"]) == list(MONDAYS) and list(table["change"]) == ["", "", "lower", ""]
    assert list(table["pass rate"].round(6)) == [90, 90, 50, 50] and "why not" not in table
    assert f"{FROZEN} verdicts left out" in text
    app = visit(over="week", seen="yes", **{"from": "judge"})
    assert f"{FROZEN} verdicts counted too" in words(app) and len(app.dataframe[0].value) == 5


def test_a_point_in_the_address_lists_its_fails_over_all_runs_and_dataset_the_same(visit, db, plan, monkeypatch):
    four_weeks(db, plan, lenient, lenient, (STEADY, STEADY, WORSE, WORSE))
    app = visit(over="week", point=MONDAYS[2], **{"from": "judge"})
    assert f"Fails, week {MONDAYS[2]}: 15" in words(app)
    [link] = [one for one in app.get("page_link") if one.proto.label == "Open this list in Dataset"]
    address = dict(part.split("=", 1) for part in link.proto.query_string.split("&"))
    assert address["since"] == MONDAYS[2] and address["dated"] == "yes"
    app = opened_page(monkeypatch, db, "dataset", rated="judge", in_run="[1, 2, 3, 4, 5, 6]", since=MONDAYS[2],
                      until="2026-03-22", dated="yes")
    assert "15 traces" in words(app) and (
        "what a rate counts as fails: verdicts of a judge (runs 1, 2, 3, 4, 5, 6)" in words(app))


@pytest.mark.parametrize("several", ["[1, 2", '["x"]', "{}"])
def test_a_list_of_runs_that_is_none_breaks_no_page(visit, db, make_trace, several, monkeypatch):
    add(db, row(make_trace("t1"), Ann="fail"))
    opened_page(monkeypatch, db, "dataset", rated="judge", in_run=several)


def test_where_it_is_not_known_the_command_stands_there_to_be_copied(visit, db, plan):
    four_weeks(db, plan, lenient, strict, (STEADY,) * 4, again=False)
    app = visit(over="week", **{"from": "judge"})
    [found] = app.code
    assert found.value.startswith(".venv/bin/python -m lib run --judge 'desired outcome'")
    assert "Not known whether it is the judge's" in words(app)


def test_the_command_line_says_the_same_in_words_and_as_json(db, plan):
    four_weeks(db, plan, lenient, strict, (STEADY,) * 4)
    cli = CommandLine(db.path)
    found = cli.json("rates", "--over", "week", "--source", "judge")
    assert (found["over"], found["runs"], found["tests"], found["without"]) == ("week", [1, 2, 3, 4, 5, 6], 3, 0)
    assert found["judge"]["state"] == "moved" and found["seen_left_out"] == FROZEN
    [before, _, third, _] = found["points"]
    assert before["change"] is before["p"] is before["whose"] is None and before["few"] is False
    assert (third["period"], third["first_day"], third["n"], third["passes"], third["fails"]) == (
        MONDAYS[2], MONDAYS[2], 30, 9, 21)
    assert third["rate"]["value"] == pytest.approx(0.3) and third["rate"]["low"] < 0.3 < third["rate"]["high"]
    assert (third["change"], third["by"], third["before"]) == ("lower", "verdicts", {"n": 60, "passes": 54})
    assert third["p_adjusted"] == pytest.approx(3 * third["p"])
    assert third["corrected_rate"] is None and third["why_not_corrected"].startswith("the judge moved")
    whose = third["whose"]
    assert (whose["state"], whose["n"], whose["pass_to_fail"], whose["broken"]) == ("moved", FROZEN, 8, 8)
    said = cli("rates", "--over", "week", "--source", "judge")
    assert f"{MONDAYS[2]}: 30% of 30 (95 % interval 17% to 48%), lower than before\n" in said.stdout
    assert "The change may be the judge's." in said.stdout and "not corrected: the judge moved" in said.stderr
    said = cli("rates", "--over", "version", "--source", "expert")
    assert "No trace with an outcome names a system version" in said.stdout
    assert f"{FROZEN} outcomes in no point: their traces name no system version" in said.stderr


def test_where_nothing_changed_it_says_so(visit, db):
    add(db, *(row(Trace(f"t{n}", f"question {n}", "x", created_at=f"{MONDAYS[n % 4]}T10:00:00Z"),
                  Ann="fail" if n % 5 == 0 else "pass") for n in range(80)))
    text = words(visit(over="week"))
    assert "No point is lower or higher than those before it beyond chance (3 tested)." in text

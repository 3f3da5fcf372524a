"""Rates rest on labels whose trace no outcome brought: what is left out is counted, shown and printed."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.records import Circumstances, Verdict
from lib.workflow.errors import rates
from tests.support.commands import CommandLine
from tests.support.running import HOUSE, PATIENCE
from tests.support.steps import add, row, say

DRAWN = Circumstances(queue="judge_fails", unbiased=False)


@pytest.fixture
def mixed(db, make_trace):
    """Six random labels, four of them passes, and three fails that the judge's fails brought; topic a has them all."""
    add(db, *(row(make_trace(f"t{n}", dimensions={"topic": ("a",)}),
                  verdicts={"judge": Verdict("pass" if n < 4 else "fail")}) for n in range(12)))
    for n in range(6):
        say(db, f"t{n}", "pass" if n < 4 else "fail", circumstances=Circumstances(queue="random"))
    for n in range(6, 9):
        say(db, f"t{n}", "fail", circumstances=DRAWN)
    return db


def test_rates_use_unbiased_labels_and_say_how_many_are_left_out(mixed):
    found = rates.table(mixed, ("topic",))
    assert (found.overall.n, found.overall.fails, found.left_out.drawn) == (6, 2, 3)
    assert [(cell.n, cell.fails) for cell in found.cells] == [(6, 2)]
    assert rates.table(mixed, source="judge").left_out.drawn == 0, "a run chose its traces by no outcome"


def test_a_later_label_does_not_make_a_trace_a_fair_one(mixed):
    say(mixed, "t6", "pass", critique="on second thoughts", circumstances=Circumstances(queue="random"))
    assert rates.table(mixed).left_out.drawn == 3


def test_the_corrected_rate_speaks_of_all_traces_that_no_fair_label_covers(mixed):
    found = rates.corrected(mixed)
    # t6 to t8 were taken out because they failed: without them the rest would look better than it is.
    assert (found.unlabelled, found.observed.value, found.pairs.n) == (6, 0, 6)


def test_the_page_shows_what_is_left_out_and_nothing_where_nothing_is(mixed, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_DB", str(mixed.path))
    app = AppTest.from_file(str(HOUSE / "app.py"), default_timeout=PATIENCE).switch_page("pages/errors.py")
    app.session_state["app_ran"] = True
    app.query_params["view"] = "Rates"
    said = [found.value for found in app.run().caption]
    assert not app.exception and "3 labels left out: drawn by looking at an outcome" in said
    assert app.metric[0].value == "4 of 6"
    app.selectbox(key="from").select("judge").run()
    assert not app.exception and not any("left out" in found.value for found in app.caption)


def test_the_command_line_prints_it(mixed):
    cli = CommandLine(mixed.path)
    assert cli.json("rates", "--by", "topic")["left_out"] == 3
    assert "3 labels left out: drawn by looking at an outcome" in cli("rates").stderr

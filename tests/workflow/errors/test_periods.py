"""A period of traces: which day counts, and that each point of a chart over time leads to what it counts."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from lib.records import Circumstances
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.errors import failure_modes
from lib.ui import drill_down
from lib.workflow.errors import causes, what_to_fix
from tests.support.commands import CommandLine
from tests.support.pages import opened_page, words
from tests.support.running import PATIENCE
from tests.support.steps import add, row, say

# When the AI answered, the last two with the zone their file would have been brought to UTC from.
ANSWERED = {"first": "2021-03-01T00:00:00Z", "last": "2021-03-31T23:59:59.999Z", "after": "2021-04-01T00:00:00Z",
            "date": "2021-03-31", "april_in_utc": "2021-03-31T23:30:00-05:00", "march_in_utc": "2021-04-01T02:00+05:00"}
MARCH = Filter(since="2021-03-01", until="2021-03-31")


@pytest.fixture
def spread(db, make_trace):
    """Fails at the ends of March; `labelled` has no time, `open` neither time nor label, `bob` a label of Bob only."""
    add(db, *(row(make_trace(name, created_at=at, system_version="v1" if name == "first" else "v2",
                             dimensions={"topic": ("a",)}), modes=("invented",), Ann="fail")
              for name, at in ANSWERED.items()),
        row(make_trace("labelled"), modes=("invented", "rude"), Ann="fail"), make_trace("open"),
        row(make_trace("bob"), Bob="fail"), row(make_trace("fine", created_at=ANSWERED["first"]), Ann="pass"))
    return db


def found(store, where: Filter) -> set[str]:
    assert traces.count(store, where) == len(traces.listing(store, where)) == len(traces.keys(store, where))
    return {one["trace_id"] for one in traces.listing(store, where)}


def today(store) -> str:
    return store.value("select substr(created_at, 1, 10) from labels order by id desc")


def test_both_days_of_a_period_are_in_it_whole_and_in_utc(spread):
    assert found(spread, MARCH) == {"first", "last", "date", "march_in_utc", "fine"}
    assert found(spread, Filter(until="2021-03-01")) == {"first", "fine"}
    assert found(spread, Filter(since="2021-03-31", until="2021-03-31")) == {"last", "date", "march_in_utc"}
    assert found(spread, Filter(since="2021-04-01", until="2021-04-01")) == {"after", "april_in_utc"}
    assert found(spread, Filter(since="2021-04-01", until="2021-03-01")) == set()


def test_a_trace_without_a_time_is_of_the_day_its_label_was_given(spread):
    day = Filter(since=today(spread), until=today(spread))
    assert found(spread, day) == {"labelled"}
    assert found(spread, Filter(since=day.since, expert="Bob")) == {"bob"}
    assert "open" not in found(spread, Filter(since="0001-01-01", until="9999-12-31"))


def test_a_period_goes_with_every_other_filter(spread):
    where = Filter(since="2021-03-01", until="2021-03-31", failure_mode="invented", label="fail", search="date")
    assert found(spread, where) == {"date"}
    assert [traces.step(spread, MARCH, name) for name in (None, "last", "march_in_utc")] == ["first", "date", "fine"]


@pytest.mark.parametrize(("period", "by"), [("month", "month"), ("week", "week"), ("version", "system version")])
def test_each_point_of_the_failure_modes_over_time_leads_to_the_fails_it_counts(spread, period, by):
    cut, counted = causes.cut(spread, period=period), 0
    for mode in cut.modes:
        for rate in cut.rates(mode):
            where = drill_down.at_point(Filter(failure_mode=mode, label="fail"), by, rate.value)
            assert traces.count(spread, where) == rate.passes, (mode, rate.value)
            counted += rate.passes
    # Six of `invented` have a version; in time also `labelled` counts, once for each of its modes.
    assert counted == (6 if period == "version" else 8)


def test_each_month_on_the_page_of_a_failure_mode_leads_to_the_fails_it_counts(spread, make_trace, monkeypatch):
    add(spread, make_trace("drawn", created_at="2021-03-10T12:00:00Z"))
    say(spread, "drawn", "fail", circumstances=Circumstances(queue="judge_fails", unbiased=False))
    failure_modes.give(spread, "drawn", ["invented"])
    months = what_to_fix.page(spread, "invented").months
    assert [(one.value, one.passes, one.n) for one in months] == [
        ("2021-03", 4, 5), ("2021-04", 2, 2), (today(spread)[:7], 1, 1)]
    for month in months:
        app = opened_page(monkeypatch, spread, "errors", view="What to fix", mode="invented", point=month.value)
        assert f"Fails with invented, month {month.value}: {month.passes}" in words(app)


def test_the_address_of_a_point_shows_its_fails_and_another_mode_keeps_the_point(spread, monkeypatch):
    app = opened_page(monkeypatch, spread, "errors", view="Failure modes", cut="month", trend_of="invented",
                      point="2021-03")
    assert "Fails with invented, month 2021-03: 4" in words(app)
    app.selectbox(key="trend_of").select("rude").run()
    assert not app.exception and "Fails with rude, month 2021-03: 0" in words(app)
    app.selectbox(key="cut").select("version").run()
    assert not app.exception and "Fails with" not in words(app)
    pick = app.selectbox(key="pick_point")
    assert pick.label == "Click a point, or choose a system version here, to see its traces" and pick.value is None
    pick.select(0).run()
    assert not app.exception and f", system version {pick.options[0]}: " in words(app)


def _page() -> None:
    import streamlit as st

    from lib.ui import drill_down

    drill_down.to_point("trend")
    st.text(st.query_params.get("point", "none"))


@pytest.mark.parametrize(("points", "address"), [([{"date": "2021-03"}], "2021-03"), ([], "before")])
def test_a_click_writes_its_point_into_the_address_and_a_click_beside_it_nothing(points, address):
    app = AppTest.from_function(_page, default_timeout=PATIENCE)
    app.session_state["drawn_trend"] = SimpleNamespace(selection={"point": points})
    app.query_params["point"] = "before"
    assert app.run().text[0].value == address


def test_the_filter_bar_takes_a_period_from_the_address_counts_it_and_lets_it_go(spread, monkeypatch):
    app = opened_page(monkeypatch, spread, "dataset", since="2021-03-01", until="2021-03-31")
    assert "5 traces" in words(app) and "More (2)" in [one.proto.popover.label for one in app.get("popover")]
    app.date_input(key="until").set_value(None).run()
    assert not app.exception and "8 traces" in words(app)
    app.date_input(key="since").set_value(None).run()
    assert "10 traces" in words(app)


@pytest.mark.parametrize("word", ["2021-02-31", "soon", "20210301"])
def test_what_is_no_date_in_the_address_narrows_nothing(spread, monkeypatch, word):
    assert "10 traces" in words(opened_page(monkeypatch, spread, "dataset", since=word))


def test_the_command_line_takes_a_period_and_refuses_what_is_no_date(spread):
    cli = CommandLine(spread.path)
    assert cli.json("traces", "--since", "2021-03-01", "--until", "2021-03-31", "--label", "fail")["total"] == 4
    assert cli.json("traces", "--until", "2021-03-01")["total"] == 2
    assert "'2021-02-31' is no date: write year-month-day" in cli.refused("traces", "--since", "2021-02-31")
    assert "'' is no date" in cli.refused("traces", "--until", "")

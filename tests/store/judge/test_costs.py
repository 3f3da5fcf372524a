"""What runs took: calls, tokens, money, times and errors by kind, and the same for each hundred traces."""

import pytest

from lib.records import RunCost, Verdict
from lib.statistics.costs import PerHundred, in_a_line, per_hundred, rows
from lib.store import prices
from lib.store.dataset import traces
from lib.store.judge import costs, judges, runs, verdicts
from tests.support import ownership
from tests.support.commands import CommandLine
from tests.support.pages import said
from tests.support.running import add_traces
from tests.support.steps import add, row


@pytest.fixture
def took(db):
    """A run of five traces: four replies, of which one took two tries, and a timeout after three."""
    add_traces(db, 5)
    prompt = judges.save_prompt(db, "judge", "{{ trace }}").key
    run = runs.create(db, prompt, "m", "environment")
    for number, milliseconds, tries, cached in ((0, 400, 1, 60), (1, 100, 2, 0), (2, 300, 1, None), (3, 200, 1, 40)):
        said_by(db, run, number, Verdict("pass", prompt_tokens=100, completion_tokens=20, milliseconds=milliseconds,
                                         attempts=tries, cached_tokens=cached))
    said_by(db, run, 4, Verdict(None, error="timeout", attempts=3))
    runs.set_status(db, run, "done")
    return run


def said_by(store, run: int, trace: int, verdict: Verdict) -> None:
    verdicts.save(store, run, traces.key_of(store, f"t{trace}"), verdict)


def test_what_a_run_took_is_added_up(db, took):
    prices.put(db, "m", 2, 10)
    found = costs.of(db)[took]
    # Calls 1 + 2 + 1 + 1 + 3 = 8, three of them beyond the first for each of five traces.
    assert (found.traces, found.calls, found.tries, found.errors) == (5, 8, 3, {"timeout": 1})
    assert (found.prompt_tokens, found.completion_tokens, found.cached_tokens) == (400, 80, 100)
    # 400 × 2 / 1,000,000 + 80 × 10 / 1,000,000
    assert found.cost == pytest.approx(0.0016) and found.why == ""
    # Of 100, 200, 300, 400 the second and, 4 × 0.95 = 3.8 rounded up, the fourth; together 1,000 ms.
    assert (found.median, found.p95, found.seconds, found.replies) == (200, 400, 1.0, 4)


def test_a_hundred_traces_take_the_share_of_those_asked_for(db, took):
    prices.put(db, "m", 2, 10)
    # × 100 / 5; seconds × 100 / 4, by the replies whose time is known.
    assert per_hundred(costs.of(db)[took]) == PerHundred(160, 8_000, 1_600, 2_000, pytest.approx(0.032), 25, 20)
    assert per_hundred(RunCost(1, "m")) == PerHundred()


@pytest.mark.parametrize(("times", "median", "p95"), [
    ([7], 7, 7), ([1, 2], 1, 2), (range(1, 20), 10, 19), (range(1, 21), 10, 19), (range(1, 101), 50, 95),
    ([], None, None)])
def test_percentiles_are_those_of_the_nearest_rank(db, times, median, p95):
    # Of 19: 9.5 → the 10th, 18.05 → the 19th; of 20: the 10th, the 19th.
    add_traces(db, max(1, len(times)))
    run = runs.create(db, judges.save_prompt(db, "judge", "{{ trace }}").key, "m", "environment")
    for number, milliseconds in enumerate(reversed(times)):
        said_by(db, run, number, Verdict("pass", milliseconds=milliseconds))
    assert (costs.of(db, [run])[run].median, costs.of(db, [run])[run].p95) == (median, p95)


def test_what_dropped_errors_have_cost_stays(db, took):
    said_by(db, took, 4, Verdict("pass"))  # ignored: there is an error already
    assert runs.drop_errors(db, took) == 1
    said_by(db, took, 4, Verdict(None, error="refusal", prompt_tokens=100, completion_tokens=5, attempts=1,
                                 cached_tokens=7))
    found = costs.of(db)[took]
    assert (found.calls, found.tries, found.errors) == (9, 4, {"refusal": 1})
    assert runs.drop_errors(db, took) == 1
    again = costs.of(db)[took]
    # Four are left of five traces; what the two errors took is in the sums still.
    assert (again.traces, again.calls, again.prompt_tokens, again.completion_tokens, again.cached_tokens) == (
        4, 9, 500, 85, 107)
    assert again.errors == {}


def test_what_was_taken_over_cost_nothing(db, took):
    again = runs.create(db, judges.newest_prompt(db, "judge").key, "m", "environment")
    found = costs.of(db, [again])
    assert list(found) == [again] and runs.get(db, again).reused == 4
    assert found[again] == RunCost(again, "m", cost=0.0)
    assert in_a_line(found[again]) == ""


def test_money_is_known_by_price_and_tokens_alone(db, took):
    assert (costs.of(db)[took].cost, costs.of(db)[took].why) == (None, "no price of m in Settings, Models")
    assert ("cost", "– (no price of m in Settings, Models)", "–") in rows(costs.of(db)[took])
    prices.put(db, "m", 1, 1)
    add_traces(db, 1, first=5)
    run = runs.create(db, judges.newest_prompt(db, "judge").key, "m", "environment", anew=True)
    said_by(db, run, 0, Verdict("pass"))
    found = costs.of(db)[run]
    assert (found.prompt_tokens, found.cost, found.why) == (None, None, "the endpoint does not say how many tokens")


def test_of_verdicts_recorded_elsewhere_the_errors_alone_are_known(db, make_trace):
    add(db, row(make_trace("t1"), verdicts={"GPT-4": Verdict(None, error="no outcome")}))
    [found] = costs.of(db).values()
    assert found == RunCost(found.run, "GPT-4", why="recorded elsewhere", errors={"no outcome": 1})


def test_the_command_line_shows_it_for_each_run(db, took):
    prices.put(db, "m", 2, 10)
    cli = CommandLine(db.path)
    [found] = cli.json("runs")["runs"]
    assert found["errors"] == 1 and found["spent"]["errors"] == {"timeout": 1}
    assert (found["spent"]["calls"], found["spent"]["tries"], found["spent"]["p95"]) == (8, 3, 400)
    assert found["spent"]["per_100"] == {
        "calls": 160, "prompt_tokens": 8_000, "completion_tokens": 1_600, "cached_tokens": 2_000,
        "cost": pytest.approx(0.032), "seconds": 25, "errors": 20}
    assert cli("runs").stdout.endswith(
        "\t8 calls, 400 tokens in, 80 out, cost 0.0016, 0.032 per 100, median 200 ms, p95 400 ms, errors: 1 timeout\n")


def test_the_bench_shows_it_where_it_is_asked_for(visit, db, took):
    app = visit(db.path, "judge", judge="judge", view="Bench")
    app.session_state["took_open"] = True
    app.run()
    shown = next(table.value for table in app.dataframe if "for 100 traces" in table.value)
    assert dict(zip(shown["what"], shown["this run"], strict=True))["tokens in"] == "400"
    assert "cached tokens are counted like all others" in said(app)


def test_a_run_of_another_project_is_not_shown(db, make_trace):
    def fill(store, word: str) -> None:
        add(store, row(make_trace(word), verdicts={word: Verdict("pass")}))

    assert ownership.public(costs) == {"costs.of"}
    ownership.reads_its_own(db, fill, costs.of)
    theirs = db.value("select max(id) from runs")
    assert costs.of(db, [theirs]) == {}

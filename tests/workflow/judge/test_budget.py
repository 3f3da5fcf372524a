"""What a run will take and may take: an estimate before, and caps that the worker keeps to."""

import pytest

from lib.models import local_model, local_speed
from lib.records import DONE, PAUSED, Caps, Spent, UsageError, Verdict
from lib.store import prices, projects
from lib.store.dataset.traces import Filter
from lib.store.judge import caps, judges, runs, verdicts
from lib.workflow.judge import budget, judging, pace
from tests.support.endpoint import completion, error
from tests.support.running import add_traces, execute, judged, queued, resumed

pytestmark = pytest.mark.usefixtures("endpoint_env")
FIRST = judging.DEFAULT_JUDGE


def counted(prompt: int, reply: int):
    """Replies that say how many tokens they took."""
    def plan(body: dict):
        answer = completion('{"critique": "because", "outcome": "pass"}')
        answer.body["usage"] = {"prompt_tokens": prompt, "completion_tokens": reply, "total_tokens": prompt + reply}
        return answer
    return plan


def test_a_cap_on_calls_is_kept_to_the_call_also_by_many_workers(db, endpoint):
    run = queued(db, 40, concurrency=16)
    caps.put(db, run.id, Caps(calls=25))
    ended = execute(db, run.id)
    assert (ended.status, ended.done, endpoint.calls) == (PAUSED, 25, 25)
    assert ended.message == "The cap of 25 calls is reached. What came is kept: raise it and go on."


def test_a_retry_counts_as_a_call(db, endpoint):
    run = queued(db, 10, concurrency=1)
    caps.put(db, run.id, Caps(calls=5))
    fails = [error(503)]
    endpoint.plan = lambda body: fails.pop() if fails else counted(9, 1)(body)
    assert execute(db, run.id).done == 4
    assert endpoint.calls == 5 and caps.spent(db, run.id).calls == 5


def test_a_raised_cap_lets_the_run_go_on_and_what_was_spent_counts(db, endpoint):
    run = queued(db, 20, concurrency=4)
    caps.put(db, run.id, Caps(calls=8))
    execute(db, run.id)
    budget.put(db, run.id, Caps(calls=15))
    resumed(db, run.id)
    assert (runs.get(db, run.id).done, endpoint.calls) == (15, 15)
    budget.put(db, run.id, Caps())
    assert resumed(db, run.id).status == DONE
    assert set(judged(endpoint).values()) == {1}


def test_tokens_are_bounded_by_what_a_call_has_taken_so_far(db, endpoint):
    run = queued(db, 20, concurrency=1)
    endpoint.plan = counted(90, 10)
    caps.put(db, run.id, Caps(tokens=1_050))
    ended = execute(db, run.id)
    # Ten calls are 1,000 tokens; an eleventh would be 1,100.
    assert (ended.done, caps.spent(db, run.id)) == (10, Spent(10, 900, 100))
    assert ended.message.startswith("The cap of 1,050 tokens is reached.")


def test_money_is_bounded_by_the_price_the_user_gave(db, endpoint):
    run = queued(db, 20, concurrency=1)
    with pytest.raises(UsageError, match="has none of 'test-model'"):
        budget.put(db, run.id, Caps(cost=1))
    prices.put(db, "test-model", 1_000, 10_000)
    endpoint.plan = counted(100, 20)
    # A call costs 100 × 0.001 + 20 × 0.01 = 0.30.
    budget.put(db, run.id, Caps(cost=1.0))
    ended = execute(db, run.id)
    assert (ended.status, ended.done) == (PAUSED, 3) and "1.00 in cost" in ended.message


def test_a_run_that_cannot_be_bounded_is_not_left_behind(db):
    add_traces(db, 3)
    judging.ensure_judge(db)
    with pytest.raises(UsageError, match="A cap on cost needs a price"):
        budget.queued(db, FIRST, Caps(cost=1))
    assert runs.every(db) == []


@pytest.mark.parametrize("wrong", [Caps(calls=0), Caps(tokens=-1), Caps(cost=0)])
def test_a_cap_of_nothing_is_refused(db, wrong):
    run = queued(db, 1)
    with pytest.raises(UsageError, match="above 0"):
        caps.put(db, run.id, wrong)


def test_the_estimate_counts_what_would_be_judged_and_learns_from_what_was(db, endpoint):
    add_traces(db, 12)
    judging.ensure_judge(db)
    first = budget.estimate(db, FIRST, "test-model", limit=10)
    assert (first.calls, first.completion_tokens, first.cost) == (10, 10 * budget.TOKENS_OF_A_VERDICT, None)
    assert first.prompt_tokens > 10 * 100
    endpoint.plan = counted(300, 40)
    execute(db, budget.queued(db, FIRST).id)
    prices.put(db, "test-model", 1_000_000, 0)
    again = budget.estimate(db, FIRST, "test-model", anew=True)
    assert (again.calls, again.completion_tokens, again.cost) == (12, 12 * 40, float(again.prompt_tokens))


def test_the_time_of_the_embedded_model_is_what_it_took_here_before(db):
    add_traces(db, 6)
    judging.ensure_judge(db)
    model, everything = local_model.find_weights().name, Filter()
    guess = budget.estimate(db, FIRST, model, endpoint="embedded")
    seconds = local_speed.guess(guess.prompt_tokens, guess.completion_tokens)
    assert pace.seconds(db, model, guess) == pytest.approx(seconds)
    assert pace.in_two_minutes(db, FIRST, model, everything) == pace.Offer(n := max(1, int(120 / (seconds / 6))), n)
    run = runs.create(db, judges.newest_prompt(db, FIRST).key, model, "embedded", limit=3, leave_one_out=True)
    for key, took, tries in zip(runs.pending(db, run), (30_000, 10_000, 70_000), (1, 2, 1), strict=True):
        verdicts.save(db, run, key, Verdict("pass", milliseconds=took, attempts=tries))
    # 30, 20 and 70 seconds: 30 in the middle, and two at once, so 15 each. Three of six are judged already.
    assert pace.seconds(db, model, budget.estimate(db, FIRST, model, endpoint="embedded")) == 3 * 15
    assert pace.in_two_minutes(db, FIRST, model, everything) == pace.Offer(8, 3 + 8)
    add_traces(db, 20, first=6)
    # Of 23 that are left eight; the three that come first in the run cost no time.
    assert pace.in_two_minutes(db, FIRST, model, everything) == pace.Offer(8, 3 + 8)
    assert "3 verdicts are taken over" in (said := pace.forecast(db, FIRST, model, "embedded"))
    assert said.startswith("26 traces. ") and said.endswith(" About 6 minutes on this machine.")  # 23 × 15 s
    assert "this machine" not in pace.forecast(db, FIRST, "test-model", "environment")
    assert pace.in_two_minutes(db, FIRST, model, Filter(split="dev", search="nothing")) is None


def test_bigger_weights_are_guessed_to_be_slower(db, tmp_path, monkeypatch):
    add_traces(db, 1)
    judging.ensure_judge(db)
    found = budget.estimate(db, FIRST, "big", endpoint="embedded")
    before, size = pace.seconds(db, "big", found), local_model.bundled().path.stat().st_size
    with (tmp_path / "big.gguf").open("wb") as file:
        file.write(b"GGUF")
        file.truncate(10 * size)
    monkeypatch.setenv("PLUMBLINE_GGUF", str(tmp_path / "big.gguf"))
    assert pace.seconds(db, "big", found) == pytest.approx(10 * before)


@pytest.mark.parametrize(("seconds", "said"), [
    (0.2, "About 2 seconds"), (45, "About 45 seconds"), (58, "About a minute"), (119, "About 2 minutes"),
    (5_000, "About 83 minutes"), (9_000, "About 2 hours")])
def test_a_stretch_of_time_is_said_as_people_say_it(seconds, said):
    assert pace.words(seconds) == said


def test_caps_of_another_project_are_neither_shown_nor_changed(db, endpoint):
    run = queued(db, 2)
    caps.put(db, run.id, Caps(calls=1))
    execute(db, run.id)
    other = projects.create(db, "Other")
    assert (caps.of(other, run.id), caps.spent(other, run.id)) == (Caps(), Spent())
    with pytest.raises(UsageError, match="no run"):
        caps.put(other, run.id, Caps(calls=9))
    assert caps.of(db, run.id) == Caps(calls=1)

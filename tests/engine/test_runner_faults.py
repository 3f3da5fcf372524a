"""A judge run against an endpoint that fails: bounded waits and calls, a pause where nothing helps, never a guess."""

import threading
from email.utils import formatdate
from time import time

import pytest

from lib.engine import runner
from lib.records import DONE, PAUSED, Counts
from lib.store.judge import runs, verdicts
from lib.workflow import figures
from lib.workflow.judge import budget, judging
from tests.support.endpoint import (
    Answer,
    Endpoint,
    completion,
    cut,
    default_plan,
    error,
    half_json,
    html,
    length,
    refusal,
    reset,
    verdict,
    without_formats,
)
from tests.support.running import FakeClock, Gate, asked, execute, judged, nth_call, outcomes, queued, resumed
from tests.support.steps import say

pytestmark = pytest.mark.usefixtures("endpoint_env")


class Once:
    """A plan in which a trace meets its faults one after the other, and then the default plan."""

    def __init__(self, faults) -> None:
        self.faults, self.seen = faults, {}

    def __call__(self, body: dict) -> Answer:
        trace = asked(body)
        left = self.seen.setdefault(trace, list(self.faults(int(trace.split()[1].strip(".")))))
        return left.pop(0) if left else default_plan(body)


def weather(number: int) -> list[Answer]:
    """Of 1,000 traces: 5 % are told to slow down, 1 % malformed, 1 % reset, a few cut, failed or never readable."""
    fixed = {5: [half_json()] * 9, 505: [half_json()] * 9}
    by_rest = {0: [error(429, retry_after=1)], 1: [half_json()], 2: [reset()]}
    kinds = {**by_rest, 20: by_rest[0], 40: by_rest[0], 60: by_rest[0], 80: by_rest[0]}
    rare = {3: [cut()], 4: [error(503)], 6: [html()]}
    return fixed.get(number) or kinds.get(number % 100) or (rare.get(number % 100, []) if number < 300 else [])


def test_a_thousand_traces_in_bad_weather_all_end_with_a_verdict_or_an_error(db, endpoint):
    run = queued(db, 1000, concurrency=32)
    endpoint.plan = Once(weather)
    ended = execute(db, run.id)
    assert (ended.status, ended.done) == (DONE, 1000)
    assert ended.errors <= 10 and ended.errors == sum(outcome is None for _, outcome, _, _ in outcomes(db, run.id))
    assert 1000 < endpoint.calls <= 1150
    assert max(judged(endpoint).values()) == runner.READING_TRIES
    assert db.value("select sum(attempts) from verdicts") == endpoint.calls


@pytest.mark.parametrize(("asked_for", "least", "most"), [
    (1, 1, 1.25), (90, 90, 112.5), (10**9, runner.LONGEST_WAIT, runner.LONGEST_WAIT * 1.25), (None, 1, 1.25),
    (formatdate(time() + 3600, usegmt=True), runner.LONGEST_WAIT, runner.LONGEST_WAIT * 1.25), ("soon", 1, 1.25),
    (-5, 0, 0)], ids=["a second", "longer", "for ever", "not said", "a date", "no number", "less than nothing"])
def test_a_retry_after_is_heeded_within_a_bound(db, endpoint, asked_for, least, most):
    run, clock, called = queued(db, 2, concurrency=1), FakeClock(), []
    plan = [error(429, retry_after=asked_for)]

    def timed(body: dict) -> Answer:
        called.append(clock.now())
        return plan.pop() if plan else default_plan(body)

    endpoint.plan = timed
    assert execute(db, run.id, clock).status == DONE
    assert called[0] == 0 and least <= called[1] <= most and len(called) == 3


def test_the_whole_pool_waits_and_says_so_until_it_goes_on(db, endpoint):
    said, called, all_asked, waiting = [], [], threading.Event(), threading.Event()
    run = queued(db, 12, concurrency=4)
    clock = FakeClock(at_sleep=lambda: (waiting.set(), said.append((clock.now(), runs.get(db, run.id).message))))

    def plan(body: dict) -> Answer:
        called.append(clock.now())
        if len(called) == 4:
            all_asked.set()
        # The replies of the others come while the pool is waiting already.
        return Gate(error(429, retry_after=90), all_asked) if len(called) < 3 else Gate(default_plan(body), waiting)

    endpoint.plan = plan
    ended = execute(db, run.id, clock)
    # One more may have gone out between the two that were turned away.
    assert called[:4] == [0] * 4 and min(called[5:]) >= 90
    assert {text.split(":")[0] for time, text in said if time < 90} == {"waiting 90 s"}
    assert (ended.status, ended.message, endpoint.calls) == (DONE, "", 14)


def test_a_cancel_during_a_long_wait_is_noticed(db, endpoint):
    run = queued(db, 3, concurrency=1)
    clock = FakeClock(at_sleep=lambda: clock.now() < 5 or runs.set_status(db, run.id, "cancelled"))
    endpoint.plan = error(429, retry_after=100)
    assert execute(db, run.id, clock).status == "cancelled"
    assert endpoint.calls == 1 and clock.now() < 10


def test_an_endpoint_that_always_says_slow_down_pauses_the_run_with_bounded_calls(db, endpoint):
    run = queued(db, 100, concurrency=4)
    endpoint.plan = error(429, retry_after=30)
    ended = execute(db, run.id)
    assert ended.status == PAUSED and "slow down" in ended.message
    assert ended.errors <= 6 and endpoint.calls <= 6 * runner.TRIES


@pytest.mark.parametrize(("answer", "said"), [
    (error(429, "out of credit", code="insufficient_quota"), "no credit left"),
    (error(401, "bad key"), "refuses the key"), (error(403, "not yours"), "refuses the key"),
    (error(404, "no such model"), "has no model 'test-model'"),
    (error(400, "Unsupported value: temperature", param="temperature"), "rejects the parameter 'temperature'"),
    (Answer(307, "", {"Location": "http://127.0.0.1:9/v1"}), "redirects elsewhere")])
def test_what_every_call_would_meet_pauses_the_run_at_once_and_it_resumes_after_the_fix(db, endpoint, answer, said):
    run = queued(db, 50, concurrency=4)
    endpoint.plan = answer
    paused = execute(db, run.id)
    assert (paused.status, paused.done, paused.errors) == (PAUSED, 0, 0) and said in paused.message
    # A refusal that may be the format's is believed once it comes in every format.
    assert (burnt := endpoint.calls) <= (12 if "has no model" in said or "parameter" in said else 4)
    endpoint.plan = default_plan
    assert resumed(db, run.id).status == DONE
    assert endpoint.calls == burnt + 50


def test_a_key_that_expires_midway_keeps_what_came(db, endpoint):
    run = queued(db, 20, concurrency=1)
    endpoint.plan = nth_call(8, lambda: setattr(endpoint, "plan", error(401)))
    paused = execute(db, run.id)
    assert (paused.status, paused.done) == (PAUSED, 8)
    endpoint.plan = default_plan
    assert resumed(db, run.id).done == 20
    assert endpoint.calls == 21


def test_an_endpoint_that_is_down_pauses_the_run_after_few_traces(db, endpoint, monkeypatch):
    run = queued(db, 200, concurrency=4)
    endpoint.close()
    paused = execute(db, run.id)
    assert paused.status == PAUSED and paused.errors <= 6
    assert "does not answer" in paused.message and "cannot be reached" in paused.message
    again = Endpoint()
    monkeypatch.setenv("OPENAI_BASE_URL", again.url)
    ended = resumed(db, run.id)
    again.close()
    assert (ended.status, ended.done, ended.errors) == (DONE, 200, 0)
    assert again.calls == 200


def test_an_endpoint_that_goes_down_midway_costs_no_verdict(db, endpoint):
    run = queued(db, 40, concurrency=2)
    endpoint.plan = nth_call(11, lambda: setattr(endpoint, "plan", error(503)))
    paused = execute(db, run.id)
    answered = paused.done - paused.errors
    assert paused.status == PAUSED and answered >= 11 and paused.errors <= 4
    before, endpoint.plan = endpoint.calls, default_plan
    assert resumed(db, run.id).errors == 0
    assert endpoint.calls - before == 40 - answered


def test_resuming_a_finished_run_retries_exactly_the_unanswered(db, endpoint):
    run = queued(db, 30, concurrency=1)
    endpoint.plan = {f"question {n}.": error(503) for n in (3, 11, 19)} | {"question 25.": refusal()}
    ended = execute(db, run.id)
    assert (ended.status, ended.done, ended.errors) == (DONE, 30, 4)
    before, endpoint.plan = judged(endpoint), default_plan
    ended = resumed(db, run.id)
    assert judged(endpoint) - before == {f"question {n}.": 1 for n in (3, 11, 19)}
    assert (ended.done, ended.errors) == (30, 1)


@pytest.mark.parametrize(("answer", "kind", "kept", "calls"), [
    (refusal("I will not."), "refusal", "I will not.", 1), (length(), "length", "The answer is cor", 1),
    (completion("", "content_filter"), "content_filter", "", 1), (half_json(), "unreadable", "The answer is cor", 2),
    (html(), "unreadable", "Please log in", 2), (completion("PASS/FAIL"), "unreadable", "PASS/FAIL", 2),
    (completion('{"critique": "x", "outcome": "maybe"}'), "no outcome", "maybe", 2),
    (completion('{"outcome": "pass"}{"outcome": "fail"}'), "two verdicts", '{"outcome": "pass"}', 2),
    (completion(None), "unreadable", '"content": null', 2),
    (Answer(body={"choices": []}), "server", "without any choice", 5),
    (error(400, "too long", code="context_length_exceeded"), "context_length", "too long", 1),
    (error(400, "filtered", code="content_filter"), "content_filter", "filtered", 1),
    (error(400, "strange"), "bad_request", "strange", 3)])
def test_what_is_no_clear_verdict_is_an_error_with_its_text_never_a_pass_or_a_fail(
        db, endpoint, answer, kind, kept, calls):
    run = queued(db, 2, concurrency=1)
    for trace in ("t0", "t1"):
        say(db, trace, "pass")
    endpoint.plan = {"question 0.": answer}
    ended = execute(db, run.id)
    [(_, outcome, found, raw), other] = outcomes(db, run.id)
    assert (ended.status, ended.done, ended.errors) == (DONE, 2, 1)
    assert (outcome, found) == (None, kind) and kept in raw and other[1] is not None
    assert judged(endpoint)["question 0."] == calls
    counts = verdicts.counts(db, run.id, "Ann")
    assert (counts.n, counts.errors) == (1, 1)


def test_a_run_of_errors_alone_has_no_figure(db, endpoint):
    run = queued(db, 3)
    say(db, "t0", "pass")
    endpoint.plan = refusal()
    assert execute(db, run.id).errors == 3
    found = figures.agreement(db, judging.DEFAULT_JUDGE)
    assert found.counts == Counts(errors=1) and not found.validated
    assert all(figure.value is None and figure.why for figure in found.figures.values())


def test_a_half_reply_after_being_told_to_slow_down_is_read_once_more(db, endpoint):
    run = queued(db, 1)
    endpoint.plan = [error(429), half_json(), verdict("fail")]
    assert execute(db, run.id).errors == 0
    endpoint.plan = [*[error(429)] * 4, half_json(), verdict("fail")]
    assert execute(db, judging.start_run(db, judging.DEFAULT_JUDGE, anew=True).id).errors == 1


def test_a_server_that_takes_no_schema_is_asked_in_plainer_words(db, endpoint):
    from tests.support.endpoint import without_formats

    run = queued(db, 20, concurrency=1)
    endpoint.plan = without_formats(default_plan, "json_object")
    assert execute(db, run.id).errors == 0
    assert endpoint.calls == 21


def test_a_server_that_refuses_every_trace_alike_pauses_the_run_and_says_why(db, endpoint):
    run = queued(db, 300, concurrency=2)
    endpoint.plan = Answer(400, {"detail": [{"loc": ["body"], "msg": "the grammar cannot be compiled"}]})
    paused = execute(db, run.id)
    assert paused.status == PAUSED and "the grammar cannot be compiled" in paused.message
    assert paused.done == paused.errors <= 6 and endpoint.calls <= 3 * 6


@pytest.mark.parametrize("answer", [
    Answer(402, {"error": {"message": "Insufficient Balance"}}), Answer(200, {"error": {"message": "no", "code": 402}}),
    Answer(400, {"error": {"message": "Your credit balance is too low to access the API."}}),
    Answer(429, {"error": {"message": "You exceeded your current quota, please check your plan."}})])
def test_an_account_that_cannot_pay_pauses_at_the_first_reply_that_says_so(db, endpoint, answer):
    run = queued(db, 50, concurrency=1)
    endpoint.plan = answer
    paused = execute(db, run.id)
    assert (paused.status, paused.done, endpoint.calls) == (PAUSED, 0, 1) and "no credit left" in paused.message


def test_a_share_of_a_minute_that_is_used_up_is_waited_for(db, endpoint):
    run = queued(db, 3, concurrency=1)
    endpoint.plan = [error(429, "You exceeded your current quota. Please retry in 20s.", retry_after=20)]
    assert execute(db, run.id).status == DONE and endpoint.calls == 4


@pytest.mark.parametrize("answer", [
    Answer(200, {"error": {"message": "Provider returned error", "code": 502}}), Answer(200, {"choices": None}),
    Answer(200, {"choices": [{"finish_reason": "error", "error": {"code": 502, "message": "upstream"},
                              "message": {"role": "assistant", "content": ""}}]})])
def test_an_outage_inside_answers_pauses_the_run_after_a_few(db, endpoint, answer):
    run = queued(db, 300, concurrency=4)
    endpoint.plan = answer
    paused = execute(db, run.id)
    assert paused.status == PAUSED and paused.errors <= 7 and endpoint.calls <= 7 * runner.TRIES + 4


def test_what_an_endpoint_taught_is_kept_for_the_next_run(db, endpoint):
    first = queued(db, 6, concurrency=1)
    endpoint.plan = without_formats(default_plan, "json_object")
    assert execute(db, first.id).status == DONE and endpoint.calls == 7
    second = runs.again(db, first.id)
    assert execute(db, second).errors == 0 and endpoint.calls == 13
    said = budget.words(budget.estimate(db, judging.DEFAULT_JUDGE, "test-model", anew=True))
    assert said.endswith("By its own answers this model is asked with a JSON object, for it takes no schema.")


def test_replies_of_nothing_but_thoughts_say_what_to_do(db, endpoint):
    run = queued(db, 20, concurrency=1)
    endpoint.plan = completion("<think>Hm, let me see.</think>")
    paused = execute(db, run.id)
    assert paused.status == PAUSED and "only thoughts (the replies held thoughts and nothing else" in paused.message

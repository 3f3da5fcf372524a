"""Generate jobs against a loopback endpoint, as real processes where they are killed: nothing is bought twice."""

import json
import re
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable
from itertools import product

import pytest
from filelock import FileLock

from lib.records import CANCELLED, DONE, INTERRUPTED, NEAR, PAUSED, RUNNING
from lib.sampling import combinations
from lib.store import Store, jobs, projects
from lib.store.dataset import generations, traces
from lib.workflow import jobs as verbs
from lib.workflow.dataset import proposing
from tests.support.endpoint import (
    Answer,
    Endpoint,
    completion,
    default_plan,
    error,
    inputs,
    length,
    prompt_of,
    refusal,
)
from tests.support.running import PATIENCE, Gate, add_traces, command, nth_call, written
from tests.support.steps import fresh

pytestmark = pytest.mark.usefixtures("endpoint_env")

FEATURES, SCENARIOS = [f"f{n}" for n in range(6)], [f"s{n}" for n in range(4)]
ALL = [{"feature": feature, "scenario": scenario} for feature, scenario in product(FEATURES, SCENARIOS)]
WORKERS, N = 4, 2


def about(body: dict) -> tuple[str, ...]:
    """The combination a call is about."""
    return tuple(re.findall(r"^- \w+: (\w+)$", prompt_of(body), re.M))


def asked(endpoint: Endpoint) -> Counter[tuple[str, ...]]:
    # A caller that is killed may have sent a head without its body: nothing was asked.
    return Counter(about(call.body) for call in endpoint.chats if call.body)


def kept(store: Store) -> Counter[tuple[str, ...]]:
    """How many replies are stored for each combination."""
    return Counter(tuple(json.loads(row[0]).values()) for row in store.rows("select combination from generations"))


def start(store: Store) -> int:
    return proposing.start(store, ALL, N, proposing.Recipe(), concurrency=WORKERS).id


def stopped_at(store: Store, endpoint: Endpoint, number: int, stop: Callable[[subprocess.Popen], object]) -> int:
    """A job whose process was stopped when so many calls had come; it has ended, and calls are answered as ever."""
    job, come = start(store), threading.Event()
    endpoint.plan = nth_call(number, come.set)
    with command(store, "job-resume", job) as process:
        assert come.wait(PATIENCE)
        stop(process)
        process.communicate(timeout=PATIENCE)
    endpoint.plan = default_plan
    return job


@pytest.mark.parametrize("number", [1, WORKERS + 1, len(ALL) // 2, len(ALL)])
def test_a_killed_job_is_resumed_and_no_stored_combination_is_bought_again(db, endpoint, number):
    job = stopped_at(db, endpoint, number, subprocess.Popen.kill)
    store = fresh(db.path).of(db.project)
    assert store.value("pragma integrity_check") == "ok" and jobs.get(store, job).status == RUNNING
    before = kept(store)
    assert verbs.settle(store) == [job] and jobs.get(store, job).status == INTERRUPTED
    with command(store, "job-resume", job) as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert f"job {job}: done, {len(ALL)} of {len(ALL)} calls made, 0 errors" in said and process.returncode == 0
    times = asked(endpoint)
    assert kept(store) == Counter(tuple(one.values()) for one in ALL) and all(times[one] == 1 for one in before)
    # Each worker may have had one call under way whose reply the killed process could not store.
    assert sum(times.values()) <= len(ALL) + WORKERS and max(times.values()) <= 2
    assert generations.counts(store)["proposed"] == N * len(ALL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_stop_keeps_every_reply_under_way(db, endpoint, number):
    job = stopped_at(db, endpoint, len(ALL) // 3, lambda process: process.send_signal(number))
    assert jobs.get(db, job).status == INTERRUPTED and sum(kept(db).values()) == endpoint.calls < len(ALL)
    with command(db, "job-resume", job) as process:
        process.communicate(timeout=PATIENCE)
    assert set(asked(endpoint).values()) == {1} and endpoint.calls == len(ALL)


def test_a_cancelled_job_makes_no_new_call_and_keeps_what_was_under_way(db, endpoint):
    job, come, barrier = start(db), threading.Event(), threading.Barrier(WORKERS + 1)
    endpoint.plan = nth_call(WORKERS, come.set, lambda body: Gate(default_plan(body), barrier))
    with command(db, "job-resume", job) as process:
        assert come.wait(PATIENCE)
        verbs.cancel(db, job)
        barrier.wait(PATIENCE)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 1 and jobs.get(db, job).status == CANCELLED
    assert endpoint.calls == WORKERS == sum(kept(db).values())
    endpoint.plan = default_plan
    with command(db, "job-resume", job) as process:
        process.communicate(timeout=PATIENCE)
    assert jobs.get(db, job).status == DONE and set(asked(endpoint).values()) == {1}


def test_a_start_of_the_app_goes_on_with_an_orphan(db, endpoint):
    job, come = stopped_at(db, endpoint, len(ALL) // 2, subprocess.Popen.kill), threading.Event()
    endpoint.plan = nth_call(1, come.set)
    assert verbs.boot(db) == [job] and come.wait(PATIENCE)
    with FileLock(f"{db.path}.job-{job}.lock").acquire(timeout=PATIENCE):
        assert jobs.get(db, job).status == DONE


BAD = {"f0": refusal("I will not."), "f1": completion("1. a\n2. b"), "f2": length(), "f3": Answer(200, "<html>"),
       "f4": error(400, "This prompt is not allowed", code="content_filter")}
KINDS = {"f0": "refusal", "f1": "unreadable", "f2": "unreadable", "f3": "unreadable", "f4": "content_filter"}


def test_a_bad_reply_is_a_listed_error_of_its_combination_and_never_ends_the_job(db, endpoint):
    endpoint.plan = lambda body: BAD.get(about(body)[0]) or default_plan(body)
    job = written(db, *({"feature": feature} for feature in FEATURES))
    assert (job.status, job.done, job.errors) == (DONE, 6, 5)
    listed = jobs.items(db, job.id, errors_only=True)
    assert {row["item"]["combination"]["feature"]: row["error"] for row in listed} == KINDS
    raw = {row["item"]["combination"]["feature"]: row["raw"] for row in listed}
    assert raw["f0"] == "I will not." and raw["f1"] == "1. a\n2. b" and raw["f3"] == "<html>" and all(raw.values())
    assert [row["combination"] for row in generations.proposed(db)] == [{"feature": "f5"}] * 3


def test_a_reply_that_cannot_be_read_is_asked_for_once_more(db, endpoint):
    endpoint.plan = [completion("half"), inputs("a")]
    assert written(db).errors == 0 and endpoint.calls == 2


def test_a_refused_key_pauses_the_job_and_it_goes_on_after_the_cure(db, endpoint):
    endpoint.plan = error(401)
    job = written(db, *ALL)
    assert (job.status, job.done) == (PAUSED, 0) and "Correct OPENAI_API_KEY" in job.message
    assert endpoint.calls <= WORKERS * 2
    endpoint.plan = default_plan
    verbs.ready_to_resume(db, job.id)
    with command(db, "job-resume", job.id) as process:
        process.communicate(timeout=PATIENCE)
    assert jobs.get(db, job.id).status == DONE


def test_everything_is_kept_and_the_assumptions_reach_the_reviewer_and_no_model(db, endpoint):
    endpoint.plan = inputs("Where is order 9999?", "And order 9998?")
    job = written(db, {"feature": "f0"}, n=2, system_information="Order 1042 is on its way.",
                  assumptions="ORDER 9999 DOES NOT EXIST",
                  template="Say {{ n }}: {{ combination }} {{ system_information }}")
    row = db.row("select * from generations")
    assert row["prompt"] == "Say 2: - feature: f0 Order 1042 is on its way." == prompt_of(endpoint.chats[0].body)
    assert (row["model"], row["endpoint"], row["prompt_tokens"], row["completion_tokens"]) == (
        "test-model", "environment", 100, 20)
    assert generations.spent(db, job.id) == generations.spent(db) == [("test-model", 1, 100, 20)]
    first, _ = generations.proposed(db, job=job.id)
    assert (first["assumptions"], first["job"]) == ("ORDER 9999 DOES NOT EXIST", job.id)
    proposing.ask_opinions(db, [first["id"]])
    assert not any("DOES NOT EXIST" in str(call.body) for call in endpoint.ledger)
    trace = traces.get(db, generations.accept(db, first["id"], first["input"]))
    assert (trace.assumptions, trace.output) == ("ORDER 9999 DOES NOT EXIST", None)


def test_a_job_keeps_the_recipe_it_was_started_with(db, endpoint):
    job = proposing.start(db, [{"feature": "f0"}], N, proposing.Recipe("OLD {{ combination }}"))
    proposing.save_recipe(db, proposing.Recipe("NEW {{ combination }}"))
    with command(db, "job-resume", job.id) as process:
        process.communicate(timeout=PATIENCE)
    assert prompt_of(endpoint.chats[0].body).startswith("OLD")


def test_what_nearly_repeats_is_flagged_with_the_nearest_and_kept(db, endpoint):
    add_traces(db, 1)  # its input: "question 0."
    endpoint.plan = [inputs("Question 0?", "where is my order"), inputs("Where is my order?!", "translate this")]
    written(db, {"feature": "f0"})
    written(db, {"feature": "f1"})
    found = {row["input"]: row for row in generations.proposed(db)}
    assert found["Question 0?"]["near"] == "question 0." and found["Question 0?"]["likeness"] == 1
    assert found["Where is my order?!"]["near"] == "where is my order" and found["Where is my order?!"]["flagged"]
    assert found["translate this"]["likeness"] < NEAR and not found["translate this"]["flagged"]
    assert [row["input"] for row in generations.proposed(db, flagged=True)] == ["Question 0?", "Where is my order?!"]


def test_a_model_is_told_what_was_written_for_this_combination_before(db, endpoint):
    add_traces(db, 30)
    written(db, {"feature": "f0"})
    written(db, {"feature": "f0"}, n=1)
    said = prompt_of(endpoint.chats[1].body)
    assert all(f'"input {number} for a test"' in said for number in (1, 2, 3))
    assert said.count('"question ') == 17  # twenty in all


def test_pressed_twice_is_one_job(db):
    first, second = (proposing.start(db, ALL, 1, proposing.Recipe(), token="one press") for _ in range(2))
    assert first.id == second.id and len(jobs.every(db)) == 1
    assert proposing.start(projects.create(db, "Other"), ALL, 1, proposing.Recipe()).id != first.id


def test_all_combinations_of_the_article_are_one_job(db, endpoint):
    values = {"feature": FEATURES, "scenario": [f"s{n}" for n in range(7)], "persona": [f"p{n}" for n in range(6)]}
    job = written(db, *combinations.every(values), n=1)
    assert (job.status, job.done, endpoint.calls) == (DONE, 252, 252)

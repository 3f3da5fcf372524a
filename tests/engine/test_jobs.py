"""Jobs: their items in the store, and as real processes killed, stopped, doubled, orphaned and booted again."""

import signal
import subprocess
import threading

import pytest

from lib.engine import jobs as work
from lib.records import CANCELLED, DONE, INTERRUPTED, QUEUED, RUNNING, UsageError
from lib.store import jobs
from lib.store.dataset import traces
from lib.workflow import jobs as verbs
from lib.workflow.dataset import answering
from tests.support.ai_system import AiSystem
from tests.support.answering import answered, execute, http_system, inputs
from tests.support.endpoint import Answer
from tests.support.running import PATIENCE, command, ended, nth_call
from tests.support.steps import fresh

INPUTS, WORKERS = 40, 4


@pytest.fixture
def project(db, ai_system: AiSystem):
    """Inputs that wait for an answer, and a version that gives it."""
    inputs(db, INPUTS)
    http_system(db, ai_system, "v1")
    return db


def echo(body: dict) -> Answer:
    return Answer(body={"answer": f"said: {body.get('input')}"})


def asked(server: AiSystem) -> list[str]:
    # A caller that is killed may have sent a head without its body: nothing was asked.
    return [call.body["input"] for call in server.ledger if call.body]


def start(store) -> subprocess.Popen:
    return command(store, "answer", "--system", "v1", "--concurrency", WORKERS)


def stopped_at(store, server: AiSystem, number: int, stop) -> subprocess.Popen:
    """A job as a process that was stopped when so many calls had come, the last unanswered; it has ended."""
    come, stopped = threading.Event(), threading.Event()
    server.plan = nth_call(number, lambda: (come.set(), stopped.wait(PATIENCE)), echo)
    with start(store) as process:
        assert come.wait(PATIENCE)
        stop(process)
        stopped.set()
        process.communicate(timeout=PATIENCE)
    server.plan = echo
    return process


@pytest.mark.parametrize("number", [1, INPUTS // 2, INPUTS])
def test_a_killed_job_is_resumed_and_nobody_is_called_again_for_a_stored_answer(project, ai_system, number):
    stopped_at(project, ai_system, number, subprocess.Popen.kill)
    store = fresh(project.path).of(project.project)
    before, stored = asked(ai_system), {traces.get(store, trace).input for trace in answered(store)}
    assert store.value("pragma integrity_check") == "ok"
    assert len(stored) == jobs.get(store, 1).done  # an answer and its item, both or neither
    assert verbs.settle(store) == [1] and jobs.get(store, 1).status == INTERRUPTED
    assert execute(store, 1, resumed=True).status == DONE
    after = asked(ai_system)[len(before):]
    assert not stored & set(after) and len(answered(store)) == INPUTS == len(set(asked(ai_system)))
    assert len(asked(ai_system)) <= INPUTS + WORKERS


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_stop_keeps_every_answer_under_way(project, ai_system, number):
    process = stopped_at(project, ai_system, INPUTS // 3, lambda process: process.send_signal(number))
    job = jobs.get(project, 1)
    assert (process.returncode, job.status) == (1, INTERRUPTED) and job.done == len(asked(ai_system)) < INPUTS
    with command(project, "job-resume", 1) as again:
        said, _ = again.communicate(timeout=PATIENCE)
    assert said == f"job 1: done, {INPUTS} of {INPUTS} calls made, 0 errors\n" and again.returncode == 0
    assert len(asked(ai_system)) == INPUTS


def test_of_two_processes_on_one_job_only_one_calls(project, ai_system):
    job = answering.start(project, "v1")
    for process in [command(project, "job-resume", job.id) for _ in range(2)]:
        process.communicate(timeout=PATIENCE)
    assert jobs.get(project, job.id).status == DONE and len(asked(ai_system)) == INPUTS


def test_a_job_started_by_a_page_outlives_whoever_started_it(project, ai_system):
    job = answering.start(project, "v1")
    assert verbs.start_process(project, job.id).wait(PATIENCE) == 0
    assert jobs.get(project, job.id).status == DONE and len(answered(project)) == INPUTS


def test_a_start_of_the_app_goes_on_with_an_orphan_and_with_what_never_began(project, ai_system):
    stopped_at(project, ai_system, INPUTS // 2, subprocess.Popen.kill)
    stored, come = len(answered(project)), threading.Event()
    ai_system.plan = nth_call(1, come.set, echo)
    assert verbs.boot(project) == [1] and come.wait(PATIENCE)
    ended(project, 1)
    assert jobs.get(project, 1).status == DONE and stored < INPUTS == len(answered(project))
    http_system(project, ai_system, "v2")
    waiting, come = answering.start(project, "v2", again=True), threading.Event()
    ai_system.plan = nth_call(1, come.set, echo)
    assert waiting.status == QUEUED and verbs.boot(project) == [waiting.id] and come.wait(PATIENCE)
    ended(project, waiting.id)
    assert jobs.get(project, waiting.id).status == DONE and traces.count(project) == 2 * INPUTS


def test_a_start_of_the_app_leaves_a_living_job_and_a_stopped_one_alone(project, ai_system):
    found = []
    ai_system.plan = nth_call(5, lambda: found.extend((verbs.settle(project), verbs.boot(project))), echo)
    with start(project) as process:
        process.communicate(timeout=PATIENCE)
    assert found == [[], []] and jobs.get(project, 1).status == DONE
    http_system(project, ai_system, "v2")
    verbs.cancel(project, answering.start(project, "v2", again=True).id)
    assert verbs.boot(project) == []


def test_a_cancelled_job_makes_no_new_call_and_can_go_on(project, ai_system):
    job = answering.start(project, "v1", concurrency=1)
    ai_system.plan = nth_call(5, lambda: verbs.cancel(project, job.id), echo)
    assert execute(project, job.id).status == CANCELLED and len(asked(ai_system)) == jobs.get(project, job.id).done == 5
    assert execute(project, job.id, resumed=True).status == DONE and len(asked(ai_system)) == INPUTS


def still_ending(project, ai_system, meanwhile) -> int:
    """A job whose process was cancelled, and `meanwhile` was done before that process had come to its end."""
    job, come, gate = answering.start(project, "v1", concurrency=1), threading.Event(), threading.Event()
    ai_system.plan = nth_call(1, lambda: (come.set(), gate.wait(PATIENCE)), echo)
    verbs.start_process(project, job.id)
    assert come.wait(PATIENCE)
    verbs.cancel(project, job.id)
    meanwhile(job.id)
    gate.set()
    for thread in threading.enumerate():
        if thread.name == f"Job {job.id}":
            thread.join(PATIENCE)
    return job.id


def test_a_job_resumed_while_its_cancelled_process_still_ends_stays_queued(project, ai_system):
    job = still_ending(project, ai_system, lambda number: verbs.ready_to_resume(project, number))
    assert jobs.get(project, job).status == QUEUED
    assert verbs.start_process(project, job).wait(PATIENCE) == 0 and jobs.get(project, job).status == DONE


def test_a_job_that_another_process_resumed_meanwhile_goes_on_whatever_the_first_one_noted(project, ai_system):
    def elsewhere(number: int) -> None:
        """As a second server, or a command, queues it: this one does not hear of it."""
        jobs.set_status(project, number, QUEUED, only_from=(CANCELLED,))

    job = still_ending(project, ai_system, elsewhere)
    assert jobs.get(project, job).status == INTERRUPTED
    assert verbs.start_process(project, job).wait(PATIENCE) == 0 and jobs.get(project, job).status == DONE
    assert len(asked(ai_system)) == INPUTS


def test_a_job_cancelled_before_its_process_began_makes_no_call(project, ai_system):
    job = answering.start(project, "v1")
    verbs.cancel(project, job.id)
    assert verbs.start_process(project, job.id).wait(PATIENCE) == 1
    assert (jobs.get(project, job.id).status, ai_system.ledger) == (CANCELLED, [])
    with pytest.raises(UsageError, match=f"Job {job.id} is cancelled: there is nothing to cancel"):
        verbs.cancel(project, job.id)


def test_a_finished_job_has_nothing_to_resume(project, ai_system):
    job = execute(project, answering.start(project, "v1", limit=1).id)
    with pytest.raises(UsageError, match=f"Job {job.id} is done: there is nothing to resume"):
        verbs.ready_to_resume(project, job.id)
    assert not work.alive(project, job.id)


def test_the_same_token_is_one_job_and_belongs_to_its_project(db):
    first = jobs.create(db, "generate", [(None, {"a": 1})], token="press")
    assert jobs.create(db, "generate", [(None, {"a": 2})], token="press") == first
    assert [item["item"] for item in jobs.items(db, first)] == [{"a": 1}]
    assert jobs.create(db, "generate", [(None, {})]) != first


def test_items_keep_their_order_their_errors_and_a_first_result(db):
    job = jobs.create(db, "generate", [(None, {"n": n}) for n in range(4)], config={"x": 1}, model="m", concurrency=2)
    first, second, third, fourth = jobs.pending(db, job)
    assert jobs.item(db, job, second).item == {"n": 1}
    jobs.keep_item(db, job, first)
    jobs.keep_item(db, job, second, "timeout", "none came", attempts=5)
    jobs.keep_item(db, job, third, "unreadable", "<p>")
    jobs.keep_item(db, job, first, "timeout", "too late")
    assert jobs.pending(db, job) == [fourth]
    found = jobs.get(db, job)
    assert (found.total, found.done, found.errors, found.config, found.model) == (4, 3, 2, {"x": 1}, "m")
    assert [(item["error"], item["raw"], item["attempts"]) for item in jobs.items(db, job, errors_only=True)] == [
        ("timeout", "none came", 5), ("unreadable", "<p>", 1)]
    assert jobs.forget_unanswered(db, job) == 1 and jobs.pending(db, job) == [second, fourth]


def test_a_job_without_a_call_and_an_impossible_number_of_calls_are_refused(db):
    with pytest.raises(UsageError, match="nothing to do"):
        jobs.create(db, "generate", [])
    with pytest.raises(UsageError, match="can run at once"):
        jobs.create(db, "generate", [(None, {})], concurrency=0)
    assert jobs.every(db) == []


def test_a_status_moves_only_from_where_it_may(db):
    job = jobs.create(db, "generate", [(None, {})])
    assert not jobs.set_status(db, job, DONE, only_from=(RUNNING,)) and jobs.status(db, job) == QUEUED
    jobs.say(db, job, "not running, so nothing is said")
    assert jobs.set_status(db, job, RUNNING, only_from=(QUEUED,)) and jobs.get(db, job).message == ""
    jobs.say(db, job, "waiting")
    assert jobs.get(db, job).message == "waiting" and jobs.get(db, job).ended_at is None

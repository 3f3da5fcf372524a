"""Runs as real processes, killed, stopped, doubled or orphaned: what was answered is kept and never bought again."""

import signal
import subprocess
import threading
from collections.abc import Callable
from time import monotonic

import pytest
from filelock import FileLock

from lib.records import DONE, INTERRUPTED, QUEUED, RUNNING
from lib.store import Store
from lib.store.judge import runs
from lib.workflow.judge import judging
from tests.support.endpoint import Answer, default_plan, hang
from tests.support.running import PATIENCE, Gate, add_traces, asked, command, judged, nth_call, resumed
from tests.support.steps import fresh

pytestmark = pytest.mark.usefixtures("endpoint_env")

TRACES, WORKERS = 60, 8


class Moment:
    """A plan that tells the test when a number of calls has come, and answers on."""

    def __init__(self, number: int) -> None:
        self.come = threading.Event()
        self.plan = nth_call(number, self.come.set)

    def __call__(self, body: dict) -> Answer:
        return self.plan(body)

    def wait(self) -> None:
        assert self.come.wait(PATIENCE)


@pytest.fixture
def project(db: Store) -> Store:
    """A project with a judge and traces."""
    add_traces(db, TRACES)
    judging.ensure_judge(db)
    return db


def start(store: Store) -> subprocess.Popen:
    return command(store, "run", "--judge", judging.DEFAULT_JUDGE, "--split", "all", "--concurrency", WORKERS)


def stopped_at(store: Store, endpoint, number: int, stop: Callable[[subprocess.Popen], None]) -> subprocess.Popen:
    """A run as a process that was stopped when so many calls had come; it has ended, and calls are answered as ever."""
    endpoint.plan = moment = Moment(number)
    with start(store) as process:
        moment.wait()
        stop(process)
        process.communicate(timeout=PATIENCE)
    endpoint.plan = default_plan
    return process


def stored(store: Store) -> set[str]:
    return {row[0] for row in store.rows("select t.input from verdicts v join traces t on t.id = v.trace")}


@pytest.mark.parametrize("number", [1, WORKERS + 1, TRACES // 2, TRACES])
def test_a_killed_run_is_resumed_and_no_stored_verdict_is_bought_again(project, endpoint, number):
    stopped_at(project, endpoint, number, subprocess.Popen.kill)
    store = fresh(project.path).of(project.project)
    assert store.value("pragma integrity_check") == "ok"
    answered, before = stored(store), judged(endpoint)
    assert [run.status for run in runs.every(store)] == [RUNNING]
    assert judging.settle(store) == [1] and runs.get(store, 1).status == INTERRUPTED
    ended = resumed(store, 1)
    assert (ended.status, ended.done, ended.errors) == (DONE, TRACES, 0)
    times = judged(endpoint)
    assert len(times) == TRACES and all(times[trace] == 1 for trace in answered)
    # Each worker may have had one call under way whose reply the killed process could not store.
    assert set((times - before).keys() & before.keys()) == before.keys() - answered
    assert sum(times.values()) <= TRACES + WORKERS and max(times.values()) <= 2


def test_a_run_killed_again_and_again_ends_all_the_same(project, endpoint):
    stopped_at(project, endpoint, 5, subprocess.Popen.kill)
    endpoint.plan = moment = Moment(10)
    with command(project, "resume", 1) as process:
        moment.wait()
        process.kill()
    endpoint.plan = default_plan
    with command(project, "resume", 1) as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert f"run 1: done, {TRACES} of {TRACES} judged, 0 errors" in said and process.returncode == 0
    assert stored(project) == judged(endpoint).keys() and len(stored(project)) == TRACES
    assert endpoint.calls <= TRACES + 2 * WORKERS
    assert project.value("pragma integrity_check") == "ok"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_stop_keeps_every_reply_under_way_and_exits_with_1(project, endpoint, number):
    process = stopped_at(project, endpoint, TRACES // 3, lambda process: process.send_signal(number))
    run = runs.get(project, 1)
    assert (process.returncode, run.status) == (1, INTERRUPTED)
    assert "stopped by a signal" in run.message and run.done == endpoint.calls < TRACES
    resumed(project, 1)
    assert set(judged(endpoint).values()) == {1} and endpoint.calls == TRACES


def test_a_second_signal_waits_for_no_reply(project, endpoint):
    barrier = threading.Barrier(WORKERS + 1)
    endpoint.plan = lambda body: Gate(hang(), barrier)
    with start(project) as process:
        barrier.wait(PATIENCE)
        process.send_signal(signal.SIGINT)
        while "stopping" not in runs.get(project, 1).message:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert runs.get(project, 1).status == INTERRUPTED and "by a signal" in runs.get(project, 1).message
    endpoint.plan = default_plan
    assert resumed(project, 1).done == TRACES


def test_of_two_processes_on_one_run_only_one_judges(project, endpoint):
    run = judging.start_run(project, judging.DEFAULT_JUDGE, concurrency=WORKERS)
    processes = [command(project, "resume", run.id) for _ in range(2)]
    for process in processes:
        process.communicate(timeout=PATIENCE)
    assert runs.get(project, run.id).status == DONE
    assert set(judged(endpoint).values()) == {1} and endpoint.calls == TRACES


def test_a_second_process_is_told_that_the_run_is_under_way(project, endpoint):
    said = []

    def second() -> None:
        with command(project, "resume", 1) as other:
            said.append((other.communicate(timeout=PATIENCE)[1], other.wait()))

    endpoint.plan = nth_call(3, second)
    with start(project) as process:
        process.communicate(timeout=PATIENCE)
    assert "Run 1 is running: there is nothing to resume." in said[0][0] and said[0][1] == 2
    assert endpoint.calls == TRACES and process.returncode == 0


def ended(store: Store, run: int) -> None:
    """Waits until the process of a run has brought it to an end and let go of it.

    A call is no sign that it has begun: one that the killed process sent may be heard late.
    """
    latest = monotonic() + PATIENCE
    while runs.get(store, run).status in (QUEUED, RUNNING):
        assert monotonic() < latest, "the run goes on without end"
        threading.Event().wait(0.02)
    with FileLock(f"{store.path}.run-{run}.lock").acquire(timeout=PATIENCE):
        pass


def test_a_start_of_the_app_goes_on_with_an_orphan_as_a_process_of_its_own(project, endpoint):
    stopped_at(project, endpoint, TRACES // 2, subprocess.Popen.kill)
    answered, endpoint.plan = stored(project), (last := Moment(1))
    assert judging.boot(project) == [1]
    last.wait()
    ended(project, 1)
    assert runs.get(project, 1).status == DONE
    assert all(judged(endpoint)[trace] == 1 for trace in answered) and len(stored(project)) == TRACES


def test_a_start_of_the_app_begins_a_run_that_lost_its_process_before_it_could(project, endpoint):
    run = judging.start_run(project, judging.DEFAULT_JUDGE)
    assert run.status == QUEUED
    endpoint.plan = first = Moment(1)
    assert judging.boot(project) == [run.id]
    first.wait()
    ended(project, run.id)
    assert runs.get(project, run.id).status == DONE and endpoint.calls == TRACES


def test_a_start_of_the_app_leaves_a_living_run_and_a_stopped_one_alone(project, endpoint):
    found = []

    def boot() -> None:
        found.extend((judging.settle(project), judging.boot(project)))

    endpoint.plan = nth_call(5, boot)
    with start(project) as process:
        process.communicate(timeout=PATIENCE)
    assert found == [[], []] and runs.get(project, 1).status == DONE
    add_traces(project, 100, first=TRACES)  # else there would be nothing left to ask
    gate, fifth = threading.Event(), Moment(5)

    def held(body: dict) -> Answer:
        answer = fifth(body)
        return answer if not fifth.come.is_set() or gate.wait(PATIENCE) else hang()

    endpoint.plan = held  # until the signal is sent: the run could else be done before it comes
    with start(project) as process:
        fifth.wait()
        process.send_signal(signal.SIGTERM)
        gate.set()
        process.communicate(timeout=PATIENCE)
    assert judging.boot(project) == [] and runs.get(project, 2).status == INTERRUPTED


def test_a_run_started_by_a_page_outlives_whoever_started_it(project, endpoint):
    run = judging.start_run(project, judging.DEFAULT_JUDGE)
    endpoint.plan = first = Moment(1)
    process = judging.start_process(project, run.id)
    first.wait()
    assert asked(endpoint.chats[0].body) and process.wait(PATIENCE) == 0
    assert runs.get(project, run.id).status == DONE


def test_a_run_whose_process_cannot_begin_waits_to_be_resumed(project, endpoint):
    run = judging.start_run(project, judging.DEFAULT_JUDGE)
    judging.start_process(project, run.id).kill()
    for thread in threading.enumerate():
        if thread.name == f"Run {run.id}":
            thread.join(PATIENCE)
    assert runs.get(project, run.id).status == INTERRUPTED and endpoint.calls == 0
    assert judging.ready_to_resume(project, run.id).status == QUEUED

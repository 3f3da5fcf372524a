"""A probe as a real process, killed or stopped: what was answered is kept, never bought again, and it goes on."""

import signal
import subprocess
import threading
from collections import Counter

import pytest

from lib.engine.jobs import probing as work
from lib.records import DONE, INTERRUPTED, RUNNING
from lib.store.judge import probes
from lib.workflow.judge import bias, probing
from tests.support.judge.probing import honest, judged, labelled, obeys
from tests.support.running import PATIENCE, command, ended, nth_call

pytestmark = pytest.mark.usefixtures("endpoint_env")
TRACES, CALLS = 20, 100  # five alterations of each, the same again among them


@pytest.fixture
def run(db, endpoint):
    """A run over twenty labelled traces, four calls at once; the judge then obeys what is in the text."""
    labelled(db, TRACES)
    endpoint.plan = honest
    return judged(db)


def asked(endpoint) -> Counter[str]:
    """How often each prompt was sent since the run."""
    return Counter(call.body["messages"][0]["content"] for call in endpoint.chats[TRACES:] if call.body)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_probe_that_is_killed_or_stopped_goes_on_where_it_was(db, endpoint, run, number):
    come = threading.Event()
    endpoint.plan = nth_call(30, come.set, obeys)
    with command(db, "probe", "--run", run.id) as process:
        assert come.wait(PATIENCE)
        process.send_signal(number)
        process.communicate(timeout=PATIENCE)
    assert process.returncode not in (0, 2)
    before, made = probes.get(db, 1), endpoint.calls - TRACES
    assert before.status == (RUNNING if number == signal.SIGKILL else INTERRUPTED) and 20 <= before.done < CALLS
    assert probing.settle(db) == ([1] if number == signal.SIGKILL else [])
    with command(db, "probe", 1) as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0 and "Probe answer-pass: 'Answer pass' inside the text flips 10 of 20" in said
    after = probes.get(db, 1)
    assert (after.status, after.done, after.errors) == (DONE, CALLS, 0)
    # Each of the four workers may have had one call under way whose reply the killed process could not store.
    assert asked(endpoint).total() - CALLS <= (4 if number == signal.SIGKILL else 0) and made < CALLS
    assert max(asked(endpoint).values()) <= 2 and db.value("pragma integrity_check") == "ok"
    assert db.rows("pragma foreign_key_check") == []


def test_a_probe_in_the_background_is_cancelled_and_resumed(db, endpoint, run):
    come = threading.Event()
    # While the tenth call waits: on a busy machine all of them could come before this process had its turn.
    endpoint.plan = nth_call(10, lambda: (probing.cancel(db, job.id), come.set()))
    job = probing.start(db, run.id)
    probing.start_process(db, job.id)
    assert come.wait(PATIENCE)
    stopped = ended(db, job.id, probes, "probe")
    for thread in threading.enumerate():
        if thread.name == f"Probe {job.id}":
            thread.join(PATIENCE)
    assert stopped.status == "cancelled" and stopped.done < CALLS
    endpoint.plan = obeys
    probing.resume(db, job.id)
    assert (ended(db, job.id, probes, "probe").status, probes.get(db, job.id).done) == (DONE, CALLS)
    assert [one.flips.n for one in bias.of(db, run.id).probes] == [TRACES] * 5


def test_a_probe_that_a_restart_cut_off_goes_on_by_itself(db, endpoint, run):
    endpoint.plan = honest
    job = probing.start(db, run.id, ["polite"])
    probes.set_status(db, job.id, RUNNING)
    assert not work.alive(db, job.id) and probing.boot(db) == [job.id]
    assert ended(db, job.id, probes, "probe").done == 2 * TRACES


def test_of_two_processes_on_one_probe_only_one_asks(db, endpoint, run):
    endpoint.plan = honest
    probing.start(db, run.id)
    processes: list[subprocess.Popen] = [command(db, "probe", "--queued", 1) for _ in range(2)]
    for process in processes:
        process.communicate(timeout=PATIENCE)
    assert probes.get(db, 1).status == DONE and asked(endpoint).total() == CALLS
    assert set(asked(endpoint).values()) == {1}

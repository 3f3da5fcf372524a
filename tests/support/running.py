"""Short words for tests of runs: a run over many traces, a clock that waits for nothing, processes of their own."""

import asyncio
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import ModuleType
from typing import Any

import pytest
from filelock import FileLock

from lib.engine import jobs, runner
from lib.models import llm, local_model
from lib.records import QUEUED, RUNNING, Job, Run, Trace
from lib.store import Store
from lib.store import jobs as stored_jobs
from lib.workflow.dataset import proposing
from lib.workflow.judge import judging
from tests.support import HOUSE
from tests.support.endpoint import Answer, Endpoint, default_plan, fenced, prompt_of
from tests.support.steps import add

PATIENCE = 60  # seconds; a test that needs them has failed


class FakeClock:
    """Passes only where a run waits, by as much as each worker asks; `at_sleep` is called before."""

    def __init__(self, at_sleep: Callable[[], object] = lambda: None) -> None:
        self.time, self.at_sleep = 0.0, at_sleep

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.at_sleep()
        self.time += seconds
        await asyncio.sleep(0)


class Gate:
    """An answer that is sent only when as many calls are under way as a barrier counts, or an event has come."""

    def __init__(self, answer: Answer, until: threading.Barrier | threading.Event) -> None:
        self.answer, self.until = answer, until

    def __getattr__(self, name: str) -> Any:
        return getattr(self.answer, name)

    @property
    def delay(self) -> float:
        self.until.wait(PATIENCE)
        return 0.0


def add_traces(store: Store, count: int, first: int = 0) -> None:
    """Imports t0, t1 … whose texts say which they are."""
    add(store, *(Trace(f"t{number}", f"question {number}.", f"answer {number}.")
                 for number in range(first, first + count)))


def queued(store: Store, count: int = 20, **options: Any) -> Run:
    """A run of a judge with the default prompt over this many new traces."""
    add_traces(store, count)
    judging.ensure_judge(store)
    return judging.start_run(store, judging.DEFAULT_JUDGE, **{"concurrency": 4, **options})


def execute(store: Store, run: int, clock: FakeClock | None = None) -> Run:
    """Executes a run to its end, without waiting."""
    return runner.execute(store, run, clock=clock or FakeClock())


def written(store: Store, *combinations: dict[str, str], n: int = 3, **recipe: str) -> Job:
    """A generate job for these combinations (default: the product as a whole), executed to its end without waiting."""
    job = proposing.start(store, combinations or [{}], n, proposing.Recipe(**recipe))
    return jobs.execute_job(store, job.id, clock=FakeClock())


def resumed(store: Store, run: int) -> Run:
    """Goes on with a stopped run, here and now."""
    judging.ready_to_resume(store, run)
    return execute(store, run)


def judged(endpoint: Endpoint) -> Counter[str]:
    """How often each trace was sent to the endpoint, by its input."""
    # A caller that is killed may have sent a head without its body: nothing was asked.
    return Counter(asked(call.body) for call in endpoint.chats if call.body)


def asked(body: dict[str, Any]) -> str:
    """The input of the trace a call is about."""
    return fenced(prompt_of(body)).splitlines()[1]


def nth_call(number: int, act: Callable[[], object], plan: Callable[[dict], Answer] = default_plan) -> Callable:
    """A plan that does something when its n-th call arrives, before any later call is booked."""
    seen = iter(range(1, 1_000_000))

    def planned(body: dict[str, Any]) -> Answer:
        if next(seen) == number:
            act()
        return plan(body)

    return planned


def command(store: Store, *words: object) -> subprocess.Popen:
    """The command line as a process of its own, on this store's file."""
    return subprocess.Popen([sys.executable, "-m", "lib", "--db", str(store.path), *map(str, words)], cwd=HOUSE,
                            text=True, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def outcomes(store: Store, run: int) -> list[tuple[str, str | None, str | None, str]]:
    """(trace, outcome, error, raw) of every verdict, in the order of the traces."""
    return [tuple(row) for row in store.rows("""select t.trace_id, v.outcome, v.error, v.raw from verdicts v
        join traces t on t.id = v.trace where v.run = :run order by t.id""", run=run)]


def comes(found: Callable[[], object], what: str) -> None:
    """Waits until something is true that a process of its own brings about."""
    latest = monotonic() + PATIENCE
    while not found():
        assert monotonic() < latest, f"{what} does not come"
        threading.Event().wait(0.02)


def ended(store: Store, number: int, table: ModuleType = stored_jobs, noun: str = "job") -> Job | Run:
    """Waits until the process of a job (or of a run) has begun, brought it to an end and let go of it."""
    latest = monotonic() + PATIENCE
    while table.get(store, number).status in (QUEUED, RUNNING):
        assert monotonic() < latest, f"the {noun} goes on without end"
        # Whoever looks without a pause takes the processor from the process that is waited for.
        threading.Event().wait(0.02)
    with FileLock(f"{store.path}.{noun}-{number}.lock").acquire(timeout=PATIENCE):
        return table.get(store, number)


def written_to(terminal: int) -> str:
    """All that is written to a terminal, to its end."""
    parts = []
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # the end of it, on Linux
            part = b""
        if not part:
            os.close(terminal)
            return b"".join(parts).decode()
        parts.append(part)


@contextmanager
def small_model() -> Iterator[llm.Endpoint]:
    """The small embedded model, with one thread: other tests need the other processor."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLUMBLINE_MODEL_THREADS", "1")
        patch.delenv("PLUMBLINE_GGUF", raising=False)
        patch.setenv("PLUMBLINE_MODELS", os.devnull)
        with local_model.serving(local_model.find_weights()) as endpoint:
            yield endpoint

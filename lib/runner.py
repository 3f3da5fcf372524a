"""The judge run: workers, waits, retries, resume. The page's process and the command line share it.

Knows how a run goes on and when it stops; what a call is, is the judge's and the door's affair. Whoever
executes a run holds its lock, so that no trace of a run is ever judged by two processes.
"""

import asyncio
import contextlib
import random
import secrets
import signal
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from filelock import AcquireReturnProxy, FileLock, Timeout

from lib import judge, llm, local_model
from lib.records import (
    DONE,
    FAILED,
    INTERRUPTED,
    PAUSED,
    QUEUED,
    RUNNING,
    UNANSWERED,
    PlumblineError,
    PromptVersion,
    Run,
    UsageError,
    Verdict,
)
from lib.store import Store, judges, projects, runs, traces, verdicts

EMBEDDED, ENVIRONMENT = "embedded", "environment"

TRIES = 5  # calls for one trace, where the endpoint may answer later
READING_TRIES = 2  # calls for one trace, where the reply could not be read
LONGEST_WAIT = 120.0  # seconds, whatever Retry-After asks for
HOPELESS = 3  # traces in a row given up on: the endpoint is down, so the run pauses
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_BY_SIGNAL = "stopped by a signal; resuming goes on where it stopped"
_UNREAD = ("unreadable", "no outcome", "two verdicts")


@dataclass(frozen=True)
class Clock:
    """Time as a run sees it, in seconds; a test gives one that does not really wait."""

    now: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@contextmanager
def connected(store: Store, name: str) -> Iterator[llm.Endpoint]:
    """The endpoint of this name for as long as the block runs; the embedded one is served meanwhile."""
    if name == EMBEDDED:
        with local_model.serving(local_model.find_weights(projects.setting(store, "gguf"))) as endpoint:
            yield endpoint
        return
    endpoint = llm.environment_endpoint()
    if endpoint is None:
        raise UsageError("No endpoint is set: give OPENAI_API_KEY (and OPENAI_BASE_URL where wanted) "
                         "in the environment, or use the embedded model.")
    yield endpoint


def alive(store: Store, run: int) -> bool:
    """Whether a process is executing this run."""
    try:
        with _lock(store, run).acquire(timeout=0):
            return False
    except Timeout:
        return True


def execute(store: Store, run: int, *, clock: Clock = Clock(), moved: Callable[[], None] = lambda: None) -> Run:
    """Judges what has no verdict yet and returns the run as it then stands; `moved` is called at each verdict.

    A run that was cancelled or has ended is left as it is: who wants it to go on queues it first. Raises
    PlumblineError where another process is at it, or where the run cannot start; its message says the same.
    """
    lock = _lock(store, run)
    with _held(store, run, lock):
        _execute_locked(store, run, clock, moved)
        found = runs.get(store, run)
        if found.status == DONE:
            Path(lock.lock_file).unlink(missing_ok=True)
        return found


def _lock(store: Store, run: int) -> FileLock:
    return FileLock(f"{store.path}.run-{run}.lock", preserve_lock_file=True)


def _held(store: Store, run: int, lock: FileLock) -> AcquireReturnProxy:
    """The lock of a run, once it is free."""
    while True:
        try:
            # Somebody who only asks whether the run is alive holds it for an instant.
            return lock.acquire(timeout=3)
        except Timeout:
            # Whoever executes a run that is queued again was told to stop, and finishes the calls under way.
            if runs.status(store, run) != QUEUED:
                raise PlumblineError(f"Run {run} is under way in another process: look at it with 'runs'.") from None


def _execute_locked(store: Store, run: int, clock: Clock, moved: Callable[[], None]) -> None:
    # Running, and yet nobody held the lock: its process is gone.
    if not runs.set_status(store, run, RUNNING, only_from=(QUEUED, RUNNING)):
        return
    try:
        found = runs.get(store, run)
        with connected(store, found.endpoint) as endpoint:
            status, message = asyncio.run(_Crew(store, found, clock, moved).work(endpoint))
    except PlumblineError as error:
        runs.set_status(store, run, PAUSED, str(error), only_from=(RUNNING,))
        raise
    except KeyboardInterrupt:
        runs.set_status(store, run, INTERRUPTED, _BY_SIGNAL, only_from=(RUNNING,))
        raise
    except BaseException as error:
        runs.set_status(store, run, FAILED, f"stopped by a fault of Plumbline: {type(error).__name__}", (RUNNING,))
        raise
    runs.set_status(store, run, status, message, only_from=(RUNNING,))


class _Crew:
    """The workers of one run: what they share is the queue, the pool-wide wait and the reason to stop."""

    def __init__(self, store: Store, run: Run, clock: Clock, moved: Callable[[], None]) -> None:
        self.store, self.run, self.clock, self.moved = store, run, clock, moved
        self.version: PromptVersion = judges.prompt_by_key(store, run.prompt)
        self.question = projects.current(store).question
        self.queue = deque(runs.pending(store, run.id))
        self.end: tuple[str, str] | None = None
        self.open_at, self.waiting = 0.0, False
        self.given_up = 0

    async def work(self, endpoint: llm.Endpoint) -> tuple[str, str]:
        """Works the queue off; returns the status the run ends in and why."""
        self._heed_signals()
        # More callers than the local server has slots would only wait in its queue until they time out.
        workers = local_model.PARALLEL if self.run.endpoint == EMBEDDED else self.run.concurrency
        timeout = local_model.TIMEOUT if self.run.endpoint == EMBEDDED else 120.0
        async with llm.Client(endpoint, timeout=timeout, connections=workers) as self.client:
            await asyncio.gather(*(self._worker() for _ in range(workers)))
        return self.end or (DONE, "")

    def _heed_signals(self) -> None:
        """A polite stop finishes the calls under way: their replies are paid for."""
        for number in _SIGNALS:
            with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):  # not on every platform or thread
                asyncio.get_running_loop().add_signal_handler(number, self._leave)

    def _leave(self) -> None:
        """From now on a signal does what it always does, so that a second Ctrl-C waits for no reply."""
        self._stop(INTERRUPTED, _BY_SIGNAL)
        for number in _SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)
        runs.say(self.store, self.run.id, "stopping: waits for the calls under way; a second Ctrl-C does not")

    def _stop(self, status: str, message: str) -> None:
        self.end = self.end or (status, message)

    def _going(self) -> bool:
        """Whether another call may be made: a cancelled run makes none."""
        if self.end is None and (status := runs.status(self.store, self.run.id)) != RUNNING:
            self._stop(status, "")
        return self.end is None

    async def _worker(self) -> None:
        while self.queue and self._going():
            await self._judge(self.queue.popleft())

    async def _judge(self, key: int) -> None:
        trace, not_before, readings = traces.by_key(self.store, key), 0.0, 0
        for attempt in range(1, TRIES + 1):
            if not await self._turn(not_before):
                return
            try:
                verdict = await judge.judge_trace(self.client, self.version, trace, self.question, self.run.model,
                                                  secrets.token_hex(8))
            except llm.LlmError as error:
                if error.stops_the_run:
                    return self._stop(PAUSED, str(error))
                if error.transient and attempt < TRIES:
                    not_before = self._postpone(error, attempt)
                    continue
                verdict = Verdict(None, error=error.kind, raw=error.raw or str(error))
            readings += verdict.error in _UNREAD
            if verdict.error in _UNREAD and readings < READING_TRIES and attempt < TRIES:
                continue
            return self._keep(key, replace(verdict, attempts=attempt))

    async def _turn(self, not_before: float) -> bool:
        """Waits until this trace and the pool may call again, a second at a time, so that a cancel is noticed."""
        while self._going():
            left = max(self.open_at, not_before) - self.clock.now()
            if left <= 0:
                return True
            await self.clock.sleep(min(left, 1.0))
        return False

    def _postpone(self, error: llm.LlmError, attempt: int) -> float:
        """When this trace may call again; an endpoint that asks to slow down makes the whole pool wait."""
        asked = error.retry_after if error.retry_after is not None else 2.0 ** (attempt - 1)
        wait = min(asked, LONGEST_WAIT)
        runs.say(self.store, self.run.id, f"waiting {wait:.0f} s: {error}")
        self.waiting = True
        if error.kind == "rate_limit":
            self.open_at = max(self.open_at, self.clock.now() + wait)
        # A little more for each, so that those who were turned away do not come back in the same instant.
        return self.clock.now() + wait * random.uniform(1.0, 1.25)

    def _keep(self, key: int, verdict: Verdict) -> None:
        """Stored at once: a reply that was paid for is never bought again."""
        verdicts.save(self.store, self.run.id, key, verdict)
        # A reply that was under way when the pool was told to wait does not end the wait.
        if self.waiting and self.clock.now() >= self.open_at:
            runs.say(self.store, self.run.id, "")
            self.waiting = False
        self.given_up = self.given_up + 1 if verdict.error in UNANSWERED else 0
        if self.given_up >= HOPELESS:
            self._stop(PAUSED, f"the endpoint does not answer ({verdict.raw[:200]}). Resume when it does.")
        self.moved()

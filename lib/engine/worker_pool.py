"""The worker pool: workers that call a model or the AI system for one key after the other, and keep what comes.

Knows how work goes on and when it stops: concurrency, waits that hold for the whole pool, retries, the pause where
nothing answers, cancel, signals, and the lock that keeps two processes off one piece of work. Does not know what a
call is, nor where its result is kept: the work says so.
"""

import asyncio
import contextlib
import heapq
import random
import re
import signal
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Protocol, TypeVar

from filelock import AcquireReturnProxy, FileLock, Timeout

from lib.models.replies import LlmError
from lib.records import DONE, FAILED, INTERRUPTED, PAUSED, QUEUED, RUNNING, UNANSWERED, PlumblineError

TRIES = 5  # calls for one key, where the other side may answer later
READING_TRIES = 2  # calls for one key, where the reply could not be read
LONGEST_WAIT = 120.0  # seconds, whatever Retry-After asks for
ALL_WAIT = 4  # as many calls in a row as the fourth part of the workers bring nothing: then all of them wait
HOPELESS = 3  # keys in a row given up on: the other side is down, so the work pauses
# Keys in a row with the very same error, where the call was refused and where its reply says nothing.
SAME_REFUSAL, SAME_REPLY = 5, 10
_OF_THE_CALL = ("bad_request", "response_format")
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_BY_SIGNAL = "stopped by a signal; resuming goes on where it stopped"
Result = TypeVar("Result")


@dataclass(frozen=True)
class Clock:
    """Time as work sees it, in seconds; a test gives one that does not really wait."""

    now: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(frozen=True)
class Hopeless:
    """A result that, `most` times in a row, means that going on is in vain: what is alike in them, and why."""

    alike: str
    why: str
    most: int


def hopeless(kind: str, said: str, again: str = "") -> Hopeless:
    """What an error of this kind, with these words, means where it comes again and again; `again` asks for it anew."""
    if kind in UNANSWERED:
        return Hopeless("unanswered", f"the endpoint does not answer ({said[:200]}). Resume when it does.", HOPELESS)
    most = SAME_REFUSAL if kind in _OF_THE_CALL else SAME_REPLY
    # Numbers apart: a refusal names each prompt's own length.
    return Hopeless(f"{kind} {re.sub('[0-9]+', '#', said)}", (
        f"{most} in a row ended in the same error, {kind} ({said[:200]}). What came is kept: correct that, then "
        f"resume{again}."), most)


class Work(Protocol[Result]):
    """What the worker pool works off: keys, a call for each, and a place where its result is kept.

    Its constructor does nothing that may fail; what may fail belongs into `opened`.
    """

    lock: Path  # held by the process that executes the work
    busy: str  # the sentence for whoever comes second
    workers: int  # calls at once; read once the work is opened

    def status(self) -> str:
        """The status as it is stored: whoever cancels changes it there."""

    def set_status(self, status: str, message: str = "", only_from: tuple[str, ...] = ()) -> bool:
        """Moves to a status from one of those; True when it moved."""

    def say(self, text: str) -> None:
        """What is being done now, for the page."""

    def opened(self) -> AbstractAsyncContextManager[object]:
        """What the calls need, for as long as the block runs; PlumblineError where it cannot be had."""

    def pending(self) -> list[int]:
        """The keys that have no result yet, in order."""

    async def call(self, key: int) -> Result:
        """One call; LlmError where it brought nothing."""

    def failed(self, error: LlmError) -> Result:
        """What is kept where no call brought anything."""

    def unread(self, result: Result) -> bool:
        """Whether a reply came that nobody can read: worth one more call."""

    def hopeless(self, result: Result) -> Hopeless | None:
        """What several such results in a row would mean; None for a result that says nothing of the next one."""

    def keep(self, key: int, result: Result, attempts: int) -> Awaitable[None] | None:
        """Stores a result the moment it came; what is returned is waited for before its worker makes another call."""


def alive(lock: Path) -> bool:
    """Whether a process is executing the work of this lock."""
    try:
        with _file_lock(lock).acquire(timeout=0):
            return False
    except Timeout:
        return True


def execute(work: Work, *, clock: Clock = Clock(), moved: Callable[[], None] = lambda: None) -> None:
    """Works off what has no result yet; `moved` is called at each one.

    Work that was cancelled or has ended is left as it is: who wants it to go on queues it first. Raises
    PlumblineError where another process is at it, or where it cannot start; its message says the same.
    """
    alone(work, lambda: asyncio.run(WorkerPool(work, clock, moved).run()))


def alone(work: Work, through: Callable[[], tuple[str, str]]) -> None:
    """Work that is not made of calls, executed in the same way: `through` returns the status it ends in and why."""
    # While it waits for the lock, whoever attends an earlier process may take that one's end for this one's.
    legal = (QUEUED, RUNNING, INTERRUPTED) if work.status() == QUEUED else (QUEUED, RUNNING)
    with held(work):
        _execute_locked(work, legal, through)
        if work.status() == DONE:
            work.lock.unlink(missing_ok=True)


def _file_lock(lock: Path) -> FileLock:
    return FileLock(lock, preserve_lock_file=True)


def held(work: Work) -> AcquireReturnProxy:
    """The lock of the work, once it is free."""
    while True:
        try:
            # Somebody who only asks whether the work is alive holds it for an instant.
            return _file_lock(work.lock).acquire(timeout=3)
        except Timeout:
            # Whoever executes work that is queued again was told to stop, and finishes the calls under way.
            if work.status() != QUEUED:
                raise PlumblineError(work.busy) from None


def _execute_locked(work: Work, legal: tuple[str, ...], through: Callable[[], tuple[str, str]]) -> None:
    # Running, and yet nobody held the lock: its process is gone.
    if not work.set_status(RUNNING, only_from=legal):
        return
    try:
        status, message = through()
    except PlumblineError as error:
        work.set_status(PAUSED, str(error), only_from=(RUNNING,))
        raise
    except KeyboardInterrupt:
        work.set_status(INTERRUPTED, _BY_SIGNAL, only_from=(RUNNING,))
        raise
    except BaseException as error:
        work.set_status(FAILED, f"stopped by a fault of Plumbline: {type(error).__name__}", only_from=(RUNNING,))
        raise
    work.set_status(status, message, only_from=(RUNNING,))


@dataclass(order=True)
class _Turn:
    """A key with what has become of it so far; one that was turned away has a time before which it is not called."""

    not_before: float
    key: int
    attempts: int = 0
    readings: int = 0


class WorkerPool:
    """Some workers: what they share is the queue, the pool-wide wait and the reason to stop."""

    def __init__(self, work: Work, clock: Clock, moved: Callable[[], None]) -> None:
        """Calls nobody yet."""
        self.work, self.clock, self.moved = work, clock, moved
        self.queue: deque[int] = deque()
        self.later: list[_Turn] = []  # a heap: who was turned away holds no worker meanwhile
        self.end: tuple[str, str] | None = None
        self.open_at, self.waiting = 0.0, False
        self.given_up = self.in_vain = 0  # keys, calls; in a row
        self.alike: str | None = None  # what the last keys given up on have in common

    async def run(self) -> tuple[str, str]:
        """Works the queue off; returns the status the work ends in and why."""
        async with self.work.opened():
            self._heed_signals()
            self.queue.extend(self.work.pending())
            await asyncio.gather(*(self._worker() for _ in range(self.work.workers)))
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
        self.work.say("stopping: waits for the calls under way; a second Ctrl-C does not")

    def _stop(self, status: str, message: str) -> None:
        self.end = self.end or (status, message)

    def _going(self) -> bool:
        """Whether another call may be made: cancelled work makes none."""
        if self.end is None and (status := self.work.status()) != RUNNING:
            self._stop(status, "")
        return self.end is None

    async def _worker(self) -> None:
        while turn := await self._next():
            await self._take(turn)

    async def _next(self) -> _Turn | None:
        """The next key that may be called, waited for a second at a time, so that a cancel is noticed.

        None where nothing is left that another worker does not have in hand already.
        """
        while self._going() and (self.queue or self.later):
            now = self.clock.now()
            if now >= self.open_at and self.later and self.later[0].not_before <= now:
                return heapq.heappop(self.later)
            # Where nothing is answered, nobody new is sent: who was turned away tries first.
            fresh = self.queue and not (self.later and self._in_vain())
            if now >= self.open_at and fresh:
                return _Turn(now, self.queue.popleft())
            due = self.open_at if fresh else max(self.open_at, self.later[0].not_before)
            await self.clock.sleep(min(due - now, 1.0))
        return None

    def _in_vain(self) -> bool:
        """Whether so many calls in a row brought nothing that it is not one key's affair."""
        return self.in_vain >= min(self.work.workers, max(2, self.work.workers // ALL_WAIT))

    async def _take(self, turn: _Turn) -> None:
        """One call; who is turned away, and whose reply nobody can read, goes back a bounded number of times."""
        turn.attempts += 1
        try:
            result = await self.work.call(turn.key)
        except LlmError as error:
            if error.stops_the_run:
                return self._stop(PAUSED, str(error))
            self.in_vain = self.in_vain + 1 if error.transient else 0
            if error.transient and turn.attempts < TRIES:
                return self._postpone(turn, error)
            result = self.work.failed(error)
        else:
            self.in_vain = 0
        turn.readings += self.work.unread(result)
        if self.work.unread(result) and turn.readings < READING_TRIES and turn.attempts < TRIES:
            return heapq.heappush(self.later, replace(turn, not_before=self.clock.now()))
        await self._keep(turn.key, result, turn.attempts)

    def _postpone(self, turn: _Turn, error: LlmError) -> None:
        """Back with a time before which it is not called; where none gets through, the whole pool waits."""
        asked = error.retry_after if error.retry_after is not None else 2.0 ** (turn.attempts - 1)
        wait = min(asked, LONGEST_WAIT)
        if self._in_vain():
            self.work.say(f"waiting {wait:.0f} s: {error}")
            self.waiting = True
            self.open_at = max(self.open_at, self.clock.now() + wait)
        # A little more for each, so that those who were turned away do not come back in the same instant.
        not_before = self.clock.now() + wait * random.uniform(1.0, 1.25)
        heapq.heappush(self.later, replace(turn, not_before=not_before))

    async def _keep(self, key: int, result: object, attempts: int) -> None:
        """Stored at once: a reply that was paid for is never bought again."""
        if (saved := self.work.keep(key, result, attempts)) is not None:
            await saved
        # A reply that was under way when the pool was told to wait does not end the wait.
        if self.waiting and self.clock.now() >= self.open_at:
            self.work.say("")
            self.waiting = False
        found = self.work.hopeless(result)
        self.given_up = (self.given_up if found and found.alike == self.alike else 0) + 1
        self.alike = found.alike if found else None
        if found and self.given_up >= found.most:
            self._stop(PAUSED, found.why)
        self.moved()

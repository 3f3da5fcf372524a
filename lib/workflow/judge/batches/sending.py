"""A run through the service's batches: files go up one after the other, are waited for over restarts, and are read.

What is about to be asked of the service is noted before, and its answer before anything else: a process that is killed
at any moment is taken up where it was, and no batch is made twice.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lib.engine import runner, worker_pool
from lib.engine.runner import EMBEDDED, address_of
from lib.engine.stored_work import StoredWork
from lib.models import batches as door
from lib.models.batches import ENDED, TOO_LARGE, UNKNOWN, Batch, Service
from lib.models.replies import LlmError
from lib.records import CANCELLED, DONE, PAUSED, RUNNING, Run, UsageError, Verdict
from lib.records.words import counted
from lib.store import Store
from lib.store.judge import runs
from lib.store.judge.leaving import batches
from lib.store.judge.leaving.batches import (
    FREED,
    HELD,
    READ,
    SENT,
    STARTING,
    UPLOADED,
    UPLOADING,
    WRITTEN,
    BatchFile,
)
from lib.workflow.judge import judging
from lib.workflow.judge.batches import writing
from lib.workflow.judge.batches.reading import Reader
from lib.workflow.judge.batches.writing import Limits, Lines

FIRST_LOOK, LAST_LOOK = 2.0, 60.0  # seconds between two looks at the service: few at first, then more
TRIES = 5  # answers in a row that may go through later, before the run pauses
_SMALLEST = 1_000_000  # bytes; no service refuses a file of that size for its size
_FULL = "token_limit_exceeded"  # the queue of the service has no room for another batch of this model now
_EARLIER = 3_600  # seconds; clocks differ
_BREATH = 0.002  # seconds after each commit, in which somebody else may save


@dataclass(frozen=True)
class Pauses:
    """Time as this work sees it; a test gives one that does not really wait."""

    sleep: Callable[[float], None] = time.sleep


def check(endpoint: str) -> None:
    """UsageError for an endpoint that has no batches."""
    if endpoint == EMBEDDED:
        raise UsageError("The embedded model takes no batches: name an endpoint, or run it without --batch.")


def execute(store: Store, number: int, *, clock: Pauses = Pauses(), moved: Callable[[], None] = lambda: None) -> Run:
    """Sends what has no verdict and is in no file, waits for all files, reads them; returns the run as it then stands.

    As `runner.execute`: a cancelled run is left as it is, PlumblineError where another process is at it.
    """
    work = _Sending(store, runs.get(store, number), clock, moved)
    worker_pool.alone(work, work.through)
    return runs.get(store, number)


def cancel(store: Store, number: int, *, clock: Pauses = Pauses()) -> Run:
    """Ends a run and its batches at the service; what they have done by then is waited for and kept.

    UsageError where nothing of the run is under way.
    """
    run = runs.get(store, number)
    under_way = [file for file in batches.files(store, number) if file.open]
    if run.status not in (CANCELLED, PAUSED, DONE) or not under_way:
        judging.cancel(store, number)
    if not runner.alive(store, number) and under_way:
        work = _Sending(store, runs.get(store, number), clock, lambda: None)
        with worker_pool.held(work):
            work.wind_up()
    return runs.get(store, number)


class _Sending(StoredWork):
    """The work of one run at the service."""

    rows, noun, listed_by = runs, "run", "runs"

    def __init__(self, store: Store, run: Run, clock: Pauses, moved: Callable[[], None]) -> None:
        super().__init__(store, run.id)
        self.run, self._clock, self._moved = run, clock, moved
        self._limits, self._cap = Limits(), ""
        self._failed: set[int] = set()  # files that the service refused as a whole
        self._path = Path(f"{store.path}.run-{run.id}.batch.jsonl")

    def through(self) -> tuple[str, str]:
        """Works the run off; returns the status it ends in and why."""
        runs.reached(self.store, self.run.id, address_of(self.run.endpoint))
        self._lines = Lines(self.store, self.run)
        failed, look = 0, FIRST_LOOK
        with runner.connected(self.store, self.run.endpoint) as endpoint, door.service(endpoint) as self._service:
            while True:
                if self.status() != RUNNING:
                    return self._wound_up()
                try:
                    if (end := self._step()) is not None:
                        return end
                    failed = 0
                except LlmError as error:
                    failed += 1
                    if not error.transient or failed >= TRIES:
                        return PAUSED, self._why(error)
                    self.say(f"waits: {error}")
                self._wait(look)
                look = min(LAST_LOOK, look * 1.5)

    def _why(self, error: LlmError) -> str:
        return f"The service does not answer ({error}). Resume when it does." if error.transient else str(error)

    def _wait(self, seconds: float) -> None:
        """A second at a time, so that a cancel is noticed."""
        was = self.status()
        while seconds > 0 and self.status() == was:
            self._clock.sleep(min(1.0, seconds))
            seconds -= 1.0

    def _files(self) -> list[BatchFile]:
        return [file for file in batches.files(self.store, self.run.id) if file.open]

    def _step(self) -> tuple[str, str] | None:
        """All that can be done now: files pushed on, others looked at; the end where nothing is left."""
        for file in self._files():
            self._push(file)
            if self.status() != RUNNING:
                return None
        while (file := self._next()) is not None:
            self._push(file)
            if self.status() != RUNNING:
                return None
        if reason := next((file.message for file in batches.files(self.store, self.run.id)
                           if file.id in self._failed), ""):
            return PAUSED, reason
        if self._files():
            return None
        if self._cap:
            return PAUSED, f"The cap on {self._cap} is reached. What came is kept: raise it and go on."
        return DONE, ""

    def _next(self) -> BatchFile | None:
        """The next file, written; None where no trace is left, none may be asked, or the service wants no more."""
        if self._failed or any(file.status == HELD for file in self._files()):
            return None
        room = writing.allowed(self.store, self.run)
        made = writing.next_file(self.store, self._lines, self._path, self._limits, room)
        self._cap = room.reached
        return made

    def _push(self, file: BatchFile) -> None:
        """Takes a file as far as it goes now."""
        if file.status in (WRITTEN, UPLOADING):
            file = self._upload(file)
        if file.status == HELD and not any(one.status in (SENT, STARTING) for one in self._files()):
            file = batches.move(self.store, file, UPLOADED)
        if file.status in (UPLOADED, STARTING):
            file = self._start(file)
        elif file.status == SENT:
            self._look(file)

    def _name(self, file: BatchFile) -> str:
        return f"plumbline-{batches.mark(self.store, self.run.id)}-run-{self.run.id}-file-{file.number}.jsonl"

    def _upload(self, file: BatchFile) -> BatchFile:
        """Uploads a file; one whose answer was lost is found again by its name, else it goes up once more, unpaid."""
        there = self._service.uploaded(self._name(file)) if file.status == UPLOADING else ""
        if not there:
            if not self._path.exists() or self._path.stat().st_size != file.bytes:
                writing.write(self._path, self._lines, batches.of_file(self.store, file.id), Limits())
            file = batches.move(self.store, file, UPLOADING)
            try:
                there = self._service.upload(self._path, self._name(file))
            except LlmError as error:
                if error.kind == TOO_LARGE and file.bytes > _SMALLEST:
                    self._limits = Limits(self._limits.requests, min(self._limits.bytes, file.bytes) // 2)
                    return batches.move(self.store, file, FREED, message=str(error))
                raise
        file = batches.move(self.store, file, UPLOADED, file=there)
        self._path.unlink(missing_ok=True)
        return file

    def _start(self, file: BatchFile) -> BatchFile:
        """Makes the batch; where it is not known whether that was done, the service is asked first."""
        found = self._found(file) if file.status == STARTING else None
        if found is None:
            file = batches.move(self.store, file, STARTING)
            try:
                found = self._service.start(file.file, self._name(file))
            except LlmError as error:
                if not error.transient:  # refused: it was not made
                    batches.move(self.store, file, UPLOADED)
                raise
        file = batches.move(self.store, file, SENT, batch=found.id, service=found.status)
        return file

    def _found(self, file: BatchFile) -> Batch | None:
        since = datetime.fromisoformat(file.created_at).timestamp() - _EARLIER
        try:
            return self._service.started(file.file, self._name(file), since)
        except LlmError as error:
            if error.kind != UNKNOWN:
                raise
            raise LlmError("unknown", (
                f"Whether a batch was made of file {file.number} ({file.file}) is unknown: the answer was lost, and "
                f"the service lists no batches. Look there, then 'batch settle {self.run.id} {file.number} --id ID', "
                "or --not-there to have it made.")) from None

    def _look(self, file: BatchFile) -> None:
        found = self._service.look(file.batch)
        batches.counts(self.store, file.id, found.status, found.completed, found.failed)
        if found.ended:
            self._finish(file, found)

    def _finish(self, file: BatchFile, found: Batch) -> None:
        """Reads what came of a batch that has ended; its requests without a line are errors, or free again."""
        reader = Reader(self.store, self.run, self._moved, lambda: self._clock.sleep(_BREATH))
        for part in (found.output, found.errors):
            if part:
                reader.read(self._service.lines(part))
        left = batches.missing(self.store, file.id)
        message = reader.came.words
        if found.status == "failed" and left:
            self._refused(file, found, message)
            return
        kind = {"expired": "batch_expired", "cancelled": "batch_cancelled"}.get(found.status, "batch_missing")
        said = f"The batch is {found.status}, and its files hold no line for this request."
        for start in range(0, len(left), 1_000):
            batches.save(self.store, self.run.id, [(key, Verdict(None, error=kind, raw=said))
                                                   for key in left[start:start + 1_000]])
        if left:
            message += f", {counted(len(left), 'request')} without a line ({kind})"
        batches.move(self.store, batches.get(self.store, file.id), READ, service=found.status, message=message)

    def _refused(self, file: BatchFile, found: Batch, came: str) -> None:
        """A batch that was refused as a whole asked nothing: it is held where the queue is full, else given up."""
        others = any(one.status == SENT and one.id != file.id for one in self._files())
        if found.code == _FULL and others:
            batches.move(self.store, file, HELD, batch="", service=found.status, message=found.reason)
            return
        reason = f"The service refused the batch: {found.reason or found.code or 'no reason given'}. ({came})"
        batches.move(self.store, file, FREED, service=found.status, message=reason)
        self._failed |= {file.id}

    def _wound_up(self) -> tuple[str, str]:
        self.wind_up(self._service)
        return CANCELLED, ""

    def wind_up(self, service: Service | None = None) -> None:
        """Ends the batches of a run that was cancelled, and reads what they have done; what was not sent is free."""
        if service is None:
            with runner.connected(self.store, self.run.endpoint) as endpoint, door.service(endpoint) as opened:
                self.wind_up(opened)
            return
        self._service, look = service, FIRST_LOOK
        for file in self._files():
            self._end(file)
        while under_way := self._files():
            for file in under_way:
                self._look(file)
            if self._files():
                self._wait(look)
                look = min(LAST_LOOK, look * 1.5)

    def _end(self, file: BatchFile) -> None:
        if file.status == STARTING and (found := self._found(file)) is not None:
            file = batches.move(self.store, file, SENT, batch=found.id, service=found.status)
        if file.status != SENT:
            batches.move(self.store, file, FREED, message="cancelled before it was sent")
            self._path.unlink(missing_ok=True)
        elif file.service not in ENDED:
            with_batch = self._service.cancel(file.batch)
            batches.counts(self.store, file.id, with_batch.status, with_batch.completed, with_batch.failed)

"""Runs, jobs, analyses and suggestions as processes of their own, which outlive the page and the server.

Knows how a process is set going, stopped and found again; what it does there is up to the engine.
"""

import contextlib
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from lib.records import (
    CANCELLED,
    DONE,
    INTERRUPTED,
    QUEUED,
    RESUMABLE,
    RUNNING,
    Job,
    Run,
    StoreError,
    UsageError,
    time_left,
)
from lib.records.places import ROOT
from lib.records.words import counted
from lib.store import Store, projects


@dataclass(frozen=True)
class Background:
    """One kind of work in the background: where its rows are, and the command that executes one."""

    noun: str
    table: ModuleType  # get, every and set_status
    alive: Callable[[Store, int], bool]
    forget_unanswered: Callable[[Store, int], int]
    command: str
    running: Callable[[Store], list[int]] | None = None  # the numbers of what runs, where `every` reads too much
    again: str = ""  # the command's option that asks for every error again, where it has one
    # How often this server queued work again: whoever attends an earlier process of it has no more to say.
    queued_again: Counter[tuple[Path, int]] = field(default_factory=Counter, compare=False)

    def start_process(self, store: Store, *numbers: int) -> subprocess.Popen:
        """Sets queued work going as a process of its own, one after the other; it outlives the page and the server."""
        project = projects.current(store).name
        process = subprocess.Popen(
            # Only while it is queued: it may be cancelled before the process has begun.
            [sys.executable, "-m", "lib", "--db", str(store.path), "--project", project, self.command, "--queued",
             *map(str, numbers)],
            cwd=ROOT, env=os.environ, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        attended = {number: self.queued_again[store.path, number] for number in numbers}
        threading.Thread(target=self._attend, args=(store, attended, process), daemon=True,
                         name=f"{self.noun} {numbers[0]}").start()
        return process

    def _attend(self, store: Store, attended: dict[int, int], process: subprocess.Popen) -> None:
        """Takes note of the process's end; one that could not even begin leaves its work to be resumed."""
        process.wait()
        store = store.program()
        with contextlib.suppress(StoreError), store.transaction():
            for number, times in attended.items():
                # Cancelled and resumed while the process was still ending, it is queued for another process.
                if self.queued_again[store.path, number] == times:
                    self.table.set_status(store, number, INTERRUPTED, "its process ended before it could begin",
                                          (QUEUED,))

    def ready_to_resume(self, store: Store, number: int) -> Run | Job:
        """Queues stopped work again and returns it; what nobody answered gets another try.

        What has a reply is not asked for again. Raises UsageError where nothing is left to do.
        """
        self.settle(store)
        found = self.table.get(store, number)
        with store.transaction():
            again = self.forget_unanswered(store, number) if found.status in (DONE, *RESUMABLE) else 0
            if found.status not in RESUMABLE and not again:
                raise UsageError(self._nothing_left(found))
            self.queued_again[store.path, number] += 1
            self.table.set_status(store, number, QUEUED, only_from=(DONE, *RESUMABLE))
        return self.table.get(store, number)

    def _nothing_left(self, found: Run | Job) -> str:
        said = f"{self.noun} {found.id} is {found.status}"
        if not (self.again and found.status == DONE and found.errors):
            return f"{said}: there is nothing to resume."
        return (f"{said}, with {counted(found.errors, 'error')}: there is nothing to resume. "
                f"'{self.command} {found.id} {self.again}' asks again for what ended in an error.")

    def taken_up(self, store: Store, number: int, queued: bool = False) -> Run | Job:
        """The work as a process begins it: what stopped is queued again first, unless it must be `queued` already."""
        self.settle(store)
        if queued:  # interrupted since: another server took the end of an earlier process for this one's
            self.table.set_status(store, number, QUEUED, only_from=(INTERRUPTED,))
        found = self.table.get(store, number)
        return found if queued or found.status == QUEUED else self.ready_to_resume(store, number)

    def resume(self, store: Store, number: int) -> None:
        """Sets stopped work going again, as a process of its own."""
        self.ready_to_resume(store, number)
        self.start_process(store, number)

    def left(self, store: Store, found: Job) -> str:
        """About how long a job still takes, in words, by its own pace; a dash with its reason before that is known."""
        return time_left.said(found.done, found.total, self.table.rate(store, found.id))

    def cancel(self, store: Store, number: int) -> None:
        """Ends work politely: no new calls, what is under way is kept."""
        if not self.table.set_status(store, number, CANCELLED, "cancelled by a person",
                                     only_from=(QUEUED, RUNNING, INTERRUPTED)):
            raise UsageError(f"{self.noun} {number} is {self.table.get(store, number).status}: "
                             "there is nothing to cancel.")

    def settle(self, store: Store) -> list[int]:
        """Marks work whose process is gone as interrupted; returns its numbers."""
        store = store.program()  # whoever looks: a viewer's page tells the truth too
        message = f"its process ended before the {self.noun.lower()} did"
        numbers = self.running(store) if self.running else [
            found.id for found in self.table.every(store) if found.status == RUNNING]
        return [number for number in numbers if not self.alive(store, number)
                and self.table.set_status(store, number, INTERRUPTED, message, (RUNNING,))]

    def boot(self, store: Store) -> list[int]:
        """At the start of the app: what a crash or restart cut off goes on by itself."""
        resumed = []
        for project in projects.every(store, archived=True):
            handle = store.of(project.id)
            cut_off = self.settle(handle)
            # Queued work nobody executes lost its process before it could begin.
            cut_off += [found.id for found in self.table.every(handle)
                        if found.status == QUEUED and not self.alive(handle, found.id)]
            for number in cut_off:
                with contextlib.suppress(UsageError):  # another server was quicker
                    self.resume(handle, number)
                    resumed.append(number)
        return resumed

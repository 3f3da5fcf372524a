"""Checks in a process of their own that has little time and memory.

The libraries behind a check can hang, or end the interpreter without a word, on settings that somebody keeps: then one
answer was not checked and says why, a process is begun anew, and the next answers are. One process serves a whole
batch, and waits for the next one.
"""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from lib.assertions import MOST_CHECKED, TOO_LONG
from lib.assertions.kinds import Answered, Checked, Config
from lib.records import UsageError
from lib.records.places import ROOT

CHILD = "lib.assertions.child"
SECONDS = 2.0  # of the processor, for one answer
PATIENCE = 20.0  # seconds on the clock: a busy machine gives the process only a part of its time
MAX_MEMORY = 1_000_000_000
_TOGETHER, _MOST_TOGETHER = 100, 1_000_000  # answers, and their characters, that are handed over at once
# No key, and no other word of the server's, is in reach of what is checked.
_KEPT = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE")

Check = Callable[[Iterable[Answered]], Iterator[Checked]]


class Ended(Exception):
    """The process came to a limit, or ended by itself; the text says which."""


class _Process:
    """One process, what it was started with, and how much it has not answered yet."""

    def __init__(self, words: Sequence[str]) -> None:
        """Starts it; its libraries come when the first check needs them."""
        self.words = words
        self.waited_for = 0
        self._come = b""
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self._child = subprocess.Popen(
            [sys.executable, "-m", *words], cwd=ROOT, env={**environment, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._replies = self._child.stdout.fileno()
        self._ready = select.poll()
        self._ready.register(self._replies, select.POLLIN)

    def send(self, message: Any, replies: int) -> None:
        """Asks for so many replies; Ended where nobody reads any more."""
        self.waited_for += replies
        try:
            self._child.stdin.write(json.dumps(message).encode() + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            raise self._why() from None

    def reply(self) -> Any:
        """The next reply; Ended where none comes."""
        while b"\n" not in self._come:
            if not self._ready.poll(PATIENCE * 1000):
                self._child.kill()
                raise Ended(f"It took more than {PATIENCE:g} seconds.")
            part = os.read(self._replies, 65_536)
            if not part:
                raise self._why()
            self._come += part
        line, _, self._come = self._come.partition(b"\n")
        self.waited_for -= 1
        return json.loads(line)

    def _why(self) -> Ended:
        code = self._child.wait()
        if code == -signal.SIGPROF:
            return Ended(f"It took more than {SECONDS:g} seconds of the processor.")
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return Ended(f"The process that checks ended by itself on it ({how}).")

    def end(self) -> None:
        """Ends it, whatever it does."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            with suppress(BrokenPipeError):
                pipe.close()


class _Spare:
    """The process that waits for the next batch: starting one takes longer than checking a thousand answers."""

    def __init__(self) -> None:
        """None yet."""
        self._lock = threading.Lock()
        self._process: _Process | None = None

    def swap(self, other: _Process | None) -> _Process | None:
        """Puts one in its place, and returns what was there."""
        with self._lock:
            self._process, found = other, self._process
            return found

    def take(self, words: Sequence[str]) -> _Process | None:
        """What waits, where it was started with these words."""
        found = self.swap(None)
        if found is not None and found.words != words:
            found.end()
            return None
        return found

    def give(self, process: _Process | None) -> None:
        """Takes one back; ends what is in excess."""
        if found := self.swap(process):
            found.end()


_spare = _Spare()
atexit.register(_spare.give, None)


class _Batch:
    """One check, and the process that tries it."""

    def __init__(self, kind: str, config: Config) -> None:
        """With the settings as they are kept."""
        self._settings = {"kind": kind, "config": dict(config)}
        self._process: _Process | None = None
        self._sound = True

    def begin(self) -> None:
        """Gets a process ready; UsageError where the settings make no sense, Ended where it does not get ready."""
        words = (CHILD, str(SECONDS), str(MAX_MEMORY))
        if waited := _spare.take(words):
            # It may be gone since, or full of what came before: only a new one says that it is the settings.
            try:
                self._get_ready(waited)
                return
            except Ended:
                self._drop()
        self._get_ready(_Process(words))

    def _get_ready(self, process: _Process) -> None:
        self._process = process
        process.send(self._settings, 1)
        said = process.reply()
        if isinstance(said, dict):
            self._sound = False
            raise Ended(_no_memory())
        if said:
            raise UsageError(said)

    def checked(self, answers: Iterable[Answered]) -> Iterator[Checked]:
        """What comes of each answer, in their order."""
        for together in _handed_over(answers):
            while together:
                for found in self._of_one_process(together):
                    together.pop(0)
                    yield found

    def _of_one_process(self, together: list[Answered]) -> Iterator[Checked]:
        """What comes of them until the process ends; the answer on which it ended is the last one."""
        try:
            if self._process is None:
                self.begin()
            short = [[one.output, one.milliseconds] for one in together if len(one.output) <= MOST_CHECKED]
            self._process.send(short, len(short))
            for one in list(together):
                yield self._said(self._process.reply()) if len(one.output) <= MOST_CHECKED else TOO_LONG
        except Ended as reason:
            self._drop()
            yield Checked(None, str(reason), slow=True, ended=True)

    def _said(self, reply: Any) -> Checked:
        if isinstance(reply, dict):
            self._sound = False
            return Checked(None, _no_memory(), slow=True, ended=True)
        found = Checked(*reply)
        self._sound = self._sound and not found.slow
        return found

    def _drop(self) -> None:
        if self._process:
            self._process.end()
        self._process = None

    def close(self) -> None:
        """Leaves the process to the next batch, where nothing was odd in this one."""
        if self._process and self._sound and not self._process.waited_for:
            _spare.give(self._process)
        else:
            self._drop()


def _handed_over(answers: Iterable[Answered]) -> Iterator[list[Answered]]:
    together, size = [], 0
    for one in answers:
        together.append(one)
        size += len(one.output)
        if len(together) == _TOGETHER or size > _MOST_TOGETHER:
            yield together
            together, size = [], 0
    if together:
        yield together


def _no_memory() -> str:
    return f"It needed more than {MAX_MEMORY // 1_000_000:,} MB of memory."


@contextmanager
def bounded(kind: str, config: Config) -> Iterator[Check]:
    """A check of one assertion, for any number of answers; what did not finish has no outcome, and its reason.

    UsageError for an unknown kind, and for settings that make no sense or with which no check gets ready in its time.
    """
    batch = _Batch(kind, config)
    try:
        try:
            batch.begin()
        except Ended as reason:
            raise NeverReady(f"No check gets ready with these settings. {reason} Make them simpler.") from None
        yield batch.checked
    finally:
        batch.close()


class NeverReady(UsageError):
    """The settings took too much, or ended the process, before any answer was looked at."""

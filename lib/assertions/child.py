"""The process that tries one check after the other, within limits of time and memory set before it begins.

A line of JSON comes in: settings to get ready with, or answers to check. One line goes out for the settings, and one
for each answer as soon as it is checked, so that whoever waits knows on which answer this process ended.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from time import process_time
from typing import Any

from lib.assertions import Answered, Checked, checker
from lib.records import UsageError, limits

_MOST = 1_000  # characters of a reason: a value or a place in an output may be as long as it likes
SHOULD = 0.5  # seconds of the processor that one answer should take at most


def main(seconds: float, memory: int) -> None:
    """Answers until nobody asks any more; `seconds` of the processor for each answer, `memory` in bytes for all."""
    limits.hold(memory)
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no reply
    tried: list[Callable[[Answered], Checked]] = []
    for line in sys.stdin.buffer:
        for reply in _replies(line, tried, seconds):
            out.write(json.dumps(reply) + "\n")
            out.flush()


def _replies(line: bytes, tried: list[Callable[[Answered], Checked]], seconds: float) -> Iterator[Any]:
    asked = json.loads(line)
    if isinstance(asked, dict):
        yield _within(seconds, lambda: _ready(tried, asked["kind"], asked["config"]))
        return
    for output, milliseconds in asked:
        answered = Answered(output, milliseconds)
        yield _within(seconds, lambda answered=answered: _said(tried[0], answered))


def _within(seconds: float, work: Callable[[], Any]) -> Any:
    """What comes of it; the system ends this process once its time on the processor is over, whatever runs in it."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return work()
    except MemoryError:
        return {"memory": True}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _ready(tried: list[Callable[[Answered], Checked]], kind: str, config: dict[str, Any]) -> str:
    """Why these settings make no sense; empty where they do."""
    try:
        tried[:] = [checker(kind, config)]
    except UsageError as error:
        return str(error)
    return ""


def _said(check: Callable[[Answered], Checked], answered: Answered) -> list[Any]:
    before = process_time()
    try:
        found = check(answered)
    except MemoryError:
        raise
    except Exception as error:  # a fault of a library is of this answer alone
        found = Checked(None, f"The check broke off on this output ({type(error).__name__}: {error}).")
    return [found.outcome, found.detail[:_MOST], found.slow or process_time() - before > SHOULD]


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))

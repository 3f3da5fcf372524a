"""How far work is, on standard error: a bar with the time left in a terminal, else a plain line now and then.

Standard output stays what a command answers, so that it can be piped.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import click

from lib.records.time_left import FIRST, IN_A_MOMENT, Pace, said

EVERY = 10.0  # seconds between two lines in a file or a pipe
_WIDTH = 16  # signs of the bar


class Progress:
    """One piece of work: `to` says how much is done of how much. Nothing is written where nobody could wait for it."""

    def __init__(self, what: str, start: float | None = None, now: Callable[[], float] = monotonic, unit: float = 1,
                 first: int = FIRST) -> None:
        """`what` is counted ("calls made"), `start` of it is done already; a count is shown divided by `unit`."""
        self.what, self.now, self.unit, self.pace = what, now, unit, Pace(first)
        self.terminal, self.told, self.drawn, self.shown = sys.stderr.isatty(), now(), False, 0.0
        if start is not None:
            self.pace.saw(start, self.told)

    def to(self, done: float, total: float | None = None) -> None:
        """So much is done; without a total how much is left is not known, nor how long."""
        now = self.now()
        self.pace.saw(done, now)
        if self.terminal:
            self._draw(done, total, now)
        elif now - self.told >= EVERY:
            click.echo(self._words(done, total, now), err=True)
            self.told = now

    def _words(self, done: float, total: float | None, now: float) -> str:
        if total is None:
            return f"{self._count(done)} {self.what}; time left: –, how many there are is known at the end"
        left = said(done, total, self.pace.rate(now), IN_A_MOMENT * (self.pace.first < FIRST))
        return f"{self._count(done)} of {self._count(total)} {self.what}" + (f", {left}" if left else "")

    def _count(self, n: float) -> str:
        return f"{n:,.0f}" if self.unit == 1 else f"{n / self.unit:,.2f}"

    def _draw(self, done: float, total: float | None, now: float) -> None:
        # Drawn at most ten times a second: a terminal far away is slower than the work.
        if self.drawn and now - self.shown < 0.1 and done != total:
            return
        full = round(_WIDTH * min(1.0, done / total)) if total else 0
        bar = f"[{'#' * full}{'-' * (_WIDTH - full)}] " if total else ""
        line = (bar + self._words(done, total, now))[:max(20, shutil.get_terminal_size().columns - 1)]
        click.echo(f"\r\033[K{line}", nl=False, err=True)
        self.drawn, self.shown = True, now

    def end(self, keep: bool = True) -> None:
        """The line stays as it is, or is wiped away, so that what follows begins on a line of its own."""
        if self.drawn:
            click.echo("" if keep else "\r\033[K", nl=keep, err=True)
            self.drawn = False


@contextmanager
def shown(what: str, **options: float) -> Iterator[Progress]:
    """A piece of work's progress, ended with it, whether it went well or not."""
    found = Progress(what, **options)
    try:
        yield found
    finally:
        found.end()


@contextmanager
def counted_off(what: str, done: int, total: int | None) -> Iterator[Callable[[], None]]:
    """For work that says only that one more is done: what to call then. It begins with so many done.

    Without a total nobody knows how many there are before the end.
    """
    at = done
    with shown(what) as bar:

        def moved() -> None:
            nonlocal at
            at += 1
            bar.to(at, total)

        if total is None or total > done:
            bar.to(at, total)
        yield moved

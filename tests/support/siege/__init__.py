"""What the siege and the tests share: a line of its table, how much of it is tried, and the clock of one part.

A part of `python -m tests.bench.siege` is a file of tests/bench/siege with `rows(siege)`, which yields lines.
"""

import random
from dataclasses import dataclass
from pathlib import Path
from time import monotonic


@dataclass(frozen=True)
class Line:
    """One line of the table: what was tried, how often, what should come of it, what came, in how many seconds."""

    what: str
    tried: str
    should: str
    seen: str
    held: bool
    seconds: float


@dataclass(frozen=True)
class Siege:
    """An empty folder to work in, a seed for all that is drawn, and the share of the whole that is tried."""

    folder: Path
    seed: int
    share: float = 1.0

    def some(self, whole: int) -> int:
        """This share of a number, at least 1."""
        return max(1, round(whole * self.share))

    def chance(self, what: str) -> random.Random:
        """The same draws for the same seed, whatever else is tried."""
        return random.Random(f"{self.seed} {what}")

    def spread(self, whole: list) -> list:
        """This share of a list, evenly over it."""
        n = self.some(len(whole))
        return [whole[number * len(whole) // n] for number in range(n)]


class Watch:
    """Seconds since it was made, or since the last line."""

    def __init__(self) -> None:
        """Starts at once."""
        self.began = monotonic()

    def line(self, what: str, tried: object, should: str, seen: str, held: bool) -> Line:
        """A line that took all the time since the one before."""
        before, self.began = self.began, monotonic()
        return Line(what, str(tried), should, seen, held, self.began - before)

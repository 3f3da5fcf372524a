"""Measures the run engine: the product and bare clients (the floors), on loopback endpoints of their own.

Knows what a row and a target are; knows nothing of a user's files, and judges no quality of any model.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """What one row works off: so many traces, so many calls at once, each answered after `delay` seconds."""

    traces: int
    concurrency: int
    delay: float
    turned_away: float = 0.0  # share of the traces whose first call gets 429
    malformed: float = 0.0  # share whose first reply breaks off
    url: str = ""
    path: str = ""

    @property
    def ideal(self) -> float:
        """Seconds it would take if only the endpoint took time."""
        return self.traces * self.delay / self.concurrency


@dataclass(frozen=True)
class Seen:
    """What the endpoint saw: calls, replies sent to a caller that was there, and how many of them broke off."""

    requests: int
    paid_twice: int  # replies beyond the first of a trace
    malformed: int
    turned_away: int


@dataclass(frozen=True)
class Row:
    """One measurement; None where a row has no such figure, with the reason in `why`."""

    scenario: str
    name: str
    wall: float | None = None  # seconds
    wall_over_ideal: float | None = None
    cpu_per_1000: float | None = None  # seconds
    peak_mb: float | None = None
    requests: int | None = None
    paid_twice: int | None = None
    malformed: int | None = None
    lost: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Target:
    """A bound the product is held to, and whether it was met."""

    name: str
    value: float
    most: float

    @property
    def met(self) -> bool:
        """Whether the value is within its bound."""
        return self.value <= self.most

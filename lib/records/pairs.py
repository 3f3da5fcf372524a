"""The two outcomes, and tables of pairs of them: the first side of every pair is the expert.

Knows what is counted; how it comes to be counted, and what figures follow from it, is elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass

PASS, FAIL = "pass", "fail"
OUTCOMES = (PASS, FAIL)


@dataclass(frozen=True)
class Counts:
    """A 2×2 table of pairs, expert first, judge (or second expert) second; errors stand apart."""

    pass_pass: int = 0
    pass_fail: int = 0
    fail_pass: int = 0
    fail_fail: int = 0
    errors: int = 0

    @classmethod
    def of(cls, table: Mapping[tuple[str, str | None], int]) -> "Counts":
        """From (first outcome, second) -> how many pairs; a second one that is neither pass nor fail is an error."""
        return cls(*(table.get((first, second), 0) for first in OUTCOMES for second in OUTCOMES),
                   errors=sum(n for (_, second), n in table.items() if second not in OUTCOMES))

    @property
    def n(self) -> int:
        """Usable pairs; error verdicts are not among them."""
        return self.pass_pass + self.pass_fail + self.fail_pass + self.fail_fail


@dataclass(frozen=True)
class LeftOut:
    """Pairs that an agreement does not count: counted in, they would flatter or distort it."""

    shadow: int = 0  # the label began with the judge's critique
    drawn: int = 0  # the trace was drawn by looking at an outcome, for instance because the judge failed it

    @property
    def n(self) -> int:
        """All of them; each pair stands under one reason."""
        return self.shadow + self.drawn

"""The two outcomes, and tables of pairs of them: the first side of every pair is the expert.

Knows what is counted; how it comes to be counted, and what figures follow from it, is elsewhere.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import add

PASS, FAIL = "pass", "fail"
OUTCOMES = (PASS, FAIL)


Four = tuple[int, int, int, int]
# What of four cells is on traces that share their session or input with another trace: (session, input, the cells).
Tied = tuple[tuple[int | None, int | None, int, int, int, int], ...]
SESSION, INPUT = "session", "input"  # what traces may share


class Cells:
    """Four counts, and which of what they count is not independent: the traces share a session or an input."""

    tied: Tied

    @property
    def cells(self) -> Four:
        """The four counts in their order."""
        raise NotImplementedError

    @property
    def n(self) -> int:
        """All that is counted; of pairs the usable ones, for error verdicts stand in no cell."""
        return sum(self.cells)

    @cached_property
    def groups(self) -> dict[str, Counter[Four]]:
        """For what may be shared: the four counts of each group of two or more, and how often such a group is there."""
        found = {}
        for place, name in enumerate((SESSION, INPUT)):
            sums: dict[int, list[int]] = {}
            for row in self.tied:
                if row[place] is not None:
                    here = sums.setdefault(row[place], [0, 0, 0, 0])
                    for cell in range(4):
                        here[cell] += row[2 + cell]
            found[name] = Counter(tuple(one) for one in sums.values() if sum(one) > 1)
        return found


@dataclass(frozen=True)
class Counts(Cells):
    """A 2×2 table of pairs, expert first, judge (or second expert) second; errors stand apart."""

    pass_pass: int = 0
    pass_fail: int = 0
    fail_pass: int = 0
    fail_fail: int = 0
    errors: int = 0
    tied: Tied = field(default=(), compare=False, repr=False)

    @classmethod
    def of(cls, table: Mapping[tuple[str, str | None], int]) -> "Counts":
        """From (first outcome, second) -> how many pairs; a second one that is neither pass nor fail is an error."""
        return cls(*(table.get((first, second), 0) for first in OUTCOMES for second in OUTCOMES),
                   errors=sum(n for (_, second), n in table.items() if second not in OUTCOMES))

    @classmethod
    def of_tied(cls, table: Mapping[tuple[int | None, int | None, str, str | None], int]) -> "Counts":
        """The same from (session, input, first outcome, second): both None where the trace shares neither."""
        whole: Counter[tuple[str, str | None]] = Counter()
        groups: dict[tuple[int | None, int | None], Counter] = {}
        for (session, text, *outcomes), n in table.items():
            whole[tuple(outcomes)] += n
            if (session, text) != (None, None):
                groups.setdefault((session, text), Counter())[tuple(outcomes)] += n
        return replace(cls.of(whole), tied=tuple((*ties, *cls.of(one).cells) for ties, one in groups.items()))

    @property
    def cells(self) -> Four:
        """The four counts in their order."""
        return self.pass_pass, self.pass_fail, self.fail_pass, self.fail_fail

    def __add__(self, other: "Counts") -> "Counts":
        """The pairs of both."""
        return Counts(*map(add, (*self.cells, self.errors), (*other.cells, other.errors)), tied=self.tied + other.tied)


@dataclass(frozen=True)
class Flips(Cells):
    """Pairs that two judges both judged: the second one right where the first was wrong, the reverse, and the rest."""

    fixed: int = 0
    broken: int = 0
    unchanged: int = 0
    tied: Tied = field(default=(), compare=False, repr=False)

    @classmethod
    def of(cls, table: Mapping[tuple[int | None, int | None, int], int]) -> "Flips":
        """From (session, input, 0 fixed, 1 broken, 2 unchanged) -> how many; both None where the trace shares neither.
        """
        cells, groups = Counter(), {}
        for (session, text, change), n in table.items():
            cells[change] += n
            if (session, text) != (None, None):
                groups.setdefault((session, text), Counter())[change] += n
        return cls(cells[0], cells[1], cells[2],
                   tuple((*ties, one[0], one[1], one[2], 0) for ties, one in groups.items()))

    @property
    def cells(self) -> Four:
        """Fixed, broken, unchanged, and none."""
        return self.fixed, self.broken, self.unchanged, 0


@dataclass(frozen=True)
class LeftOut:
    """Pairs that an agreement does not count: counted in, they would flatter or distort it."""

    shadow: int = 0  # the label began with the judge's critique
    drawn: int = 0  # the trace was drawn by looking at an outcome, for instance because the judge failed it

    @property
    def n(self) -> int:
        """All of them; each pair stands under one reason."""
        return self.shadow + self.drawn

    def __add__(self, other: "LeftOut") -> "LeftOut":
        """Both together."""
        return LeftOut(self.shadow + other.shadow, self.drawn + other.drawn)

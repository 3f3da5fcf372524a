"""What rulings did to the figures: counts before any label was ruled wrong, now, and with the borderline set aside.

Pure. Knows nothing of files, SQL or screens.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lib.records import FAIL, PASS, Counts
from lib.records.disagreements import BORDERLINE, ENDINGS, LABEL_WRONG, OPEN, Tally
from lib.records.words import counted


@dataclass(frozen=True)
class Standing:
    """A run's disagreements by ending, and its counts before the rulings, now, and without the borderline ones."""

    endings: dict[str, int]  # every ending and open, in this order
    before: Counts
    now: Counts
    set_aside: Counts

    @property
    def cases(self) -> int:
        """Disagreements by the labels as they stood before any was ruled wrong."""
        return sum(self.endings.values())

    @property
    def ruled(self) -> int:
        """Cases that have ended."""
        return self.cases - self.endings[OPEN]


def standing(tallies: Sequence[Tally]) -> Standing:
    """A run's disagreements and its counts, before and after the rulings, out of its tallies."""
    endings = Counter()
    for one in tallies:
        if _disagreed(one):
            endings[one.ending or OPEN] += one.n
    return Standing(
        {kind: endings[kind] for kind in (*ENDINGS, OPEN)},
        before=_counts((_other(one.expert) if one.ending == LABEL_WRONG else one.expert, one) for one in tallies),
        now=_counts((one.expert, one) for one in tallies),
        set_aside=_counts((one.expert, one) for one in tallies if one.ending != BORDERLINE))


def _disagreed(one: Tally) -> bool:
    return one.ending == LABEL_WRONG or (one.judge is not None and one.judge != one.expert)


def _other(outcome: str) -> str:
    # Only a label that contradicted the verdict is ruled wrong, and there are two outcomes.
    return FAIL if outcome == PASS else PASS


def _counts(pairs: Iterable[tuple[str, Tally]]) -> Counts:
    table = Counter()
    for expert, one in pairs:
        table[expert, one.judge] += one.n
    return Counts.of(table)


def in_words(found: Standing) -> str:
    """Of so many disagreements, how many ended how."""
    if not found.cases:
        return "no disagreement"
    parts = [f"{n:,} {kind}" for kind, n in found.endings.items() if n]
    return f"of {counted(found.cases, 'disagreement')}: {', '.join(parts)}"

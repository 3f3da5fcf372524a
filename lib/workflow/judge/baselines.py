"""What a judge must beat: always pass, and a free local classifier, on the same pairs as the judge."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lib.records import TRAIN, Counts, Figure, Run
from lib.records.words import counted
from lib.statistics import baselines, metrics
from lib.statistics.baselines import Item
from lib.statistics.comparison import Comparison, Row, compared, name_of_test
from lib.store import Store
from lib.store.judge import baselines as stored
from lib.store.judge import runs
from lib.workflow.figures import expert_named

FIGURES = ("agreement", "tpr", "tnr", "kappa")
MOST_CHARACTERS = stored.MOST_CHARACTERS  # of a text; the rest is not read
CHANCE = 0.05  # from here on a difference could well be chance


@dataclass(frozen=True)
class BaselineLine:
    """One line of the table: the judge or a baseline, its counts and figures on the same pairs, or why it has none.

    `against` compares a baseline with the judge, row by row: fixed is where only the judge is right.
    """

    name: str
    counts: Counts
    figures: dict[str, Figure]
    against: Comparison | None = None
    why: str = ""

    @property
    def beaten(self) -> bool:
        """Whether the judge is right more often, and by more than chance would do."""
        return self.against is not None and self.against.fixed > self.against.broken and self.against.p < CHANCE


@dataclass(frozen=True)
class Baselines:
    """The judge of a run with the baselines below it, and what the classifier was fitted on."""

    run: Run
    expert: str
    lines: tuple[BaselineLine, ...]
    train: int
    whole: bool  # no bound on rows was met


def measured(store: Store, run: int, expert: str | None = None, every: bool = False) -> Baselines:
    """The judge, always pass and the local classifier on the pairs the run is measured on, less those on train traces.

    The classifier was fitted on the train labels, so there it would only repeat what it was told.
    """
    found, person = runs.get(store, run), expert_named(store, expert)
    train = [Item(*row) for row in stored.train(store, found.id, person)]
    rows = stored.measured(store, found.id, person, every)
    items, verdicts, ids = [Item(*row[:4]) for row in rows], [row[4] for row in rows], [row[5:] for row in rows]
    why = "" if items else f"No pair of this run is outside the split '{TRAIN}': run the judge on dev."
    missing = why or baselines.why_not(train)
    lines = (_line("judge", items, verdicts, ids, why=why),
             _line("always pass", items, baselines.always_pass(items), ids, verdicts, why),
             _line("the local classifier", items, [] if missing else baselines.fitted(train)(items), ids, verdicts,
                   missing))
    return Baselines(found, person, lines, len(train), max(len(train), len(rows)) < stored.MOST_ROWS)


def _line(name: str, items: Sequence[Item], outcomes: Sequence[str], traces: Sequence[tuple],
          judged: Sequence[str] | None = None, why: str = "") -> BaselineLine:
    """`traces` are (id, session, input) of each item; `judged` is what the judge beside it said of each."""
    said = outcomes or [None] * len(items)
    counts = Counts() if why else Counts.of_tied(Counter(
        (session, text, item.label, mine) for item, mine, (_, session, text) in zip(items, said, traces, strict=True)))
    figures = {one: Figure(None, why=why.rstrip(".")) if why else metrics.METRICS[one].figure(counts)
               for one in FIGURES}
    against = compared(Row(trace, item.label, mine, other, session, text)
                       for (trace, session, text), item, mine, other in zip(
                           traces, items, said, judged, strict=True)) if judged and not why else None
    return BaselineLine(name, counts, figures, against, why)


def verdict(line: BaselineLine) -> str:
    """In plain words whether the judge beats a baseline, by the exact test of the flips on the same rows."""
    if line.against is None:
        return line.why
    chance = "p < 0.001" if line.against.p < 0.001 else f"p = {line.against.p:.3f}"
    rows = (f"Only the judge is right on {line.against.fixed:,} of {counted(line.against.n, 'pair')}, only {line.name} "
            f"on {line.against.broken:,} ({chance}, {name_of_test(line.against.flips)})")
    return (f"The judge beats {line.name}. {rows}." if line.beaten else
            f"The judge does not beat {line.name}: as far as these pairs tell, it is not worth its price. {rows}.")


def mark(store: Store, run: int, expert: str | None = None, every: bool = False) -> str:
    """A short text that changes whenever what `measured` returns may change."""
    return stored.mark(store, run, expert_named(store, expert), every)

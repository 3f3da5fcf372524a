"""The agreement of a run that goes on: a look adds what came since the last one, so that it costs what is new.

Knows when a look may continue from the last one; what a pair is, the store knows.
"""

from dataclasses import dataclass

from lib.records import Figure, Run
from lib.statistics import metrics
from lib.store import Store
from lib.store.judge import judges, verdicts
from lib.store.judge.verdicts import Measured


@dataclass(frozen=True)
class Look:
    """What was read of a run, and how far."""

    of: tuple  # run, expert, whether every label counts, and marks of all else that pairs depend on
    newest: int  # row number of the newest verdict that is in it
    done: int  # how many verdicts are
    read: Measured
    figures: dict[str, Figure]  # of what counts


def look(store: Store, run: Run, expert: str, every: bool, before: Look | None = None) -> Look:
    """What the run says against the labels now; continues from `before` where only verdicts have come since."""
    of = (run.id, expert, every, verdicts.marks(store))
    newest, done, still = verdicts.reach(store, run.id, before.newest if before else 0)
    # Verdicts taken back, to be asked for again, are missing in `still`; a special judge is measured by codes, which
    # leave no mark. Then all is read anew.
    known = before if before and (before.of, before.done) == (of, still) and run.judge not in judges.special(
        store) else None
    new = verdicts.measured_between(store, run.id, expert, every, known.newest if known else 0, newest)
    read = known.read.plus(new) if known else new
    # The labelled traces come first in a run: after them the counts stand still, and so do the figures.
    figures = known.figures if known and known.read.counts == read.counts else metrics.all_figures(read.counts)
    return Look(of, newest, done, read, figures)

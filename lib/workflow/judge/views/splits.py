"""The splits as one record: what lies where, the draws and looks; and the test split of a run, sealed or opened."""

from dataclasses import dataclass
from typing import Any

from lib.records import Run
from lib.sampling.splits import Table, provisional
from lib.store import Store, experts
from lib.store.judge import decisions, judges
from lib.store.judge import splits as stored
from lib.store.judge.splits import Look
from lib.workflow.judge import splitting
from lib.workflow.judge.splitting import Seal


@dataclass(frozen=True)
class Splits:
    """Passes and fails in each split, and the logs."""

    table: Table
    n: int  # labelled traces
    sealed: bool  # there are enough of them
    draws: tuple[dict[str, Any], ...]
    looks: tuple[Look, ...] | None  # None: the judge was recorded elsewhere, and nothing of it is sealed


@dataclass(frozen=True)
class TestSplit:
    """What stands of the test split under a run's agreement."""

    provisional: str  # why nothing is sealed; else ""
    seal: Seal | None
    target: float


def of(store: Store, judge: str) -> Splits | None:
    """All the view shows but for the preview of a draw; None where the principal has labelled nothing."""
    if experts.principal(store) is None or not stored.labelled(store):
        return None
    table = splitting.standing(store)
    looks = tuple(stored.looks(store, judge)) if judge in judges.with_prompt(store) else None
    return Splits(table, sum(map(sum, table.values())), stored.enough(store), tuple(stored.draws(store)), looks)


def of_run(store: Store, run: Run) -> TestSplit | None:
    """The test split as this run has it; None where nobody labels, or its judge was recorded elsewhere."""
    if run.prompt is None or experts.principal(store) is None:
        return None
    target = decisions.target(store)
    if not stored.enough(store):
        return TestSplit(provisional(stored.labelled(store)), None, target)
    return TestSplit("", splitting.seal(store, run), target)

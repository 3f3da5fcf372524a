"""The desk of disagreements as one record: how far the rulings are, the cases of a choice, and the one that is read."""

from dataclasses import dataclass

from lib.records import Run, Trace
from lib.records.disagreements import OPEN, Case, ListedCase
from lib.statistics.disagreements import Standing
from lib.store import Store
from lib.store.dataset import traces
from lib.store.errors import assertions
from lib.store.judge import rulings
from lib.workflow.judge import disagreements
from lib.workflow.judge.views.bench import Bench


@dataclass(frozen=True)
class Read:
    """The case that is read: its trace, what assertions say of it, and what the ruling must say beside it."""

    case: Case
    trace: Trace
    assertions: tuple[tuple[str, str | None, str], ...]
    may_be_example: bool
    sealed: bool  # its note is offered for no prompt
    shows_criteria: bool  # a line of the criteria reaches the judge


@dataclass(frozen=True)
class Desk:
    """A run's disagreements: what has become of all, those of the choice, and the one that is read."""

    run: Run
    expert: str
    every: bool
    stands: Standing
    listed: tuple[ListedCase, ...]
    at: int  # place of the case that is read
    read: Read | None  # None where nothing is listed

    @property
    def after(self) -> str | None:
        """The trace that comes next once this case is done; the one before it at the end of the list."""
        found, at = self.listed, self.at
        return found[at + 1].trace if at + 1 < len(found) else found[at - 1].trace if at else None


def of(store: Store, found: Bench, wanted: str = OPEN, outcome: str | None = None, trace: str | None = None) -> Desk:
    """The desk of a bench's run; `wanted` is an ending, "ruled" or "all", `outcome` the judge's, `trace` the case.

    An unknown trace is the first case of the choice.
    """
    run, expert = found.run, found.expert
    listed = tuple(one for one in rulings.cases(store, run.id, expert, found.every, outcome) if _fits(one, wanted))
    at = next((place for place, one in enumerate(listed) if one.trace == trace), 0)
    read = _read(store, rulings.case(store, run.id, expert, listed[at].trace, found.every)) if listed else None
    return Desk(run, expert, found.every, disagreements.standing(store, run.id, expert, found.every), listed, at, read)


def _fits(one: ListedCase, wanted: str) -> bool:
    return wanted in ("all", one.ending) or (wanted == "ruled" and one.ending != OPEN)


def _read(store: Store, case: Case) -> Read:
    return Read(case, traces.get(store, case.trace), tuple(assertions.of_trace(store, case.trace)),
                disagreements.may_be_example(store, case), disagreements.is_sealed(store, case),
                disagreements.shows_criteria(store, case))

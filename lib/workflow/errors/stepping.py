"""Which step of a system fails first, in one record: the matrix, how far it is, and the fail that is looked at."""

from dataclasses import dataclass

from lib.statistics import transitions
from lib.statistics.transitions import Transitions
from lib.store import Store, experts
from lib.store.errors import steps
from lib.store.errors.steps import Step
from lib.workflow.errors.views import coding
from lib.workflow.errors.views.coding import Fail


@dataclass(frozen=True)
class Stepping:
    """The system's steps and where fails begin, of all fails or of those with one failure mode."""

    expert: str
    steps: list[Step]
    matrix: Transitions
    done: int  # fails that have their steps
    fails: int
    fail: Fail | None  # that is looked at; None: every one has its steps
    given: tuple[str | None, str] | None  # what was said of it: last good step, first failing one

    @property
    def names(self) -> list[str]:
        """The steps' names in their order."""
        return [step.name for step in self.steps]


def stepping(store: Store, mode: str | None = None, wanted: str | None = None) -> Stepping | None:
    """Everything the part Steps shows; None where nobody has labelled yet. `wanted` is a fail by its id."""
    person = experts.principal(store)
    if person is None:
        return None
    known = steps.every(store)
    here = wanted or steps.next_fail(store, person.name, mode=mode)
    return Stepping(
        person.name, known, transitions.matrix([step.name for step in known], steps.counts(store, person.name, mode)),
        *steps.progress(store, person.name, mode), coding.of(store, here, person.name) if here else None,
        steps.of_trace(store, here) if here else None)


def give(store: Store, expert: str, trace: str, good: str | None, failing: str, mode: str | None = None) -> str | None:
    """Says which step of a fail was good last and which failed first; returns the fail that waits after it."""
    steps.give(store, trace, good, failing)
    return steps.next_fail(store, expert, trace, mode)

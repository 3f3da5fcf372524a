"""The checks as one record: assertions with what came of each, and the judges with one criterion."""

from dataclasses import dataclass

from lib.records import Counts
from lib.store import Store, experts
from lib.store.dataset import traces
from lib.store.errors import assertions
from lib.store.errors.assertions import Assertion, Tally
from lib.store.judge import judges


@dataclass(frozen=True)
class Row:
    """An assertion, what came of it, and how it stands to the codes of its failure mode."""

    one: Assertion
    tally: Tally
    stands: Counts


@dataclass(frozen=True)
class Checks:
    """What guards against a failure mode, or against any."""

    answered: int  # traces with an output
    rows: tuple[Row, ...]
    others: int  # assertions of other failure modes, or of none
    judges: tuple[tuple[str, str], ...]  # (name, failure mode)


def of(store: Store, mode: str | None = None) -> Checks:
    """All of it; of one failure mode where that is named."""
    every, tallies, person = assertions.every(store), assertions.tallies(store), experts.principal(store)
    against = assertions.against(store, person.name) if person else {}
    rows = tuple(Row(one, tallies[one.key], against.get(one.key, Counts()))
                 for one in every if mode in (None, one.mode))
    special = tuple((name, one) for name, (one, _) in judges.special(store).items() if mode in (None, one))
    return Checks(traces.answered(store), rows, len(every) - len(rows), special)

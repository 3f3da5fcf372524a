"""A fail that is read to say why it failed, as one record: the trace, what was said of it, and its failure modes."""

from dataclasses import dataclass
from typing import Any

from lib.records import Label, Trace
from lib.store import Store
from lib.store.dataset import traces
from lib.store.errors import failure_modes, notes
from lib.store.review import labels, pins


@dataclass(frozen=True)
class Fail:
    """One fail, with all that stands beside it."""

    trace: Trace
    expert: str
    label: Label | None  # the one that counts
    note: dict[str, Any] | None  # the one that counts
    pinned: list[str]  # names of the context that stand first
    modes: list[str]  # failure modes there are
    given: list[str]  # those it has


def of(store: Store, trace: str, expert: str) -> Fail:
    """The fail of this trace, as the expert labelled it; UsageError where there is no such trace."""
    return Fail(traces.get(store, trace), expert, labels.current(store, trace, expert), notes.current(store, trace),
                pins.every(store), list(failure_modes.every(store)), failure_modes.of_trace(store, trace))

"""The view Dimensions in one record: what traces are told apart by, and the ways to get more."""

from dataclasses import dataclass

from lib.records import Dimension
from lib.store import Store
from lib.store.dataset import dimensions, traces
from lib.workflow.dataset import coverage


@dataclass(frozen=True)
class Described:
    """Every dimension, retired ones too; what may be added, and how many traces there are to put a value on."""

    dimensions: tuple[Dimension, ...]
    template: bool  # it has a dimension more
    keys: dict[str, int]  # of the traces' context -> how many values it has: each may become a dimension
    traces: int

    @property
    def usable(self) -> dict[str, Dimension]:
        """Those whose values can be put on traces, by name."""
        return {one.name: one for one in self.dimensions if one.values and not one.retired}


def look(store: Store) -> Described:
    """All that the view shows."""
    found = tuple(dimensions.described(store, retired=True))
    more = {one.name for one in coverage.TEMPLATE} - {one.name for one in found}
    return Described(found, bool(more), dimensions.context_keys(store), traces.count(store))

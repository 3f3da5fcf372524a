"""The view Rates before anything is counted: what rates may be cut by."""

from dataclasses import dataclass

from lib.store import Store
from lib.store.dataset import traces


@dataclass(frozen=True)
class Cuts:
    """The dimensions that traces have, those with few values first, for they read best; one value alone comes last."""

    dimensions: tuple[str, ...]


def of(store: Store) -> Cuts:
    """What the project offers."""
    values = traces.dimensions(store)
    return Cuts(tuple(sorted(values, key=lambda name: (len(values[name]) < 2, len(values[name])))))

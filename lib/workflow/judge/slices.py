"""Agreement of a run by the values of a dimension: where the judge can be trusted, and where not."""

from lib.statistics.breakdowns import Slice, agreement_by
from lib.store import Store
from lib.store.judge import runs, slices
from lib.workflow.figures import check_dimension, principal_name


def by(store: Store, run: int, dimension: str, expert: str | None = None, every: bool = False) -> list[Slice]:
    """The slices of a run by an expert's labels (default: the principal's), lowest agreement first, few pairs last."""
    check_dimension(store, dimension)
    return agreement_by(slices.counts_by(store, runs.get(store, run).id, expert or principal_name(store), dimension,
                                         every))

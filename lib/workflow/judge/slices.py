"""Agreement of a run by the values of a dimension, and by what the expert knew: where the judge can be trusted."""

from lib.statistics.breakdowns import Slice, agreement_by
from lib.statistics.knowledge import ByKnowledge, by_knowledge
from lib.store import Store
from lib.store.judge import runs, slices
from lib.workflow.figures import check_dimension, expert_named


def by(store: Store, run: int, dimension: str, expert: str | None = None, every: bool = False) -> list[Slice]:
    """The slices of a run by an expert's labels (default: the principal's), lowest agreement first, few pairs last."""
    check_dimension(store, dimension)
    return agreement_by(slices.counts_by(store, runs.get(store, run).id, expert_named(store, expert), dimension,
                                         every))


def by_mode(store: Store, run: int, expert: str | None = None, every: bool = False) -> ByKnowledge:
    """The same by what the expert knew of the judge when labelling, and whether that makes a difference."""
    return by_knowledge(slices.counts_by_mode(store, runs.get(store, run).id, expert_named(store, expert), every))

"""Suggestions as work for the worker pool: WORK holds one factory per kind. A process of its own executes one.

Knows how a suggestion of any kind is executed; what it reads and keeps is up to the kind.
"""

from collections.abc import Callable

from lib.engine import worker_pool
from lib.engine.suggesters.drafting import DraftingGuidelines, DraftingRevision
from lib.engine.suggesters.searching import Searching
from lib.engine.suggesters.work import SuggestionWork
from lib.engine.worker_pool import Clock
from lib.records.suggestion import GUIDELINES, REVISION, SEARCH, Suggestion
from lib.store import Store
from lib.store.judge import suggestions

__all__ = ["WORK", "alive", "execute"]

WORK: dict[str, Callable[[Store, Suggestion, Clock, Callable[[], None]], SuggestionWork]] = {
    GUIDELINES: DraftingGuidelines, REVISION: DraftingRevision, SEARCH: Searching}
alive = SuggestionWork.alive


def execute(store: Store, suggestion: int, *, clock: Clock = Clock(), moved: Callable[[], None] = lambda: None,
            ) -> Suggestion:
    """Makes the calls that are missing and returns the suggestion as it then stands; `moved` is called at each."""
    found = suggestions.get(store, suggestion)
    worker_pool.execute(WORK[found.kind](store, found, clock, moved), clock=clock)
    return suggestions.get(store, suggestion)

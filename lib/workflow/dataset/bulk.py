"""What is done with many traces at once: counted first, done in one transaction, and said afterwards."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lib import writers
from lib.records import UsageError
from lib.records.words import counted
from lib.sampling import queues
from lib.sampling.queues import QueueItem
from lib.store import Store, experts, people
from lib.store.dataset import dimensions, listed, tables
from lib.store.review import queues as stored

_KEPT_OUT = {"unanswered": "no output yet", "archived": "archived", "labelled": "labelled by that person",
             "waiting": "in that queue already"}


@dataclass(frozen=True)
class QueuePlan:
    """What putting traces into a person's queue would do: which come in, and how many stay out, by the reason."""

    expert: str
    keys: tuple[int, ...]
    out: dict[str, int]

    @property
    def words(self) -> str:
        """The plan as sentences."""
        said = f"This puts {counted(len(self.keys), 'trace')} into {self.expert}'s queue."
        if not self.out:
            return said
        why = ", ".join(f"{n:,} {_KEPT_OUT[reason]}" for reason, n in self.out.items())
        return f"{said} {counted(sum(self.out.values()), 'trace')} {_stay(sum(self.out.values()))} out of it: {why}."


@dataclass(frozen=True)
class Queued:
    """Traces that were put into a queue: the batch, by which it is taken back, and how many."""

    batch: int
    expert: str
    n: int


def reviewers(store: Store) -> list[str]:
    """Whom traces can be given to: those at work here, and who is at the page."""
    here = [store.person] if store.person else []
    return list(dict.fromkeys([known.name for known in experts.at_work(store)] + here))


def queue_plan(store: Store, keys: Sequence[int], expert: str) -> QueuePlan:
    """What `queue` would do now; nothing is changed."""
    why = listed.for_queue(store, keys, experts.called(store, expert))
    return QueuePlan(experts.called(store, expert), tuple(key for key, reason in why.items() if not reason),
                     dict(Counter(reason for reason in why.values() if reason)))


def queue(store: Store, keys: Sequence[int], expert: str, token: str) -> Queued:
    """Puts traces into a person's queue in their order; the same token sent twice does it once.

    What that person has labelled, or has waiting, stays out. UsageError where nothing is left, where it is too much
    for one batch, or where that person has retired. No rate counts labels of traces that were chosen by hand.
    """
    found = people.get(store, expert)
    if found and found.retired:
        raise UsageError(f"{found.name} retired here: give the traces to somebody else.")
    with store.transaction():
        if (batch := stored.known(store, token)) is not None:
            return Queued(batch, expert, sum(stored.counts(store, batch).values()))
        plan = queue_plan(store, keys, expert)
        _check(plan)
        names = listed.ids(store, plan.keys)
        items = [QueueItem(names[key], queues.CHOSEN, queues.unbiased(queues.CHOSEN), position=position,
                           expert=plan.expert) for position, key in enumerate(plan.keys, 1)]
        return Queued(stored.create(store, {queues.CHOSEN: 100}, items, 0, token), plan.expert, len(items))


def _check(plan: QueuePlan) -> None:
    if not plan.keys:
        raise UsageError(f"None of these traces can come into {plan.expert}'s queue. {plan.words}")
    if len(plan.keys) > queues.MOST:
        raise UsageError(f"A batch holds at most {queues.MOST:,} traces, and these are {len(plan.keys):,}: narrow the "
                         "filter, or have Review, Queue draw among them.")


def take_back(store: Store, done: Queued) -> int:
    """Takes what still waits of it out of the queue again; returns how many traces."""
    return stored.take_back(store, done.batch)


def give(store: Store, keys: Sequence[int], dimension: str, value: str) -> int:
    """Puts a value of a dimension on traces in place of what they had there; returns how many have it now."""
    return dimensions.give_rows(store, dimension, value, list(keys))


def values(store: Store) -> dict[str, list[str]]:
    """The dimensions and values that can be put on traces: retired ones are not."""
    return {one.name: [value.name for value in one.values] for one in dimensions.described(store) if one.values}


def export(store: Store, keys: Sequence[int], ending: str) -> bytes:
    """These traces as a file that an import takes back; UsageError for an ending that cannot be written."""
    if ending not in writers.WRITERS:
        raise UsageError(f"Files ending in .{ending} cannot be written. Endings: {', '.join(writers.WRITERS)}.")
    columns, rows = tables.traces(store, keys)
    return b"".join(writers.lines(ending, rows, columns))


def _stay(n: int) -> str:
    return "stays" if n == 1 else "stay"

"""Step 3, which traces come next: a batch mixed of queues, drawn for one or several reviewers, and its spreadsheet."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lib import writers
from lib.records import UsageError
from lib.records.words import counted
from lib.sampling import queues
from lib.sampling.queues import QueueItem
from lib.store import Store
from lib.store import experts as known_experts
from lib.store import people as people_here
from lib.store.dataset import tables, traces
from lib.store.review import draws
from lib.store.review import queues as stored
from lib.workflow.review import orders

MOST_LISTED = 500  # of what waits


@dataclass(frozen=True)
class Drawn:
    """A batch as it was drawn: how many traces each queue gave, and what did not come as it was asked for."""

    batch: int
    counts: dict[str, int]
    notes: tuple[str, ...] = ()


def _refuse_retired(store: Store, names: Sequence[str]) -> None:
    gone = [one.name for one in people_here.every(store) if one.retired and one.name in names]
    if gone:
        raise UsageError(f"{', '.join(gone)} retired here: draw for somebody else, or bring the person back on "
                         "Settings, Experts.")


def draw(store: Store, experts: Sequence[str], size: int, mix: Mapping[str, float], overlap: int = 0,
         seed: int | None = None, token: str | None = None, dimension: str | None = None,
         cell: tuple[str, str] | None = None, judge: str | None = None, anchor: str | None = None) -> Drawn:
    """Draws a batch for these reviewers; the same seed over the same traces draws the same, a token draws once.

    Of several reviewers each gets the overlap; whoever claims it first gets a trace of the rest. Raises UsageError
    where a queue of the mix cannot be drawn, or nothing is left.
    """
    people = tuple(dict.fromkeys(called for name in experts if (called := known_experts.called(store, name))))
    _check(people, size, mix, overlap)
    _refuse_retired(store, people)
    seed = random.SystemRandom().randrange(2**31) if seed is None else seed
    wish = orders.Wish(store, people, draws.open_traces(store, people), size, seed, dimension, cell, judge, anchor)
    found = _found(wish, mix)
    counts, raised = queues.mixed(mix, size)
    with store.transaction():
        if (batch := stored.known(store, token)) is not None:
            return Drawn(batch, stored.counts(store, batch))
        taken = queues.filled(counts, *_still_open(wish, found), size)
        _refuse_nothing(taken, people)
        batch = stored.create(store, mix, _items(wish, taken, overlap), seed, token)
    return Drawn(batch, {name: len(given) for name, given in taken.items()}, _notes(counts, taken, raised, size))


def preview(store: Store, expert: str, size: int, mix: Mapping[str, float], seed: int,
            judge: str | None = None) -> list[QueueItem]:
    """What `draw` would give one reviewer with this seed now; stored nowhere, and empty where nothing is left."""
    wish = orders.Wish(store, (expert,), draws.open_traces(store, (expert,)), size, seed, None, None, judge, None)
    found = _found(wish, mix)
    return _items(wish, queues.filled(queues.mixed(mix, size)[0], *_still_open(wish, found), size), 0)


def _found(wish: orders.Wish, mix: Mapping[str, float]) -> dict[str, list[int]]:
    """What each queue of the mix offers, in its own order."""
    return {name: orders.ORDERS[name](wish) for name, share in mix.items() if share > 0 and name in orders.ORDERS}


def _still_open(wish: orders.Wish, found: dict[str, list[int]]) -> tuple[dict[str, list[int]], list[int]]:
    """(what each queue found, all in random order) without what was labelled or drawn by others meanwhile.

    Finding takes a second where there are many traces, and nobody's label should wait for that.
    """
    now = set(draws.open_traces(wish.store, wish.experts))
    left = {name: given if name in orders.COME_BACK else [trace for trace in given if trace in now]
            for name, given in found.items()}
    return left, [trace for trace in queues.shuffled(wish.open_traces, wish.seed) if trace in now]


def _check(people: tuple[str, ...], size: int, mix: Mapping[str, float], overlap: int) -> None:
    if not people:
        raise UsageError("Name at least one reviewer.")
    if not 1 <= size <= queues.MOST:
        raise UsageError(f"A batch holds between 1 and {queues.MOST:,} traces, not {size:,}.")
    if unknown := [name for name in mix if name not in queues.QUEUES]:
        raise UsageError(f"There is no queue '{unknown[0]}'. Queues: {', '.join(queues.QUEUES)}.")
    if any(share < 0 for share in mix.values()):
        raise UsageError("A share is 0 or more.")
    if not 0 <= overlap <= size:
        raise UsageError(f"Between 0 and {counted(size, 'trace')} of this batch can go to everybody, not {overlap:,}.")


def _refuse_nothing(taken: Mapping[str, list[int]], people: tuple[str, ...]) -> None:
    if not any(taken.values()):
        raise UsageError(f"Nothing is left to draw: every answered trace is labelled by {' or '.join(people)}, "
                         "or waits in a queue already.")


def _items(wish: orders.Wish, taken: Mapping[str, list[int]], overlap: int) -> list[QueueItem]:
    """In a random order: it tells nobody why a trace came, and whoever stops early leaves no queue out."""
    why = {trace: name for name, given in taken.items() for trace in given}
    order = queues.shuffled(sorted(why), wish.seed + 1)
    # Whose label is contradicted reads the trace again, and nobody else.
    gets = {trace: wish.disagreeing[trace] for trace in taken.get(queues.JUDGE_EXPERT, ())}
    gets |= queues.shared_out([trace for trace in order if trace not in gets], wish.experts, overlap, wish.seed + 2)
    names = draws.ids(wish.store, order)
    return [QueueItem(names[trace], why[trace], queues.unbiased(why[trace]), position=position, expert=expert,
                      why=wish.why.get((why[trace], trace), ""))
            for position, trace in enumerate(order, 1) for expert in gets[trace]]


def _notes(counts: Mapping[str, int], taken: Mapping[str, list[int]], raised: bool, size: int) -> tuple[str, ...]:
    notes = [f"Random was raised to {counts[queues.RANDOM]:,} of {size:,}: without a fair sample in each batch no "
             "rate could be trusted."] if raised else []
    for name, wanted in counts.items():
        if name != queues.RANDOM and len(taken[name]) < wanted:
            notes.append(f"{queues.words(name)}: {len(taken[name]):,} of {wanted:,} found beside the random ones, "
                         "which took the other places.")
    whole = sum(map(len, taken.values()))
    if whole < size:
        notes.append(f"Only {whole:,} of {size:,}: no other trace is left.")
    return tuple(notes)


@dataclass(frozen=True)
class Queue:
    """All the view Queue shows: who may be drawn for, what cannot be drawn and why, and what waits for one of them."""

    names: list[str]
    missing: dict[str, str]
    dimensions: list[str]
    empty: bool  # nothing waits for anybody
    person: str | None  # whose part this is; None: everybody's
    waiting: list[dict[str, Any]]  # as queues.listing has it, the first `MOST_LISTED`
    done: int  # of the batches in which something waits for this person
    whole: int


def look(store: Store, expert: str, wanted: str | None) -> Queue:
    """The queue as this expert sees it, with what waits for a name (None: everybody)."""
    names = list(dict.fromkeys((expert, *(known.name for known in known_experts.at_work(store)))))
    person = wanted if wanted is None or wanted in names else expert
    done, whole = stored.progress(store, person) if person else (0, 0)
    return Queue(names, orders.missing(store), list(traces.dimensions(store)), not stored.listing(store, limit=1),
                 person, stored.listing(store, person, MOST_LISTED), done, whole)


def state(item: Mapping[str, Any]) -> str:
    """Where an item of the listing stands, in words."""
    if item["claimed"]:
        return f"on the screen of {item['claimed']}"
    return "put off" if item["deferred"] else "waits"


def spreadsheet(store: Store, expert: str | None, ending: str) -> bytes:
    """An expert's queue (None: everybody's) as a file to fill in outcome and critique, and to import again."""
    if ending not in writers.WRITERS:
        raise UsageError(f"Files ending in .{ending} cannot be written. Endings: {', '.join(writers.WRITERS)}.")
    columns, found = tables.queue(store, expert and known_experts.called(store, expert))
    return writers.write(ending, found, columns)

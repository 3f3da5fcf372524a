"""Queues: batches of traces drawn for experts, in which order they come, and what waits.

An item waits until a label answers it; a trigger notes that, whoever saved the label and however it came.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from lib.records import UsageError
from lib.sampling.queues import QueueItem
from lib.store import experts
from lib.store.database import Store
from lib.store.dataset import traces
from lib.store.review.claims import claim, claimed_by_other, defer, deferred

__all__ = ["claim", "claimed_by_other", "counts", "create", "defer", "deferred", "known", "listing", "next_open",
           "of_trace", "progress", "step", "take_back"]

_ITEM = """
    select t.trace_id, i.queue, i.unbiased, i.batch, i.position, e.name as expert, i.why
    from batches b cross join queue_items i on i.batch = b.id
    cross join traces t on t.id = i.trace left join experts e on e.id = i.expert
    where b.project = :project and (i.expert is null
        or i.expert = (select id from experts where project = :project and name = :expert))"""


def known(store: Store, token: str | None) -> int | None:
    """The batch this very press has drawn already."""
    return store.value("select id from batches where project = :project and token = :token", token=token)


def create(store: Store, mix: Mapping[str, float], items: Sequence[QueueItem], seed: int,
           token: str | None = None) -> int:
    """Stores a batch with its items, each at its position; the same token sent twice is one batch."""
    with store.transaction():
        batch = known(store, token)
        if batch is None:
            batch = store.execute("""insert into batches (project, mix, seed, token, author)
                values (:project, :mix, :seed, :token, :person)""", mix=json.dumps(dict(mix)), seed=seed, token=token)
            people = {name: experts.add(store, name) for name in {item.expert for item in items} if name}
            for item in items:
                store.execute("""insert into queue_items (batch, position, trace, expert, queue, unbiased, why)
                    values (:batch, :position, :trace, :expert, :queue, :unbiased, :why)""",
                              batch=batch, position=item.position, trace=traces.key_of(store, item.trace),
                              expert=people.get(item.expert), queue=item.queue, unbiased=item.unbiased, why=item.why)
    return batch


def counts(store: Store, batch: int) -> dict[str, int]:
    """How many traces of a batch each queue gave."""
    return dict(tuple(row) for row in store.rows("""select i.queue, count(distinct i.trace) from batches b
        join queue_items i on i.batch = b.id where b.project = :project and b.id = :batch
        group by i.queue order by i.queue""", batch=batch))


def next_open(store: Store, expert: str, after: str | None = None) -> QueueItem | None:
    """The next item this expert should label, behind the trace `after` and then from the beginning.

    Not one put off, and of the shared ones none that is on another expert's screen.
    """
    here = of_trace(store, expert, after) if after is not None else None
    found = _next(store, expert, here.batch, here.position) if here else None
    return found or _next(store, expert, 0, 0)


def _next(store: Store, expert: str, batch: int, position: int) -> QueueItem | None:
    return _item(store.row(_ITEM + """ and i.label is null
        and b.id >= :batch and (i.batch > :batch or i.position > :position)
        and not exists (select 1 from deferrals d join experts p on p.id = d.expert
            where d.trace = i.trace and p.project = :project and p.name = :expert)
        and (i.expert is not null or not exists (select 1 from claims c join experts p on p.id = c.expert
            where c.trace = i.trace and p.name <> :expert and c.expires_at > strftime('%Y-%m-%dT%H:%M:%fZ')))
        order by b.id, i.position limit 1""", expert=expert, batch=batch, position=position))


def step(store: Store, expert: str, trace_id: str, forward: bool = True) -> str | None:
    """The trace before or behind this one in the expert's queue, labelled or not; None at its ends."""
    here = of_trace(store, expert, trace_id)
    if here is None:
        return None
    beyond = _ITEM + (""" and b.id >= :batch and (i.batch > :batch or i.position > :position)
        order by b.id, i.position limit 1""" if forward else """ and b.id <= :batch
        and (i.batch < :batch or i.position < :position) order by b.id desc, i.position desc limit 1""")
    found = _item(store.row(beyond, expert=expert, batch=here.batch, position=here.position))
    return found and found.trace


def of_trace(store: Store, expert: str, trace_id: str) -> QueueItem | None:
    """Why a trace stands in this expert's queue: the item that waits, else the newest; None where it does not."""
    return _item(store.row("""select t.trace_id, i.queue, i.unbiased, i.batch, i.position, e.name as expert, i.why
        from traces t join queue_items i on i.trace = t.id left join experts e on e.id = i.expert
        where t.project = :project and t.trace_id = :id and (i.expert is null or e.name = :expert)
        order by i.label is not null, i.expert is null, i.batch desc limit 1""", id=trace_id, expert=expert))


def progress(store: Store, expert: str) -> tuple[int, int]:
    """(done, all) of the batches in which something waits for this expert."""
    return tuple(store.row("""select coalesce(sum(i.label is not null), 0), count(*)
        from queue_items i left join experts e on e.id = i.expert
        where (i.expert is null or e.name = :expert) and i.batch in (select b.id from batches b
            where b.project = :project and exists (select 1 from queue_items w
                left join experts p on p.id = w.expert
                where w.batch = b.id and w.label is null and (w.expert is null or p.name = :expert)))""",
                           expert=expert))


def listing(store: Store, expert: str | None = None, limit: int = 1_000) -> list[dict[str, Any]]:
    """What waits, in order.

    Columns: trace, queue, why, expert (None: shared), position, batch, drawn_by, claimed (by whom), deferred.
    """
    rows = store.rows("""select t.trace_id as trace, t.input, i.queue, i.why, i.unbiased, e.name as expert, i.position,
            i.batch, b.author as drawn_by, p.name as claimed, exists (select 1 from deferrals d where d.trace = i.trace
                and (d.expert = i.expert or i.expert is null)) as deferred
        from batches b cross join queue_items i on i.batch = b.id join traces t on t.id = i.trace
        left join experts e on e.id = i.expert
        left join claims c on i.expert is null and c.trace = i.trace
            and c.expires_at > strftime('%Y-%m-%dT%H:%M:%fZ')
        left join experts p on p.id = c.expert
        where b.project = :project and i.label is null
        and (:expert is null or i.expert is null or e.name = :expert)
        order by b.id, i.position, e.name limit :limit""", expert=expert, limit=limit)
    return [dict(row) for row in rows]


def take_back(store: Store, batch: int) -> int:
    """Takes what still waits of a batch out of the queues again; returns how many traces. Labels stay."""
    with store.transaction():
        if store.value("select id from batches where project = :project and id = :batch", batch=batch) is None:
            raise UsageError(f"There is no batch {batch} in this project. The queue's list names them.")
        waiting = store.value("""select count(distinct trace) from queue_items
            where batch = :batch and label is null""", batch=batch)
        # Whoever may take the queue back: nobody works on it then.
        store.program("queue_items").execute("""delete from claims where trace in (select trace from queue_items
            where batch = :batch and label is null and expert is null)""", batch=batch)
        store.execute("delete from queue_items where batch = :batch and label is null", batch=batch)
    return waiting


def _item(row: sqlite3.Row | None) -> QueueItem | None:
    return row and QueueItem(row[0], row[1], bool(row[2]), *tuple(row)[3:])

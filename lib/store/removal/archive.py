"""Traces in the archive: kept whole, but in no list, queue, new run or figure until they are brought back."""

import json
from collections.abc import Sequence

from lib.store.database import Store
from lib.store.removal import log

_NEW = """insert or ignore into archived_traces (trace, author)
    select id, :person from traces where project = :project and id in (select value from json_each(:keys))"""
_OUT_OF_QUEUES = (
    """delete from claims where trace in (select trace from archived_traces)""",
    """delete from queue_items where label is null and trace in (select trace from archived_traces)""")
_BACK = """delete from archived_traces where trace in (select id from traces where project = :project
    and id in (select value from json_each(:keys)))"""


def put_away(store: Store, keys: Sequence[int], called: str) -> tuple[int, int]:
    """Archives these traces; returns how many were not yet, and how many places in queues they left."""
    store = store.program("archived_traces")  # claims of others end with it
    with store.transaction():
        store.execute(_NEW, keys=json.dumps(list(keys)))
        n = store.value("select changes()")
        left = []
        for statement in _OUT_OF_QUEUES:
            store.execute(statement)
            left.append(store.value("select changes()"))
        if n:
            log.note(store, log.ARCHIVED, "traces", called, {"counts": {"traces": n, "queue_items": left[1]}})
    return n, left[1]


def bring_back(store: Store, keys: Sequence[int], called: str) -> int:
    """Takes these traces out of the archive; they stand in no queue until they are drawn anew. Returns how many."""
    with store.transaction():
        store.execute(_BACK, keys=json.dumps(list(keys)))
        n = store.value("select changes()")
        if n:
            log.note(store, log.BROUGHT_BACK, "traces", called, {"counts": {"traces": n}})
    return n


def holds(store: Store, key: int) -> bool:
    """Whether this trace is archived."""
    return bool(store.value("select 1 from archived_traces where trace = :key", key=key))

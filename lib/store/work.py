"""What the tables of background work have in common: where a piece of work is, and the calls it is made of.

Knows what is done, in which order and transaction; the statements stand with their tables, in jobs.py, judge/runs.py,
judge/suggestions.py and errors/analyses.py, since the name of a table is never built. Each of them takes the number
of a piece of work as :id and keeps to the handle's project.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lib.records import QUEUED, RUNNING, UNANSWERED, Job, JobItem, UsageError
from lib.records.work import MOST_CALLS
from lib.store.database import Store


def check_concurrency(wanted: int) -> None:
    """UsageError for more calls at once than the tables allow, or none."""
    if not 1 <= wanted <= MOST_CALLS:
        raise UsageError(f"Between 1 and {MOST_CALLS:,} calls can run at once, not {wanted}.")


@dataclass(frozen=True)
class StatusColumns:
    """The columns status, message and ended_at of one table of work."""

    read: str  # the status
    move: str  # to :status, :message and :ended
    tell: str  # :message, while the status is :running
    fixed: tuple[str, ...] = ()  # statuses that never change

    def status(self, store: Store, number: int) -> str:
        """The status alone, None where the project has no such work; what a worker asks before each call."""
        return store.value(self.read, id=number)

    def set_status(self, store: Store, number: int, status: str, message: str = "",
                   only_from: tuple[str, ...] = ()) -> bool:
        """Moves work to a status; with `only_from` just from one of those. True when it moved."""
        with store.transaction():
            now = self.status(store, number)
            if now is None or now in self.fixed or (only_from and now not in only_from):
                return False
            ended = None if status in (QUEUED, RUNNING) else store.value("select strftime('%Y-%m-%dT%H:%M:%fZ')")
            store.execute(self.move, id=number, status=status, message=message, ended=ended)
        return True

    def say(self, store: Store, number: int, message: str) -> None:
        """What is being done now, for the page: waiting for the endpoint, for instance."""
        store.execute(self.tell, id=number, message=message, running=RUNNING)


@dataclass(frozen=True)
class JobTable:
    """A table of jobs and the table of its items, one call each; the statements on items are named item_*."""

    noun: str
    listed_by: str  # the command that lists them
    by_token: str
    add: str
    one: str
    all: str  # of :kind, or of any where it is null; newest first
    item_add: str
    item_one: str
    item_pending: str
    item_keep: str
    item_open: str  # again, where its error is one of :kinds
    item_list: str
    item_rate: str  # (how many of the :newest were done in the last :since, seconds since the first of these)

    def create(self, store: Store, items: Iterable[tuple[int | None, dict[str, Any]]], *, concurrency: int,
               token: str | None, config: dict[str, Any], **values: Any) -> int:
        """Queued work over these items; the same token sent twice is one.

        Raises UsageError when there is nothing to do.
        """
        check_concurrency(concurrency)
        with store.transaction():
            if (old := self.known(store, token)) is not None:
                return old
            number = store.execute(self.add, concurrency=concurrency, token=token, config=json.dumps(config),
                                   status=QUEUED, **values)
            # A trace of another project is left out here, so that no work can ever reach it.
            if store.execute_many(self.item_add, [
                    {"id": number, "position": position, "trace": trace, "item": json.dumps(item),
                     "project": store.project} for position, (trace, item) in enumerate(items, 1)]) < 1:
                raise UsageError(f"There is nothing to do: the {self.noun} would make no call.")
        return number

    def known(self, store: Store, token: str | None) -> int | None:
        """The number of what was created with this token, or None."""
        return store.value(self.by_token, token=token)

    def get(self, store: Store, number: int) -> Job:
        """One of them; UsageError where the project has none of this number."""
        row = store.row(self.one, id=number)
        if row is None:
            raise UsageError(f"There is no {self.noun} {number} in this project. "
                             f"The command '{self.listed_by}' lists them.")
        return _job(row)

    def every(self, store: Store, kind: str | None = None) -> list[Job]:
        """All of the project (or of one kind), newest first."""
        return [_job(row) for row in store.rows(self.all, kind=kind)]

    def pending(self, store: Store, number: int) -> list[int]:
        """Keys of the items that have no result yet, in order."""
        return [row[0] for row in store.rows(self.item_pending, id=number)]

    def item(self, store: Store, number: int, key: int) -> JobItem:
        """One item; UsageError where there is none of this number."""
        row = store.row(self.item_one, id=number, key=key)
        if row is None:
            raise UsageError(f"There is no item {key} in {self.noun} {number}.")
        return JobItem(row["id"], row["trace"], json.loads(row["item"]))

    def keep_item(self, store: Store, number: int, key: int, error: str | None = None, raw: str = "",
                  attempts: int = 1) -> None:
        """Marks an item as done, or as failed with what came; a second result is ignored.

        In one transaction with whatever the call brought, so that neither is kept without the other.
        """
        store.execute(self.item_keep, id=number, key=key, error=error, raw=raw, attempts=attempts)

    def forget_unanswered(self, store: Store, number: int) -> int:
        """Opens the items again whose error says only that nobody answered, so that a resume tries again.

        Returns how many.
        """
        before = store.connection.total_changes
        store.execute(self.item_open, id=number, kinds=json.dumps(UNANSWERED))
        return store.connection.total_changes - before

    def rate(self, store: Store, number: int, newest: int = 30, within: int = 600) -> float | None:
        """Items a second of late: of the newest that were done in so many seconds; None below three of them."""
        n, took = store.row(self.item_rate, id=number, newest=newest, since=f"-{within} seconds")
        return (n - 1) / took if n >= 3 and took > 0 else None

    def items(self, store: Store, number: int, errors_only: bool = False, limit: int = 200) -> list[dict[str, Any]]:
        """The items with what became of them: key, trace_id, input, item, done_at, error, raw, attempts."""
        rows = store.rows(self.item_list, id=number, errors_only=errors_only, limit=limit)
        return [{**dict(row), "item": json.loads(row["item"])} for row in rows]


def _job(row: Any) -> Job:
    return Job(
        id=row["id"], kind=row["kind"], config=json.loads(row["config"]), status=row["status"],
        message=row["message"], total=row["total"], done=row["done"], errors=row["errors"],
        created_at=row["created_at"], ended_at=row["ended_at"], system=row["system"], endpoint=row["endpoint"],
        model=row["model"], concurrency=row["concurrency"])

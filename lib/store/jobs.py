"""Jobs and their items: one call each, written down at the start, and how far each job is."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from lib.records import QUEUED, RUNNING, UNANSWERED, Job, JobItem, UsageError
from lib.records.work import MOST_CALLS
from lib.store.database import Store

_SELECT = """
    select j.*, (select count(*) from job_items where job = j.id) as total,
        (select count(*) from job_items where job = j.id and done_at is not null) as done,
        (select count(*) from job_items where job = j.id and error is not null) as errors
    from jobs j where j.project = :project
"""
_ITEMS = " and job in (select id from jobs where project = :project)"


def create(store: Store, kind: str, items: Iterable[tuple[int | None, dict[str, Any]]], *,
           config: dict[str, Any] | None = None, system: int | None = None, endpoint: str = "", model: str = "",
           concurrency: int = 1, token: str | None = None) -> int:
    """A queued job over these items, each a trace's row number (or None) and whatever else its call needs.

    The same token sent twice is one job. Raises UsageError when there is nothing to do.
    """
    if not 1 <= concurrency <= MOST_CALLS:
        raise UsageError(f"Between 1 and {MOST_CALLS:,} calls can run at once, not {concurrency}.")
    with store.transaction():
        if (old := known(store, token)) is not None:
            return old
        _refuse_foreign(store, system)
        job = store.execute("""insert into jobs (project, kind, config, system, endpoint, model, concurrency, status,
                token)
            values (:project, :kind, :config, :system, :endpoint, :model, :concurrency, :status, :token)""",
                            kind=kind, config=json.dumps(config or {}), system=system, endpoint=endpoint, model=model,
                            concurrency=concurrency, status=QUEUED, token=token)
        _write_items(store, job, items)
    return job


def known(store: Store, token: str | None) -> int | None:
    """The job that was created with this token, or None."""
    return store.value("select id from jobs where project = :project and token = :token", token=token)


def _refuse_foreign(store: Store, system: int | None) -> None:
    if system is not None and not store.value(
            "select 1 from systems where id = :system and project = :project", system=system):
        raise UsageError(f"There is no AI system number {system} in this project.")


def _write_items(store: Store, job: int, items: Iterable[tuple[int | None, dict[str, Any]]]) -> None:
    # A trace of another project is left out here, so that no job can ever reach it.
    written = store.execute_many("""insert into job_items (job, position, trace, item)
        select :job, :position, :trace, :item
        where :trace is null or exists (select 1 from traces where id = :trace and project = :project)""", [
            {"job": job, "position": position, "trace": trace, "item": json.dumps(item), "project": store.project}
            for position, (trace, item) in enumerate(items, 1)])
    if written < 1:
        raise UsageError("There is nothing to do: the job would make no call.")


def get(store: Store, job: int) -> Job:
    """One job; UsageError where the project has none of this number."""
    row = store.row(_SELECT + " and j.id = :job", job=job)
    if row is None:
        raise UsageError(f"There is no job {job} in this project. The command 'jobs' lists them.")
    return _record(row)


def every(store: Store, kind: str | None = None) -> list[Job]:
    """All jobs of the project (or of one kind), newest first."""
    return [_record(row) for row in store.rows(_SELECT + " and (:kind is null or j.kind = :kind) order by j.id desc",
                                               kind=kind)]


def _record(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"], kind=row["kind"], config=json.loads(row["config"]), status=row["status"],
        message=row["message"], total=row["total"], done=row["done"], errors=row["errors"],
        created_at=row["created_at"], ended_at=row["ended_at"], system=row["system"], endpoint=row["endpoint"],
        model=row["model"], concurrency=row["concurrency"])


def pending(store: Store, job: int) -> list[int]:
    """Keys of the items that have no result yet, in the job's order."""
    return [row[0] for row in store.rows("select id from job_items where job = :job and done_at is null" + _ITEMS
                                         + " order by position", job=job)]


def item(store: Store, job: int, key: int) -> JobItem:
    """One item of a job; UsageError where the job has none of this number."""
    row = store.row("select id, trace, item from job_items where id = :key and job = :job" + _ITEMS, key=key, job=job)
    if row is None:
        raise UsageError(f"There is no item {key} in job {job}.")
    return JobItem(row["id"], row["trace"], json.loads(row["item"]))


def keep_item(store: Store, job: int, key: int, error: str | None = None, raw: str = "", attempts: int = 1) -> None:
    """Marks an item as done, or as failed with what came; a second result is ignored.

    In one transaction with whatever the call brought, so that neither is kept without the other.
    """
    store.execute("""update job_items set done_at = strftime('%Y-%m-%dT%H:%M:%fZ'), error = :error, raw = :raw,
        attempts = :attempts where id = :key and job = :job and done_at is null""" + _ITEMS,
                  key=key, job=job, error=error, raw=raw, attempts=attempts)


def forget_unanswered(store: Store, job: int) -> int:
    """Opens the items again whose error says only that nobody answered, so that a resume tries again."""
    before = store.connection.total_changes
    store.execute("""update job_items set done_at = null, error = null, raw = '' where job = :job
        and error in (select value from json_each(:kinds))""" + _ITEMS, job=job, kinds=json.dumps(UNANSWERED))
    return store.connection.total_changes - before


def items(store: Store, job: int, errors_only: bool = False, limit: int = 200) -> list[dict[str, Any]]:
    """The items with what became of them: key, trace_id, input, item, done_at, error, raw, attempts."""
    rows = store.rows("""select i.id as key, t.trace_id, t.input, i.item, i.done_at, i.error, i.raw, i.attempts
        from job_items i join jobs j on j.id = i.job left join traces t on t.id = i.trace
        where j.project = :project and i.job = :job and (i.error is not null or not :errors_only)
        order by i.position limit :limit""", job=job, errors_only=errors_only, limit=limit)
    return [{**dict(row), "item": json.loads(row["item"])} for row in rows]


def set_status(store: Store, job: int, status: str, message: str = "", only_from: tuple[str, ...] = ()) -> bool:
    """Moves a job to a status; with `only_from` just from one of those. True when it moved."""
    with store.transaction():
        now = store.value("select status from jobs where id = :job and project = :project", job=job)
        if now is None or (only_from and now not in only_from):
            return False
        store.execute("""update jobs set status = :status, message = :message,
            ended_at = case when :status in ('queued', 'running') then null
                else strftime('%Y-%m-%dT%H:%M:%fZ') end where id = :job""", job=job, status=status, message=message)
    return True


def say(store: Store, job: int, message: str) -> None:
    """What the job is doing now, for the page: waiting for the endpoint, for instance."""
    store.execute("""update jobs set message = :message
        where id = :job and status = :running and project = :project""", job=job, message=message, running=RUNNING)


def status(store: Store, job: int) -> str:
    """The status alone; what a worker asks before each call."""
    return store.value("select status from jobs where id = :job and project = :project", job=job)

"""Jobs and their items: one call each, written down at the start, and how far each job is.

Knows their statements; what is done with them, for analyses too, is in work.py.
"""

from collections.abc import Iterable
from typing import Any

from lib.records import UsageError
from lib.store.database import Store
from lib.store.work import JobTable, StatusColumns

_SELECT = """
    select j.*, (select count(*) from job_items where job = j.id) as total,
        (select count(*) from job_items where job = j.id and done_at is not null) as done,
        (select count(*) from job_items where job = j.id and error is not null) as errors
    from jobs j where j.project = :project
"""
_ITEMS = " and job in (select id from jobs where project = :project)"
_STATUS = StatusColumns(
    read="select status from jobs where id = :id and project = :project",
    move="""update jobs set status = :status, message = :message, ended_at = :ended
        where id = :id and project = :project""",
    tell="update jobs set message = :message where id = :id and status = :running and project = :project")
_JOBS = JobTable(
    noun="job", listed_by="jobs",
    by_token="select id from jobs where project = :project and token = :token",
    add="""insert into jobs (project, kind, config, system, endpoint, model, concurrency, status, token)
        values (:project, :kind, :config, :system, :endpoint, :model, :concurrency, :status, :token)""",
    one=_SELECT + " and j.id = :id",
    all=_SELECT + " and (:kind is null or j.kind = :kind) order by j.id desc",
    item_add="""insert into job_items (job, position, trace, item) select :id, :position, :trace, :item
        where :trace is null or exists (select 1 from traces where id = :trace and project = :project)""",
    item_one="select id, trace, item from job_items where id = :key and job = :id" + _ITEMS,
    item_pending="select id from job_items where job = :id and done_at is null" + _ITEMS + " order by position",
    item_keep="""update job_items set done_at = strftime('%Y-%m-%dT%H:%M:%fZ'), error = :error, raw = :raw,
        attempts = :attempts where id = :key and job = :id and done_at is null""" + _ITEMS,
    item_open="""update job_items set done_at = null, error = null, raw = '' where job = :id
        and error in (select value from json_each(:kinds))""" + _ITEMS,
    item_list="""select i.id as key, t.trace_id, t.input, i.item, i.done_at, i.error, i.raw, i.attempts
        from job_items i join jobs j on j.id = i.job left join traces t on t.id = i.trace
        where j.project = :project and i.job = :id and (i.error is not null or not :errors_only)
        order by i.position limit :limit""",
    item_rate="""select count(*), (julianday('now') - julianday(min(done_at))) * 86400 from (
        select done_at from job_items where job = :id
        and done_at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :since)""" + _ITEMS
        + " order by done_at desc limit :newest)")

known, get, every = _JOBS.known, _JOBS.get, _JOBS.every
pending, item, items, keep_item = _JOBS.pending, _JOBS.item, _JOBS.items, _JOBS.keep_item
forget_unanswered, rate = _JOBS.forget_unanswered, _JOBS.rate
status, set_status, say = _STATUS.status, _STATUS.set_status, _STATUS.say


def create(store: Store, kind: str, items: Iterable[tuple[int | None, dict[str, Any]]], *,
           config: dict[str, Any] | None = None, system: int | None = None, endpoint: str = "", model: str = "",
           concurrency: int = 1, token: str | None = None) -> int:
    """A queued job over these items, each a trace's row number (or None) and whatever else its call needs.

    The same token sent twice is one job. Raises UsageError when there is nothing to do.
    """
    with store.transaction():
        if system is not None and not store.value(
                "select 1 from systems where id = :system and project = :project", system=system):
            raise UsageError(f"There is no AI system number {system} in this project.")
        return _JOBS.create(store, items, kind=kind, config=config or {}, system=system, endpoint=endpoint,
                            model=model, concurrency=concurrency, token=token)

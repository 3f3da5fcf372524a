"""Analyses and their items: what a model is asked to propose, one call each, and how far each analysis is.

An analysis is work like a job and is read as one; what it proposed is in codings.py and mode_history.py, a model's
own note on a fail in the item that asked for it.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from lib.records import QUEUED, RUNNING, UNANSWERED, Job, JobItem, UsageError
from lib.records.work import MOST_CALLS
from lib.store.database import Store

GROUPS, CODES, NOTES = "groups", "codes", "notes"

_SELECT = """
    select a.*, (select count(*) from analysis_items where analysis = a.id) as total,
        (select count(*) from analysis_items where analysis = a.id and done_at is not null) as done,
        (select count(*) from analysis_items where analysis = a.id and error is not null) as errors
    from analyses a where a.project = :project
"""
_ITEMS = " and analysis in (select id from analyses where project = :project)"


def create(store: Store, kind: str, items: Iterable[tuple[int | None, dict[str, Any]]], *, config: dict[str, Any],
           endpoint: str, model: str, concurrency: int = 1, token: str | None = None) -> int:
    """A queued analysis over these items, each a fail's row number (or None) and whatever else its call needs.

    The same token sent twice is one analysis. Raises UsageError when there is nothing to do.
    """
    if not 1 <= concurrency <= MOST_CALLS:
        raise UsageError(f"Between 1 and {MOST_CALLS:,} calls can run at once, not {concurrency}.")
    with store.transaction():
        if (old := known(store, token)) is not None:
            return old
        analysis = store.execute("""insert into analyses (project, kind, config, endpoint, model, concurrency, status,
                token) values (:project, :kind, :config, :endpoint, :model, :concurrency, :status, :token)""",
                                 kind=kind, config=json.dumps(config), endpoint=endpoint, model=model,
                                 concurrency=concurrency, status=QUEUED, token=token)
        _write_items(store, analysis, items)
    return analysis


def known(store: Store, token: str | None) -> int | None:
    """The analysis that was created with this token, or None."""
    return store.value("select id from analyses where project = :project and token = :token", token=token)


def _write_items(store: Store, analysis: int, items: Iterable[tuple[int | None, dict[str, Any]]]) -> None:
    # A trace of another project is left out here, so that no analysis can ever reach it.
    written = store.execute_many("""insert into analysis_items (analysis, position, trace, item)
        select :analysis, :position, :trace, :item
        where :trace is null or exists (select 1 from traces where id = :trace and project = :project)""", [
            {"analysis": analysis, "position": position, "trace": trace, "item": json.dumps(item),
             "project": store.project} for position, (trace, item) in enumerate(items, 1)])
    if written < 1:
        raise UsageError("There is nothing to do: the analysis would make no call.")


def get(store: Store, analysis: int) -> Job:
    """One analysis; UsageError where the project has none of this number."""
    row = store.row(_SELECT + " and a.id = :analysis", analysis=analysis)
    if row is None:
        raise UsageError(f"There is no analysis {analysis} in this project. The command 'analyses' lists them.")
    return _record(row)


def every(store: Store, kind: str | None = None) -> list[Job]:
    """All analyses of the project (or of one kind), newest first."""
    return [_record(row) for row in store.rows(_SELECT + " and (:kind is null or a.kind = :kind) order by a.id desc",
                                               kind=kind)]


def _record(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"], kind=row["kind"], config=json.loads(row["config"]), status=row["status"],
        message=row["message"], total=row["total"], done=row["done"], errors=row["errors"],
        created_at=row["created_at"], ended_at=row["ended_at"], endpoint=row["endpoint"], model=row["model"],
        concurrency=row["concurrency"])


def pending(store: Store, analysis: int) -> list[int]:
    """Keys of the items that have no result yet, in order."""
    return [row[0] for row in store.rows("select id from analysis_items where analysis = :analysis and done_at is null"
                                         + _ITEMS + " order by position", analysis=analysis)]


def item(store: Store, analysis: int, key: int) -> JobItem:
    """One item of an analysis; UsageError where it has none of this number."""
    row = store.row("select id, trace, item from analysis_items where id = :key and analysis = :analysis" + _ITEMS,
                    key=key, analysis=analysis)
    if row is None:
        raise UsageError(f"There is no item {key} in analysis {analysis}.")
    return JobItem(row["id"], row["trace"], json.loads(row["item"]))


def keep_item(store: Store, analysis: int, key: int, error: str | None = None, raw: str = "",
              attempts: int = 1) -> None:
    """Marks an item as done, or as failed with what came; a second result is ignored."""
    store.execute("""update analysis_items set done_at = strftime('%Y-%m-%dT%H:%M:%fZ'), error = :error, raw = :raw,
        attempts = :attempts where id = :key and analysis = :analysis and done_at is null""" + _ITEMS,
                  key=key, analysis=analysis, error=error, raw=raw, attempts=attempts)


def keep_answer(store: Store, analysis: int, key: int, answer: dict[str, Any]) -> None:
    """Puts what came into an item that is not done yet, beside what it holds."""
    store.execute("""update analysis_items set item = json_patch(item, :answer)
        where id = :key and analysis = :analysis and done_at is null""" + _ITEMS, key=key, analysis=analysis,
                  answer=json.dumps(answer))


def about(store: Store, kind: str, trace_id: str) -> list[dict[str, Any]]:
    """What analyses of a kind asked about one trace, newest first: analysis, item (what came is in it), error."""
    rows = store.rows("""select i.analysis, i.item, i.error from analysis_items i
        join analyses a on a.id = i.analysis join traces t on t.id = i.trace
        where a.project = :project and a.kind = :kind and t.project = :project and t.trace_id = :id
        order by a.id desc""", kind=kind, id=trace_id)
    return [{**dict(row), "item": json.loads(row["item"])} for row in rows]


def pay(store: Store, analysis: int, prompt_tokens: int, completion_tokens: int, told: str = "") -> None:
    """Adds a reply to what the analysis has cost, with a sentence on what came of it where there is one."""
    store.execute("""update analyses set calls = calls + 1, prompt_tokens = prompt_tokens + :prompt,
        completion_tokens = completion_tokens + :completion, told = case when :told = '' then told else :told end
        where id = :analysis and project = :project""", analysis=analysis, prompt=prompt_tokens,
                  completion=completion_tokens, told=told)


def outcome(store: Store, analysis: int) -> dict[str, Any]:
    """What an analysis has cost and brought: told, calls, prompt_tokens, completion_tokens."""
    row = store.row("""select told, calls, prompt_tokens, completion_tokens from analyses
        where id = :analysis and project = :project""", analysis=analysis)
    return dict(row) if row else {}


def forget_unanswered(store: Store, analysis: int) -> int:
    """Opens the items again whose error says only that nobody answered, so that a resume tries again."""
    before = store.connection.total_changes
    store.execute("""update analysis_items set done_at = null, error = null, raw = '' where analysis = :analysis
        and error in (select value from json_each(:kinds))""" + _ITEMS, analysis=analysis, kinds=json.dumps(UNANSWERED))
    return store.connection.total_changes - before


def items(store: Store, analysis: int, errors_only: bool = False, limit: int = 200) -> list[dict[str, Any]]:
    """The items with what became of them: key, trace_id, input, item, done_at, error, raw, attempts."""
    rows = store.rows("""select i.id as key, t.trace_id, t.input, i.item, i.done_at, i.error, i.raw, i.attempts
        from analysis_items i join analyses a on a.id = i.analysis left join traces t on t.id = i.trace
        where a.project = :project and i.analysis = :analysis and (i.error is not null or not :errors_only)
        order by i.position limit :limit""", analysis=analysis, errors_only=errors_only, limit=limit)
    return [{**dict(row), "item": json.loads(row["item"])} for row in rows]


def set_status(store: Store, analysis: int, status: str, message: str = "", only_from: tuple[str, ...] = ()) -> bool:
    """Moves an analysis to a status; with `only_from` just from one of those. True when it moved."""
    with store.transaction():
        now = store.value("select status from analyses where id = :analysis and project = :project", analysis=analysis)
        if now is None or (only_from and now not in only_from):
            return False
        store.execute("""update analyses set status = :status, message = :message,
            ended_at = case when :status in ('queued', 'running') then null
                else strftime('%Y-%m-%dT%H:%M:%fZ') end where id = :analysis""",
                      analysis=analysis, status=status, message=message)
    return True


def say(store: Store, analysis: int, message: str) -> None:
    """What the analysis is doing now, for the page."""
    store.execute("""update analyses set message = :message
        where id = :analysis and status = :running and project = :project""", analysis=analysis, message=message,
                  running=RUNNING)


def status(store: Store, analysis: int) -> str:
    """The status alone; what a worker asks before each call."""
    return store.value("select status from analyses where id = :analysis and project = :project", analysis=analysis)

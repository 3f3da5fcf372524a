"""Analyses and their items: what a model is asked to propose, one call each, and how far each analysis is.

An analysis is a job with tables of its own: their statements stand here, what is done with them is in store/work.py.
What it proposed is in codings.py and mode_history.py, a model's own note on a fail in the item that asked for it.
"""

import json
from collections.abc import Iterable
from typing import Any

from lib.store.database import Store
from lib.store.work import JobTable, StatusColumns

GROUPS, CODES, NOTES = "groups", "codes", "notes"

_SELECT = """
    select a.*, null as system, (select count(*) from analysis_items where analysis = a.id) as total,
        (select count(*) from analysis_items where analysis = a.id and done_at is not null) as done,
        (select count(*) from analysis_items where analysis = a.id and error is not null) as errors
    from analyses a where a.project = :project
"""
_ITEMS = " and analysis in (select id from analyses where project = :project)"
_STATUS = StatusColumns(
    read="select status from analyses where id = :id and project = :project",
    move="""update analyses set status = :status, message = :message, ended_at = :ended
        where id = :id and project = :project""",
    tell="update analyses set message = :message where id = :id and status = :running and project = :project")
_ANALYSES = JobTable(
    noun="analysis", listed_by="analyses",
    by_token="select id from analyses where project = :project and token = :token",
    add="""insert into analyses (project, kind, config, endpoint, model, concurrency, status, token)
        values (:project, :kind, :config, :endpoint, :model, :concurrency, :status, :token)""",
    one=_SELECT + " and a.id = :id",
    all=_SELECT + " and (:kind is null or a.kind = :kind) order by a.id desc",
    item_add="""insert into analysis_items (analysis, position, trace, item) select :id, :position, :trace, :item
        where :trace is null or exists (select 1 from traces where id = :trace and project = :project)""",
    item_one="select id, trace, item from analysis_items where id = :key and analysis = :id" + _ITEMS,
    item_pending="select id from analysis_items where analysis = :id and done_at is null" + _ITEMS
        + " order by position",
    item_keep="""update analysis_items set done_at = strftime('%Y-%m-%dT%H:%M:%fZ'), error = :error, raw = :raw,
        attempts = :attempts where id = :key and analysis = :id and done_at is null""" + _ITEMS,
    item_open="""update analysis_items set done_at = null, error = null, raw = '' where analysis = :id
        and error in (select value from json_each(:kinds))""" + _ITEMS,
    item_list="""select i.id as key, t.trace_id, t.input, i.item, i.done_at, i.error, i.raw, i.attempts
        from analysis_items i join analyses a on a.id = i.analysis left join traces t on t.id = i.trace
        where a.project = :project and i.analysis = :id and (i.error is not null or not :errors_only)
        order by i.position limit :limit""",
    item_rate="""select count(*), (julianday('now') - julianday(min(done_at))) * 86400 from (
        select done_at from analysis_items where analysis = :id
        and done_at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :since)""" + _ITEMS
        + " order by done_at desc limit :newest)")

known, get, every = _ANALYSES.known, _ANALYSES.get, _ANALYSES.every
pending, item, items, keep_item = _ANALYSES.pending, _ANALYSES.item, _ANALYSES.items, _ANALYSES.keep_item
forget_unanswered, rate = _ANALYSES.forget_unanswered, _ANALYSES.rate
status, set_status, say = _STATUS.status, _STATUS.set_status, _STATUS.say


def create(store: Store, kind: str, items: Iterable[tuple[int | None, dict[str, Any]]], *, config: dict[str, Any],
           endpoint: str, model: str, concurrency: int = 1, token: str | None = None) -> int:
    """A queued analysis over these items, each a fail's row number (or None) and whatever else its call needs.

    The same token sent twice is one analysis. Raises UsageError when there is nothing to do.
    """
    return _ANALYSES.create(store, items, kind=kind, config=config, endpoint=endpoint, model=model,
                            concurrency=concurrency, token=token)


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

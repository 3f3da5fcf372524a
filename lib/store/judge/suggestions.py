"""Suggestions: what a model was asked to propose for a prompt, how far it is, what was paid, and what came."""

import json
import sqlite3
from typing import Any

from lib.records import QUEUED, Caps, Spent, UsageError
from lib.records.suggestion import KINDS, Suggestion
from lib.store.database import Store
from lib.store.judge import caps, judges
from lib.store.work import StatusColumns

_SELECT = """
    select s.*, j.name from suggestions s join judges j on j.id = s.judge where j.project = :project
"""
_OURS = " and judge in (select id from judges where project = :project)"
_STATUS = StatusColumns(
    read="select status from suggestions where id = :id" + _OURS,
    move="update suggestions set status = :status, message = :message, ended_at = :ended where id = :id" + _OURS,
    tell="update suggestions set message = :message where id = :id and status = :running" + _OURS)

status, set_status, say = _STATUS.status, _STATUS.set_status, _STATUS.say


def create(store: Store, version: int, kind: str, endpoint: str, model: str, config: dict[str, Any],
           token: str | None = None) -> int:
    """A queued suggestion that starts from this prompt version.

    The same token sent twice is one suggestion, and so is a second one of a kind while the first goes on.
    """
    if kind not in KINDS:
        raise UsageError(f"A suggestion is one of {', '.join(KINDS)}, not '{kind}'.")
    with store.transaction():
        known = store.value("""select id from suggestions where (token = :token or (prompt_version = :version
            and kind = :kind and status in ('queued', 'running')))""" + _OURS + " order by token is :token desc, id",
                            token=token, version=version, kind=kind)
        if known is not None:
            return known
        judges.prompt_by_key(store, version)
        return store.execute("""insert into suggestions (judge, prompt_version, kind, config, endpoint, model, status,
                token)
            select judge, id, :kind, :config, :endpoint, :model, :status, :token from prompt_versions
            where id = :version""", version=version, kind=kind, config=json.dumps(config), endpoint=endpoint,
                             model=model, status=QUEUED, token=token)


def get(store: Store, suggestion: int) -> Suggestion:
    """One suggestion; UsageError where the project has none of this number."""
    row = store.row(_SELECT + " and s.id = :suggestion", suggestion=suggestion)
    if row is None:
        raise UsageError(f"There is no suggestion {suggestion} in this project. The command 'suggestions' lists them.")
    return _record(row)


def every(store: Store, version: int | None = None, kind: str | None = None) -> list[Suggestion]:
    """All suggestions of the project (or of one prompt version, of one kind), newest first."""
    rows = store.rows(_SELECT + """ and (:version is null or s.prompt_version = :version)
        and (:kind is null or s.kind = :kind) order by s.id desc""", version=version, kind=kind)
    return [_record(row) for row in rows]


def _record(row: sqlite3.Row) -> Suggestion:
    return Suggestion(
        id=row["id"], judge=row["name"], prompt=row["prompt_version"], kind=row["kind"],
        config=json.loads(row["config"]), endpoint=row["endpoint"], model=row["model"], status=row["status"],
        message=row["message"], result=json.loads(row["result"]) if row["result"] else None, calls=row["calls"],
        prompt_tokens=row["prompt_tokens"], completion_tokens=row["completion_tokens"], created_at=row["created_at"],
        ended_at=row["ended_at"])


def spend(store: Store, suggestion: int, spent: Spent) -> None:
    """Adds what a call cost, whatever it brought."""
    store.execute("""update suggestions set calls = calls + :calls, prompt_tokens = prompt_tokens + :prompt,
        completion_tokens = completion_tokens + :completion where id = :suggestion""" + _OURS, suggestion=suggestion,
                  calls=spent.calls, prompt=spent.prompt_tokens, completion=spent.completion_tokens)


def put_caps(store: Store, suggestion: int, wanted: Caps) -> None:
    """Bounds a suggestion anew, in place of its earlier bounds; UsageError for a bound that is not above 0."""
    caps.check(wanted)
    store.execute("""update suggestions set config = json_set(config, '$.calls', :calls, '$.tokens', :tokens,
        '$.cost', :cost) where id = :suggestion""" + _OURS, suggestion=get(store, suggestion).id, calls=wanted.calls,
                  tokens=wanted.tokens, cost=wanted.cost)


def keep_result(store: Store, suggestion: int, result: dict[str, Any]) -> None:
    """What came so far, in place of what had come before."""
    store.execute("update suggestions set result = :result where id = :suggestion" + _OURS, suggestion=suggestion,
                  result=json.dumps(result))


def keep_reply(store: Store, suggestion: int, asked: str, answer: Any) -> None:
    """A reply that was paid for, by what was asked; a second one to the same question is ignored."""
    store.execute("""insert or ignore into suggestion_replies (suggestion, asked, answer)
        select id, :asked, :answer from suggestions where id = :suggestion""" + _OURS, suggestion=suggestion,
                  asked=asked, answer=json.dumps(answer))


def replies(store: Store, suggestion: int) -> dict[str, Any]:
    """Every reply that was paid for, by what was asked."""
    return {asked: json.loads(answer) for asked, answer in store.rows("""select r.asked, r.answer
        from suggestion_replies r join suggestions s on s.id = r.suggestion join judges j on j.id = s.judge
        where j.project = :project and s.id = :suggestion""", suggestion=suggestion)}

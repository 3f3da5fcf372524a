"""Runs: prompt version × model × set of traces, frozen at the start, and how far each is."""

import json
import sqlite3
from dataclasses import replace
from typing import Any

from lib.records import QUEUED, RECORDED, SPLITS, UNANSWERED, Run, UsageError
from lib.store import cycles
from lib.store.database import Store
from lib.store.dataset import chosen, traces
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, reuse
from lib.store.judge.reuse import CRITERIA, Asked
from lib.store.work import StatusColumns, check_concurrency

_SELECT = """
    select r.id, j.name as judge, r.prompt_version, r.model, r.endpoint, r.status, r.message, r.split,
        r.concurrency, r.parameters, r.leave_one_out, r.anew, r.question, r.address, r.criteria,
        r.chosen, r.fence, r.created_at, r.ended_at,
        case r.status when 'recorded' then (select count(*) from verdicts where run = r.id)
            else (select count(*) from run_traces where run = r.id) end as total,
        (select count(*) from verdicts where run = r.id) as done,
        (select count(*) from verdicts where run = r.id and error is not null) as errors,
        (select count(*) from verdicts where run = r.id and reused is not null) as reused
    from runs r join judges j on j.id = r.judge
    where j.project = :project
"""

_OURS = " and judge in (select id from judges where project = :project)"
_STATUS = StatusColumns(
    read="select status from runs where id = :id" + _OURS,
    move="update runs set status = :status, message = :message, ended_at = :ended where id = :id" + _OURS,
    tell="update runs set message = :message where id = :id and status = :running" + _OURS, fixed=(RECORDED,))

status, set_status, say = _STATUS.status, _STATUS.set_status, _STATUS.say


def create(store: Store, prompt: int, model: str, endpoint: str, *, where: Filter = Filter(),
           limit: int | None = None, concurrency: int = 32, parameters: dict[str, Any] | None = None,
           token: str | None = None, leave_one_out: bool = False, anew: bool = False, address: str = "") -> int:
    """A queued run over the answered traces that the filter leaves.

    Over the prompt's own examples only where each is left out of the prompt that judges it. The traces are written
    down now, labelled ones first, so that agreement moves early; the same token sent twice is one run, and so is what
    two people start at once. Equal verdicts of earlier runs are taken over, unless `anew`. Raises UsageError when no
    trace is left.
    """
    _check(where.split, concurrency)
    asked = Asked(prompt, model, endpoint, parameters or {}, leave_one_out, address)
    with store.transaction():
        known = store.value("select id from runs where token = :token" + _OURS, token=token)
        if known is not None:
            return known
        judges.prompt_by_key(store, prompt)
        found = candidates(store, prompt, where, limit, leave_one_out)
        if not found:
            raise UsageError(chosen.nothing_left(where.said))
        if not anew and (other := reuse.under_way(store, asked, found)):
            return other
        return _queued(store, asked, found, where, concurrency, token, anew)


def over(store: Store, asked: Asked, keys: list[int], concurrency: int) -> int | None:
    """A queued run over these traces of the project in this order, but for the prompt's own examples; None without any.

    As with `create`, what an equal call has brought already is taken over.
    """
    check_concurrency(concurrency)
    with store.transaction():
        judges.prompt_by_key(store, asked.prompt)
        found = [row[0] for row in store.rows("""select t.id
            from json_each(:keys) k join traces t on t.id = k.value and t.project = :project
            where (:leave_one_out or t.id not in (select l.trace from prompt_examples x join labels l on l.id = x.label
                where x.prompt_version = :prompt)) order by k.key""", keys=json.dumps(keys), prompt=asked.prompt,
                                              leave_one_out=asked.leave_one_out)]
        return _queued(store, asked, found, Filter(), concurrency, None, False) if found else None


def _queued(store: Store, asked: Asked, keys: list[int], where: Filter, concurrency: int, token: str | None,
            anew: bool) -> int:
    run = store.execute("""insert into runs (judge, prompt_version, model, endpoint, parameters, split, chosen,
            concurrency, status, token, leave_one_out, anew, address, question, criteria, fence)
        select p.judge, p.id, :model, :endpoint, :parameters, :split, :chosen, :concurrency, :status, :token,
            :leave_one_out, :anew, :address, (select question from projects where id = :project),""" + CRITERIA + """,
            'hash'
        from prompt_versions p where p.id = :prompt""", **asked.values, concurrency=concurrency, split=where.split,
                        chosen=json.dumps(where.said), status=QUEUED, token=token, anew=anew)
    store.execute("""insert into run_traces (run, position, trace)
        select :run, key + 1, value from json_each(:keys)""", run=run, keys=json.dumps(keys))
    if not anew:
        reuse.take_over(store, run, asked)
    cycles.note_model(store, run)
    return run


def again(store: Store, run: int, token: str | None = None) -> int:
    """A queued run that asks all a run has asked once more, anew; the same token sent twice is one run."""
    with store.transaction():
        known = store.value("select id from runs where token = :token" + _OURS, token=token)
        if known is not None:
            return known
        made = store.execute("""insert into runs (judge, prompt_version, model, endpoint, parameters, split,
                concurrency, status, token, leave_one_out, anew, address, question, criteria, chosen, fence)
            select judge, prompt_version, model, endpoint, parameters, split, concurrency, 'queued', :token,
                leave_one_out, 1, address, question, criteria, chosen, 'hash' from runs where id = :run""",
                             run=get(store, run).id, token=token)
        store.execute("""insert into run_traces (run, position, trace)
            select :made, position, trace from run_traces where run = :run""", made=made, run=run)
    return made


def _check(split: str | None, concurrency: int) -> None:
    if split not in (None, *SPLITS):
        raise UsageError(f"There is no split '{split}'. Splits: {', '.join(SPLITS)}.")
    check_concurrency(concurrency)


def candidates(store: Store, prompt: int, where: Filter = Filter(), limit: int | None = None,
               leave_one_out: bool = False) -> list[int]:
    """Row numbers of the traces a run of this prompt would judge, in its order: labelled ones first."""
    return [row[0] for row in store.stream("""select t.id
        from json_each(:keys) k join traces t on t.id = k.value and t.project = :project
        where t.id not in (select trace from archived_traces)
        and (:leave_one_out or t.id not in (select l.trace from prompt_examples x join labels l on l.id = x.label
            where x.prompt_version = :prompt))
        order by exists (select 1 from labels l join experts e on e.id = l.expert
            where l.trace = t.id and e.is_principal) desc, t.id limit :limit""",
                                           keys=json.dumps(traces.keys(store, replace(where, answered=True))),
                                           prompt=prompt, limit=-1 if limit is None else limit,
                                           leave_one_out=leave_one_out)]


def get(store: Store, run: int) -> Run:
    """One run; UsageError where the project has none of this number."""
    row = store.row(_SELECT + " and r.id = :run", run=run)
    if row is None:
        raise UsageError(f"There is no run {run} in this project. The command 'runs' lists them.")
    return _record(row)


def every(store: Store, judge: str | None = None) -> list[Run]:
    """All runs of the project (or of one judge), newest first."""
    return [_record(row) for row in store.rows(_SELECT + " and (:judge is null or j.name = :judge) order by r.id desc",
                                               judge=judge)]


def newest(store: Store, judge: str) -> Run | None:
    """The newest run of a judge that has a verdict, else its newest run, or None."""
    judges.row_of(store, judge)
    found = every(store, judge)
    return next((run for run in found if run.done), next(iter(found), None))


def _record(row: sqlite3.Row) -> Run:
    return Run(
        id=row["id"], judge=row["judge"], prompt=row["prompt_version"], model=row["model"], endpoint=row["endpoint"],
        status=row["status"], message=row["message"], split=row["split"], concurrency=row["concurrency"],
        total=row["total"], done=row["done"], errors=row["errors"], created_at=row["created_at"],
        ended_at=row["ended_at"], parameters=json.loads(row["parameters"]), leave_one_out=bool(row["leave_one_out"]),
        anew=bool(row["anew"]), reused=row["reused"], question=row["question"], address=row["address"],
        chosen=json.loads(row["chosen"]), criteria=row["criteria"], fence=row["fence"])


def took(store: Store, model: str, endpoint: str, newest: int = 50) -> list[int]:
    """Milliseconds that a model's newest verdicts took, repeated calls included; none that were taken over."""
    return [row[0] for row in store.rows("""select v.milliseconds * v.attempts from verdicts v
        join runs r on r.id = v.run join judges j on j.id = r.judge
        where j.project = :project and r.model = :model and r.endpoint = :endpoint
        and v.milliseconds > 0 and v.reused is null order by v.id desc limit :newest""",
                                         model=model, endpoint=endpoint, newest=newest)]


def rate(store: Store, run: int, newest: int = 30, within: int = 600) -> float | None:
    """Replies a second of late: of the newest of a run that came in so many seconds; None below three of them."""
    n, took = store.row("""select count(*), (julianday('now') - julianday(min(created_at))) * 86400 from (
            select v.created_at from verdicts v where v.run = :run and v.reused is null
            and v.created_at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :since)
            and v.run in (select r.id from runs r join judges j on j.id = r.judge where j.project = :project)
            order by v.id desc limit :newest)""", run=run, newest=newest, since=f"-{within} seconds")
    return (n - 1) / took if n >= 3 and took > 0 else None


def pending(store: Store, run: int) -> list[int]:
    """Row numbers of the traces that have no verdict yet, in the run's order."""
    return [row[0] for row in store.stream("""select rt.trace from run_traces rt join traces t on t.id = rt.trace
        where rt.run = :run and t.project = :project
        and not exists (select 1 from verdicts v where v.run = rt.run and v.trace = rt.trace) order by rt.position""",
                                           run=run)]


def drop_unanswered(store: Store, run: int) -> int:
    """Drops the errors that say only that the endpoint did not answer, so that a resume tries again.

    None while a batch file of the run is under way: they are asked again once all of it has come.
    """
    if store.value("select 1 from batch_files where run = :run and status not in ('read', 'freed')", run=run):
        return 0
    return _drop(store, run, json.dumps(UNANSWERED))


def drop_errors(store: Store, run: int) -> int:
    """Drops every error of a run, refused and unreadable replies too, so that a resume asks again; returns how many."""
    return _drop(store, run, None)


def _drop(store: Store, run: int, kinds: str | None) -> int:
    """What they have cost is kept with the run; an error that somebody has ruled on stays."""
    with store.transaction():
        store.execute("""update runs set dropped_calls = dropped_calls + d.calls,
                dropped_prompt_tokens = dropped_prompt_tokens + d.prompts,
                dropped_completion_tokens = dropped_completion_tokens + d.replies,
                dropped_cached_tokens = dropped_cached_tokens + d.cached
            from (select coalesce(sum(v.attempts), 0) as calls, coalesce(sum(v.prompt_tokens), 0) as prompts,
                coalesce(sum(v.completion_tokens), 0) as replies, coalesce(sum(v.cached_tokens), 0) as cached
                from verdicts v
                where v.run = :run and v.error is not null and v.id not in (select verdict from rulings)
                and (:kinds is null or v.error in (select value from json_each(:kinds)))) d
            where id = :run""" + _OURS, run=run, kinds=kinds)
        before = store.connection.total_changes
        store.execute("""delete from verdicts where run = :run and error is not null
            and run in (select r.id from runs r join judges j on j.id = r.judge where j.project = :project)
            and id not in (select verdict from rulings)
            and (:kinds is null or error in (select value from json_each(:kinds)))""", run=run, kinds=kinds)
        return store.connection.total_changes - before


def note_dropped(store: Store, run: int, calls: int, prompt_tokens: int, completion_tokens: int,
                 cached_tokens: int) -> None:
    """Adds what calls have cost that brought no verdict and no recorded error: a pause left their traces."""
    store.execute("""update runs set dropped_calls = dropped_calls + :calls,
            dropped_prompt_tokens = dropped_prompt_tokens + :prompts,
            dropped_completion_tokens = dropped_completion_tokens + :replies,
            dropped_cached_tokens = dropped_cached_tokens + :cached where id = :run""" + _OURS, run=run, calls=calls,
                  prompts=prompt_tokens, replies=completion_tokens, cached=cached_tokens)


def numbers(store: Store, judge: str | None = None, status: str | None = None) -> list[int]:
    """The runs of a project (of one judge, of one status), newest first: their numbers alone, quick to read."""
    return [row[0] for row in store.rows("""select r.id from runs r join judges j on j.id = r.judge
        where j.project = :project and (:judge is null or j.name = :judge) and (:status is null or r.status = :status)
        order by r.id desc""", judge=judge, status=status)]


def reached(store: Store, run: int, address: str) -> None:
    """Notes the address a run is asked at now; '' where verdicts came from another one: then nothing equals it."""
    store.execute("""update runs set address = case when exists (select 1 from verdicts where run = :run)
        then '' else :address end where id = :run and address <> :address""" + _OURS, run=run, address=address)

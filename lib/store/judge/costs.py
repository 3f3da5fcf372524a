"""What runs took: calls, tokens, time and errors by kind, of all of them at once, and money where prices are known.

Knows how it is added up; figures for each hundred traces are a matter of statistics/costs.py.
"""

import json
import sqlite3

from lib.records import BATCH_SHARE, RECORDED, RunCost
from lib.store import prices
from lib.store.database import Store

_TOOK = """
    with wanted as (
        select r.* from runs r join judges j on j.id = r.judge where j.project = :project
        and (:runs is null or r.id in (select value from json_each(:runs)))),
    asked as (
        -- the quickest first, those whose time is not known last
        select v.run, v.attempts, v.prompt_tokens, v.completion_tokens, v.cached_tokens, v.milliseconds, v.outcome,
            row_number() over (partition by v.run order by v.milliseconds is null, v.milliseconds) as place,
            count(v.milliseconds) over (partition by v.run) as timed
        from verdicts v join wanted r on r.id = v.run where v.reused is null and r.status <> 'recorded')
    select r.id, r.model, r.status, (select p.cascade ->> 'then_model' from prompt_versions p
            where p.id = r.prompt_version and r.endpoint <> 'embedded') as then_model,
        count(a.run) as traces, r.dropped_calls + coalesce(sum(a.attempts), 0) as calls,
        sum(a.prompt_tokens) as prompts, sum(a.completion_tokens) as replies, sum(a.cached_tokens) as cached,
        r.dropped_calls, r.dropped_prompt_tokens, r.dropped_completion_tokens, r.dropped_cached_tokens,
        coalesce(sum(a.outcome is not null and (a.prompt_tokens is null or a.completion_tokens is null)), 0) as untold,
        max(case when a.place = (a.timed + 1) / 2 then a.milliseconds end) as median,
        max(case when a.place = (a.timed * 95 + 99) / 100 then a.milliseconds end) as p95,
        sum(a.milliseconds) / 1000.0 as seconds, count(a.milliseconds) as timed,
        (select coalesce(sum(prompt_tokens), 0) from batch_files where run = r.id) as batch_prompts,
        (select coalesce(sum(completion_tokens), 0) from batch_files where run = r.id) as batch_replies,
        (select json_group_object(error, n) from (select e.error, count(*) as n from verdicts e
            where e.run = r.id and e.error is not null group by e.error order by n desc, e.error)) as errors
    from wanted r left join asked a on a.run = r.id group by r.id order by r.id desc
    """


def of(store: Store, runs: list[int] | None = None) -> dict[int, RunCost]:
    """What these runs took (None: all of the project), newest first, in one query.

    Median and 95th percentile are those of the nearest rank: of n times in order the one at place n / 2, or n × 0.95,
    rounded up. So each is a time that was measured.
    """
    known = prices.every(store)
    rows = store.rows(_TOOK, runs=None if runs is None else json.dumps(runs))
    return {row["id"]: _record(row, known) for row in rows}


def _record(row: sqlite3.Row, known: dict[str, tuple[float, float]]) -> RunCost:
    prompts, replies, cached = (_total(row[name], row[f"dropped_{kind}_tokens"]) for name, kind in (
        ("prompts", "prompt"), ("replies", "completion"), ("cached", "cached")))
    cost, why = _money(row, prompts, replies, known)
    return RunCost(row["id"], row["model"], row["traces"], row["calls"], prompts, replies, cached, cost, why,
                   row["median"], row["p95"], row["seconds"], row["timed"], max(0, row["calls"] - row["traces"]),
                   json.loads(row["errors"]))


def _total(told: int | None, dropped: int) -> int | None:
    return None if told is None and not dropped else (told or 0) + dropped


def _money(row: sqlite3.Row, prompts: int | None, replies: int | None,
           known: dict[str, tuple[float, float]]) -> tuple[float | None, str]:
    """What the tokens cost, or None and why."""
    if row["status"] == RECORDED:
        return None, "recorded elsewhere"
    if not row["calls"]:
        return 0.0, ""
    if row["then_model"] not in (None, row["model"]):
        return None, "it asks two models, whose tokens are counted together"
    if row["model"] not in known:
        return None, f"no price of {row['model']} in Settings, Models"
    if row["untold"] or prompts is None or replies is None:
        return None, "the endpoint does not say how many tokens"
    inward, outward = known[row["model"]]
    # What came in batch files costs a share of the price alone.
    prompts, replies = (whole - (1 - BATCH_SHARE) * row[name] for whole, name in (
        (prompts, "batch_prompts"), (replies, "batch_replies")))
    return (prompts * inward + replies * outward) / 1_000_000, ""

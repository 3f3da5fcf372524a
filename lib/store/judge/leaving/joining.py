"""Shards put together: where every part of a whole was judged in the same words, one run holds them all.

Its verdicts are taken over, so that nothing is counted twice in what a judge has cost; its figures are those of one
machine that judged everything.
"""

import hashlib
import json
import sqlite3
from typing import Any

from lib.store.database import Store

_PARTS = """select r.* from runs r join judges j on j.id = r.judge
    where j.project = :project and r.status = 'done' and r.chosen ->> 'shard' is not null order by r.id"""
# What runs of one whole have in common, besides what they were started over.
_ALIKE = ("judge", "prompt_version", "model", "endpoint", "parameters", "split", "leave_one_out", "question", "fence",
          "criteria", "fit")
_INSERT = """insert into runs (judge, prompt_version, model, endpoint, parameters, split, concurrency, status, token,
        ended_at, leave_one_out, question, address, chosen, fence, criteria, lost_examples, fit)
    select judge, prompt_version, model, endpoint, parameters, split, concurrency, 'done', :token,
        strftime('%Y-%m-%dT%H:%M:%fZ'), leave_one_out, question, :address, :chosen, fence, criteria,
        (select max(lost_examples) from runs where id in (select value from json_each(:parts))), fit
    from runs where id = :first"""
_TRACES = """insert into run_traces (run, position, trace)
    select :run, row_number() over (order by exists (select 1 from labels l join experts e on e.id = l.expert
            where l.trace = x.trace and e.is_principal) desc, x.trace), x.trace
    from (select distinct trace from run_traces where run in (select value from json_each(:parts))) x"""
# An error that is asked for again makes room in its own run, so nothing here rests on it.
_VERDICTS = """insert or ignore into verdicts (run, trace, outcome, critique, error, raw, model, content_hash, attempts,
        reused, thoughts, lenient, p_pass, p_raw, decided_by)
    select :run, v.trace, v.outcome, v.critique, v.error, v.raw, v.model, v.content_hash, 0,
        case when v.outcome is not null then coalesce(v.reused, v.id) end, v.thoughts, v.lenient,
        v.p_pass, v.p_raw, v.decided_by
    from verdicts v where v.run in (select value from json_each(:parts)) order by v.id"""


def join(store: Store) -> list[int]:
    """Makes a run of every whole whose parts are all done, once; returns the numbers of the new runs.

    Of a part that was judged several times the newest run counts. Inside the caller's transaction.
    """
    wholes: dict[tuple, dict[int, sqlite3.Row]] = {}
    for row in store.rows(_PARTS):
        chosen = json.loads(row["chosen"])
        part, of = map(int, chosen.pop("shard").split("/"))
        key = (of, json.dumps(chosen, sort_keys=True), *(row[name] for name in _ALIKE))
        wholes.setdefault(key, {})[part] = row
    made = [_joined(store, key[1], list(parts.values())) for key, parts in wholes.items() if len(parts) == key[0] > 1]
    return [run for run in made if run]


def _joined(store: Store, chosen: str, parts: list[sqlite3.Row]) -> int | None:
    """The run of these parts; None where it is there. Its token is the same in every copy."""
    known = sorted([row["created_at"], row["chosen"], row["token"] or ""] for row in parts)
    token = f"shards {hashlib.sha256(json.dumps(known).encode()).hexdigest()}"
    if store.value("select 1 from runs where token = :token", token=token):
        return None
    addresses = {row["address"] for row in parts}
    bound: dict[str, Any] = {"parts": json.dumps([row["id"] for row in parts]), "first": parts[0]["id"]}
    run = store.execute(_INSERT, token=token, chosen=chosen,
                        address=addresses.pop() if len(addresses) == 1 else "", **bound)
    store.execute(_TRACES, run=run, **bound)
    store.execute(_VERDICTS, run=run, **bound)
    return run

"""Verdicts of a run, and the pairs they make with an expert's labels."""

import json
from typing import Any

from lib.records import FAIL, PASS, UNANSWERED, Counts, Verdict
from lib.store import experts
from lib.store.database import Store


def save(store: Store, run: int, trace: int, verdict: Verdict) -> None:
    """Stores a verdict (or a recorded error) the moment it came; a second one on the same trace is ignored."""
    store.execute("""insert into verdicts (run, trace, outcome, critique, error, raw, model, content_hash,
            prompt_tokens, completion_tokens, milliseconds, attempts)
        select :run, :trace, :outcome, :critique, :error, :raw, :model, content_hash,
            :prompt_tokens, :completion_tokens, :milliseconds, :attempts from traces
        where id = :trace and project = :project
            and exists (select 1 from runs r join judges j on j.id = r.judge where r.id = :run and j.project = :project)
        on conflict (run, trace) do nothing""",
                  run=run, trace=trace, outcome=verdict.outcome, critique=verdict.critique, error=verdict.error,
                  raw=verdict.raw, model=verdict.model, prompt_tokens=verdict.prompt_tokens,
                  completion_tokens=verdict.completion_tokens, milliseconds=verdict.milliseconds,
                  attempts=verdict.attempts)


def forget_unanswered(store: Store, run: int) -> int:
    """Drops the errors that say only that the endpoint did not answer, so that a resume tries again."""
    before = store.connection.total_changes
    store.execute("""delete from verdicts where run = :run
        and trace in (select id from traces where project = :project)
        and error in (select value from json_each(:kinds))""", run=run, kinds=json.dumps(UNANSWERED))
    return store.connection.total_changes - before


def counts(store: Store, run: int, expert: str) -> Counts:
    """The 2×2 table of a run against an expert's newest labels; a label shown in the prompt never counts."""
    table = {(row["label"], row["verdict"]): row["n"] for row in store.rows("""
        select l.outcome as label, coalesce(v.outcome, 'error') as verdict, count(*) as n
        from verdicts v join runs r on r.id = v.run
        join current_labels l on l.trace = v.trace and l.expert = :expert
        where v.run = :run and not exists (select 1 from prompt_examples x join labels shown on shown.id = x.label
            where x.prompt_version = r.prompt_version and shown.trace = v.trace)
        group by 1, 2""", run=run, expert=experts.row_of(store, expert))}
    return _counts(table)


def counts_between(store: Store, first: str, second: str) -> Counts:
    """The 2×2 table of two experts on the traces both labelled, the first named first."""
    table = {(row["first"], row["second"]): row["n"] for row in store.rows("""
        select a.outcome as first, b.outcome as second, count(*) as n
        from current_labels a join current_labels b on b.trace = a.trace
        where a.expert = :first and b.expert = :second group by 1, 2""",
                                                                           first=experts.row_of(store, first),
                                                                           second=experts.row_of(store, second))}
    return _counts(table)


def _counts(table: dict[tuple[str, str], int]) -> Counts:
    return Counts(
        pass_pass=table.get((PASS, PASS), 0), pass_fail=table.get((PASS, FAIL), 0),
        fail_pass=table.get((FAIL, PASS), 0), fail_fail=table.get((FAIL, FAIL), 0),
        errors=table.get((PASS, "error"), 0) + table.get((FAIL, "error"), 0))


def pairs(store: Store, run: int, expert: str, kind: str = "disagreements", limit: int = 200) -> list[dict[str, Any]]:
    """Rows of trace and both critiques. kind: disagreements, judge passed a fail, judge failed a pass, errors, all."""
    rows = store.rows("""select t.trace_id, t.input, t.output, l.outcome as expert_outcome,
            l.critique as expert_critique, v.outcome as judge_outcome, v.critique as judge_critique, v.error, v.raw
        from verdicts v join traces t on t.id = v.trace join runs r on r.id = v.run
        left join current_labels l on l.trace = v.trace
            and l.expert = (select id from experts where project = :project and name = :expert)
        where v.run = :run and t.project = :project and case :kind
            when 'errors' then v.error is not null
            when 'all' then 1
            when 'judge passed a fail' then l.outcome = 'fail' and v.outcome = 'pass'
            when 'judge failed a pass' then l.outcome = 'pass' and v.outcome = 'fail'
            else l.outcome <> v.outcome end
        and not exists (select 1 from prompt_examples x join labels shown on shown.id = x.label
            where x.prompt_version = r.prompt_version and shown.trace = v.trace)
        order by t.id limit :limit""", run=run, expert=expert, kind=kind, limit=limit)
    return [dict(row) for row in rows]


def of_trace(store: Store, trace_id: str) -> list[dict[str, Any]]:
    """Every verdict on a trace, newest first: judge, run, model, outcome, critique, error."""
    rows = store.rows("""select j.name as judge, v.run, v.model, v.outcome, v.critique, v.error
        from verdicts v join traces t on t.id = v.trace join runs r on r.id = v.run join judges j on j.id = r.judge
        where t.project = :project and t.trace_id = :id order by v.id desc""", id=trace_id)
    return [dict(row) for row in rows]

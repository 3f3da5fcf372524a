"""Runs and verdicts of a copy: each once, verdicts of a run that both sides know put together.

A run is known by its token; one without by judge, version, model, moment and what it was started over. Where both
sides have a verdict of one run on one trace ours stays; where they differ that is said.
"""

from lib.store.judge import judges
from lib.store.judge.leaving.copies import Sides

_SAME = (
    """insert or ignore into other.of_runs
        select o.id, r.id, 0 from other.runs o join other.of_judges j on j.theirs = o.judge
        join main.runs r on r.token = o.token and r.judge = j.ours""",
    """insert or ignore into other.of_runs
        select o.id, r.id, 0 from other.runs o join other.of_judges j on j.theirs = o.judge
        join other.of_prompts p on p.theirs = o.prompt_version
        join main.runs r on r.judge = j.ours and r.prompt_version = p.ours and r.model = o.model
            and r.parameters = o.parameters and r.created_at = o.created_at and r.chosen = o.chosen""",
)
_RECORDED = """select o.id, h.name from other.runs o join other.of_judges j on j.theirs = o.judge
    join main.judges h on h.id = j.ours where o.status = 'recorded'"""
_NEW = """select o.id from other.runs o join other.of_judges j on j.theirs = o.judge
    join other.of_prompts p on p.theirs = o.prompt_version
    where o.id not in (select theirs from other.of_runs) and exists (
        select 1 from other.verdicts v join other.of_traces t on t.theirs = v.trace where v.run = o.id)
    order by o.created_at, o.id"""
# One that was at work in the copy has no process here: it can be resumed.
_INSERT = """insert into main.runs (judge, prompt_version, model, endpoint, parameters, split, concurrency, status,
        message, token, created_at, ended_at, leave_one_out, anew, question, address, dropped_calls,
        dropped_prompt_tokens, dropped_completion_tokens, dropped_cached_tokens, chosen, fence, criteria,
        lost_examples, fit)
    select j.ours, p.ours, o.model, o.endpoint, o.parameters, o.split, o.concurrency,
        case when o.status in ('queued', 'running') then 'interrupted' else o.status end, o.message, o.token,
        o.created_at, o.ended_at, o.leave_one_out, o.anew, o.question, o.address, o.dropped_calls,
        o.dropped_prompt_tokens, o.dropped_completion_tokens, o.dropped_cached_tokens, o.chosen, o.fence, o.criteria,
        o.lost_examples, o.fit
    from other.runs o join other.of_judges j on j.theirs = o.judge
    join other.of_prompts p on p.theirs = o.prompt_version where o.id = :theirs"""
_WITH_THEM = (
    """insert into main.run_traces (run, position, trace)
        select r.ours, x.position, t.ours from other.of_runs r join other.run_traces x on x.run = r.theirs
        join other.of_traces t on t.theirs = x.trace where r.fresh""",
    """insert into main.run_caps (run, calls, tokens, cost)
        select r.ours, c.calls, c.tokens, c.cost from other.of_runs r join other.run_caps c on c.run = r.theirs
        where r.fresh""",
    """insert into main.test_looks (run, reason, token, created_at, author)
        select r.ours, o.reason, o.token, o.created_at, o.author from other.of_runs r
        join other.test_looks o on o.run = r.theirs
        where not exists (select 1 from main.test_looks l where l.run = r.ours and l.token is o.token
            and l.created_at = o.created_at and l.reason = o.reason) order by o.id""",
)
_VERDICTS = """insert into main.verdicts (run, trace, outcome, critique, error, raw, model, content_hash,
        prompt_tokens, completion_tokens, milliseconds, attempts, created_at, thoughts, lenient, cached_tokens, p_pass,
        p_raw, decided_by, import)
    select r.ours, t.ours, o.outcome, o.critique, o.error, o.raw, o.model, o.content_hash, o.prompt_tokens,
        o.completion_tokens, o.milliseconds, o.attempts, o.created_at, o.thoughts, o.lenient, o.cached_tokens,
        o.p_pass, o.p_raw, o.decided_by, :number
    from other.verdicts o join other.of_runs r on r.theirs = o.run join other.of_traces t on t.theirs = o.trace
    where not exists (select 1 from main.verdicts v where v.run = r.ours and v.trace = t.ours)
    order by o.id"""
_DIFFER = """select r.ours, x.trace_id, coalesce(v.outcome, v.error), coalesce(o.outcome, o.error)
    from other.verdicts o join other.of_runs r on r.theirs = o.run join other.of_traces t on t.theirs = o.trace
    join main.verdicts v on v.run = r.ours and v.trace = t.ours join main.traces x on x.id = t.ours
    where (v.outcome, v.error) is not (o.outcome, o.error) order by r.ours, x.id"""
# Of one that was taken over: from where, or, where that is not here, from itself: nothing was paid for it.
_REUSED = """update main.verdicts set reused = f.source from (
        select v.id as taken, coalesce(w.id, v.id) as source from other.verdicts o
        join other.of_runs r on r.theirs = o.run join other.of_traces t on t.theirs = o.trace
        join main.verdicts v on v.run = r.ours and v.trace = t.ours and v.import = :number
        join other.verdicts u on u.id = o.reused left join other.of_runs q on q.theirs = u.run
        left join main.verdicts w on w.run = q.ours and w.trace = t.ours
        where o.reused is not null) f
    where verdicts.id = f.taken"""
_ENDED = """update main.runs set status = 'done', message = '', ended_at = strftime('%Y-%m-%dT%H:%M:%fZ')
    where id in (select ours from other.of_runs where not fresh)
    and status in ('paused', 'interrupted', 'cancelled', 'failed')
    and not exists (select 1 from main.run_traces x where x.run = runs.id
        and not exists (select 1 from main.verdicts v where v.run = x.run and v.trace = x.trace))"""
_ELSEWHERE = """select count(*) from other.verdicts o join other.traces t on t.id = o.trace and t.project = :other
    where o.trace not in (select theirs from other.of_traces) or o.run not in (select theirs from other.of_runs)"""


def bring(sides: Sides) -> tuple[int, int, list[str]]:
    """Adds runs that are not here, and every verdict that is not; returns how many of each, and the conflicts."""
    for statement in _SAME:
        sides.add(statement)
    for row in sides.rows(_RECORDED):
        sides.add("insert or ignore into other.of_runs values (:theirs, :ours, 0)", theirs=row["id"],
                  ours=judges.recorded_run(sides.store, row["name"]))
    new = [row["id"] for row in sides.rows(_NEW)]
    for theirs in new:
        sides.add(_INSERT, theirs=theirs)
        sides.add("insert into other.of_runs values (:theirs, (select max(id) from main.runs), 1)", theirs=theirs)
    for statement in _WITH_THEM:
        sides.add(statement)
    said = [f"run {run}, trace {trace}: {ours} here, {theirs} in the copy; ours stays"
            for run, trace, ours, theirs in sides.rows(_DIFFER)]
    verdicts = sides.add(_VERDICTS)
    sides.add(_REUSED)
    sides.add(_ENDED)
    return len(new), verdicts, said


def left_out(sides: Sides) -> dict[str, int]:
    """What of the copy's verdicts is not taken: how many, by the reason."""
    return {"verdicts on traces, or of runs, that are left out": sides.value(_ELSEWHERE)}

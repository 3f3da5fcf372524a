"""What a model proposed as failure modes of fails, what a person made of each, and how far the two agree.

A proposal is a pair of fail and failure mode; nothing of it is counted before a person confirms it.
"""

import json
from collections.abc import Iterable
from typing import Any

from lib.store import experts
from lib.store.database import Store

_OWN = """
    from proposed_codes p join failure_modes f on f.id = p.failure_mode join traces t on t.id = p.trace
    join analyses a on a.id = p.analysis
    where a.project = :project and f.project = :project and f.confirmed and p.decision is null
    and not exists (select 1 from decided_traces d where d.trace = p.trace)
    and (:mode is null or f.id = :mode)
"""


def save(store: Store, analysis: int, trace: int, modes: Iterable[int]) -> None:
    """Keeps the failure modes a model named for one fail."""
    store.execute("""insert or ignore into proposed_codes (analysis, trace, failure_mode)
        select :analysis, t.id, f.id from traces t join failure_modes f on f.project = :project
        where t.id = :trace and t.project = :project and f.id in (select value from json_each(:modes))
        and exists (select 1 from analyses where id = :analysis and project = :project)""",
                  analysis=analysis, trace=trace, modes=json.dumps(list(modes)))


def waiting(store: Store, mode: int | None = None, limit: int = 500) -> list[dict[str, Any]]:
    """Proposals nobody has decided on (of one failure mode): trace_id, mode, name, input, note, critique."""
    return [dict(row) for row in store.rows("""select distinct t.trace_id, f.id as mode, f.name, t.input,
            (select text from notes n where n.trace = t.id order by n.id desc limit 1) as note,
            (select l.critique from current_labels l join experts e on e.id = l.expert
                where l.trace = t.id and e.is_principal) as critique""" + _OWN + """
        order by t.id, f.name limit :limit""", mode=mode, limit=limit)]


def counts(store: Store) -> list[dict[str, Any]]:
    """For each confirmed failure mode a model was asked about: id, name, proposed, waiting, confirmed, rejected."""
    return [dict(row) for row in store.rows("""
        select f.id, f.name, count(*) as proposed, sum(p.decision is null and not exists (
                select 1 from decided_traces d where d.trace = p.trace)) as waiting,
            coalesce(sum(p.decision = 'confirmed'), 0) as confirmed,
            coalesce(sum(p.decision = 'rejected'), 0) as rejected
        from proposed_codes p join failure_modes f on f.id = p.failure_mode join analyses a on a.id = p.analysis
        where a.project = :project and f.confirmed group by f.id order by f.name""")]


def decide(store: Store, decision: str, mode: int | None = None, trace_ids: list[str] | None = None,
           coder: str = "") -> int:
    """Confirms or rejects what waits (of one failure mode, of these traces); returns how many proposals that were.

    A confirmed one becomes a code of its fail. A fail on which nothing waits any more has been looked at.
    """
    if coder:
        experts.check_own(store, coder, "decides on proposals")
    chosen = {"mode": mode, "traces": None if trace_ids is None else json.dumps(trace_ids)}
    with store.transaction():
        found = store.rows("select p.id, p.trace, p.failure_mode" + _OWN + """
            and (:traces is null or t.trace_id in (select value from json_each(:traces)))""", **chosen)
        keys, touched = (json.dumps([row[column] for row in found]) for column in ("id", "trace"))
        store.execute("""update proposed_codes set decision = :decision, decided_at = strftime('%Y-%m-%dT%H:%M:%fZ')
            where id in (select value from json_each(:keys))""", decision=decision, keys=keys)
        if decision == "confirmed":
            store.execute("""insert or ignore into trace_failure_modes (trace, failure_mode, source)
                select trace, failure_mode, 'model' from proposed_codes
                where id in (select value from json_each(:keys))""", keys=keys)
        _looked_at(store, touched, coder)
    return len(found)


def _looked_at(store: Store, touched: str, coder: str) -> None:
    store.execute("""insert into coded_traces (trace, coder, proposals_seen)
        select distinct value, :coder, 1 from json_each(:touched) where not exists (
            select 1 from proposed_codes p join failure_modes f on f.id = p.failure_mode
            where p.trace = value and p.decision is null and f.confirmed)
        on conflict (trace) do update set proposals_seen = 1""", touched=touched, coder=coder)


_WITHOUT = """
    from analysis_items i join analyses a on a.id = i.analysis
    join current_labels l on l.trace = i.trace and l.outcome = 'fail'
        and l.expert = (select id from experts where project = :project and name = :expert)
    where a.project = :project and a.kind = 'codes' and i.done_at is not null and i.error is null
    and not exists (select 1 from proposed_codes p where p.trace = i.trace)
    and not exists (select 1 from decided_traces d where d.trace = i.trace)
"""


def without(store: Store, expert: str) -> int:
    """Fails of this expert that a model gave no failure mode to and that no person has coded."""
    return store.value("select count(distinct i.trace)" + _WITHOUT, expert=expert)


def agree_none(store: Store, expert: str, coder: str = "") -> int:
    """A person agrees that no failure mode fits these fails; returns how many."""
    if coder:
        experts.check_own(store, coder, "decides on proposals")
    with store.transaction():
        found = without(store, expert)
        store.execute("insert into coded_traces (trace, coder, proposals_seen) select distinct i.trace, :coder, 1"
                      + _WITHOUT, expert=expert, coder=coder)
    return found


_AGREEMENT = """
    with decided as materialized (
        select distinct i.trace from analysis_items i join decided_traces d on d.trace = i.trace
        join current_labels l on l.trace = i.trace and l.outcome = 'fail'
            and l.expert = (select id from experts where project = :project and name = :expert)
        where i.analysis = :analysis and i.error is null and i.done_at is not null and not d.proposals_seen),
    asked as (
        select distinct coalesce(f.merged_into, f.id) as mode from analyses a, json_each(a.config, '$.modes') m
        join failure_modes f on f.id = m.value
        where a.id = :analysis and a.project = :project and f.project = :project),
    said as materialized (select failure_mode as mode, trace from proposed_codes
        where analysis = :analysis and trace in (select trace from decided)),
    given as materialized (select failure_mode as mode, trace from trace_failure_modes
        where failure_mode in (select mode from asked) and trace in (select trace from decided)),
    tallied as (
        select mode, count(*) as model, 0 as person, 0 as both from said group by mode
        union all select mode, 0, count(*), 0 from given group by mode
        union all select mode, 0, 0, count(*)
            from (select mode, trace from said intersect select mode, trace from given) group by mode),
    named as (
        select f.name, (select count(*) from decided) as n, coalesce(sum(y.model), 0) as model,
            coalesce(sum(y.person), 0) as person, coalesce(sum(y.both), 0) as both
        from asked join failure_modes f on f.id = asked.mode left join tallied y on y.mode = f.id
        where f.confirmed group by f.id)
    select name, both, person - both as person, model - both as model, n - person - model + both as neither
    from named order by name
"""


def agreement(store: Store, analysis: int, expert: str) -> list[dict[str, Any]]:
    """For each failure mode an analysis was asked about, over the fails that a person coded without having seen what
    it proposed: name, both (person and model name it), person (only the person), model (only the model), neither."""
    return [dict(row) for row in store.rows(_AGREEMENT, analysis=analysis, expert=expert)]


def seen(store: Store, analysis: int) -> int:
    """How many fails of an analysis were coded with its proposals in view, and so do not measure it."""
    return store.value("""select count(distinct i.trace) from analysis_items i join analyses a on a.id = i.analysis
        join coded_traces d on d.trace = i.trace
        where a.id = :analysis and a.project = :project and d.proposals_seen""", analysis=analysis)

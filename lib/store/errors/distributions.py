"""How failure modes spread over an expert's fails: by the values of a dimension, by week or month, by system version.

A fail is coded once a person has confirmed a failure mode of it, or has looked and found none; only coded ones have
shares. Every fail counts, also one that a queue drew by its outcome: these are shares among fails, not rates.
"""

from lib.store.database import Store
from lib.store.outcomes import DAY

PERIODS = ("week", "month", "version")
_FAILS = """
    with fails as materialized (
        select l.id, l.trace, l.created_at, exists (select 1 from counted_codes c where c.trace = l.trace)
            or exists (select 1 from coded_traces d where d.trace = l.trace) as coded
        from current_labels l where l.outcome = 'fail'
        and l.expert = (select id from experts where project = :project and name = :expert))
    """
# Which group a fail is in, one row each: a value of a dimension, or when the AI answered, else when it was labelled.
_GROUPS = _FAILS + """, placed as (
        select f.trace, f.coded, v.name as place, v.id as rank from fails f
        join trace_values tv on tv.trace = f.trace join dimension_values v on v.id = tv.value
        join dimensions d on d.id = v.dimension and d.project = :project and d.name = :dimension
        union all
        select l.trace, l.coded, case :period when 'version' then t.system_version
            -- The Monday of that week.
            when 'week' then date(""" + DAY + """, 'weekday 0', '-6 days') else substr(""" + DAY + """, 1, 7) end,
            case :period when 'version' then (select min(id) from traces s where s.project = :project
                and s.system_version = t.system_version) else 0 end
        from fails l join traces t on t.id = l.trace
        where :period is not null and (:period <> 'version' or t.system_version is not null))
    """


def groups(store: Store, expert: str, dimension: str | None = None,
           period: str | None = None) -> list[tuple[str, int, int]]:
    """(group, fails coded, fails not coded) in order: by values of a dimension, or by one of PERIODS."""
    return [tuple(row) for row in store.rows(_GROUPS + """select place, sum(coded), sum(not coded) from placed
        group by place order by min(rank), place""", expert=expert, dimension=dimension, period=period)]


def counts(store: Store, expert: str, dimension: str | None = None,
           period: str | None = None) -> list[tuple[str, str, int]]:
    """(failure mode, group, fails of the group that have it) wherever there is one."""
    return [tuple(row) for row in store.rows(_GROUPS + """select m.name, p.place, count(*)
        from placed p join counted_codes c on c.trace = p.trace join failure_modes m on m.id = c.failure_mode
        group by m.id, p.place order by m.name, min(p.rank), p.place""",
                                             expert=expert, dimension=dimension, period=period)]


def as_read(store: Store, expert: str) -> list[list[str]]:
    """The failure modes of each coded fail in the order the fails were labelled; none is an empty list."""
    found: dict[int, list[str]] = {row[0]: [] for row in store.rows(
        _FAILS + "select id from fails where coded order by id", expert=expert)}
    for label, name in store.rows(_FAILS + """select f.id, m.name from fails f
            join trace_failure_modes c on c.trace = f.trace join failure_modes m on m.id = c.failure_mode
            where m.confirmed order by f.id, m.name""", expert=expert):
        found[label].append(name)
    return list(found.values())


def proposed(store: Store, expert: str) -> list[tuple[str, int]]:
    """(failure mode, fails for which a model proposes it and nobody has decided): in no figure."""
    return [tuple(row) for row in store.rows(_FAILS + """select m.name, count(distinct p.trace)
        from proposed_codes p join fails f on f.trace = p.trace join failure_modes m on m.id = p.failure_mode
        where p.decision is null and m.confirmed and m.merged_into is null
        and not exists (select 1 from decided_traces d where d.trace = p.trace)
        and not exists (select 1 from counted_codes c where c.trace = p.trace and c.failure_mode = p.failure_mode)
        group by m.id order by 2 desc, 1""", expert=expert)]

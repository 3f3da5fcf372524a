"""Counts of one failure mode among an expert's labels: in all, by month, by system version, by dimension value.

A label on a trace that was drawn by looking at an outcome is in none of these counts: it would move every rate.
"""

from dataclasses import dataclass

from lib.store.database import Store

# `has`: a fail with this failure mode. Written out once, so that 100,000 labels are walked once.
_LABELLED = """
    with labelled as materialized (
        select l.trace, l.created_at, l.outcome = 'fail' as failed, l.outcome = 'fail' and exists (
            select 1 from counted_codes c join failure_modes f on f.id = c.failure_mode
            where c.trace = l.trace and f.project = :project and f.name = :mode) as has
        from current_labels l where l.unbiased = 1
        and l.expert = (select id from experts where project = :project and name = :expert))
    """


@dataclass(frozen=True)
class Fail:
    """A fail that has the failure mode: its trace, and the label's critique."""

    trace: str
    input: str
    critique: str
    best: bool  # a person named it as the one whose critique shows the failure mode best


def totals(store: Store, expert: str, mode: str) -> tuple[int, int, int]:
    """(traces that have it, labelled traces, fails in which nobody has looked for failure modes yet)."""
    return tuple(store.row(_LABELLED + """select coalesce(sum(has), 0), count(*), coalesce(sum(failed and not exists (
            select 1 from counted_codes c where c.trace = labelled.trace)
            and not exists (select 1 from coded_traces c where c.trace = labelled.trace)), 0) from labelled""",
                           expert=expert, mode=mode))


def by_month(store: Store, expert: str, mode: str) -> list[tuple[str, int, int]]:
    """(year-month, have it, have it not): when the AI answered where the file says so, else when it was labelled."""
    return _triples(store.rows(_LABELLED + """select substr(
            case when t.created_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]*' then t.created_at
                else labelled.created_at end, 1, 7), sum(has), count(*) - sum(has)
        from labelled join traces t on t.id = labelled.trace group by 1 order by 1""", expert=expert, mode=mode))


def by_version(store: Store, expert: str, mode: str) -> list[tuple[str, int, int]]:
    """(system version, have it, have it not), in the order in which the versions came."""
    return _triples(store.rows(_LABELLED + """select t.system_version, sum(has), count(*) - sum(has)
        from labelled join traces t on t.id = labelled.trace where t.system_version is not null
        group by 1 order by min(t.id)""", expert=expert, mode=mode))


def by_value(store: Store, expert: str, mode: str) -> list[tuple[str, str, int, int]]:
    """(dimension, value, have it, all labelled ones) of every value that is met."""
    return [tuple(row) for row in store.rows(_LABELLED + """select d.name, v.name, c.have, c.n from (
            select tv.value, sum(has) as have, count(*) as n from labelled
            join trace_values tv on tv.trace = labelled.trace group by tv.value) c
        join dimension_values v on v.id = c.value join dimensions d on d.id = v.dimension
        where d.project = :project order by d.id, v.name""", expert=expert, mode=mode)]


def fails(store: Store, expert: str, mode: str, limit: int = 500) -> list[Fail]:
    """The fails that have it, the newest first and before them the one named as the best; biased ones too."""
    return [Fail(*tuple(row)[:3], bool(row[3])) for row in store.rows("""
        select t.trace_id, t.input, l.critique, l.id = coalesce(f.example, 0)
        from failure_modes f join counted_codes c on c.failure_mode = f.id
        join current_labels l on l.trace = c.trace and l.outcome = 'fail'
        join experts e on e.id = l.expert and e.name = :expert and e.project = :project
        join traces t on t.id = l.trace
        where f.project = :project and f.name = :mode order by 4 desc, l.id desc limit :limit""",
                                                                         expert=expert, mode=mode, limit=limit)]


def _triples(rows) -> list[tuple[str, int, int]]:
    return [tuple(row) for row in rows]

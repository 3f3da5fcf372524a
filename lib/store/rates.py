"""Counts for error analysis, added up in SQL: passes and fails by dimension value.

A label on a trace that was drawn by looking at an outcome is in none of them: it would move every rate.
"""

from lib.store.database import Store


def by_expert(store: Store, expert: str, dimension: str | None) -> list[tuple[str, int, int]]:
    """(value, passes, fails) of an expert's newest unbiased labels; without a dimension one row, 'all'."""
    if dimension is None:
        return _triples(store.rows("""select 'all', coalesce(sum(l.outcome = 'pass'), 0),
                coalesce(sum(l.outcome = 'fail'), 0)
            from current_labels l join experts e on e.id = l.expert
            where e.project = :project and e.name = :expert and l.unbiased = 1""", expert=expert))
    return _triples(store.rows("""select v.name, sum(l.outcome = 'pass'), sum(l.outcome = 'fail')
        from current_labels l join experts e on e.id = l.expert
        join trace_values tv on tv.trace = l.trace join dimension_values v on v.id = tv.value
        join dimensions d on d.id = v.dimension
        where e.project = :project and e.name = :expert and d.name = :dimension and l.unbiased = 1
        group by v.id order by v.name""", expert=expert, dimension=dimension))


def by_run(store: Store, run: int, dimension: str | None) -> list[tuple[str, int, int]]:
    """(value, passes, fails) of a run's readable verdicts; without a dimension one row, 'all'."""
    if dimension is None:
        return _triples(store.rows("""select 'all', coalesce(sum(outcome = 'pass'), 0),
            coalesce(sum(outcome = 'fail'), 0) from verdicts v join traces t on t.id = v.trace
            where v.run = :run and t.project = :project""", run=run))
    return _triples(store.rows("""select n.name, sum(v.outcome = 'pass'), sum(v.outcome = 'fail')
        from verdicts v join trace_values tv on tv.trace = v.trace join dimension_values n on n.id = tv.value
        join dimensions d on d.id = n.dimension
        where v.run = :run and v.outcome is not null and d.project = :project and d.name = :dimension
        group by n.id order by n.name""", run=run, dimension=dimension))


def left_out(store: Store, expert: str) -> int:
    """How many of an expert's newest labels no rate may use."""
    return store.value("""select count(*) from current_labels l join experts e on e.id = l.expert
        where e.project = :project and e.name = :expert and l.unbiased = 0""", expert=expert)


def unlabelled_by_run(store: Store, run: int, expert: str) -> tuple[int, int]:
    """(passes, readable verdicts) of a run on traces that have no unbiased label of this expert.

    Those with a biased one belong here: taken out by their outcome, they would leave too few fails behind.
    """
    return tuple(store.row("""select coalesce(sum(v.outcome = 'pass'), 0), count(v.outcome)
        from verdicts v join traces t on t.id = v.trace
        where v.run = :run and t.project = :project and not exists (select 1 from current_labels l
            join experts e on e.id = l.expert where l.trace = v.trace and l.unbiased = 1 and e.name = :expert)""",
                            run=run, expert=expert))


def _triples(rows) -> list[tuple[str, int, int]]:
    return [tuple(row) for row in rows]

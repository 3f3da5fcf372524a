"""Reviewers: traces on which experts differ, for one who may see them, and those already adjudicated."""

from lib.store.database import Store


def differing(store: Store, viewer: str) -> list[tuple[str, bool]]:
    """(trace id, whether the viewer has labelled it) where experts' labels differ and nobody has adjudicated."""
    rows = store.rows("""
        with shared as (select trace from labels group by trace having min(expert) <> max(expert))
        select t.trace_id, coalesce(sum(e.name = :viewer), 0) > 0
        from shared s join traces t on t.id = s.trace join current_labels l on l.trace = s.trace
        join experts e on e.id = l.expert
        where t.project = :project
        and not exists (select 1 from labels x where x.trace = s.trace and x.purpose = 'adjudication')
        group by s.trace having min(l.outcome) <> max(l.outcome) order by s.trace""", viewer=viewer)
    return [(row[0], bool(row[1])) for row in rows]


def adjudicated(store: Store) -> int:
    """How many traces on which experts differed have been adjudicated."""
    return store.value("""select count(distinct l.trace) from labels l join traces t on t.id = l.trace
        where t.project = :project and l.purpose = 'adjudication'""")

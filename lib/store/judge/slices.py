"""The 2×2 tables of a run by the values of a dimension, added up in SQL; what counts is said in store/pairs.py."""

from lib.records import Counts
from lib.store import experts
from lib.store.database import Store
from lib.store.pairs import COUNTED, PAIRED


def counts_by(store: Store, run: int, expert: str, dimension: str, every: bool = False) -> list[tuple[str, Counts]]:
    """(value, counts) of a run's pairs; a trace with several values counts under each, one with none under "none"."""
    rows = store.rows("""with pairs as (
            select v.trace, tied.session, tied.input, l.outcome as said, coalesce(v.outcome, 'error') as judged
            """ + PAIRED + "and " + COUNTED
                      + """), here as (
            select tv.trace, n.name from dimensions d join dimension_values n on n.dimension = d.id
            join trace_values tv on tv.value = n.id where d.project = :project and d.name = :dimension)
        select coalesce(h.name, 'none'), p.session, p.input, p.said, p.judged, count(*)
        from pairs p left join here h on h.trace = p.trace group by 1, 2, 3, 4, 5 order by 1""",
                      run=run, expert=experts.row_of(store, expert), dimension=dimension, every=every)
    tables: dict[str, dict] = {}
    for value, *key, n in rows:
        tables.setdefault(value, {})[tuple(key)] = n
    return [(value, Counts.of_tied(table)) for value, table in tables.items()]

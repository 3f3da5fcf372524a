"""The 2×2 tables of a run by a dimension, a mode of labels, or what the output is, added up in SQL.

What counts is said in store/pairs.py.
"""

from collections.abc import Iterable

from lib.records import Counts
from lib.store import experts
from lib.store.database import Store
from lib.store.pairs import COUNTED, PAIRED


def counts_by(store: Store, run: int, expert: str, dimension: str, every: bool = False) -> list[tuple[str, Counts]]:
    """(value, counts) of a run's pairs; a trace with several values counts under each, one with none under
    "(no value)"."""
    rows = store.rows("""with pairs as (
            select v.trace, tied.session, tied.input, l.outcome as said, coalesce(v.outcome, 'error') as judged
            """ + PAIRED + "and " + COUNTED
                      + """), here as (
            select tv.trace, n.name from dimensions d join dimension_values n on n.dimension = d.id
            join trace_values tv on tv.value = n.id where d.project = :project and d.name = :dimension)
        select coalesce(h.name, '(no value)'), p.session, p.input, p.said, p.judged, count(*)
        from pairs p left join here h on h.trace = p.trace group by 1, 2, 3, 4, 5 order by 1""",
                      run=run, expert=experts.row_of(store, expert), dimension=dimension, every=every)
    return list(_tables(rows).items())


def counts_by_mode(store: Store, run: int, expert: str, every: bool = False) -> dict[str, Counts]:
    """Mode of the label -> counts of a run's pairs: what the expert knew of the judge (blind, known, shadow, unknown).

    Shadow labels count only where `every` is asked for.
    """
    return _tables(store.rows("""select mode, session, input, said, judged, count(*) from (
            select l.mode, tied.session, tied.input, l.outcome as said, coalesce(v.outcome, 'error') as judged"""
                              + PAIRED + "and " + COUNTED + ") group by 1, 2, 3, 4, 5",
                              run=run, expert=experts.row_of(store, expert), every=every))


def counts_by_length(store: Store, run: int, expert: str, every: bool = False) -> dict[int, Counts]:
    """Length of the output in characters -> counts of a run's pairs."""
    return _tables(store.rows("""select length, session, input, said, judged, count(*) from (
            select (select length(coalesce(output, '')) from traces where id = v.trace) as length, tied.session,
                tied.input, l.outcome as said, coalesce(v.outcome, 'error') as judged"""
                              + PAIRED + "and " + COUNTED + ") group by 1, 2, 3, 4, 5",
                              run=run, expert=experts.row_of(store, expert), every=every))


def counts_by_version(store: Store, run: int, expert: str, every: bool = False) -> dict[str, Counts]:
    """Version of the AI system -> counts of a run's pairs, by their first traces; "(no version)" where none is told."""
    return _tables(store.rows("""select version, session, input, said, judged, count(*) from (
            select (select coalesce(system_version, '(no version)') from traces where id = v.trace) as version,
                tied.session,
                tied.input, l.outcome as said, coalesce(v.outcome, 'error') as judged, v.trace"""
                              + PAIRED + "and " + COUNTED + ") group by 1, 2, 3, 4, 5 order by min(trace)",
                              run=run, expert=experts.row_of(store, expert), every=every))


def _tables(rows: Iterable) -> dict[str, Counts]:
    """Counts by the first column, from (what it is, session, input, label, verdict, how many)."""
    tables: dict[str, dict] = {}
    for value, *key, n in rows:
        tables.setdefault(value, {})[tuple(key)] = n
    return {value: Counts.of_tied(table) for value, table in tables.items()}

"""What a corrected pass rate from probabilities is made of: those on labelled traces, and those on traces without one.

The same traces count as for the corrected rate from verdicts.
"""

from lib.records.rating import Rated
from lib.store import experts
from lib.store.database import Store
from lib.store.outcomes import JUDGED
from lib.store.pairs import ANY_PAIR, SEALED, TIED

# Traces of one group are not independent: they share a session or an input.
_GROUP = "coalesce('s' || tied.session, 'i' || tied.input, 't' || v.trace)"
_KNOWN = "select v.p_pass, l.outcome = 'pass', " + _GROUP + ANY_PAIR + " and l.counts and :sealed = " + SEALED + """
    and v.p_pass is not null and v.outcome is not null"""
_UNSEEN = "select v.p_pass, " + _GROUP + " from (select v.* from " + JUDGED + """
    and v.p_pass is not null and (:labelled or not exists (select 1 from current_labels f where f.trace = v.trace
        and f.unbiased = 1 and f.expert = :whose))) v""" + TIED


def known(store: Store, run: int, expert: str, sealed: bool) -> list[tuple[float, bool, str]]:
    """(probability of pass, whether the expert passed, its group) of labelled traces: of test alone where `sealed`."""
    rows = store.rows(_KNOWN, run=run, expert=experts.row_of(store, expert), sealed=sealed)
    return [(p, bool(passed), group) for p, passed, group in rows]


def unseen(store: Store, rated: Rated, labelled: bool) -> list[tuple[float, str]]:
    """(probability of pass, its group) of the verdicts that a rate counts; `labelled`: also on traces with a label."""
    whose = experts.row_of(store, rated.expert) if rated.expert else None
    return [tuple(row) for row in store.rows(_UNSEEN, labelled=labelled, whose=whose, **rated.values)]


def told(store: Store, run: int) -> tuple[int, int]:
    """(verdicts of a run with an outcome, those of them without a probability)."""
    row = store.row("""select count(*), coalesce(sum(v.p_pass is null), 0) from verdicts v join runs r on r.id = v.run
        join judges j on j.id = r.judge where j.project = :project and v.run = :run and v.outcome is not null""",
                    run=run)
    return row[0], row[1]


def values(store: Store, dimension: str) -> dict[str, list[str]]:
    """Trace id -> its values of a dimension."""
    found: dict[str, list[str]] = {}
    for trace, value in store.rows("""select t.trace_id, n.name from dimensions d
            join dimension_values n on n.dimension = d.id join trace_values tv on tv.value = n.id
            join traces t on t.id = tv.trace where d.project = :project and d.name = :dimension order by 1, 2""",
                                   dimension=dimension):
        found.setdefault(trace, []).append(value)
    return found

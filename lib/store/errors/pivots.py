"""Passes and fails by up to three dimensions, added up in SQL; what counts is said in outcomes.py."""

import json
from collections import Counter
from itertools import product

from lib.records import Counts
from lib.records.rating import NotRated, Rated, Tally
from lib.store import experts
from lib.store.database import Store
from lib.store.outcomes import EXPERT, FAIR_LABEL, RUN, SAID, SEEN
from lib.store.pairs import ANY_PAIR, SEALED, TIED

Group = tuple[tuple[tuple[str, ...], ...], Tally]


def groups(store: Store, rated: Rated, dimensions: tuple[str, ...] = ()) -> list[Group]:
    """(the values of each dimension, their outcomes) for every set of values that traces have.

    A trace with several values of a dimension is in one group: for each dimension a group holds all its values.
    """
    known = _known(store, dimensions)
    # SQLite groups the traces by what they have: Python then sees each set of values once, not each trace.
    # What traces have is gathered first, in the order it is stored in: asked for trace by trace it takes twice as long.
    rows = store.rows("with said as materialized (select * from " + SAID + ")" + _HAD + """
        select ids, tied.session, tied.input, sum(not judged and outcome = 'pass'),
            sum(not judged and outcome = 'fail'), sum(judged and outcome = 'pass'), sum(judged and outcome = 'fail')
        from said left join had on had.trace = said.trace left join tied_traces tied on tied.trace = said.trace
        group by 1, 2, 3""", ids=json.dumps(list(known)), **rated.values)
    found: dict[str | None, list[Tally]] = {}
    for ids, session, text, *cells in rows:
        found.setdefault(ids, []).append(Tally.sharing(session, text, *cells))
    return [(_values(ids, known, len(dimensions)), Tally.total(parts)) for ids, parts in found.items()]


def pairs(store: Store, run: int, expert: str, sealed: bool, dimensions: tuple[str, ...]) -> dict[
        tuple[str, ...], Counts]:
    """The 2×2 table of each combination of values: the labelled pairs that may correct a judge's rates there.

    Of the test split alone where `sealed`, else of all but it; a trace with several values counts under each.
    """
    known = _known(store, dimensions)
    rows = store.rows("with said as materialized (select v.trace, tied.session, tied.input, l.outcome as said, "
                      "coalesce(v.outcome, 'error') as judged" + ANY_PAIR + " and l.counts and :sealed = " + SEALED
                      + ")" + _HAD + """
        select ids, said.session, said.input, said, judged, count(*)
        from said left join had on had.trace = said.trace group by 1, 2, 3, 4, 5""",
                      ids=json.dumps(list(known)), run=run, expert=experts.row_of(store, expert), sealed=sealed)
    tables: dict[tuple[str, ...], Counter] = {}
    for ids, *key, n in rows:
        for place in product(*_values(ids, known, len(dimensions))):
            tables.setdefault(place, Counter())[tuple(key)] += n
    return {place: Counts.of_tied(table) for place, table in tables.items()}


# What each trace has of the values asked for, beside `said`.
_HAD = """, had as materialized (select trace, group_concat(value) as ids from trace_values
    where value in (select value from json_each(:ids)) group by trace)"""


def _known(store: Store, dimensions: tuple[str, ...]) -> dict[int, tuple[int, str]]:
    place = {name: number for number, name in enumerate(dimensions)}
    return {row[0]: (place[row[1]], row[2]) for row in store.rows("""select v.id, d.name, v.name
        from dimension_values v join dimensions d on d.id = v.dimension
        where d.project = :project and d.name in (select value from json_each(:names))""",
                                                                  names=json.dumps(dimensions))}


def _values(ids: str | None, known: dict[int, tuple[int, str]], width: int) -> tuple[tuple[str, ...], ...]:
    found: list[list[str]] = [[] for _ in range(width)]
    for id in filter(None, (ids or "").split(",")):
        place, name = known[int(id)]
        found[place].append(name)
    return tuple(map(tuple, found))


def left_out(store: Store, rated: Rated) -> NotRated:
    """How many outcomes a rate leaves out, for each reason; those on seen traces are counted even where they count."""
    drawn = store.value("""select count(*) from current_labels l where :rated <> 'judge' and l.unbiased = 0
        and l.expert = """ + EXPERT, **rated.values)
    seen = store.value("select count(*) from " + RUN + " and :rated <> 'expert' and " + SEEN
                       + " and (:rated = 'judge' or not " + FAIR_LABEL + ")", **rated.values)
    return NotRated(drawn, seen)


def unlabelled(store: Store, rated: Rated) -> tuple[Tally, int]:
    """(readable verdicts, how many more are left out as seen) of a run on traces without an unbiased label.

    Traces with a biased one belong here: taken out by their outcome, they would leave too few fails behind.
    """
    rows = store.rows("select session, input, coalesce(sum(outcome = 'pass' and counts), 0), "
                      "coalesce(sum(outcome = 'fail' and counts), 0), coalesce(sum(seen), 0) from ("
                      "select outcome, session, input, seen, :seen is not null or not seen as counts from ("
                      "select v.outcome, tied.session, tied.input, " + SEEN + " as seen from (select v.* from " + RUN
                      + " and not " + FAIR_LABEL + ") v join runs r on r.id = v.run" + TIED + ")) group by 1, 2",
                      **rated.values)
    return (Tally.total(Tally.sharing(session, text, 0, 0, passed, failed)
                        for session, text, passed, failed, _ in rows), sum(row[4] for row in rows))

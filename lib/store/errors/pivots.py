"""Passes and fails by up to three dimensions, added up in SQL; what counts is said in outcomes.py."""

import json
from typing import Any

from lib.records.rating import NotRated, Rated, Tally
from lib.store.database import Store
from lib.store.outcomes import EXPERT, FAIR_LABEL, RUN, SAID, SEEN

Group = tuple[tuple[tuple[str, ...], ...], Tally]


def groups(store: Store, rated: Rated, dimensions: tuple[str, ...] = ()) -> list[Group]:
    """(the values of each dimension, their outcomes) for every set of values that traces have.

    A trace with several values of a dimension is in one group: for each dimension a group holds all its values.
    """
    place = {name: number for number, name in enumerate(dimensions)}
    known = {row[0]: (place[row[1]], row[2]) for row in store.rows("""select v.id, d.name, v.name
        from dimension_values v join dimensions d on d.id = v.dimension
        where d.project = :project and d.name in (select value from json_each(:names))""",
                                                                  names=json.dumps(dimensions))}
    # SQLite groups the traces by what they have: Python then sees each set of values once, not each trace.
    # What traces have is gathered first, in the order it is stored in: asked for trace by trace it takes twice as long.
    rows = store.rows("""with said as materialized (select * from """ + SAID + """),
            had as materialized (select trace, group_concat(value) as ids from trace_values
                where value in (select value from json_each(:ids)) group by trace)
        select ids, sum(not judged and outcome = 'pass'), sum(not judged and outcome = 'fail'),
            sum(judged and outcome = 'pass'), sum(judged and outcome = 'fail')
        from said left join had on had.trace = said.trace group by ids""",
                      ids=json.dumps(list(known)), **_bound(rated))
    return [(_values(ids, known, len(dimensions)), Tally(*counts)) for ids, *counts in rows]


def _values(ids: str | None, known: dict[int, tuple[int, str]], width: int) -> tuple[tuple[str, ...], ...]:
    found: list[list[str]] = [[] for _ in range(width)]
    for id in filter(None, (ids or "").split(",")):
        place, name = known[int(id)]
        found[place].append(name)
    return tuple(map(tuple, found))


def left_out(store: Store, rated: Rated) -> NotRated:
    """How many outcomes a rate leaves out, for each reason; those on seen traces are counted even where they count."""
    drawn = store.value("""select count(*) from current_labels l where :rated <> 'judge' and l.unbiased = 0
        and l.expert = """ + EXPERT, **_bound(rated))
    seen = store.value("select count(*) from " + RUN + " and :rated <> 'expert' and " + SEEN
                       + " and (:rated = 'judge' or not " + FAIR_LABEL + ")", **_bound(rated))
    return NotRated(drawn, seen)


def unlabelled(store: Store, rated: Rated) -> tuple[int, int, int]:
    """(passes, readable verdicts, those left out as seen) of a run on traces without an unbiased label of the expert.

    Traces with a biased one belong here: taken out by their outcome, they would leave too few fails behind.
    """
    return tuple(store.row("""select coalesce(sum(outcome = 'pass' and counts), 0), coalesce(sum(counts), 0),
            coalesce(sum(seen), 0)
        from (select outcome, seen, :seen is not null or not seen as counts
            from (select v.outcome, """ + SEEN + " as seen from " + RUN + " and not " + FAIR_LABEL + "))",
                           **_bound(rated)))


def _bound(rated: Rated) -> dict[str, Any]:
    return {"rated": rated.source, "expert": rated.expert, "in_run": rated.run, "seen": "yes" if rated.seen else None}

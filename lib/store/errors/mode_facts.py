"""Counts of one failure mode among an expert's labels: in all, by month, by system version, by dimension value.

A label on a trace that was drawn by looking at an outcome is in none of these counts: it would move every rate.
"""

from dataclasses import dataclass

from lib.records.rating import Tally
from lib.store.database import Store
from lib.store.errors import mode_decisions
from lib.store.judge_labels import SAYS
from lib.store.outcomes import DAY

# Every label is looked at once, and its trace read once: at 100,000 of them that is most of the time.
_COUNTS = """
    with marked as materialized (select c.trace from counted_codes c join failure_modes f on f.id = c.failure_mode
            where f.project = :project and f.name = :mode),
    labelled as materialized (
        select l.trace, tied.session, tied.input, t.system_version as version, substr(""" + DAY + """, 1, 7) as month,
            l.outcome = 'fail' and l.trace in (select trace from marked) as has,
            l.outcome = 'fail' and l.trace not in (select trace from counted_codes)
                and l.trace not in (select trace from coded_traces) as hidden
        from current_labels l cross join traces t on t.id = l.trace left join tied_traces tied on tied.trace = l.trace
        where l.unbiased = 1 and l.expert = (select id from experts where project = :project and name = :expert))
    select 'all' as part, null, null, session, input, sum(has), count(*), sum(hidden), 0 as place from labelled
        group by session, input
    union all select 'month', month, null, session, input, sum(has), count(*), 0, 0 from labelled
        group by month, session, input
    union all select 'version', version, null, session, input, sum(has), count(*), 0, min(trace) from labelled
        where version is not null group by version, session, input
    union all select 'value', d.name, v.name, c.session, c.input, c.have, c.n, 0, v.dimension from (
            select tv.value, session, input, sum(has) as have, count(*) as n from labelled
            cross join trace_values tv on tv.trace = labelled.trace group by tv.value, session, input) c
        join dimension_values v on v.id = c.value join dimensions d on d.id = v.dimension
    order by part, place, 2, 3
"""

_DRAWN = """select count(*) from current_labels l where l.unbiased = 0
    and l.expert = (select id from experts where project = :project and name = :expert)"""


@dataclass(frozen=True)
class Facts:
    """How many labelled traces have a failure mode, as passes of a tally, and how many have not: by what they are of.
    """

    labelled: Tally  # all of them
    drawn: int  # labelled traces that none of these counts holds
    hidden: int  # fails in which nobody has looked for failure modes yet
    months: list[tuple[str, Tally]]  # by year-month: of the answer, else of the label
    versions: list[tuple[str, Tally]]  # by system version, in the order in which they came
    values: list[tuple[str, str, Tally]]  # (dimension, value, those that have the value)


@dataclass(frozen=True)
class Fail:
    """A fail that has the failure mode: its trace, and the label's critique."""

    trace: str
    input: str
    critique: str
    best: bool  # a person named it as the one whose critique shows the failure mode best


def counts(store: Store, expert: str, mode: str) -> Facts:
    """All counts of one failure mode, by its name."""
    parts: dict[str, dict[tuple, list[Tally]]] = {"all": {}, "month": {}, "version": {}, "value": {}}
    hidden = 0
    for part, name, value, session, text, have, n, unread, _ in store.rows(_COUNTS, expert=expert, mode=mode):
        parts[part].setdefault((name, value), []).append(Tally.sharing(session, text, have, n - have))
        hidden += unread
    found = {part: {key: Tally.total(tallies) for key, tallies in rows.items()} for part, rows in parts.items()}
    months, versions = ([(name, tally) for (name, _), tally in found[part].items()] for part in ("month", "version"))
    drawn = store.value(_DRAWN, expert=expert)
    return Facts(found["all"].get((None, None), Tally()), drawn, hidden, months, versions,
                 [(name, value, tally) for (name, value), tally in found["value"].items()])


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


def labels_of(store: Store, expert: str, mode: str) -> tuple[int, int, int]:
    """(fails with a failure mode, passes and fails coded without it, fails nobody has coded) of an expert's labels."""
    row = store.row("""with heard as (
            select l.outcome, """ + SAYS + """ as says from current_labels l
            join (select id as failure_mode from failure_modes where id = :mode and project = :project) j
            where l.expert = (select id from experts where project = :project and name = :expert))
        select coalesce(sum(says = 'fail'), 0), coalesce(sum(says = 'pass'), 0), coalesce(sum(says is null), 0)
        from heard""", expert=expert, mode=mode_decisions.get(store, mode).key)
    return tuple(row)

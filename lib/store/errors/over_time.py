"""Passes and fails by day, week, month or system version, and what one judge has said of labelled traces each time.

What counts is said in outcomes.py. A point in time is the day the AI answered and nothing else: the day of a label
says nothing of the system.
"""

import json
from dataclasses import dataclass

from lib.records import Counts
from lib.records.rating import Rated, Reading, Tally
from lib.store import experts
from lib.store.database import Store
from lib.store.errors.distributions import PERIODS
from lib.store.judge_labels import JUDGE_LABELS
from lib.store.outcomes import JUDGED, RUN, SAID
from lib.store.pairs import SEALED, SHOWN, TIED

OVER = ("day", *PERIODS)
# Of a trace t: its day, its week, named by its Monday, its month, or its system version; null where it has none.
_PERIOD = """(case :over when 'version' then nullif(t.system_version, '') when 'day' then date(t.created_at)
    when 'week' then date(t.created_at, 'weekday 0', '-6 days') else strftime('%Y-%m', t.created_at) end)"""


@dataclass(frozen=True)
class Period:
    """The outcomes of one day, week, month or system version; `name` is None for the traces that have none."""

    name: str | None
    first_day: str | None  # of a version: the day of its first answer, None where no trace of it says
    tally: Tally


def periods(store: Store, rated: Rated, over: str) -> list[Period]:
    """The periods that have an outcome, in the order of their first days (versions without one last), then by name."""
    rows = store.rows("""
        with first as materialized (select system_version as name, min(date(created_at)) as day from traces
            where :over = 'version' and project = :project group by 1)
        select p.name, case :over when 'version' then (select day from first where name = p.name)
                when 'month' then p.name || '-01' else p.name end as day, p.session, p.input,
            sum(not judged and outcome = 'pass'), sum(not judged and outcome = 'fail'),
            sum(judged and outcome = 'pass'), sum(judged and outcome = 'fail')
        from (select """ + _PERIOD + """ as name, tied.session, tied.input, v.outcome, v.judged from """ + SAID + """ v
            join traces t on t.id = v.trace""" + TIED + """) p
        group by 1, 3, 4 order by p.name is null, day is null, day, p.name""", over=over, **rated.values)
    found: dict[tuple[str | None, str | None], list[Tally]] = {}
    for name, day, session, text, *cells in rows:
        found.setdefault((name, day), []).append(Tally.sharing(session, text, *cells))
    return [Period(*key, Tally.total(parts)) for key, parts in found.items()]


def same_judge(store: Store, run: int) -> list[int]:
    """The runs that judge as this one does, itself among them, oldest first.

    The same version and model at the same address, with the same parameters, question and criteria. Recorded verdicts
    are a judge of their own.
    """
    return [row[0] for row in store.rows("""select r.id from runs r join runs mine on mine.id = :run
        join judges j on j.id = r.judge where j.project = :project and (r.id = mine.id
            or r.prompt_version = mine.prompt_version and r.model = mine.model and r.endpoint = mine.endpoint
            and r.address = mine.address and r.parameters = mine.parameters and r.question = mine.question
            and r.criteria = mine.criteria) order by r.id""", run=run)]


def other_runs(store: Store, judge: str, runs: list[int]) -> int:
    """How many more runs of a judge have an outcome."""
    return store.value("""select count(*) from runs r join judges j on j.id = r.judge
        where j.project = :project and j.name = :judge and r.id not in (select value from json_each(:runs))
        and exists (select 1 from verdicts v where v.run = r.id and v.outcome is not null)""",
                       judge=judge, runs=json.dumps(runs))


def read_in(store: Store, rated: Rated, over: str) -> list[tuple[str | None, int, int, float]]:
    """(period, run, verdicts, their mean moment as a Julian day): when a judge read what `periods` counts of it.

    A verdict that was taken over was read in the run it comes from.
    """
    return [tuple(row) for row in store.rows("select " + _PERIOD + """, o.run, count(*), avg(julianday(o.created_at))
        from (select v.trace, coalesce(v.reused, v.id) as origin from """ + JUDGED + """) said
        join traces t on t.id = said.trace join verdicts o on o.id = said.origin group by 1, 2""",
                                             over=over, **rated.values)]


def pairs(store: Store, rated: Rated, expert: str) -> tuple[Counts, Counts]:
    """The tables of an expert's labels that count and the judge's newest outcomes: outside a sealed test split, in it.

    As an agreement has them, but of several runs.
    """
    found: tuple[dict, dict] = ({}, {})
    for sealed, *key, n in store.rows("select " + SEALED + """, tied.session, tied.input, l.outcome, v.outcome, count(*)
            from (select v.id, v.run, v.trace, v.outcome, r.judge from """ + RUN + """) v join runs r on r.id = v.run
            join """ + JUDGE_LABELS + """ l on l.judge = r.judge and l.trace = v.trace and l.expert = :person
            """ + TIED + """
            where l.counts and not """ + SHOWN + " group by 1, 2, 3, 4, 5", person=experts.row_of(store, expert),
                                      **rated.values):
        found[sealed][tuple(key)] = n
    return Counts.of_tied(found[0]), Counts.of_tied(found[1])


def readings(store: Store, runs: list[int], expert: str) -> tuple[list[Reading], int]:
    """(every time these runs have read a labelled trace as it is today, traces of a sealed test split left out).

    Only what a model was really asked for: a verdict that was taken over is no new reading. Labels that no figure
    counts, and traces that the prompt shows, are left out.
    """
    rows = store.rows("select " + SEALED + """, v.trace, l.outcome, v.outcome, julianday(v.created_at),
            tied.session, tied.input
        from """ + JUDGE_LABELS + """ l cross join verdicts v on v.trace = l.trace
        join runs r on r.id = v.run and r.judge = l.judge join traces t on t.id = v.trace and t.project = :project
        """ + TIED + """ where l.expert = :person and l.counts and v.run in (select value from json_each(:runs))
        and v.outcome is not null and v.reused is null and v.content_hash = t.content_hash
        and not """ + SHOWN + " order by v.id", runs=json.dumps(runs), person=experts.row_of(store, expert))
    return ([Reading(*row[1:]) for row in rows if not row[0]], len({row[1] for row in rows if row[0]}))

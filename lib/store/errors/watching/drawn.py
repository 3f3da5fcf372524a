"""The random share of a watch: which of its traces are in it, what waits to be judged, and what was judged by day."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lib.records import UNANSWERED, Spent
from lib.records.rating import Tally
from lib.store.database import Store
from lib.store.errors.watching.watches import Watch
from lib.store.pairs import TIED


@dataclass(frozen=True)
class Due:
    """What of the share has no verdict of the judge yet: in the order of being judged, and what waited too long."""

    keys: list[int]
    expired: int


def not_decided(store: Store, watch: Watch, limit: int = 50_000) -> list[tuple[int, str]]:
    """(row number, id) of traces that its imports have brought since the last draw, oldest first."""
    return [tuple(row) for row in store.rows("""select t.id, t.trace_id from traces t join imports m on m.id = t.import
        join watches w on w.id = :key and w.project = :project
        where m.project = :project and m.author = :brought_by and m.stage is null and t.id > w.drawn_to
        order by t.id limit :limit""", key=watch.key, brought_by=watch.brought_by, limit=limit)]


def draw(store: Store, watch: int, to: int, chosen: Sequence[tuple[int, float]]) -> None:
    """Keeps which of the traces up to this one are in the share, each (row number, place): all or none."""
    with store.transaction():
        store.execute_many("""insert or ignore into watch_traces (watch, trace, place)
            select w.id, t.id, :place from watches w join traces t on t.id = :trace and t.project = w.project
            where w.id = :watch and w.project = :project""", [
            {"project": store.project, "watch": watch, "trace": key, "place": place} for key, place in chosen])
        store.execute("update watches set drawn_to = :to where id = :watch and project = :project", watch=watch, to=to)


# Of the share what no run of its judge has answered; what was not answered is asked again, at a call's price.
_UNJUDGED = """from watch_traces x join watches w on w.id = x.watch join traces t on t.id = x.trace
    where w.id = :key and w.project = :project and t.output is not null
    and x.trace not in (select trace from archived_traces)
    and not exists (select 1 from verdicts v join runs r on r.id = v.run where v.trace = x.trace
        and r.judge = w.judge and (v.error is null or v.error not in (select value from json_each(:again)))) """


def due(store: Store, watch: Watch, days: int) -> Due:
    """What is to be judged, at random; what was drawn more than so many days ago is only counted."""
    bound = {"key": watch.key, "again": json.dumps(UNANSWERED), "days": f"-{days} days"}
    keys = [row[0] for row in store.rows("select x.trace " + _UNJUDGED + """
        and x.drawn_at >= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :days) order by x.place, x.trace""", **bound)]
    return Due(keys, store.value("select count(*) " + _UNJUDGED + """
        and x.drawn_at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :days)""", **bound))


def note_run(store: Store, watch: int, run: int) -> None:
    """A run of this watch."""
    store.execute("""insert or ignore into watch_runs (watch, run) select w.id, r.id from watches w
        join runs r on r.id = :run join judges j on j.id = r.judge and j.project = w.project
        where w.id = :watch and w.project = :project""", watch=watch, run=run)


def runs(store: Store, watch: int) -> list[int]:
    """The runs of a watch, oldest first."""
    return [row[0] for row in store.rows("""select x.run from watch_runs x join watches w on w.id = x.watch
        where w.id = :watch and w.project = :project order by x.run""", watch=watch)]


def spent_today(store: Store, watch: int) -> dict[str, Spent]:
    """Model -> what runs of this watch that began today (UTC) have spent."""
    return {row[0]: Spent(*tuple(row)[1:]) for row in store.rows("""
        select r.model, sum(r.dropped_calls + coalesce(s.calls, 0)), sum(r.dropped_prompt_tokens
            + coalesce(s.prompts, 0)), sum(r.dropped_completion_tokens + coalesce(s.replies, 0))
        from watch_runs x join watches w on w.id = x.watch join runs r on r.id = x.run
        left join (select run, sum(attempts) as calls, sum(prompt_tokens) as prompts, sum(completion_tokens) as replies
            from verdicts where run in (select run from watch_runs where watch = :watch) group by run) s on s.run = r.id
        where w.id = :watch and w.project = :project and date(r.created_at) = date('now') group by r.model""",
                                                                              watch=watch)}


def counts(store: Store, watch: int) -> dict[str, Any]:
    """How many traces are in the share and judged, and of these how many do not say when the AI answered."""
    return dict(store.row("""select count(*) as drawn, coalesce(sum(judged), 0) as judged,
            coalesce(sum(judged and created_at is null), 0) as undated
        from (select t.created_at, exists (select 1 from verdicts v join watch_runs r on r.run = v.run
                where r.watch = x.watch and v.trace = x.trace and v.outcome is not null) as judged
            from watch_traces x join watches w on w.id = x.watch join traces t on t.id = x.trace
            where w.id = :watch and w.project = :project)""", watch=watch))


def by_day(store: Store, watch: int, of: Sequence[int]) -> list[tuple[str, Tally]]:
    """(day of the answer, outcomes of the judge) over the share, by the newest verdict of these runs; in order."""
    found: dict[str, list[Tally]] = {}
    for day, session, text, passed, failed in store.rows("""
            select date(t.created_at), tied.session, tied.input, sum(v.outcome = 'pass'), sum(v.outcome = 'fail')
            from watch_traces x join watches w on w.id = x.watch join traces t on t.id = x.trace
            join verdicts v on v.id = (select max(o.id) from verdicts o where o.trace = x.trace
                and o.outcome is not null and o.run in (select value from json_each(:runs)))""" + TIED + """
            where w.id = :watch and w.project = :project and t.created_at is not null
            and t.id not in (select trace from archived_traces)
            group by 1, 2, 3 order by 1""", watch=watch, runs=json.dumps(list(of))):
        found.setdefault(day, []).append(Tally.sharing(session, text, 0, 0, passed, failed))
    return [(day, Tally.total(parts)) for day, parts in found.items()]

"""Traces of a watch on which the judge and an assertion, or two judges, disagree; and fails with their critiques.

Row numbers in the order of their verdicts, the newest first. What the principal has labelled, or what stood in a queue
before, is left out.
"""

import json
from collections.abc import Sequence

from lib.store.database import Store
from lib.store.outcomes import EXPERT

# The newest outcome v of these runs on each trace of the share that nobody has looked at yet.
_OPEN = """from watch_traces x join watches w on w.id = x.watch join traces t on t.id = x.trace
    join verdicts v on v.id = (select max(o.id) from verdicts o where o.trace = x.trace and o.outcome is not null
        and o.run in (select value from json_each(:runs)))
    where w.id = :watch and w.project = :project and x.trace not in (select trace from archived_traces)
    and x.drawn_at >= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :days)
    and not exists (select 1 from queue_items i where i.trace = x.trace)
    and not exists (select 1 from labels l where l.trace = x.trace and l.expert = """ + EXPERT + ") "


def with_assertions(store: Store, watch: int, of: Sequence[int], days: int) -> list[int]:
    """Those that the judge passed and an assertion in use fails."""
    return _keys(store, "select x.trace " + _OPEN + """and v.outcome = 'pass' and exists (
        select 1 from assertion_results r join assertions a on a.id = r.assertion and a.retired_at is null
        where r.trace = t.id and r.content_hash = t.content_hash and r.outcome = 'fail')
        order by v.id desc""", watch, of, days)


def with_judges(store: Store, watch: int, of: Sequence[int], days: int) -> list[int]:
    """Those of which another judge says otherwise; one for a failure mode only where it alone fails them."""
    return _keys(store, "select x.trace " + _OPEN + """and exists (
        select 1 from verdicts o join runs g on g.id = o.run join judges j on j.id = g.judge
        where o.trace = x.trace and j.id <> w.judge and j.archived_at is null and o.outcome <> v.outcome
        and (j.failure_mode is null or o.outcome = 'fail')
        and o.id = (select max(m.id) from verdicts m join runs n on n.id = m.run
            where m.trace = x.trace and n.judge = j.id and m.outcome is not null)) order by v.id desc""",
                 watch, of, days)


def fails(store: Store, watch: int, of: Sequence[int], days: int) -> list[tuple[int, int, str]]:
    """(trace, verdict, critique) of those that the judge failed."""
    return [tuple(row) for row in store.rows("select x.trace, v.id, v.critique " + _OPEN + """and v.outcome = 'fail'
        and trim(v.critique) <> '' order by v.id""", **_bound(watch, of, days))]


def earlier_critiques(store: Store, of: Sequence[int], before: int) -> list[str]:
    """Critiques of fails: those that experts wrote, and these runs' own before this verdict."""
    return [row[0] for row in store.rows("""select l.critique from current_labels l join experts e on e.id = l.expert
            where e.project = :project and l.outcome = 'fail' and trim(l.critique) <> ''
        union select v.critique from verdicts v join runs r on r.id = v.run join judges j on j.id = r.judge
            where j.project = :project and v.run in (select value from json_each(:runs)) and v.outcome = 'fail'
            and v.id < :before and trim(v.critique) <> ''""", runs=json.dumps(list(of)), before=before)]


def queued_today(store: Store, signature: str) -> int:
    """How many traces batches of this author have put into queues today (UTC)."""
    return store.value("""select count(distinct i.trace) from batches b join queue_items i on i.batch = b.id
        where b.project = :project and b.author = :signature and date(b.created_at) = date('now')""",
                       signature=signature)


def _keys(store: Store, sql: str, watch: int, of: Sequence[int], days: int) -> list[int]:
    return [row[0] for row in store.rows(sql, **_bound(watch, of, days))]


def _bound(watch: int, of: Sequence[int], days: int) -> dict:
    return {"watch": watch, "runs": json.dumps(list(of)), "days": f"-{days} days", "expert": None}

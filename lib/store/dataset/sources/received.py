"""What telemetry programs have sent, kept the moment it came, until it is in a trace.

A part that was sent before is passed over. A part whose trace was made already is kept apart: no trace that somebody
may have judged is changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lib.store.database import Store


@dataclass(frozen=True)
class Waiting:
    """What is not in a trace: parts and traces that wait, parts that came too late, and parts that cannot be read."""

    parts: int = 0
    traces: int = 0
    late: int = 0
    unread: int = 0


_INSERT = """insert into received (project, trace, part, root, body, state)
    select :project, :trace, :part, :root, :body, case when exists (
        select 1 from received m where m.project = :project and m.trace = :trace and m.state in ('made', 'late'))
        then 'late' else 'waits' end
    where true on conflict (project, trace, part) do nothing"""


def keep(store: Store, parts: Iterable[dict[str, Any]]) -> int:
    """Stores parts (trace, part, root, body), each once, all or none; returns how many were new."""
    with store.transaction():
        return store.execute_many(_INSERT, [{"project": store.project, **part} for part in parts])


def waiting(store: Store) -> Waiting:
    """What is received and in no trace."""
    row = store.row("""select count(*) as parts, count(distinct trace) as traces from received
        where project = :project and state = 'waits'""")
    left = dict(map(tuple, store.rows("""select state, count(*) from received
        where project = :project and state in ('late', 'unread') group by state""")))
    return Waiting(row["parts"], row["traces"], left.get("late", 0), left.get("unread", 0))


def quiet(store: Store, seconds: float, rootless: float, most: int) -> list[str]:
    """Traces to which nothing was added for so many seconds, `rootless` where no root span came; the oldest first."""
    return [row[0] for row in store.rows("""select trace from received
        where project = :project and state = 'waits' group by trace
        having max(at) <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now',
            '-' || case when max(root) then :seconds else :rootless end || ' seconds')
        order by min(id) limit :most""", seconds=seconds, rootless=rootless, most=most)]


def bodies(store: Store, trace: str) -> list[tuple[int, str]]:
    """(number, OTLP JSON) of the parts of a trace that wait, in the order in which they came."""
    return [tuple(row) for row in store.rows("""select id, body from received
        where project = :project and trace = :trace and state = 'waits' order by id""", trace=trace)]


def settle(store: Store, last: dict[str, int], made: bool) -> None:
    """Notes that traces hold their parts up to a number, or that these cannot be read: then they stay as they came.

    What came while a trace was made is late.
    """
    rows = [{"project": store.project, "trace": trace, "last": number, "made": made} for trace, number in last.items()]
    with store.transaction():
        store.execute_many("""update received set state = case when id > :last then 'late' when :made then 'made'
                else 'unread' end, body = case when :made and id <= :last then null else body end
            where project = :project and trace = :trace and state = 'waits' and (:made or id <= :last)""", rows)

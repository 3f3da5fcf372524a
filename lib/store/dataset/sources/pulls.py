"""Pulls of sources: how far each is, what came, and where it goes on after a break."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from lib.records import DONE, QUEUED, RUNNING, UsageError
from lib.store.database import Store
from lib.store.dataset import sources
from lib.store.dataset.imports import ImportResult
from lib.store.work import StatusColumns

_STATUS = StatusColumns(
    read="""select p.status from source_pulls p join sources s on s.id = p.source
        where p.id = :id and s.project = :project""",
    move="""update source_pulls set status = :status, message = :message, ended_at = :ended
        where id = :id and source in (select s.id from sources s where s.project = :project)""",
    tell="""update source_pulls set message = :message where id = :id and status = :running
        and source in (select s.id from sources s where s.project = :project)""")
status, set_status, say = _STATUS.status, _STATUS.set_status, _STATUS.say


@dataclass(frozen=True)
class Pull:
    """One pull: what was asked for, how far it is, what came of it."""

    id: int
    source: int
    name: str  # of the source
    options: dict[str, Any]  # since, filter, sample, seed
    status: str
    message: str
    cursor: str
    done: int  # traces read
    traces: int  # of them new here
    identical: int
    labels: int
    verdicts: int
    left_out: dict[str, int]
    total: int | None
    created_at: str
    ended_at: str | None
    errors: int = 0

    @property
    def finished(self) -> bool:
        """Whether it has read all it was asked for."""
        return self.status == DONE


_SELECT = """select p.id, p.source, s.name, p.options, p.status, p.message, p.cursor, p.read, p.traces, p.identical,
        p.labels, p.verdicts, p.left_out, p.total, p.created_at, p.ended_at
    from source_pulls p join sources s on s.id = p.source where s.project = :project"""


def every(store: Store, source: int | None = None) -> list[Pull]:
    """All pulls of the project, or of one source, the newest first."""
    return [_record(row) for row in store.rows(
        _SELECT + " and (:source is null or s.id = :source) order by p.id desc", source=source)]


def get(store: Store, number: int) -> Pull:
    """One of them; UsageError where the project has none of this number."""
    row = store.row(_SELECT + " and p.id = :number", number=number)
    if row is None:
        raise UsageError(f"There is no pull {number} in this project. 'source list' shows the sources.")
    return _record(row)


def newest(store: Store) -> dict[int, Pull]:
    """The newest pull of each source that has one."""
    return {row[1]: _record(row) for row in store.rows(_SELECT + """ and p.id in (
        select max(q.id) from source_pulls q group by q.source)""")}


def create(store: Store, source: int, options: dict[str, Any]) -> int:
    """A queued pull; UsageError while another one of this source is under way."""
    with store.transaction():
        name = sources.by_key(store, source).name
        if store.value("select 1 from source_pulls where source = :source and status in (:queued, :running)",
                       source=source, queued=QUEUED, running=RUNNING):
            raise UsageError(f"A pull of '{name}' is under way: 'source list' shows how far it is.")
        return store.execute("""insert into source_pulls (source, options, status, author)
            values (:source, :options, :status, :person)""", source=source, options=json.dumps(options), status=QUEUED)


def count(store: Store, number: int, total: int) -> None:
    """So many traces will be read."""
    store.execute("""update source_pulls set total = :total where id = :number
        and source in (select s.id from sources s where s.project = :project)""", number=number, total=total)


def keep(store: Store, number: int, cursor: str, read: int, result: ImportResult, left_out: dict[str, int]) -> None:
    """A part is stored: counts it, and notes where the next one begins."""
    with store.transaction():
        found = get(store, number)
        left = {why: found.left_out.get(why, 0) + left_out.get(why, 0) for why in {**found.left_out, **left_out}}
        store.execute("""update source_pulls set cursor = :cursor, read = read + :read, traces = traces + :traces,
                identical = identical + :identical, labels = labels + :labels, verdicts = verdicts + :verdicts,
                left_out = :left_out where id = :number""", number=number, cursor=cursor, read=read,
                      traces=result.traces, identical=result.identical, labels=result.labels + result.waiting,
                      verdicts=result.verdicts, left_out=json.dumps(left))


def forget_unanswered(store: Store, number: int) -> int:
    """A pull ends with its first fault: nothing of it waits to be asked again."""
    return 0


def _record(row: sqlite3.Row) -> Pull:
    return Pull(*tuple(row)[:3], json.loads(row["options"]), *tuple(row)[4:12], json.loads(row["left_out"]),
                *tuple(row)[13:])

"""Review cycles: why each was opened, by when it is due, and how many traces people have read in it.

A system version or a judge's model that was never met before opens one by itself, unless it is the very first.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from lib.records import UsageError
from lib.store.database import Store

SCHEDULED, MODEL_CHANGE = "scheduled", "model change"
TRIGGERS = (SCHEDULED, MODEL_CHANGE, "prompt change", "incident")
WEEKS = 2  # until the next one is due
_NAMED = 3  # versions that a reason names


@dataclass(frozen=True)
class Cycle:
    """A round of review; closed_at None: it goes on."""

    id: int
    trigger: str
    reason: str
    due_on: str | None
    opened_at: str
    closed_at: str | None
    opened_by: str = ""  # "": nobody noted it, or the program by itself
    closed_by: str = ""

    def overdue(self, today: date) -> bool:
        """Whether it should be done by now and is not."""
        return self.closed_at is None and self.due_on is not None and self.due_on < today.isoformat()


def today() -> date:
    """Today, by the clock that the times in the file are taken from."""
    return datetime.now(UTC).date()


def begin(store: Store, trigger: str, reason: str = "", due_on: str | None = None) -> int:
    """Opens a cycle, due in two weeks where no date is named."""
    if trigger not in TRIGGERS:
        raise UsageError(f"A cycle is opened by one of: {', '.join(TRIGGERS)}; not by '{trigger}'.")
    try:
        due = date.fromisoformat(due_on) if due_on else today() + timedelta(weeks=WEEKS)
    except ValueError:
        raise UsageError(f"'{due_on}' is no date: write year-month-day, for instance 2026-12-24.") from None
    return store.execute("""insert into cycles (project, trigger, reason, due_on, opened_by)
        values (:project, :trigger, :reason, :due, :person)""", trigger=trigger, reason=reason.strip(),
                         due=due.isoformat())


def close(store: Store, cycle: int) -> Cycle:
    """Closes a cycle; UsageError where there is none of this number, or it is closed."""
    with store.transaction():
        found = next((one for one in every(store) if one.id == cycle), None)
        if found is None or found.closed_at:
            raise UsageError(f"There is no open cycle {cycle} in this project. The command 'cycles list' lists them.")
        store.execute("""update cycles set closed_at = strftime('%Y-%m-%dT%H:%M:%fZ'), closed_by = :person
            where id = :cycle and project = :project""", cycle=cycle)
    return next(one for one in every(store) if one.id == cycle)


def every(store: Store) -> list[Cycle]:
    """All cycles, the newest first."""
    return [_record(row) for row in store.rows("select * from cycles where project = :project order by id desc")]


def current(store: Store) -> Cycle | None:
    """The cycle opened last that still goes on, or None."""
    return next((cycle for cycle in every(store) if cycle.closed_at is None), None)


def _record(row: sqlite3.Row) -> Cycle:
    return Cycle(row["id"], row["trigger"], row["reason"], row["due_on"], row["opened_at"], row["closed_at"],
                 row["opened_by"], row["closed_by"])


def read(store: Store, since: str | None, until: str | None = None) -> int:
    """How many traces anybody has labelled between these times; None is no bound."""
    return store.value("""select count(distinct l.trace) from labels l join experts e on e.id = l.expert
        where e.project = :project and l.created_at >= coalesce(:since, '')
        and (:until is null or l.created_at < :until)""", since=since, until=until)


def note_versions(store: Store, known: Collection[str], versions: Collection[str]) -> int | None:
    """Opens a cycle where some of these versions of the AI system are not among the known ones; None where none is."""
    new = sorted(set(versions) - set(known))
    if not new or not known:
        return None
    more = f" and {len(new) - _NAMED:,} more" if len(new) > _NAMED else ""
    words = "version" if len(new) == 1 else "versions"
    return begin(store, MODEL_CHANGE, f"New {words} of the AI system: {', '.join(new[:_NAMED])}{more}")


def note_model(store: Store, run: int) -> int | None:
    """Opens a cycle where this run's judge has run before, and never with this run's model."""
    row = store.row("""select j.name, r.model from runs r join judges j on j.id = r.judge
        where r.id = :run and j.project = :project
        and exists (select 1 from runs b where b.judge = r.judge and b.id < r.id and b.status <> 'recorded')
        and not exists (select 1 from runs b where b.judge = r.judge and b.id < r.id and b.status <> 'recorded'
            and b.model = r.model)""", run=run)
    return row and begin(store, MODEL_CHANGE, f"Judge {row['name']} runs with a new model: {row['model']}")


def known_versions(store: Store, besides: int = 0) -> set[str]:
    """The versions of the AI system that traces name, but for those of the import `besides`, or that are set up."""
    return {row[0] for row in store.rows("""select distinct system_version from traces
        where project = :project and system_version is not null and coalesce(import, 0) <> :besides
        union select version from systems where project = :project""", besides=besides)}


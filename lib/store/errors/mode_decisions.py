"""What a PM decided on each failure mode, and which tests guard it; merging is in mode_history.py.

Only confirmed modes. What belonged to a mode that was merged belongs to the mode it went into.
"""

import json
import sqlite3
from dataclasses import asdict, dataclass
from datetime import date

from lib.records import UsageError
from lib.store.database import Store
from lib.store.errors.mode_history import IMPACTS, KINDS

STATUSES = ("open", "in work", "fixed", "watched")
DECISIONS = ("", "fix the prompt", "fix retrieval", "build a judge", "write an assertion", "watch")


@dataclass(frozen=True)
class Decision:
    """Where a failure mode stands and what is to be done, by whom, until when (a date, ISO 8601)."""

    status: str = "open"
    impact: str = "medium"
    kind: str = ""  # never asked for (specification), or asked for and not followed (generalisation)
    decision: str = ""
    owner: str = ""
    due_on: str | None = None


@dataclass(frozen=True)
class DecidedMode:
    """A failure mode with what was decided on it, and how many assertions and special judges test for it."""

    key: int
    name: str
    definition: str
    decided: Decision
    tests: int


_SELECT = """
    select f.id, f.name, f.definition, f.status, f.impact, f.kind, f.decision, f.owner, f.due_on,
        (select count(*) from failure_modes m join assertions a on a.failure_mode = m.id and a.retired_at is null
                where f.id in (m.id, m.merged_into))
            + (select count(*) from failure_modes m join judges j on j.failure_mode = m.id
                where f.id in (m.id, m.merged_into)) as tests
    from failure_modes f where f.project = :project and f.confirmed and f.merged_into is null"""


def every(store: Store) -> list[DecidedMode]:
    """All failure modes of the project, by name."""
    return [_record(row) for row in store.rows(_SELECT + " order by f.name")]


def get(store: Store, name: str) -> DecidedMode:
    """One failure mode by its name; UsageError where there is none."""
    row = store.row(_SELECT + " and f.name = :name", name=name)
    if row is None:
        known = ", ".join(mode.name for mode in every(store)[:12]) or "none yet"
        raise UsageError(f"There is no failure mode '{name}'. Failure modes: {known}.")
    return _record(row)


def _record(row: sqlite3.Row) -> DecidedMode:
    key, name, definition, *decided, tests = tuple(row)
    return DecidedMode(key, name, definition, Decision(*decided), tests)


def decide(store: Store, name: str, decided: Decision) -> None:
    """Stores a decision, and in the history of the failure mode that it was made; the same one again is nothing new."""
    _check(decided)
    with store.transaction():
        mode = get(store, name)
        if mode.decided == decided:
            return
        store.execute("""update failure_modes set status = :status, impact = :impact, kind = :kind,
            decision = :decision, owner = :owner, due_on = :due_on where id = :key and project = :project""",
                      key=mode.key, **asdict(decided))
        store.execute("""insert into failure_mode_events (failure_mode, kind, detail, author)
            values (:key, 'decided', :detail, :person)""", key=mode.key, detail=json.dumps(asdict(decided)))


def _check(decided: Decision) -> None:
    for what, word, known in (("status", decided.status, STATUSES), ("impact", decided.impact, IMPACTS),
                              ("kind", decided.kind, KINDS), ("decision", decided.decision, DECISIONS)):
        if word not in known:
            raise UsageError(f"There is no {what} '{word}'. Known: {', '.join(filter(None, known))}.")
    try:
        date.fromisoformat(decided.due_on or "2000-01-01")
    except ValueError:
        raise UsageError(f"'{decided.due_on}' is no date: write year-month-day, for instance 2026-12-24.") from None

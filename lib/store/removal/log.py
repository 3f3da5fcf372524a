"""The log of what was renamed, archived, brought back, deleted or taken back: what, by whom, when."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from lib.store.database import Store
from lib.store.removal import counting

RENAMED, ARCHIVED, BROUGHT_BACK, DELETED, TAKEN_BACK = "renamed", "archived", "brought back", "deleted", "taken back"
_SELECT = """select id, project_name, kind, what, name, detail, author, created_at from removals
    where project = :project or what = 'project' """


@dataclass(frozen=True)
class Event:
    """One line of the log."""

    number: int
    project: str
    kind: str
    what: str
    name: str
    detail: dict[str, Any]
    author: str
    created_at: str

    @property
    def words(self) -> str:
        """The event as a sentence."""
        if self.kind == RENAMED:
            return f"{self.what} {self.detail['before']} is called {self.name} now"
        hung = counting.sentence(counting.hanging_of(self.detail))
        return f"{self.what} {self.name} {self.kind}" + (f": {hung}" if hung else "")


def note(store: Store, kind: str, what: str, name: str, detail: dict[str, Any] | None = None) -> int:
    """Adds a line, inside the transaction of what it tells of; returns its number."""
    return store.execute("""insert into removals (project, project_name, kind, what, name, detail, author)
        values (:project, coalesce((select name from projects where id = :project), ''), :kind, :what, :name, :detail,
            :person)""", kind=kind, what=what, name=name, detail=json.dumps(detail or {}, ensure_ascii=False))


def every(store: Store, limit: int = 500) -> list[Event]:
    """What happened in this project, and to projects of the file, the newest first."""
    return [_record(row) for row in store.rows(_SELECT + "order by id desc limit :limit", limit=limit)]


def _record(row: sqlite3.Row) -> Event:
    return Event(*tuple(row)[:5], json.loads(row["detail"]), *tuple(row)[6:])

"""Versions of the AI system under test and how each is reached; never edited, only succeeded."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from lib.records import UsageError
from lib.store import cycles
from lib.store.database import Store


@dataclass(frozen=True)
class System:
    """One version of the AI system; its configuration names secrets, and holds none."""

    id: int
    version: str
    kind: str
    config: dict[str, Any]
    created_at: str


def add(store: Store, version: str, kind: str, config: dict[str, Any]) -> System:
    """A new version; UsageError where its name is empty or taken."""
    version = version.strip()
    if not version:
        raise UsageError("A version of the AI system needs a name, for instance today's date or a commit.")
    with store.transaction():
        if store.value("select 1 from systems where project = :project and version = :version", version=version):
            raise UsageError(f"There is a version '{version}' already, and its answers stand under that name: "
                             "choose another name.")
        known = cycles.known_versions(store)
        store.execute("""insert into systems (project, version, kind, config)
            values (:project, :version, :kind, :config)""", version=version, kind=kind, config=json.dumps(config))
        cycles.note_versions(store, known, {version})
        return get(store, version)


def every(store: Store) -> list[System]:
    """All versions, newest first."""
    return [_record(row) for row in store.rows("select * from systems where project = :project order by id desc")]


def get(store: Store, version: str) -> System:
    """One version by its name; UsageError where there is none."""
    row = store.row("select * from systems where project = :project and version = :version", version=version)
    if row is None:
        known = ", ".join(found.version for found in every(store)) or "none yet"
        raise UsageError(f"There is no version '{version}' of the AI system. Versions: {known}.")
    return _record(row)


def by_key(store: Store, key: int) -> System:
    """One version by its row number."""
    row = store.row("select * from systems where project = :project and id = :key", key=key)
    if row is None:
        raise UsageError(f"There is no AI system number {key} in this project.")
    return _record(row)


def _record(row: sqlite3.Row) -> System:
    return System(row["id"], row["version"], row["kind"], json.loads(row["config"]), row["created_at"])

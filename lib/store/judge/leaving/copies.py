"""A copy of the file that came back: checked, brought to today's tables on a copy of its own, and set beside the file.

What is merged is read from there under the name `other`; the tables that say which of its rows is which of ours are
written there too, so that they go with it.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from lib.records import UsageError
from lib.store.database import BUSY_SECONDS, Store, copy_into, open_store, plain_errors, refuse_unless_ours

_MAPS = (
    "create table other.of_traces (theirs integer primary key, ours integer not null)",
    "create table other.of_experts (theirs integer primary key, ours integer not null, given_as text not null)",
    "create table other.of_labels (theirs integer primary key, ours integer not null)",
    "create table other.of_judges (theirs integer primary key, ours integer not null)",
    "create table other.of_prompts (theirs integer primary key, ours integer not null)",
    "create table other.of_runs (theirs integer primary key, ours integer not null, fresh integer not null)",
    "create index other.ours_of_labels on of_labels (ours)",
)


@dataclass(frozen=True)
class Sides:
    """Our file with the copy beside it: `other` is the row of the project in the copy, `number` that of the import."""

    store: Store
    other: int
    number: int = 0

    def rows(self, sql: str, **values: Any) -> list[sqlite3.Row]:
        """All rows; `:other`, `:number` and `:project` are bound."""
        return self.store.rows(sql, other=self.other, number=self.number, **values)

    def value(self, sql: str, **values: Any) -> Any:
        """The first column of the first row, or None."""
        return self.store.value(sql, other=self.other, number=self.number, **values)

    def add(self, sql: str, **values: Any) -> int:
        """Writes; returns how many rows that itself has changed."""
        self.store.execute(sql, other=self.other, number=self.number, **values)
        return self.store.value("select changes()")


@contextmanager
def attached(store: Store, file: Path) -> Iterator[None]:
    """The copy in this file as `other` beside the store, on this thread's connection; begin no transaction before.

    Raises UsageError where it is not there or is the file itself, StoreError where it is no file of ours or newer.
    """
    file = file.expanduser().resolve()
    if not file.is_file():
        raise UsageError(f"There is no file {file}: name the copy that your colleagues worked on.")
    if file == store.path:
        raise UsageError(f"{file} is the file itself: name a copy of it.")
    folder = store.path.with_name(f"{store.path.name}.merging")
    try:
        with FileLock(f"{store.path}.merge.lock", timeout=0):
            shutil.rmtree(folder, ignore_errors=True)  # what a killed process has left
            folder.mkdir(mode=0o700)
            try:
                yield from _beside(store, _of_today(file, folder / "copy.db"))
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except Timeout:
        raise UsageError("Another copy is being merged into this file: wait for the end of that.") from None


def _of_today(file: Path, target: Path) -> Path:
    """A copy with today's tables; the file itself is only read."""
    with plain_errors(file):
        refuse_unless_ours(file)
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as source:
            copy_into(source, target)
    return open_store(target).path


def _beside(store: Store, target: Path) -> Iterator[None]:
    store.execute("attach database :file as other", file=str(target))
    try:
        store.execute("pragma other.synchronous = off")  # nobody needs it after a crash
        for statement in _MAPS:
            store.execute(statement)
        yield
    finally:
        store.execute("detach database other")

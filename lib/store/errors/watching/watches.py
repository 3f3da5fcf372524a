"""Watches and how far their files are read: the settings of each, and the bytes of each file that were taken."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lib.records import Caps, UsageError
from lib.records.marks import Mark
from lib.store.database import Store
from lib.store.judge import judges

SOURCE, RECEIVED = "source:", "received"  # places that are no path: what a source brings, what is sent here


@dataclass(frozen=True)
class Settings:
    """What somebody chose for a watch: shares from 0 to 1, times in seconds, the window in days."""

    share: float
    seed: int
    every: int
    caps: Caps = field(default_factory=Caps)  # calls and money a day, UTC
    days: int = 7
    webhook: str = ""  # the name of a variable of the environment
    mail: str = ""
    options: dict[str, Any] = field(default_factory=dict)  # map, context, dimension; endpoint, model


@dataclass(frozen=True)
class Watch:
    """A folder, a file or a source that is read every so often, and how far that is."""

    key: int
    name: str
    place: str
    judge: str
    settings: Settings
    mappings: dict[str, dict[str, Any]]  # format -> the mapping, as it was first understood
    created_at: str
    read_at: str | None
    said: tuple[str, ...]  # by the last reading
    looked: str | None  # the last day that was tested
    since: str | None  # the first day of the time before; None: all there is

    @property
    def signature(self) -> str:
        """Who is noted as having brought an import of it."""
        return f"watch {self.name}"

    @property
    def source(self) -> str:
        """The name of the source that is pulled from; "" where the place is none."""
        return self.place.removeprefix(SOURCE) if self.place.startswith(SOURCE) else ""

    @property
    def brought_by(self) -> str:
        """Who is noted as having brought its traces: of a source whoever pulls, of what is received the server."""
        return f"source {self.source}" if self.source else RECEIVED if self.place == RECEIVED else self.signature


@dataclass(frozen=True)
class Known:
    """A file of a watch: how far it is read, as which format, and why it was refused as it is now, where it was."""

    mark: Mark = field(default_factory=Mark)
    format: str = ""
    refused: str = ""


_SELECT = """select w.id, w.name, w.place, j.name as judge, w.options, w.mappings, w.share, w.seed, w.every,
        w.most_calls, w.most_cost, w.days, w.webhook, w.mail, w.created_at, w.read_at, w.said, w.looked, w.since
    from watches w join judges j on j.id = w.judge where w.project = :project"""


def every(store: Store) -> list[Watch]:
    """All watches of the project, oldest first."""
    return [_record(row) for row in store.rows(_SELECT + " order by w.id")]


def get(store: Store, name: str) -> Watch:
    """One by its name; UsageError where there is none."""
    row = store.row(_SELECT + " and w.name = :name", name=name.strip())
    if row is None:
        known = ", ".join(one.name for one in every(store)[:12]) or "none yet"
        raise UsageError(f"There is no watch '{name}' in this project. Watches: {known}. 'watch add' makes one.")
    return _record(row)


def add(store: Store, name: str, place: str, judge: str, chosen: Settings) -> Watch:
    """A new watch; UsageError where the name is empty or taken, or there is no such judge."""
    with store.transaction():
        if not name.strip():
            raise UsageError("A watch needs a name.")
        if any(one.name == name.strip() for one in every(store)):
            raise UsageError(f"There is a watch '{name.strip()}' already: choose another name, or remove it first.")
        store.execute("""insert into watches (project, name, place, judge, options, share, seed, every, most_calls,
                most_cost, days, webhook, mail, author, drawn_to)
            values (:project, :name, :place, :judge, :options, :share, :seed, :every, :calls, :cost, :days, :webhook,
                :mail, :person, case when :place = 'received' or :place like 'source:%'
                    then (select coalesce(max(id), 0) from traces) else 0 end)""",
                      name=name.strip(), place=place, judge=judges.row_of(store, judge),
                      options=json.dumps(chosen.options), share=chosen.share, seed=chosen.seed, every=chosen.every,
                      calls=chosen.caps.calls, cost=chosen.caps.cost, days=chosen.days, webhook=chosen.webhook,
                      mail=chosen.mail)
        return get(store, name)


def remove(store: Store, name: str) -> None:
    """Takes a watch away with its alerts; the traces and verdicts that it brought stay."""
    with store.transaction():
        key = get(store, name).key
        for statement in _REMOVED:
            store.execute(statement, key=key)


_REMOVED = ("delete from watch_files where watch = :key", "delete from watch_traces where watch = :key",
            "delete from watch_runs where watch = :key", "delete from watch_alerts where watch = :key",
            "delete from watches where id = :key and project = :project")


def keep_mapping(store: Store, key: int, format: str, mapping: str) -> None:
    """Keeps how a format's columns are understood, for all later files of it; `mapping` is JSON."""
    store.execute("""update watches set mappings = json_set(mappings, '$."' || :format || '"', json(:mapping))
        where id = :key and project = :project""", key=key, format=format, mapping=mapping)


def note_read(store: Store, key: int, said: Iterable[str]) -> None:
    """A reading is over: when, and what it said."""
    store.execute("""update watches set read_at = strftime('%Y-%m-%dT%H:%M:%fZ'), said = :said
        where id = :key and project = :project""", key=key, said=json.dumps(list(said), ensure_ascii=False))


def note_looked(store: Store, key: int, day: str, since: str | None) -> None:
    """A day was tested; `since` is where the time before begins from now on."""
    store.execute("update watches set looked = :day, since = :since where id = :key and project = :project", key=key,
                  day=day, since=since)


def files(store: Store, key: int) -> dict[str, Known]:
    """Every file of a watch that was looked at, by its name."""
    return {row[0]: Known(Mark(*tuple(row)[1:6]), *tuple(row)[6:]) for row in store.rows("""
        select f.name, f.inode, f.size, f.modified, f.read, f.hash, f.format, f.refused from watch_files f
        join watches w on w.id = f.watch where w.id = :key and w.project = :project""", key=key)}


def keep_file(store: Store, key: int, name: str, known: Known) -> None:
    """Keeps how far a file is read."""
    store.execute("""insert into watch_files (watch, name, inode, size, modified, read, hash, format, refused)
        select w.id, :name, :inode, :size, :modified, :read, :hash, :format, :refused from watches w
        where w.id = :key and w.project = :project
        on conflict (watch, name) do update set inode = excluded.inode, size = excluded.size,
            modified = excluded.modified, read = excluded.read, hash = excluded.hash, format = excluded.format,
            refused = excluded.refused""", key=key, name=name, format=known.format, refused=known.refused,
                  **vars(known.mark))


def _record(row: sqlite3.Row) -> Watch:
    chosen = Settings(row["share"], row["seed"], row["every"], Caps(row["most_calls"], None, row["most_cost"]),
                      row["days"], row["webhook"], row["mail"], json.loads(row["options"]))
    return Watch(row["id"], row["name"], row["place"], row["judge"], chosen, json.loads(row["mappings"]),
                 row["created_at"], row["read_at"], tuple(json.loads(row["said"])), row["looked"], row["since"])

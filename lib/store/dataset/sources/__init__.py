"""Sources: where traces live, under which address and keys' names; no key is ever stored."""

import json
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from lib.records import UsageError
from lib.records.people import checked, tidied
from lib.store.database import Store


@dataclass(frozen=True)
class Source:
    """A project at a platform; `keys` are names of variables, `link` the address of a trace with {trace} in it."""

    key: int
    name: str
    kind: str
    address: str
    remote: str  # the project there, by name
    place: str  # by its id there
    link: str
    token: str  # in the identifiers of all that is pushed: two files of ours never overwrite each other there
    keys: tuple[str, ...]
    question: str  # the feedback of people that becomes labels; "" as long as there was none
    newest: str  # the start of the newest trace that came; "" before the first
    created_at: str

    def page_of(self, trace: str) -> str:
        """The address of a trace's page there; "" where it has none."""
        return self.link.replace("{trace}", quote(trace, safe=""))


_SELECT = """select id, name, kind, address, remote, place ->> 'id', coalesce(place ->> 'link', ''),
        coalesce(place ->> 'token', ''), keys, question, newest,
        created_at from sources where project = :project"""


def every(store: Store) -> list[Source]:
    """All sources of the project, oldest first."""
    return [_record(row) for row in store.rows(_SELECT + " order by id")]


def get(store: Store, name: str) -> Source:
    """One by its name; UsageError where there is none."""
    row = store.row(_SELECT + " and name = :name", name=name.strip())
    if row is None:
        known = ", ".join(one.name for one in every(store)[:12]) or "none yet"
        raise UsageError(f"There is no source '{name}' in this project. Sources: {known}. 'source add' makes one.")
    return _record(row)


def by_key(store: Store, key: int) -> Source:
    """One by its number; UsageError where there is none."""
    row = store.row(_SELECT + " and id = :key", key=key)
    if row is None:
        raise UsageError(f"There is no source number {key} in this project.")
    return _record(row)


def add(store: Store, name: str, kind: str, address: str, remote: str, place: dict[str, str], keys: Sequence[str],
        question: str = "") -> Source:
    """A new source; UsageError where its name is empty or taken."""
    with store.transaction():
        name = checked(tidied(name))
        if any(one.name == name for one in every(store)):
            raise UsageError(f"There is a source '{name}' already: choose another name, or remove it first.")
        store.execute("""insert into sources (project, name, kind, address, remote, place, keys, question, author)
            values (:project, :name, :kind, :address, :remote, :place, :keys, :question, :person)""", name=name,
                      kind=kind, address=address, remote=remote,
                      place=json.dumps(place | {"token": secrets.token_hex(4)}), keys=json.dumps(list(keys)),
                      question=question)
        return get(store, name)


def remove(store: Store, name: str) -> None:
    """Takes a source away with the list of its pulls and of what was pushed; what it brought stays, here and there."""
    with store.transaction():
        key = get(store, name).key
        for statement in _REMOVED:
            store.execute(statement, key=key)


_REMOVED = ("delete from source_notes where source = :key", "delete from source_traces where source = :key",
            "delete from source_pulls where source = :key",
            "delete from sources where id = :key and project = :project")


def ask(store: Store, key: int, question: str) -> None:
    """From now on the feedback of this name becomes labels."""
    store.execute("update sources set question = :question where id = :key and project = :project", key=key,
                  question=question)


def came(store: Store, key: int, traces: Iterable[tuple[str, str]]) -> None:
    """These traces, (id, the span that carries what is pushed), come from this source, as far as they are stored."""
    store.execute("""insert into source_traces (source, trace, node)
        select :key, t.id, j.value ->> 1 from json_each(:traces) j
        cross join traces t where t.project = :project and t.trace_id = j.value ->> 0
            and :key in (select s.id from sources s where s.project = :project)
        on conflict (source, trace) do nothing""", key=key, traces=json.dumps(list(traces)))


def reached(store: Store, key: int, newest: str) -> None:
    """The newest trace that came began then."""
    store.execute("""update sources set newest = max(newest, :newest) where id = :key and project = :project""",
                  key=key, newest=newest)


def traces(store: Store) -> dict[int, int]:
    """How many traces of the project come from each source."""
    return {row[0]: row[1] for row in store.rows("""select s.id, count(*) from source_traces t
        join sources s on s.id = t.source where s.project = :project group by s.id""")}


def homes(store: Store, trace: str) -> list[tuple[str, str]]:
    """Where a trace lives: (the source's name, the address of its page there)."""
    found = store.rows("""select t.source from source_traces t join traces r on r.id = t.trace
        where r.project = :project and r.trace_id = :trace order by t.source""", trace=trace)
    known = [by_key(store, row[0]) for row in found]
    return [(one.name, page) for one in known if (page := one.page_of(trace)).startswith(("http://", "https://"))]


def _record(row: sqlite3.Row) -> Source:
    return Source(*tuple(row)[:8], tuple(json.loads(row[8])), *tuple(row)[9:])

"""Assertions of a project and what came of each on every answered trace; the checks themselves are in lib/assertions/.

A result counts as long as its trace holds what was checked. An assertion is never edited: it is retired, and another
one written.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lib.records import Counts, UsageError
from lib.store.database import Store
from lib.store.dataset import traces
from lib.store.errors import mode_decisions


@dataclass(frozen=True)
class Assertion:
    """A check with its settings, and the failure mode it tests for, where it is for one."""

    key: int
    name: str
    kind: str
    config: dict[str, Any]
    mode: str | None
    reason: str  # why it was made before error analysis
    created_at: str
    retired_at: str | None
    stopped: str = ""  # why it is not tried on by itself
    author: str = ""  # who made it; "": nobody noted it


@dataclass(frozen=True)
class Tally:
    """What came of an assertion: passes, fails, what could not be checked, and what has not been tried yet."""

    passed: int = 0
    failed: int = 0
    unchecked: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Waiting:
    """An answered trace that an assertion has not been tried on as it is now."""

    key: int
    trace: str
    output: str
    content_hash: str
    milliseconds: int | None


@dataclass(frozen=True)
class Result:
    """What came of one assertion on one trace: pass, fail or None (not checked), and why."""

    trace: int
    content_hash: str
    outcome: str | None
    detail: str


_SELECT = """
    select a.id, a.name, a.kind, a.config, coalesce(m.name, f.name), a.reason, a.created_at, a.retired_at,
        a.stopped, a.author
    from assertions a left join failure_modes f on f.id = a.failure_mode
    left join failure_modes m on m.id = f.merged_into
    where a.project = :project"""


def every(store: Store) -> list[Assertion]:
    """The assertions in use, oldest first."""
    return [_record(row) for row in store.rows(_SELECT + " and a.retired_at is null order by a.id")]


def get(store: Store, name: str) -> Assertion:
    """An assertion in use by its name; UsageError where there is none."""
    row = store.row(_SELECT + " and a.retired_at is null and a.name = :name", name=name.strip())
    if row is None:
        known = ", ".join(one.name for one in every(store)[:12]) or "none yet"
        raise UsageError(f"There is no assertion '{name}' in this project. Assertions: {known}.")
    return _record(row)


def meant(store: Store, word: str) -> tuple[int | None, str]:
    """(row, name) of the assertion that a word of an address means, by its number or its name; (None, "") for none."""
    row = store.row("""select id, name from assertions where project = :project and (id = :number or name = :word)
        order by id = :number desc""", word=word, number=int(word) if word.isdecimal() and len(word) < 19 else None)
    return (row[0], row[1]) if row else (None, "")


def _record(row: sqlite3.Row) -> Assertion:
    key, name, kind, config, *more = tuple(row)
    return Assertion(key, name, kind, json.loads(config), *more)


def add(store: Store, name: str, kind: str, config: dict[str, Any], mode: str | None = None,
        reason: str = "") -> Assertion:
    """A new assertion; UsageError where the name is empty or was used, or there is no such failure mode."""
    if not name.strip():
        raise UsageError("An assertion needs a name.")
    with store.transaction():
        if store.value("select 1 from assertions where project = :project and name = :name", name=name.strip()):
            raise UsageError(f"There is, or was, an assertion '{name.strip()}': choose another name.")
        store.execute("""insert into assertions (project, failure_mode, name, kind, config, reason, author)
            values (:project, :mode, :name, :kind, :config, :reason, :person)""", name=name.strip(), kind=kind,
                      config=json.dumps(config), reason=reason.strip(),
                      mode=mode_decisions.get(store, mode).key if mode else None)
        return get(store, name)


def retire(store: Store, name: str) -> None:
    """Takes an assertion out of use; what it said is kept."""
    store.execute("""update assertions set retired_at = strftime('%Y-%m-%dT%H:%M:%fZ')
        where id = :key and project = :project""", key=get(store, name).key)


def note_stopped(store: Store, assertion: int, why: str) -> None:
    """Keeps why the last try of an assertion was stopped; empty: it went through."""
    store.execute("update assertions set stopped = :why where id = :key and project = :project and stopped <> :why",
                  key=assertion, why=why)


# Of an assertion a and an answered trace t: the result that still fits, if any.
_FITTING = """left join assertion_results r on r.assertion = a.id and r.trace = t.id
    and r.content_hash = t.content_hash """


def tallies(store: Store, version: str | None = None) -> dict[int, Tally]:
    """Key of an assertion in use -> what came of it on all answered traces (of one system version)."""
    rows = store.rows("""select a.id, coalesce(sum(r.outcome = 'pass'), 0), coalesce(sum(r.outcome = 'fail'), 0),
            coalesce(sum(r.trace is not null and r.outcome is null), 0), coalesce(sum(r.trace is null), 0)
        from assertions a cross join traces t """ + _FITTING + """
        where a.project = :project and a.retired_at is null and t.project = :project and t.output is not null
        and t.id not in (select trace from archived_traces)
        and (:version is null or t.system_version = :version) group by a.id""", version=version)
    found = {key: Tally(*counts) for key, *counts in rows}
    return {one.key: found.get(one.key, Tally()) for one in every(store)}


def waiting(store: Store, assertion: int, after: int = 0, limit: int = 1_000) -> list[Waiting]:
    """The next answered traces with no result that fits, in order, after the row number named."""
    rows = store.rows("""select t.id, t.trace_id, t.output, t.content_hash, t.log ->> '$.milliseconds'
        from assertions a cross join traces t """ + _FITTING + """
        where a.id = :assertion and a.project = :project and t.project = :project and t.output is not null
        and t.id not in (select trace from archived_traces)
        and r.trace is null and t.id > :after order by t.id limit :limit""", assertion=assertion, after=after,
                      limit=limit)
    return [_waiting(row) for row in rows]


def newest(store: Store, limit: int) -> list[Waiting]:
    """The newest answered traces, whatever was checked on them."""
    return [_waiting(row) for row in store.rows("""select t.id, t.trace_id, t.output, t.content_hash,
            t.log ->> '$.milliseconds'
        from traces t where t.project = :project and t.output is not null
        and t.id not in (select trace from archived_traces) order by t.id desc limit :limit""",
                                                limit=limit)]


def _waiting(row: sqlite3.Row) -> Waiting:
    *known, taken = tuple(row)
    return Waiting(*known, round(taken) if isinstance(taken, (int, float)) else None)


def save(store: Store, assertion: int, results: Iterable[Result]) -> None:
    """Stores results in place of earlier ones, all or none."""
    with store.transaction():
        store.execute_many("""insert into assertion_results (assertion, trace, outcome, detail, content_hash)
            select a.id, t.id, :outcome, :detail, :content_hash from assertions a join traces t on t.id = :trace
            where a.id = :assertion and a.project = :project and t.project = :project
            on conflict (assertion, trace) do update set outcome = excluded.outcome, detail = excluded.detail,
                content_hash = excluded.content_hash""",
                           [{"project": store.project, "assertion": assertion, **vars(one)} for one in results])


def results(store: Store, assertion: int, outcome: str, version: str | None = None, limit: int = 1_000
            ) -> list[tuple[str, str]]:
    """(trace id, why) of the traces of which an assertion says this: pass, fail, or 'unchecked'."""
    return [tuple(row) for row in store.rows("""select t.trace_id, r.detail
        from assertions a join assertion_results r on r.assertion = a.id
        join traces t on t.id = r.trace and t.content_hash = r.content_hash
        where a.id = :assertion and a.project = :project and t.project = :project
        and coalesce(r.outcome, 'unchecked') = :outcome and (:version is null or t.system_version = :version)
        order by t.id limit :limit""", assertion=assertion, outcome=outcome, version=version, limit=limit)]


def of_trace(store: Store, trace_id: str) -> list[tuple[str, str | None, str]]:
    """(assertion, outcome or None, why) of every assertion in use that was tried on a trace as it is."""
    return [tuple(row) for row in store.rows("""select a.name, r.outcome, r.detail
        from traces t join assertion_results r on r.trace = t.id and r.content_hash = t.content_hash
        join assertions a on a.id = r.assertion and a.project = :project and a.retired_at is null
        where t.id = :trace and t.project = :project order by a.id""", trace=traces.key_of(store, trace_id))]


def against(store: Store, expert: str) -> dict[int, Counts]:
    """Key -> how an assertion stands to this expert's labels: fails with its failure mode, and passes.

    Expert first. Other fails are left out, and labels that no figure counts; what was not checked is an error.
    """
    tables: dict[int, dict[tuple[str, str], int]] = {}
    for key, said, outcome, n in store.rows("""
            select a.id, l.outcome, coalesce(r.outcome, 'error'), count(*)
            from assertions a join failure_modes f on f.id = a.failure_mode
            cross join current_labels l cross join traces t on t.id = l.trace """ + _FITTING + """
            where a.project = :project and a.retired_at is null and t.project = :project and t.output is not null
            and l.expert = (select id from experts where project = :project and name = :expert) and l.counts
            and (l.outcome = 'pass' or exists (select 1 from counted_codes c where c.trace = l.trace
                and c.failure_mode = coalesce(f.merged_into, f.id)))
            group by 1, 2, 3""", expert=expert):
        tables.setdefault(key, {})[said, outcome] = n
    return {key: Counts.of(table) for key, table in tables.items()}

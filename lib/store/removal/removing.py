"""Deletes a project, traces or a judge, or takes an import back: found, counted, agreed to, done.

One transaction each: a process killed at any moment leaves all of it or nothing. Deleted text is overwritten in the
file and in its write-ahead log; copies made before still hold it.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from lib.records import UsageError
from lib.store.database import Store
from lib.store.removal import clearing, counting, log, marking
from lib.store.removal.counting import Hanging

PROJECT, IMPORT, TRACES, JUDGE = "project", "import", "traces", "judge"
# Whose role deletes it: who may write this table. What hangs on it goes along, whatever the role.
WRITTEN = {PROJECT: "projects", IMPORT: "imports", TRACES: "traces", JUDGE: "judges"}
_TABLES = {PROJECT: "projects", IMPORT: "imports", TRACES: "traces", JUDGE: "judges"}
# What works on something that would go: it would find its rows gone, or write new ones for them.
_AT_WORK = """
    select 'the import of ' || file as what from imports where stage is not null and project = :project
    union all select 'run ' || r.id from runs r where r.status in ('queued', 'running') and (r.id in leaving_runs
        or exists (select 1 from run_traces x where x.run = r.id and x.trace in leaving_judged))
    union all select 'job ' || j.id from jobs j where j.status in ('queued', 'running') and (j.id in leaving_jobs
        or exists (select 1 from job_items x where x.job = j.id and x.trace in leaving_traces))
    union all select 'analysis ' || a.id from analyses a where a.status in ('queued', 'running')
        and (a.id in leaving_analyses or exists (select 1 from analysis_items x where x.analysis = a.id
            and x.trace in leaving_judged))
    union all select 'suggestion ' || s.id from suggestions s where s.status in ('queued', 'running')
        and s.id in leaving_suggestions
    union all select 'probe ' || p.id from probes p where p.status in ('queued', 'running') and (p.id in leaving_probes
        or exists (select 1 from probe_items x where x.probe = p.id and x.trace in leaving_judged))
    """


@dataclass(frozen=True)
class Thing:
    """What is to be deleted or taken back: its kind, its rows, and what it is called in words."""

    kind: str
    keys: tuple[int, ...]
    name: str
    typed: str  # what a person types to say that it is meant

    @property
    def subject(self) -> str:
        """The same things under one word, however they were found."""
        keys = hashlib.sha256(json.dumps(sorted(self.keys)).encode()).hexdigest()[:16]
        return f"{self.kind} {self.keys[0] if len(self.keys) == 1 else keys}"


class _Looked(Exception):
    """Takes back what was noted for a look."""


def look(store: Store, thing: Thing) -> Hanging:
    """What hangs on it today; nothing is changed. UsageError where something works on it, or it is not there.

    To be called outside of any transaction, for it takes back what it notes.
    """
    found, program = Hanging(), store.program(WRITTEN[thing.kind])
    try:
        with program.transaction():
            found = _marked(program, thing)
            raise _Looked
    except _Looked:
        return found


def _marked(store: Store, thing: Thing) -> Hanging:
    _check(store, thing)
    marking.mark(store, _TABLES[thing.kind], list(thing.keys))
    if busy := [row[0] for row in store.rows(_AT_WORK)]:
        raise UsageError(f"{', '.join(busy[:3])} {'is' if len(busy) == 1 else 'are'} at work on it: wait for the end, "
                         "or cancel that first. Nothing was deleted.")
    return counting.count(store)


_THERE = {
    PROJECT: "select count(*) from projects where id in (select value from json_each(:keys)) and id = :project",
    IMPORT: "select count(*) from imports where id in (select value from json_each(:keys)) and project = :project",
    TRACES: "select count(*) from traces where id in (select value from json_each(:keys)) and project = :project",
    JUDGE: "select count(*) from judges where id in (select value from json_each(:keys)) and project = :project",
}


def _check(store: Store, thing: Thing) -> None:
    if not thing.keys or store.value(_THERE[thing.kind], keys=json.dumps(thing.keys)) != len(thing.keys):
        raise UsageError(f"{thing.name} is not there any more, or not as it was: look again. Nothing was deleted.")


def remove(store: Store, thing: Thing, seen: Hanging) -> Hanging:
    """Deletes it with all that hangs on it, and logs it; UsageError where something else hangs on it than was seen.

    Afterwards the write-ahead log is emptied, as far as no other program reads at this moment.
    """
    store = store.program(WRITTEN[thing.kind])
    with store.transaction():
        found = _marked(store, thing)
        if not same(found, seen):
            raise UsageError("Somebody has changed something since this was counted: look at the new counts first. "
                             "Nothing was deleted.")
        kind = log.TAKEN_BACK if thing.kind == IMPORT else log.DELETED
        log.note(store, kind, thing.kind, thing.name, found.detail)
        clearing.clear(store)
    if not store.connection.in_transaction:
        settle(store)
    return found


def same(found: Hanging, seen: Hanging) -> bool:
    """Whether just as much goes as was seen; that it was asked for is itself a sign-off, which is not counted here."""
    one, other = ({name: n for name, n in each.counts.items() if name != "sign_offs"} for each in (found, seen))
    return (one, found.labels) == (other, seen.labels)


def settle(store: Store) -> None:
    """Empties the write-ahead log, in which deleted text would else stand until it is written over."""
    # The file's own upkeep, not somebody's write: no role is asked.
    store.program().value("pragma wal_checkpoint(truncate)")


def copies(store: Store) -> list[Path]:
    """Copies beside the file that hold what is deleted from it: of migrations, and made before deletions."""
    return sorted(store.path.parent.glob(f"{store.path.stem}.before-*{store.path.suffix}"))

"""Fixes: which failure modes and traces each is about, the version that carries it, and what it answered there.

A trace counts as answered again by a version where that version's answer points to it, or has the same input.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from lib.records import UsageError
from lib.sampling.queues import FIX, unbiased
from lib.store import experts
from lib.store.database import Store
from lib.store.errors import mode_decisions


@dataclass(frozen=True)
class Fix:
    """One fix; `status` is open (in no version yet), fixed (carried by one), verified, or reopened."""

    id: int
    title: str
    text: str
    system_version: str
    created_at: str
    verified_at: str | None
    modes: tuple[str, ...]
    status: str
    traces: int
    author: str = ""  # who recorded it; "": nobody noted it
    verified_by: str = ""


@dataclass(frozen=True)
class Again:
    """One trace of a fix: the expert's outcome before, its answer by the version that carries the fix, and after."""

    trace: str
    input: str
    before: str | None
    answer: str | None  # the id of the new answer's trace; None: not answered yet
    after: str | None  # None: not looked at yet
    waits: bool = False  # in a queue


_SELECT = """
    select x.*, (select json_group_array(name) from (select distinct f.name from fix_failure_modes xf
            join failure_modes m on m.id = xf.failure_mode join failure_modes f on f.id = coalesce(m.merged_into, m.id)
            where xf.fix = x.id order by f.name)) as modes,
        (select count(*) from fix_traces where fix = x.id) as traces,
        exists (select 1 from fix_failure_modes xf join failure_modes m on m.id = xf.failure_mode
            join failure_modes f on f.id = coalesce(m.merged_into, m.id)
            where xf.fix = x.id and f.status in ('open', 'in work')) as at_work
    from fixes x where x.project = :project
    """


def create(store: Store, title: str, text: str, version: str, modes: Sequence[str], traces: Sequence[int]) -> int:
    """A new fix about these failure modes (by name) and traces (by row number); open modes are in work from now on.

    The same again (title, text, version, modes) is the fix that is there.
    """
    if not title.strip():
        raise UsageError("A fix needs a title: what was changed, in a few words.")
    with store.transaction():
        if (known := _same(store, title.strip(), text.strip(), version.strip(), modes)) is not None:
            return known
        fix = store.execute("""insert into fixes (project, title, text, system_version, author)
            values (:project, :title, :text, :version, :person)""", title=title.strip(), text=text.strip(),
                            version=version.strip())
        for mode in {name: mode_decisions.get(store, name).key for name in modes}.values():
            store.execute("insert into fix_failure_modes (fix, failure_mode) values (:fix, :mode)", fix=fix, mode=mode)
            store.execute("update failure_modes set status = 'in work' where id = :mode and status = 'open'", mode=mode)
        store.execute_many("""insert into fix_traces (fix, trace)
            select :fix, id from traces where id = :trace and project = :project""",
                           [{"fix": fix, "trace": key, "project": store.project} for key in dict.fromkeys(traces)])
    return fix


def _same(store: Store, title: str, text: str, version: str, modes: Sequence[str]) -> int | None:
    """The fix that a second press would make again."""
    return next((fix.id for fix in every(store) if (fix.title, fix.text, fix.system_version) == (title, text, version)
                 and set(fix.modes) == set(modes)), None)


def every(store: Store) -> list[Fix]:
    """All fixes, the newest first."""
    return [_record(row) for row in store.rows(_SELECT + " order by x.id desc")]


def get(store: Store, fix: int) -> Fix:
    """One fix by its number; UsageError where the project has none of this number."""
    row = store.row(_SELECT + " and x.id = :fix", fix=fix)
    if row is None:
        raise UsageError(f"There is no fix {fix} in this project. The command 'fixes' lists them.")
    return _record(row)


def _record(row: sqlite3.Row) -> Fix:
    status = "fixed" if row["system_version"] else "open"
    if row["verified_at"]:
        status = "reopened" if row["at_work"] else "verified"
    return Fix(row["id"], row["title"], row["text"], row["system_version"], row["created_at"], row["verified_at"],
               tuple(json.loads(row["modes"])), status, row["traces"], row["author"], row["verified_by"])


def carry(store: Store, fix: int, version: str) -> None:
    """Names the version that carries a fix; what was verified of another version is not verified of this one."""
    store.execute("""update fixes set verified_at = case when system_version = :version then verified_at end,
        system_version = :version where id = :fix and project = :project""", fix=fix, version=version.strip())


def mark_verified(store: Store, fix: int) -> None:
    """The expert has looked; its failure modes count as fixed from now on."""
    with store.transaction():
        store.execute("""update fixes set verified_at = strftime('%Y-%m-%dT%H:%M:%fZ'), verified_by = :person
            where id = :fix and project = :project""", fix=fix)
        store.execute("""update failure_modes set status = 'fixed' where project = :project and id in (
            select coalesce(m.merged_into, m.id) from fix_failure_modes xf join fixes x on x.id = xf.fix
            join failure_modes m on m.id = xf.failure_mode where x.id = :fix and x.project = :project)""", fix=fix)


def reopen(store: Store, fix: int) -> None:
    """The failure is back: its failure modes are open again."""
    store.check("fixes.verified_at")
    store.execute("""update failure_modes set status = 'open' where project = :project and id in (
        select coalesce(m.merged_into, m.id) from fix_failure_modes xf join fixes x on x.id = xf.fix
        join failure_modes m on m.id = xf.failure_mode where x.id = :fix and x.project = :project)""", fix=fix)


def fails_with(store: Store, expert: str, modes: Sequence[str]) -> list[int]:
    """Row numbers of this expert's fails with any of these failure modes, the newest label first."""
    return [row[0] for row in store.rows("""select l.trace from current_labels l join experts e on e.id = l.expert
        where e.project = :project and e.name = :expert and l.outcome = 'fail' and l.trace in (
            select c.trace from counted_codes c join failure_modes f on f.id = c.failure_mode
            where f.project = :project and f.name in (select value from json_each(:modes)))
        order by l.id desc""", expert=expert, modes=json.dumps(list(modes)))]


def passes_beside(store: Store, expert: str, fails: Sequence[int]) -> list[int]:
    """Row numbers of this expert's passes on answers of the versions that these fails are answers of."""
    return [row[0] for row in store.rows("""select l.trace from current_labels l join experts e on e.id = l.expert
        join traces t on t.id = l.trace
        where e.project = :project and e.name = :expert and l.outcome = 'pass'
        and coalesce(t.system_version, '') in (select coalesce(f.system_version, '') from traces f
            where f.project = :project and f.id in (select value from json_each(:fails)))
        order by t.id""", expert=expert, fails=json.dumps(list(fails)))]


def traces_of(store: Store, fix: int) -> list[int]:
    """Row numbers of the traces of a fix."""
    return [row[0] for row in store.rows("""select xt.trace from fix_traces xt join fixes x on x.id = xt.fix
        where x.project = :project and x.id = :fix order by xt.trace""", fix=fix)]


def again(store: Store, fix: int, expert: str) -> list[Again]:
    """Each trace of a fix with its new answer, if there is one, and this expert's outcomes before and after."""
    rows = store.rows("""with wanted as materialized (
            select t.id, t.trace_id, t.input, coalesce(t.answers, t.id) as root
            from fixes x join fix_traces xt on xt.fix = x.id join traces t on t.id = xt.trace
            where x.project = :project and x.id = :fix and t.project = :project),
        carried as materialized (
            select a.id, a.input, coalesce(a.answers, a.id) as root from traces a
            where a.project = :project and a.output is not null
            and a.system_version = (select system_version from fixes where id = :fix and project = :project)),
        matched as (select w.id as wanted, c.id as answer from wanted w join carried c on c.root = w.root
            union all select w.id, c.id from wanted w join carried c on c.input = w.input),
        paired as (select w.id, w.trace_id, w.input, max(m.answer) as answer
            from wanted w left join matched m on m.wanted = w.id and m.answer <> w.id group by w.id),
        said as (select l.trace, l.outcome from current_labels l
            where l.expert = (select id from experts where project = :project and name = :expert))
        select p.trace_id, p.input, (select outcome from said where trace = p.id), a.trace_id,
            (select outcome from said where trace = p.answer),
            exists (select 1 from queue_items i where i.trace = p.answer and i.label is null)
        from paired p left join traces a on a.id = p.answer order by p.id""", fix=fix, expert=expert)
    return [Again(*tuple(row)[:5], bool(row[5])) for row in rows]


def batch(store: Store, fix: int) -> int:
    """The batch that the answers of a fix wait in, made where there is none."""
    version = get(store, fix).system_version
    token = f"fix {store.project} {fix} {version}"
    with store.transaction():
        found = store.value("select id from batches where project = :project and token = :token", token=token)
        return found or store.execute("""insert into batches (project, mix, seed, token, author)
            values (:project, '{}', 0, :token, :person)""", token=token)


def queue(store: Store, fix: int, answers: Sequence[str], expert: str) -> int:
    """Puts answers (by their traces' ids) into this expert's queue, in this order; returns how many.

    What the expert has labelled, or what waits already, is passed over.
    """
    with store.transaction():
        number, person = batch(store, fix), experts.row_of(store, expert)
        last = store.value("select coalesce(max(position), 0) from queue_items where batch = :batch", batch=number)
        return store.execute_many("""insert or ignore into queue_items (batch, position, trace, expert, queue, unbiased)
            select :batch, :position, t.id, :expert, :queue, :unbiased from traces t
            where t.project = :project and t.trace_id = :answer
            and not exists (select 1 from queue_items i where i.trace = t.id and i.label is null
                and (i.expert is null or i.expert = :expert))
            and not exists (select 1 from labels l where l.trace = t.id and l.expert = :expert)""", [
                {"batch": number, "position": last + place, "expert": person, "queue": FIX, "unbiased": unbiased(FIX),
                 "answer": answer, "project": store.project} for place, answer in enumerate(answers, 1)])

"""Imports as things of their own: who brought which file, what came of it, and labels of it that wait for their person.

A label in the principal's name that somebody else brings in is none until the principal agrees. It stands in a table
that no figure reads. How rows get in is in imports.py and returns.py; how an import is taken back, in removal/.
"""

from dataclasses import dataclass

from lib.records import Label, Trace, UsageError
from lib.records.people import checked, tidied
from lib.records.words import counted
from lib.store import experts, sign_offs
from lib.store.database import Store
from lib.store.removal import log


@dataclass(frozen=True)
class Imported:
    """One import and what is there of it today; counts are None where an older version did not note them."""

    number: int
    file: str
    name: str
    author: str
    created_at: str
    under_way: bool
    traces: int
    labels: int | None
    verdicts: int | None
    codes: int | None
    waiting: int

    @property
    def called(self) -> str:
        """Its own name, else the file's."""
        return self.name or self.file


_SELECT = """select i.id, i.file, i.name, i.author, i.created_at, i.stage is not null,
        (select count(*) from traces where import = i.id),
        case when i.noted then (select count(*) from labels where import = i.id) end,
        case when i.noted then (select count(*) from verdicts where import = i.id) end,
        case when i.noted then (select count(*) from trace_failure_modes where import = i.id) end,
        (select count(*) from waiting_labels where import = i.id)
    from imports i where i.project = :project """


def every(store: Store) -> list[Imported]:
    """All imports of the project, the newest first."""
    return [_record(row) for row in store.rows(_SELECT + "order by i.id desc")]


def get(store: Store, number: int) -> Imported:
    """One of them; UsageError where the project has none of this number."""
    row = store.row(_SELECT + "and i.id = :number", number=number)
    if row is None:
        raise UsageError(f"There is no import {number} in this project. The command 'imports list' shows them.")
    return _record(row)


def _record(row) -> Imported:
    return Imported(*tuple(row)[:5], bool(row[5]), *tuple(row)[6:])


def rename(store: Store, number: int, name: str) -> None:
    """Calls an import by this name; the file's own stays beside it."""
    with store.transaction():
        found, name = get(store, number), checked(tidied(name))
        if name != found.name:
            store.execute("update imports set name = :name where id = :number", name=name, number=number)
            log.note(store, log.RENAMED, "import", name or found.file, {"before": found.called})


def enter(store: Store, file: str, format: str, mapping: str, stage: str | None) -> int:
    """A new import, by who is at this handle; `stage` as long as it is not stored to its end. Returns its number."""
    return store.execute("""insert into imports (project, file, format, mapping, added, stage, author, noted,
            holds_back)
        values (:project, :file, :format, :mapping, 0, :stage, :person, 1, :holds)""", file=file, format=format,
                         mapping=mapping, stage=stage, holds=bool(held_back(store)))


def forget(store: Store, number: int) -> None:
    """An import that brought nothing is none; what it has named stays, and is nobody's."""
    for statement in _FORGOTTEN:
        store.execute(statement, number=number)


_FORGOTTEN = (
    "update experts set import = null where import = :number", "update judges set import = null where import = :number",
    "update failure_modes set import = null where import = :number",
    "update dimensions set import = null where import = :number",
    "update dimension_values set import = null where import = :number", "delete from imports where id = :number")


def held_back(store: Store) -> int:
    """The principal's row, where this handle is in somebody else's hands and may write no label in that name; else 0.

    A program that names no person acts for the principal.
    """
    found = experts.principal(store)
    if store.person is None or found is None or found.name == store.person:
        return 0
    return experts.row_of(store, found.name)


def note_change(store: Store, number: int | None, found: Trace, answered: bool, dated: str | None) -> None:
    """Keeps what a stored trace was before an import changes it; `found` as it will be. Nothing where it is tried."""
    if number is None:
        return
    store.execute("""insert into import_changes (import, trace, before, answered, content_hash, dated)
        select :number, t.id, json_object('output', t.output, 'messages', t.messages, 'context', t.context,
            'content_hash', t.content_hash, 'system_version', t.system_version, 'created_at', t.created_at,
            'steps', t.steps, 'session', t.session), :answered, :hash, coalesce(:dated, t.created_at)
        from traces t where t.id = :key
        on conflict (import, trace) do update set dated = excluded.dated, content_hash = excluded.content_hash,
            answered = max(answered, excluded.answered)""", number=number, key=found.key, answered=answered,
                  hash=found.content_hash, dated=dated)


def hold(store: Store, number: int | None, trace: int, expert: int, label: Label, given: str) -> int:
    """Keeps a label until its person agrees to it; returns how many are new, 1 or 0. Only counted where it is tried."""
    if number is None:
        return 1
    store.execute("""insert or ignore into waiting_labels (import, trace, expert, outcome, critique, content_hash,
            revised_response, mode, created_at)
        select :number, id, :expert, :outcome, :critique, content_hash, :revised, :mode, nullif(:at, '')
        from traces where id = :trace""", number=number, trace=trace, expert=expert, outcome=label.outcome,
                  critique=label.critique, revised=label.circumstances.revised_response,
                  mode=label.circumstances.mode, at=given)
    return store.value("select changes()")


def ask_for_labels(store: Store, number: int) -> None:
    """Where labels of an import wait, asks the principal; inside the transaction that ends the import."""
    found = get(store, number)
    if not found.waiting:
        return
    sign_offs.ask(store.by(found.author or "somebody"), sign_offs.LABELS, f"import {number}", {
        "import": number, "file": found.file, "labels": found.waiting},
                  f"{found.file} holds {counted(found.waiting, 'label')} in this name.")


# Of a waiting label w of the import m: what its person has said since goes before what a file says of an earlier day.
COMES_IN = """not exists (select 1 from labels o where o.trace = w.trace and o.expert = w.expert
        and ((o.outcome, o.critique) = (w.outcome, w.critique)
            or o.created_at > coalesce(w.created_at, m.created_at)))"""
_TAKEN = """insert into labels (trace, expert, outcome, critique, content_hash, source, revised_response, mode,
        created_at, queue, unbiased, import)
    select w.trace, w.expert, w.outcome, w.critique, w.content_hash, 'import', w.revised_response,
        case when w.mode = 'blind' and exists (select 1 from reveals r where r.trace = w.trace and r.expert = w.expert)
            then 'known' else w.mode end,
        coalesce(w.created_at, m.created_at), coalesce(f.queue, i.queue, ''),
        coalesce(f.unbiased, i.unbiased, 1), w.import
    from waiting_labels w join imports m on m.id = w.import
    left join current_labels f on f.trace = w.trace and f.expert = w.expert
    left join queue_items i on i.id = (select q.id from queue_items q where q.trace = w.trace
        and (q.expert is null or q.expert = w.expert)
        order by q.label is not null, q.expert is null, q.batch desc limit 1)
    where w.import = :number and """ + COMES_IN + " order by w.id"


def take_labels(store: Store, number: int) -> int:
    """What waits of an import becomes labels of the person it names, dated as in the file; returns how many.

    Where the person has given a newer one since, or the same, that one stays.
    """
    store = store.program()  # whose right it is was asked by the sign-off
    with store.transaction():
        if get(store, number).under_way:
            raise UsageError("The import is still being stored: agree once it is done.")
        before = store.value("select coalesce(max(id), 0) from labels")
        store.execute(_TAKEN, number=number)
        store.execute("delete from waiting_labels where import = :number", number=number)
        return store.value("select count(*) from labels where id > :before", before=before)


def leave_labels(store: Store, number: int) -> int:
    """What waits of an import is kept out; returns how many."""
    store = store.program()  # as above
    with store.transaction():
        waiting = store.value("select count(*) from waiting_labels where import = :number", number=number)
        store.execute("delete from waiting_labels where import = :number", number=number)
        return waiting

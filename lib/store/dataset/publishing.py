"""From a stage into the store: compared first, while others write, then added in slices, each a short transaction.

All of it is said in statements over whole tables; what is stored is never changed, except that an output that comes
later completes its trace. Why slices are as good as all or nothing stands in `imports`.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from lib.records import Trace
from lib.store import feedback
from lib.store.database import Store
from lib.store.dataset import imported, naming, stage_files
from lib.store.dataset.staging import Stage, input_hash

NAMED = 3  # conflicts that a refusal names; the rest is counted


@dataclass(frozen=True)
class Slice:
    """The staged traces whose key is above `after` and at most `to`."""

    after: int
    to: int


@contextmanager
def attached(store: Store, stage: Stage) -> Iterator[None]:
    """The stage beside the store on this thread's connection; begin no transaction before."""
    store.execute("attach database :file as staged", file=str(stage.path))
    try:
        # It is gone after a crash anyway: nothing of it needs a journal.
        store.value("pragma staged.journal_mode = off")
        store.execute("pragma staged.synchronous = off")
        yield
    finally:
        store.execute("detach database staged")


def secure(store: Store, stage: Stage) -> None:
    """Makes an attached stage safe on the disk, for there will be more than one slice; and what it holds quick to find.

    Begin no transaction before.
    """
    # One that an older release left behind holds none.
    store.execute("""create table if not exists staged.feedback (trace integer, name text, value text, comment text,
        who text, given_at text)""")
    for statement in ("create index if not exists staged.values_of on trace_values (trace)",
                      "create index if not exists staged.labels_of on labels (trace)",
                      "create index if not exists staged.verdicts_of on verdicts (trace)",
                      "create index if not exists staged.modes_of on modes (trace)",
                      "create index if not exists staged.feedback_of on feedback (trace)"):
        store.execute(statement)
    store.value("pragma staged.journal_mode = delete")
    store.execute("pragma staged.synchronous = normal")
    stage_files.sync(stage.path)


def state_of(store: Store) -> tuple:
    """What a comparison rests on: where it is the same later, the comparison still holds."""
    return tuple(store.row("""select :project, (select max(id) from main.traces),
        (select count(*) from main.traces where project = :project and output is not null),
        (select max(id) from main.split_draws where project = :project)"""))


def compare(store: Store) -> tuple:
    """Says of each staged trace whether it is new, the same, gets its answer, or contradicts what is stored.

    Returns what the comparison rests on.
    """
    before = state_of(store)
    compare_slice(store, Slice(0, last_key(store)))
    return before


def last_key(store: Store) -> int:
    """The key of the last staged trace."""
    return store.value("select coalesce(max(key), 0) from staged.traces")


def compare_slice(store: Store, part: Slice) -> None:
    """The same for some of the staged traces."""
    store.execute("""update staged.traces set state = 'new', target = null
        where state <> 'new' and key > :after and key <= :to""", **asdict(part))
    if store.value("select 1 from input_splits where project = :project"):
        store.connection.create_function("input_hash", 1, input_hash, deterministic=True)
        store.execute("""update staged.traces set split = coalesce((select split from main.input_splits p
            where p.project = :project and p.input = input_hash(traces.input)), split)
            where not split_given and key > :after and key <= :to""", **asdict(part))
    if not store.value("select 1 from main.traces where project = :project"):
        return
    store.execute("""update staged.traces as s set target = t.id,
            state = case when t.content_hash = s.content_hash then 'same' else 'other' end
        from main.traces t where t.project = :project and t.trace_id = s.trace_id
            and s.key > :after and s.key <= :to""", **asdict(part))
    for row in store.rows("select key from staged.traces where state = 'other' and key > :after and key <= :to",
                          **asdict(part)):
        store.execute("update staged.traces set state = :state where key = :key", key=row[0],
                      state=_compared(store, row[0]))


def conflicts(store: Store, part: Slice) -> tuple[list[str], int]:
    """(the first contradictions in words, how many there are) among these staged traces."""
    found = """select line, 'trace ''' || trace_id || ''' is stored with other text' as words
        from staged.traces where state = 'conflict' and key > :after and key <= :to
        union all
        select s.line, 'judge ''' || n.name || ''' has another recorded verdict on ''' || s.trace_id || ''''
        from staged.verdicts v join staged.traces s on s.key = v.trace and s.target is not null
        join staged.names n on n.key = v.name
        join main.judges j on j.project = :project and j.name = trim(n.name)
        join main.runs r on r.judge = j.id and r.status = 'recorded'
        join main.verdicts w on w.run = r.id and w.trace = s.target
        where s.state <> 'conflict' and s.key > :after and s.key <= :to
            and not (w.outcome is v.outcome and w.critique = v.critique and w.raw = v.raw)
        order by line"""
    named, n = [], 0
    for n, row in enumerate(store.stream(found, **asdict(part)), 1):
        if n <= NAMED:
            named.append(f"line {row['line']}: {row['words']}")
    return named, n


def counts(store: Store, part: Slice | None = None) -> dict[str, int]:
    """How many staged traces, of a slice or of all, are in each state."""
    part = part or Slice(0, last_key(store))
    return {row[0]: row[1] for row in store.rows("""select state, count(*) from staged.traces
        where key > :after and key <= :to group by state""", **asdict(part))}


def would_wait(store: Store, names: list[str]) -> int:
    """How many staged labels in these names, all of them the principal's, are neither labels nor waiting yet."""
    return store.value(_NEW_OF, names=json.dumps(names), held=imported.held_back(store))


_NEW_OF = """select count(*) from staged.traces s join staged.labels l on l.trace = s.key
    join staged.names n on n.key = l.name
    where s.state <> 'conflict' and n.name in (select value from json_each(:names))
    and not exists (select 1 from main.labels o where o.trace = s.target and o.expert = :held
        and o.outcome = l.outcome and o.critique = l.critique
        and (l.revised = '' or o.revised_response = l.revised))
    and not exists (select 1 from main.waiting_labels w where w.trace = s.target and w.expert = :held
        and (w.outcome, w.critique, w.revised_response) = (l.outcome, l.critique, l.revised))"""


def versions(store: Store) -> set[str]:
    """The versions of the AI system that staged traces name."""
    return {row[0] for row in store.rows(
        "select distinct system_version from staged.traces where system_version is not null")}


def publish(store: Store, number: int, part: Slice) -> dict[str, int]:
    """Adds what is new of one slice, inside the caller's transaction; returns how many of what."""
    # A trace gets the number base + key: above every number there is, whoever else added traces between two slices.
    base = store.value("select coalesce(max(id), 0) from main.traces") - part.after
    known = {**asdict(part), "import": number, "held": naming.held(store, number)}
    between = {**known, "base": base}
    store.execute(_CHANGES, **known)
    added = {
        "traces": _changed(store, _TRACES, **between), "answered": _changed(store, _ANSWERS, **known),
        "dimensions": _changed(store, _VALUES_OF_KNOWN, **known),
        "labels": _changed(store, _LABELS, **between) + _changed(store, _LABELS_OF_KNOWN, **known),
        "waiting": _changed(store, _WAITING, **between),
        **_verdicts(store, between), "failure_modes": _changed(store, _MODES, **between),
        "feedback": feedback.publish(store, between)}
    store.execute(_VALUES, **between)
    return added


_TRACES = """insert into main.traces (id, project, trace_id, input, output, messages, context,
        content_hash, source, split, system_version, created_at, assumptions, import, session, steps, input_key)
    select :base + key, :project, trace_id, input, output, messages, context,
        content_hash, source, split, system_version, created_at, assumptions, :import, session, steps, input_key(input)
    from staged.traces where state = 'new' and key > :after and key <= :to order by key"""

# What a trace was before its answer came, so that the import can be taken back.
_CHANGES = """insert into main.import_changes (import, trace, before, answered, content_hash, dated)
    select :import, t.id, json_object('output', t.output, 'messages', t.messages, 'context', t.context,
        'content_hash', t.content_hash, 'system_version', t.system_version, 'created_at', t.created_at,
        'steps', t.steps, 'session', t.session), 1, s.stored_hash, s.created_at
    from staged.traces s join main.traces t on t.id = s.target
    where s.state = 'answered' and s.key > :after and s.key <= :to"""

_ANSWERS = """update main.traces set output = s.output, messages = s.messages, context = s.context,
        content_hash = s.stored_hash, system_version = s.system_version, created_at = s.created_at,
        steps = s.steps, session = coalesce(traces.session, s.session)
    from staged.traces s
    where s.state = 'answered' and traces.id = s.target and s.key > :after and s.key <= :to"""

_VALUES = """insert or ignore into main.trace_values (trace, value)
    select :base + s.key, n.target from staged.traces s
    join staged.trace_values v on v.trace = s.key join staged.names n on n.key = v.name
    where s.target is null and s.key > :after and s.key <= :to order by s.key"""

_VALUES_OF_KNOWN = """insert or ignore into main.trace_values (trace, value, import)
    select s.target, n.target, :import from staged.traces s
    join staged.trace_values v on v.trace = s.key join staged.names n on n.key = v.name
    where s.target is not null and s.state <> 'conflict' and s.key > :after and s.key <= :to order by s.target"""

_LABELS = """insert into main.labels (trace, expert, outcome, critique, content_hash, source,
        revised_response, mode, created_at, queue, unbiased, import)
    select :base + s.key, n.target, l.outcome, l.critique, s.content_hash, 'import', l.revised, l.mode,
        coalesce(l.created_at, strftime('%Y-%m-%dT%H:%M:%fZ')), '', 1, :import
    from staged.traces s join staged.labels l on l.trace = s.key join staged.names n on n.key = l.name
    where s.target is null and n.target <> :held and s.key > :after and s.key <= :to order by l.rowid"""

# In the principal's name, from somebody else's hand; what is a label already waits for nothing.
_WAITING = """insert or ignore into main.waiting_labels (import, trace, expert, outcome, critique, content_hash,
        revised_response, mode, created_at)
    select :import, coalesce(s.target, :base + s.key), n.target, l.outcome, l.critique,
        coalesce(s.stored_hash, s.content_hash), l.revised, l.mode, l.created_at
    from staged.traces s join staged.labels l on l.trace = s.key join staged.names n on n.key = l.name
    where n.target = :held and s.state <> 'conflict' and s.key > :after and s.key <= :to
    and not exists (select 1 from main.labels o where o.trace = s.target and o.expert = n.target
        and o.outcome = l.outcome and o.critique = l.critique
        and (l.revised = '' or o.revised_response = l.revised))
    order by l.rowid"""

# How it was drawn is the database's to say, not the file's: of the label it succeeds, else of the queue's item.
_LABELS_OF_KNOWN = """insert into main.labels (trace, expert, outcome, critique, content_hash, source,
        revised_response, mode, created_at, queue, unbiased, import)
    select s.target, n.target, l.outcome, l.critique, s.content_hash, 'import', l.revised, l.mode,
        coalesce(l.created_at, strftime('%Y-%m-%dT%H:%M:%fZ')),
        coalesce(f.queue, i.queue, ''), coalesce(f.unbiased, i.unbiased, 1), :import
    from staged.traces s join staged.labels l on l.trace = s.key join staged.names n on n.key = l.name
    left join main.current_labels f on f.trace = s.target and f.expert = n.target
    left join main.queue_items i on i.id = (select q.id from main.queue_items q where q.trace = s.target
        and (q.expert is null or q.expert = n.target)
        order by q.label is not null, q.expert is null, q.batch desc limit 1)
    where s.target is not null and n.target <> :held and s.state <> 'conflict' and s.key > :after and s.key <= :to
    and not exists (select 1 from main.labels o where o.trace = s.target and o.expert = n.target
        and o.outcome = l.outcome and o.critique = l.critique
        and (l.revised = '' or o.revised_response = l.revised))
    order by l.rowid"""

_VERDICTS = """insert into main.verdicts (run, trace, outcome, critique, error, raw, model, content_hash,
        import)
    select n.target, coalesce(s.target, :base + s.key), v.outcome, v.critique, v.error, v.raw,
        coalesce(nullif(v.model, ''), n.name), s.content_hash, :import
    from staged.traces s join staged.verdicts v on v.trace = s.key join staged.names n on n.key = v.name
    where s.state <> 'conflict' and s.key > :after and s.key <= :to
    order by v.rowid on conflict (run, trace) do nothing"""

_MODES = """insert or ignore into main.trace_failure_modes (trace, failure_mode, import)
    select coalesce(s.target, :base + s.key), n.target, :import
    from staged.traces s join staged.modes m on m.trace = s.key join staged.names n on n.key = m.name
    where s.state <> 'conflict' and s.key > :after and s.key <= :to"""


def _verdicts(store: Store, between: dict[str, int]) -> dict[str, int]:
    last = store.value("select coalesce(max(id), 0) from main.verdicts")
    n = _changed(store, _VERDICTS, **between)
    errors = store.value("select count(*) from main.verdicts where id > :last and error is not null", last=last)
    return {"verdicts": n, "error_verdicts": errors}


def _compared(store: Store, key: int) -> str:
    staged = store.row("select * from staged.traces where key = :key", key=key)
    stored = store.row("select * from main.traces where id = :key", key=staged["target"])
    if _only_repeats(staged, stored):
        return "same"
    if stored["input"] != staged["input"]:
        return "conflict"
    if staged["output"] is None and stored["output"] is not None:
        return "same"  # the file of inputs was imported before its answers came; it has nothing new to say
    if stored["output"] is None and staged["output"] is not None:
        _complete(store, staged, stored)
        return "answered"
    return "conflict"


def _only_repeats(staged: sqlite3.Row, stored: sqlite3.Row) -> bool:
    """A file of labels repeats input and output, not always the context: it says the same of the same trace."""
    return (staged["output"] is not None and staged["messages"] is None
            and (staged["context"] in ("{}", stored["context"])
                 or json.loads(staged["context"]) == json.loads(stored["context"]))
            and (staged["input"], staged["output"]) == (stored["input"], stored["output"]))


def _complete(store: Store, staged: sqlite3.Row, stored: sqlite3.Row) -> None:
    """A file of outputs need not repeat context and conversation: what it leaves out stays as it was."""
    context = {**json.loads(stored["context"]), **json.loads(staged["context"])}
    messages, steps = (staged[name] if staged[name] not in (None, "[]") else stored[name]
                       for name in ("messages", "steps"))
    whole = Trace("", staged["input"], staged["output"], json.loads(messages or "null"), context,
                  steps=json.loads(steps or "null"))
    store.execute("""update staged.traces set context = :context, messages = :messages, steps = :steps,
        stored_hash = :hash where key = :key""", context=json.dumps(context), messages=messages, steps=steps,
                  hash=whole.content_hash, key=staged["key"])


def _changed(store: Store, sql: str, **values) -> int:
    """Rows written by the statement itself: what triggers write besides is not counted."""
    store.execute(sql, **values)
    return store.value("select changes()")

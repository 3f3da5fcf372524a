"""The import: rows of a file become traces, labels and recorded verdicts in one transaction.

Importing a file twice adds nothing; a row that contradicts what is stored stops the import.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from lib.records import DataError, ImportedRow, Label, Trace, Verdict
from lib.store import experts
from lib.store.database import Store
from lib.store.errors import failure_modes
from lib.store.judge import judges, splits


@dataclass
class ImportResult:
    """What an import added, and what was there already."""

    rows: int = 0
    traces: int = 0
    identical: int = 0
    answered: int = 0  # traces that had no output and got one
    labels: int = 0
    verdicts: int = 0
    error_verdicts: int = 0
    failure_modes: int = 0
    dimensions: int = 0  # values given to traces that were there already

    @property
    def added(self) -> int:
        """Everything new."""
        return (self.traces + self.answered + self.labels + self.verdicts + self.failure_modes
                + self.dimensions)


@dataclass
class _Import:
    store: Store
    number: int | None
    result: ImportResult = field(default_factory=ImportResult)
    conflicts: list[str] = field(default_factory=list)
    known: dict[tuple[str, ...], int] = field(default_factory=dict)


def add_rows(store: Store, file: str, format: str, mapping: str, rows: Iterable[ImportedRow]) -> ImportResult:
    """Stores all rows or none. `mapping` is the JSON that says how columns were read.

    Raises DataError naming the first rows that contradict what is stored; nothing is changed then.
    """
    with store.transaction():
        number = store.execute("""insert into imports (project, file, format, mapping, added)
            values (:project, :file, :format, :mapping, 0)""", file=file, format=format, mapping=mapping)
        work = _Import(store, number)
        for row in rows:
            _add_row(work, row)
        _refuse_conflicts(file, work.conflicts)
        if work.result.added:
            store.execute("update imports set added = :added where id = :id", added=work.result.added, id=number)
        else:
            store.execute("delete from imports where id = :id", id=number)
    return work.result


def insert_trace(store: Store, trace: Trace) -> int:
    """Stores one new trace with its dimensions, outside any import; returns its row number."""
    with store.transaction():
        work = _Import(store, None)
        key = _insert(work, trace)
        _add_dimensions(work, key, trace)
    return key


def _refuse_conflicts(file: str, conflicts: list[str]) -> None:
    if not conflicts:
        return
    more = f" and {len(conflicts) - 3} more" if len(conflicts) > 3 else ""
    raise DataError(f"{file} contradicts what is stored: {'; '.join(conflicts[:3])}{more}. Nothing was imported. "
                    "Give changed rows an id of their own, or import the file into another project.")


def _add_row(work: _Import, row: ImportedRow) -> None:
    work.result.rows += 1
    before = work.result.traces
    trace = _add_trace(work, row)
    if trace is None:
        return
    values = _add_dimensions(work, trace, row.trace)
    work.result.dimensions += values if work.result.traces == before else 0
    for label in row.labels:
        _add_label(work, trace, row.trace, label)
    for judge, verdict in row.verdicts:
        _add_verdict(work, trace, row, judge, verdict)
    for name in row.failure_modes:
        mode = _once(work, ("mode", name), failure_modes.add, name)
        work.result.failure_modes += _changed(work, """insert or ignore into trace_failure_modes (trace, failure_mode)
            values (:trace, :mode)""", trace=trace, mode=mode)


def _add_trace(work: _Import, row: ImportedRow) -> int | None:
    trace = row.trace
    stored = work.store.row("""select id, content_hash, input, output, context from traces
        where project = :project and trace_id = :trace_id""", trace_id=trace.id)
    if stored is None:
        work.result.traces += 1
        return _insert(work, trace)
    if stored["content_hash"] == trace.content_hash or _only_repeats(trace, stored):
        work.result.identical += 1
        return stored["id"]
    if trace.output is None and stored["output"] is not None and stored["input"] == trace.input:
        # The file of inputs was imported before its answers came; it has nothing new to say.
        work.result.identical += 1
        return stored["id"]
    if stored["output"] is None and trace.output is not None and stored["input"] == trace.input:
        work.result.answered += 1
        return _answer(work, stored["id"], trace)
    work.conflicts.append(f"line {row.line}: trace '{trace.id}' is stored with other text")
    return None


def _only_repeats(trace: Trace, stored: sqlite3.Row) -> bool:
    """A file of labels repeats input and output, not always the context: it says the same of the same trace."""
    return (trace.output is not None and trace.messages is None
            and (not trace.context or trace.context == json.loads(stored["context"]))
            and (trace.input, trace.output) == (stored["input"], stored["output"]))


def _columns(trace: Trace) -> dict:
    return {
        "trace_id": trace.id, "input": trace.input, "output": trace.output,
        "messages": None if trace.messages is None else json.dumps(trace.messages),
        "context": json.dumps(trace.context), "content_hash": trace.content_hash, "source": trace.source,
        "split": trace.split, "system_version": trace.system_version,
        "created_at": trace.created_at, "assumptions": trace.assumptions, "session": trace.session,
        "steps": None if trace.steps is None else json.dumps(trace.steps)}


def _insert(work: _Import, trace: Trace) -> int:
    trace = trace if trace.split else replace(trace, split=splits.of_input(work.store, trace.input))
    return work.store.execute("""insert into traces (project, trace_id, input, output, messages, context,
            content_hash, source, split, system_version, created_at, assumptions, import, session, steps)
        values (:project, :trace_id, :input, :output, :messages, :context,
            :content_hash, :source, :split, :system_version, :created_at, :assumptions, :import, :session, :steps)""",
                              **_columns(trace), **{"import": work.number})


def _answer(work: _Import, key: int, trace: Trace) -> int:
    """A file of outputs need not repeat context and conversation: what it leaves out stays as it was."""
    stored = work.store.row("select messages, context, steps from traces where id = :key", key=key)
    trace = replace(trace, context={**json.loads(stored["context"]), **trace.context},
                    messages=trace.messages or json.loads(stored["messages"] or "null"),
                    steps=trace.steps or json.loads(stored["steps"] or "null"))
    work.store.execute("""update traces set output = :output, messages = :messages, context = :context,
        content_hash = :content_hash, system_version = :system_version, created_at = :created_at, steps = :steps,
        session = coalesce(session, :session) where id = :key""",
                       **_columns(trace), key=key)
    return key


def _add_dimensions(work: _Import, key: int, trace: Trace) -> int:
    rows = [_once(work, ("value", name, value), _value_row, name, value)
            for name, values in trace.dimensions.items() for value in values]
    return sum(_changed(work, "insert or ignore into trace_values (trace, value) values (:trace, :value)",
                        trace=key, value=row) for row in rows)


def _value_row(store: Store, dimension: str, value: str) -> int:
    store.execute("insert or ignore into dimensions (project, name) values (:project, :name)", name=dimension)
    row = store.value("select id from dimensions where project = :project and name = :name", name=dimension)
    store.execute("insert or ignore into dimension_values (dimension, name) values (:row, :value)",
                  row=row, value=value)
    return store.value("select id from dimension_values where dimension = :row and name = :value", row=row, value=value)


def _add_label(work: _Import, key: int, trace: Trace, label: Label) -> None:
    expert = _once(work, ("expert", label.expert), experts.add, label.expert)
    # How it was drawn is the database's to say, not the file's: of the label it succeeds, else of the queue's item.
    work.result.labels += _changed(work, """insert into labels (trace, expert, outcome, critique, content_hash, source,
            revised_response, mode, created_at, queue, unbiased)
        select :trace, :expert, :outcome, :critique, :hash, 'import', :revised, :mode,
            coalesce(:created_at, strftime('%Y-%m-%dT%H:%M:%fZ')),
            coalesce(f.queue, i.queue, ''), coalesce(f.unbiased, i.unbiased, 1)
        from (select 1) left join current_labels f on f.trace = :trace and f.expert = :expert
        left join queue_items i on i.id = (select id from queue_items where trace = :trace
            and (expert is null or expert = :expert) order by label is not null, expert is null, batch desc limit 1)
        where not exists (select 1 from labels where trace = :trace and expert = :expert and outcome = :outcome
            and critique = :critique and (:revised = '' or revised_response = :revised))""",
                                   trace=key, expert=expert, outcome=label.outcome, critique=label.critique,
                                   hash=trace.content_hash, revised=label.circumstances.revised_response,
                                   mode=label.circumstances.mode, created_at=label.created_at)


def _add_verdict(work: _Import, key: int, row: ImportedRow, judge: str, verdict: Verdict) -> None:
    run = _once(work, ("judge", judge), judges.recorded_run, judge)
    stored = work.store.row("select outcome, critique, raw from verdicts where run = :run and trace = :trace",
                            run=run, trace=key)
    if stored is not None:
        if tuple(stored) != (verdict.outcome, verdict.critique, verdict.raw):
            work.conflicts.append(f"line {row.line}: judge '{judge}' has another recorded verdict on '{row.trace.id}'")
        return
    work.result.verdicts += 1
    work.result.error_verdicts += verdict.outcome is None
    work.store.execute("""insert into verdicts (run, trace, outcome, critique, error, raw, model, content_hash)
        values (:run, :trace, :outcome, :critique, :error, :raw, :model, :hash)""",
                       run=run, trace=key, outcome=verdict.outcome, critique=verdict.critique, error=verdict.error,
                       raw=verdict.raw, model=verdict.model or judge, hash=row.trace.content_hash)


def _once(work: _Import, name: tuple[str, ...], make: Callable[..., int], *words: str) -> int:
    if name not in work.known:
        work.known[name] = make(work.store, *words)
    return work.known[name]


def _changed(work: _Import, sql: str, **values) -> int:
    """Rows written by the statement itself: what triggers write besides is not counted."""
    work.store.execute(sql, **values)
    return work.store.value("select changes()")

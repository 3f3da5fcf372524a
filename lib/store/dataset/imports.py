"""The import: rows of a file become traces, labels and recorded verdicts, all of them or none.

Importing a file twice adds nothing; a row that contradicts what is stored stops the import. The rows are read into a
stage of their own first, so that nobody waits for that; only then are they added, in one transaction.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lib.records import DataError, ImportedRow, Trace
from lib.store.database import Store
from lib.store.dataset import publishing, staging
from lib.store.dataset.staging import Stage
from lib.store.judge import splits


@dataclass  # not frozen: what comes back from a spreadsheet is counted row by row
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


def add_rows(store: Store, file: str, format: str, mapping: str, rows: Iterable[ImportedRow]) -> ImportResult:
    """Stores all rows or none. `mapping` is the JSON that says how columns were read.

    Raises DataError naming the first rows that contradict what is stored; nothing is changed then.
    """
    stage = staging.beside(store)
    stage.fill(rows, staging.one_each)
    with publishing.attached(store, stage):
        result = add_staged(store, stage, publishing.compare(store), file, format, mapping)
    stage.remove()
    return result


def add_staged(store: Store, stage: Stage, compared: tuple, file: str, format: str, mapping: str) -> ImportResult:
    """The same for rows that are staged, attached and compared already; also inside a transaction."""
    with store.transaction():
        if publishing.state_of(store) != compared:
            publishing.compare(store)  # traces came since: compared again, now that none can come
        _refuse_conflicts(store, file)
        number = store.execute("""insert into imports (project, file, format, mapping, added)
            values (:project, :file, :format, :mapping, 0)""", file=file, format=format, mapping=mapping)
        same = publishing.counts(store).get("same", 0)
        result = ImportResult(rows=stage.rows, identical=same, **publishing.publish(store, number))
        if result.added:
            store.execute("update imports set added = :added where id = :id", added=result.added, id=number)
        else:
            store.execute("delete from imports where id = :id", id=number)
    return result


def _refuse_conflicts(store: Store, file: str) -> None:
    named, n = publishing.conflicts(store)
    if not n:
        return
    more = f" and {n - len(named)} more" if n > len(named) else ""
    raise DataError(f"{file} contradicts what is stored: {'; '.join(named)}{more}. Nothing was imported. "
                    "Give changed rows an id of their own, or import the file into another project.")


def insert_trace(store: Store, trace: Trace) -> int:
    """Stores one new trace with its dimensions, outside any import; returns its row number."""
    trace = trace if trace.split else replace(trace, split=splits.of_input(store, trace.input))
    with store.transaction():
        key = store.execute("""insert into traces (project, trace_id, input, output, messages, context,
                content_hash, source, split, system_version, created_at, assumptions, session, steps)
            values (:project, :id, :input, :output, :messages, :context, :content_hash, :source, :split,
                :system_version, :created_at, :assumptions, :session, :steps)""",
                            id=trace.id, input=trace.input, output=trace.output, messages=_json(trace.messages),
                            context=json.dumps(trace.context), content_hash=trace.content_hash, source=trace.source,
                            split=trace.split, system_version=trace.system_version, created_at=trace.created_at,
                            assumptions=trace.assumptions, session=trace.session, steps=_json(trace.steps))
        for name, values in trace.dimensions.items():
            for value in values:
                store.execute("insert or ignore into trace_values (trace, value) values (:trace, :value)",
                              trace=key, value=_value_row(store, name, value))
    return key


def _json(value: list | None) -> str | None:
    return None if value is None else json.dumps(value)


def _value_row(store: Store, dimension: str, value: str) -> int:
    store.execute("insert or ignore into dimensions (project, name) values (:project, :name)", name=dimension)
    row = store.value("select id from dimensions where project = :project and name = :name", name=dimension)
    store.execute("insert or ignore into dimension_values (dimension, name) values (:row, :value)",
                  row=row, value=value)
    return store.value("select id from dimension_values where dimension = :row and name = :value", row=row, value=value)

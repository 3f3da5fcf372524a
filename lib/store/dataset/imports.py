"""The import: rows of a file become traces, labels and recorded verdicts, all of them or none.

Importing a file twice adds nothing; a row that contradicts what is stored stops the import. The rows are read into a
stage of their own first, so that nobody waits for that. Then they are added in slices, each a short transaction, for
people save meanwhile. From the first slice on the import is decided: the stage is safe on the disk and the store names
it, so that what a killed process left undone is done by the next one (`unfinished`).
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from lib.records import DataError, ImportedRow, Trace
from lib.store.database import Store
from lib.store.dataset import imported, naming, publishing, staging
from lib.store.dataset.publishing import Slice
from lib.store.dataset.staging import Stage
from lib.store.judge import splits

FIRST_SLICE = 20_000  # traces; an import of no more is one transaction
SMALLEST, LARGEST = 500, 50_000
SLICE_SECONDS = 0.3  # that a slice should take: so long others wait
PAUSE = 0.12  # seconds between two slices: SQLite lets those who wait look again every tenth of a second


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
    feedback: int = 0  # things that users said
    waiting: int = 0  # labels in the principal's name that somebody else brought: they wait for the principal
    contradicted: int = 0  # rows left out: meanwhile somebody stored other text under their ids

    @property
    def added(self) -> int:
        """Everything new."""
        return (self.traces + self.answered + self.labels + self.waiting + self.verdicts + self.failure_modes
                + self.dimensions + self.feedback)

    def add(self, more: dict[str, int]) -> None:
        """Counts what a slice brought."""
        for name, n in more.items():
            setattr(self, name, getattr(self, name) + n)


@dataclass
class Import:
    """An import on its way: `result` so far; `done` is the key of the last staged trace that is stored."""

    number: int
    file: str
    last: int  # key of the last staged trace
    state: tuple | None  # what the comparison rests on; None once others have stored something: it holds no more
    size: int  # of the next slice
    done: int = 0
    added: int = 0  # what a process before this one has added
    result: ImportResult = field(default_factory=ImportResult)

    @property
    def whole(self) -> bool:
        """Whether every slice is stored."""
        return self.done >= self.last


def add_rows(store: Store, file: str, format: str, mapping: str, rows: Iterable[ImportedRow]) -> ImportResult:
    """Stores all rows or none. `mapping` is the JSON that says how columns were read.

    Raises DataError naming the first rows that contradict what is stored; nothing is changed then.
    """
    stage = staging.beside(store)
    stage.fill(rows, staging.one_each)
    with surviving(store, stage), publishing.attached(store, stage):
        compared = prepare(store, stage, file)
        with store.transaction():
            begun = begin(store, stage, compared, file, format, mapping)
            add_slice(store, begun)
        add_rest(store, begun, lambda: None)
    stage.remove()
    return begun.result


def prepare(store: Store, stage: Stage, file: str) -> tuple:
    """Compares an attached stage with what is stored and refuses contradictions, while others write.

    Returns what the comparison rests on.
    """
    compared, last = publishing.compare(store), publishing.last_key(store)
    _refuse(file, *publishing.conflicts(store, Slice(0, last)))
    if last > FIRST_SLICE:
        publishing.secure(store, stage)
    return compared


def begin(store: Store, stage: Stage, compared: tuple, file: str, format: str, mapping: str) -> Import:
    """An import of rows that are staged, attached and prepared; inside the caller's transaction."""
    last = publishing.last_key(store)
    number = imported.enter(store, file, format, mapping, stage.path.name if last > FIRST_SLICE else None)
    naming.name(store, number)
    return Import(number, file, last, compared, FIRST_SLICE, result=ImportResult(rows=stage.rows))


def add_rest(store: Store, begun: Import, at_end: Callable[[], None],
             before_each: Callable[[], None] = lambda: None) -> None:
    """Every further slice in a transaction of its own; `at_end` joins the last one."""
    while not begun.whole:
        before_each()
        time.sleep(PAUSE)  # those who wait to save have their turn
        before = time.monotonic()
        with store.transaction():
            add_slice(store, begun)
            if begun.whole:
                at_end()
        _fit(begun, max(time.monotonic() - before, 0.001))


def _fit(begun: Import, took: float) -> None:
    """The size of the next slice, by the seconds that this one took."""
    begun.size = max(SMALLEST, min(LARGEST, int(begun.size * SLICE_SECONDS / took)))


def add_slice(store: Store, begun: Import) -> None:
    """The next slice, inside the caller's transaction; with the last one the import is done."""
    part = Slice(begun.done, min(begun.last, begun.done + begun.size))
    if publishing.state_of(store) != begun.state:
        begun.state = None  # from now on every slice is compared again: what came may be of a later one
    if begun.state is None:
        publishing.compare_slice(store, part)
        named, n = publishing.conflicts(store, part)
        if begun.done == 0:
            _refuse(begun.file, named, n)
        begun.result.contradicted += n
    begun.result.add(publishing.publish(store, begun.number, part))
    begun.result.identical += publishing.counts(store, part).get("same", 0)
    begun.done, begun.state = part.to, begun.state and publishing.state_of(store)
    if begun.whole:
        imported.ask_for_labels(store, begun.number)
    if begun.whole and not begun.added + begun.result.added:
        imported.forget(store, begun.number)
        return
    store.execute("""update imports set added = :added, published = :done,
        stage = case when :whole then null else stage end where id = :id""",
                  added=begun.added + begun.result.added, done=begun.done, whole=begun.whole, id=begun.number)


@dataclass(frozen=True)
class Unfinished:
    """An import that a killed process left halfway."""

    number: int
    project: int
    file: str
    stage: str  # the file of its rows, beside the store
    done: int
    added: int

    @property
    def returned(self) -> bool:
        """Whether it is a file of ours that came back: nothing is published from the stage of such a one."""
        return not self.done


def unfinished(store: Store) -> list[Unfinished]:
    """Every import of the whole file that is not stored to its end; one of them may be under way now."""
    return [Unfinished(*row) for row in store.rows("""select id, project, file, stage, published, added
        from imports where stage is not null order by id""")]


@contextmanager
def surviving(store: Store, stage: Stage) -> Iterator[None]:
    """Where the block breaks off halfway, by Ctrl-C too, the stage stays for whoever stores the rest."""
    try:
        yield
    except BaseException:
        if any(left.stage == stage.path.name for left in unfinished(store)):
            stage.leave()
        raise


def give_up(store: Store, left: Unfinished) -> int:
    """Ends an import whose rows are gone; what it has stored stays. Returns how many traces that are."""
    with store.transaction():
        store.execute("update imports set stage = null where id = :id", id=left.number)
        imported.ask_for_labels(store, left.number)
    return store.value("select count(*) from traces where project = :project and import = :id", id=left.number)


def taken_up(store: Store, left: Unfinished) -> Import:
    """The same import, to be gone on with; its stage is attached."""
    naming.name(store, left.number)
    return Import(left.number, left.file, publishing.last_key(store), None, FIRST_SLICE, left.done, left.added)


def _refuse(file: str, named: list[str], n: int) -> None:
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
                content_hash, source, split, system_version, created_at, assumptions, session, steps,
                input_key)
            values (:project, :id, :input, :output, :messages, :context, :content_hash, :source, :split,
                :system_version, :created_at, :assumptions, :session, :steps, input_key(:input))""",
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

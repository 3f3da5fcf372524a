"""One reading of a file: staged beside the store, reported before and after, and kept, all of it or none."""

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from lib.readers import Mapping, Table, report, sessions
from lib.readers.mapping import Skipped, joined, rows, stream
from lib.readers.report import MOST_LISTED, Counts, Report
from lib.readers.sampling import chosen
from lib.readers.table import Unread
from lib.records import ImportedRow
from lib.records.sheets import OURS
from lib.records.words import counted
from lib.store import Store, cycles, experts
from lib.store.dataset import imported, imports, publishing, returns, staging
from lib.store.dataset.imports import ImportResult, Unfinished
from lib.store.dataset.returns import Given
from lib.store.dataset.sources import contradictions
from lib.store.dataset.staging import Stage
from lib.workflow.errors import fixing
from lib.workflow.judge import judging

FIRST = 20  # rows that a report shows
STEP = 10_000  # rows between two words of how far the reading is

# What is done, how much of it, and of how much, where that is known: "rows read", 20000, None.
Told = Callable[[str, int, int | None], None]


def _nobody(what: str, n: int, total: int | None) -> None:
    """Nobody asks how far it is."""


@dataclass(eq=False)
class Reading:
    """A file through a mapping, every row of it checked; its rows wait in the stage."""

    table: Table
    mapping: Mapping
    stage: Stage
    skipped: list[Skipped] = field(default_factory=list)  # the first ones
    skipped_count: int = 0
    whole: int = 0  # traces in the file, before a sample is drawn
    unread: list[Unread] = field(default_factory=list)  # what joining sessions left out
    unlabelled: frozenset[str] = frozenset()  # ids of traces whose labels and failure modes stay out

    def leave_out(self, what: Skipped) -> None:
        """Takes note of something that is left out on request."""
        self.skipped_count += 1
        if len(self.skipped) < MOST_LISTED:
            self.skipped.append(what)


def read(store: Store | None, table: Table, mapping: Mapping, told: Told = _nobody,
         unlabelled: frozenset[str] = frozenset()) -> Reading:
    """Reads every row through the mapping; raises what the import would raise. Without a store nothing is compared.

    What people said of the traces named in `unlabelled` stays out.
    """
    stage = staging.beside(store) if store else staging.within(Path(tempfile.gettempdir()), "plumbline")
    found = Reading(table, mapping, stage, unlabelled=unlabelled)
    stage.fill(_counted(_parts(found), told), lambda twin, made: joined(table, mapping, twin, made))
    found.whole = stage.traces()
    if mapping.sample:
        stage.keep(chosen(stage.strata(mapping.sample.by), mapping.sample))
    return found


def _counted(parts: Iterable[ImportedRow], told: Told) -> Iterable[ImportedRow]:
    for number, row in enumerate(parts, 1):
        if number % STEP == 0:
            told("rows read", number, None)
        yield row


def _parts(found: Reading) -> Iterable[ImportedRow]:
    """Every row as a trace of its own; where the mapping says so, the traces of one session as one."""
    parts = stream(found.table, found.mapping, found.leave_out)
    if found.unlabelled:
        parts = (replace(row, labels=(), failure_modes=()) if row.trace.id in found.unlabelled else row
                 for row in parts)
    if not found.mapping.join_sessions:
        return parts
    # Only here all rows are held: the parts of a session may stand anywhere in the file.
    once: dict[str, ImportedRow] = {}
    for row in parts:
        twin = once.setdefault(row.trace.id, row)
        once[row.trace.id] = row if twin is row else joined(found.table, found.mapping, twin, row)
    whole, left_out = sessions.joined(list(once.values()))
    found.unread += left_out
    return whole


def report_of(store: Store | None, found: Reading) -> Report:
    """What the preview and a dry run say: the store is only looked at.

    A file of ours that came back is refused here already with what would stop it.
    """
    if store is None:
        return _report(found, {"new": found.stage.traces()})
    store = store.program("imports")
    if found.table.returns:
        back = returns.tried(store, _given(found))
        return replace(_report(found, {}), returned=(
            f"New are {counted(back.labels, 'label')}, {counted(back.answered, 'output')} and "
            f"{counted(back.failure_modes, 'failure mode')} of traces. {back}"))
    with publishing.attached(store, found.stage):
        publishing.compare(store)
        return _report(found, publishing.counts(store))


def leave_out_contradictions(store: Store, found: Reading) -> tuple[int, int]:
    """Takes out what would stop the import, for a source that goes on changing its traces: (traces, verdicts)."""
    store = store.program("imports")
    with publishing.attached(store, found.stage):
        publishing.compare(store)
        ids, verdicts = contradictions.leave_out(store)
    if ids:
        found.stage.leave_out(ids)
    return len(ids), verdicts


def waits(store: Store, found: Reading) -> int:
    """How many labels would wait: in the principal's name, brought by somebody else, and not in the store yet."""
    if not imported.held_back(store):
        return 0
    store = store.program("imports")
    if found.table.returns:
        return returns.tried(store, _given(found)).waiting
    name = experts.principal(store).name
    names = [who for who in found.stage.labels_by() if experts.called(store, who) == name]
    with publishing.attached(store, found.stage):
        publishing.compare(store)
        return publishing.would_wait(store, names)


def keep(store: Store, found: Reading, project: Callable[[Store], Store] | None = None,
         told: Told = _nobody) -> tuple[Store, ImportResult]:
    """Adds what is new, all or nothing, and gives the project its first judge.

    `project` opens or makes the project, in the first transaction: a file that is refused leaves none behind. A large
    file is stored in slices, so that nobody waits for long; `finish` is for those that a crash cut off.
    """
    program = store.program("imports")  # a file brings labels and verdicts with its traces, whoever may import it
    if found.table.returns:
        opened, result = _returned(program, found, project)
    else:
        opened, result = _kept(program, found, project, told)
    return store.of(opened.project), result


def _kept(store: Store, found: Reading, project: Callable[[Store], Store] | None,
          told: Told) -> tuple[Store, ImportResult]:
    with imports.surviving(store, found.stage), publishing.attached(store, found.stage):
        compared = imports.prepare(store, found.stage, found.table.name)
        known, named = cycles.known_versions(store), publishing.versions(store)
        with store.transaction():
            opened = project(store) if project else store
            begun = imports.begin(opened, found.stage, compared, found.table.name, found.table.format,
                                  found.mapping.to_json())
            imports.add_slice(opened, begun)
            judging.ensure_judge(opened)
            if begun.whole:
                _end(opened, known, named)
        imports.add_rest(opened, begun, lambda: _end(opened, known, named),
                         lambda: told("traces stored", begun.done, begun.last))
    return opened, begun.result


def finish(store: Store) -> list[str]:
    """Stores the rest of every import that was cut off halfway; a sentence for each where something came of it."""
    said = []
    for left in imports.unfinished(store):
        stage = staging.taken_over(store, left.stage)
        if stage is not None:
            said.append(_finished(store.of(left.project), left, stage))
            stage.remove()
    return said


def _finished(store: Store, left: Unfinished, stage: Stage) -> str:
    if left.returned:
        imports.give_up(store, left)
        return (f"The import of {left.file}, a file of ours that came back, was cut off: {left.added:,} of what it "
                "brings are stored. Import the file again: those are passed over.")
    if not stage.path.exists():
        n = imports.give_up(store, left)
        return (f"The import of {left.file} was cut off and its prepared rows are gone: {n:,} of its traces are "
                "stored. Import the file again: what is stored is recognised.")
    with imports.surviving(store, stage), publishing.attached(store, stage):
        publishing.secure(store, stage)
        known, named = cycles.known_versions(store, besides=left.number), publishing.versions(store)
        with store.transaction():
            begun = imports.taken_up(store, left)
        imports.add_rest(store, begun, lambda: _end(store, known, named))
    out = begun.result.contradicted
    return f"The import of {left.file} had been cut off. It is stored to its end now." + (
        f" Left out are {out:,} of its rows: meanwhile somebody stored other text under their ids." if out else "")


def _end(store: Store, known: set[str], named: set[str]) -> None:
    """What follows from new traces: `known` are the versions of the AI system so far, `named` those of the file."""
    cycles.note_versions(store, known, known | named)
    fixing.queue_imported(store)


def _given(found: Reading) -> Given:
    table, mapping = found.table, found.mapping
    return Given(table.name, table.format, mapping.to_json(), lambda: rows(table, mapping), OURS in table.columns,
                 table.unit, found.stage.path.name)


def _returned(store: Store, found: Reading, project: Callable[[Store], Store] | None) -> tuple[Store, ImportResult]:
    """A file of ours that came back: it brings labels, outputs, dates or codes to its traces, and never a trace."""
    given = _given(found)
    with store.transaction():
        opened = project(store) if project else store
        returns.refuse_without_traces(opened, given)
    known = cycles.known_versions(opened)
    if found.stage.rows > returns.SLICE:
        returns.tried(opened, given)
    return opened, returns.add_returned(opened, given, lambda: _end_returned(opened, known))


def _end_returned(store: Store, known: set[str]) -> None:
    cycles.note_versions(store, known, cycles.known_versions(store))
    fixing.queue_imported(store)
    judging.ensure_judge(store)


def _report(found: Reading, states: dict[str, int]) -> Report:
    numbers = found.stage.counts()
    why = {report.unanswered_why(found.mapping, conversation): n for conversation, n in (
        (False, numbers.pop("unanswered")), (True, numbers.pop("unanswered_conversations"))) if n}
    counts = Counts(**numbers, whole=found.whole, repeated=found.stage.rows - found.whole, unanswered=why,
                    new=states.get("new", 0) if states else None,
                    stored=sum(states.values()) - states.get("new", 0) if states else None)
    table = replace(found.table, unread=(*found.table.unread, *found.unread))
    if table.returns:  # its texts are for reading only, and the mark is what names its traces
        counts = replace(counts, unanswered={})
    return report.of_reading(table, found.mapping, counts, tuple(map(_plain, found.stage.first(FIRST))),
                             tuple(found.skipped), found.skipped_count)


def _plain(row: ImportedRow) -> dict[str, str]:
    labels = {f"label of {label.expert}": label.outcome for label in row.labels}
    verdicts = {f"verdict of {judge}": verdict.outcome or "error" for judge, verdict in row.verdicts}
    dimensions = {name: ", ".join(values) for name, values in row.trace.dimensions.items()}
    of_users = {"users' feedback": "; ".join(one.value or one.comment for one in row.feedback)} if row.feedback else {}
    return {"id": row.trace.id, "input": row.trace.input, "output": row.trace.output or "", **dimensions,
            **labels, **verdicts, **of_users}

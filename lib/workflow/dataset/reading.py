"""One reading of a file: staged beside the store, reported before and after, and kept, all of it or none."""

import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from lib.readers import Mapping, Table, report, sessions
from lib.readers.mapping import Skipped, joined, rows, stream
from lib.readers.report import MOST_LISTED, Counts, Report
from lib.readers.sampling import chosen
from lib.readers.table import Unread
from lib.records import ImportedRow
from lib.records.sheets import OURS
from lib.store import Store, cycles
from lib.store.dataset import imports, publishing, returns, staging
from lib.store.dataset.imports import ImportResult, Unfinished
from lib.store.dataset.returns import Returned
from lib.store.dataset.staging import Stage
from lib.workflow.errors import fixing
from lib.workflow.judge import judging

FIRST = 20  # rows that a report shows


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

    def leave_out(self, what: Skipped) -> None:
        """Takes note of something that is left out on request."""
        self.skipped_count += 1
        if len(self.skipped) < MOST_LISTED:
            self.skipped.append(what)


def read(store: Store | None, table: Table, mapping: Mapping) -> Reading:
    """Reads every row through the mapping; raises what the import would raise. Without a store nothing is compared."""
    stage = staging.beside(store) if store else staging.within(Path(tempfile.gettempdir()), "plumbline")
    found = Reading(table, mapping, stage)
    stage.fill(_parts(found), lambda twin, made: joined(table, mapping, twin, made))
    found.whole = stage.traces()
    if mapping.sample:
        stage.keep(chosen(stage.strata(mapping.sample.by), mapping.sample))
    return found


def _parts(found: Reading) -> Iterable[ImportedRow]:
    """Every row as a trace of its own; where the mapping says so, the traces of one session as one."""
    parts = stream(found.table, found.mapping, found.leave_out)
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
    if found.table.returns:
        back = _tried(store, found)
        return replace(_report(found, {}), returned=(
            f"New are {back.labels:,} labels, {back.answered:,} outputs and {back.failure_modes:,} failure modes of "
            f"traces. {back}"))
    with publishing.attached(store, found.stage):
        publishing.compare(store)
        return _report(found, publishing.counts(store))


def keep(store: Store, found: Reading, project: Callable[[Store], Store] | None = None) -> tuple[Store, ImportResult]:
    """Adds what is new, all or nothing, and gives the project its first judge.

    `project` opens or makes the project, in the first transaction: a file that is refused leaves none behind. A large
    file is stored in slices, so that nobody waits for long; `finish` is for those that a crash cut off.
    """
    if found.table.returns:
        return _returned(store, found, project)
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
        imports.add_rest(opened, begun, lambda: _end(opened, known, named))
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


class _Undone(Exception):
    """Takes back what was tried."""


def _tried(store: Store, found: Reading) -> Returned:
    with suppress(_Undone), store.transaction():
        result = _add_returned(store, found)
        raise _Undone
    return result


def _add_returned(store: Store, found: Reading) -> Returned:
    table, mapping = found.table, found.mapping
    return returns.add_returned(store, table.name, table.format, mapping.to_json(), rows(table, mapping),
                                OURS in table.columns, table.unit)


def _returned(store: Store, found: Reading,
              project: Callable[[Store], Store] | None) -> tuple[Store, ImportResult]:
    """A file of ours that came back: it brings labels, outputs, dates or codes to its traces, and never a trace."""
    with store.transaction():
        opened = project(store) if project else store
        known = cycles.known_versions(opened)
        result = _add_returned(opened, found)
        cycles.note_versions(opened, known, cycles.known_versions(opened))
        fixing.queue_imported(opened)
        judging.ensure_judge(opened)
    return opened, result


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
    return {"id": row.trace.id, "input": row.trace.input, "output": row.trace.output or "", **dimensions,
            **labels, **verdicts}

"""A file of ours that came back filled in: its labels, outputs, dates and codes go to the traces they are of.

It never brings a trace, and its texts are compared with nothing: a spreadsheet may have cut or rewritten them. A row
of a trace that nobody has is refused with its line and the id it may have been. A long file is tried whole first, then
stored in slices, for people save meanwhile; one that is cut off halfway is imported again, for what is stored already
is passed over.
"""

import difflib
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice

from lib.records import DataError, ImportedRow, Label
from lib.records.sheets import Ids
from lib.records.words import counted
from lib.store.database import Store
from lib.store.dataset import imported, naming, traces
from lib.store.dataset.imports import PAUSE, ImportResult
from lib.store.dataset.said_before import Said, given_at, same
from lib.store.errors import failure_modes

SLICE = 1_000  # rows; a file of no more is one transaction
_SHOWN = 5  # refused rows that a message names


@dataclass
class Returned(ImportResult):
    """What came back, and what was there already."""

    known_labels: int = 0  # stored already
    older_labels: int = 0  # given before the one that counts, and unknown here: they would take its place
    dates: int = 0  # traces that had no time and got one

    @property
    def added(self) -> int:
        """Everything new."""
        return super().added + self.dates

    def __str__(self) -> str:
        """In a sentence, what an ordinary import has no count for."""
        return (f"A file of ours came back: {self.known_labels:,} of its labels were stored already, "
                f"{self.older_labels:,} {'is' if self.older_labels == 1 else 'are'} older than the one that counts and "
                f"left out, {counted(self.dates, 'trace')} got a time.")


@dataclass(frozen=True)
class Given:
    """A file of ours: `rows` reads it anew each time; `unit` is what its rows are called in messages.

    `exact`: the file's own marks name the traces. Else an id is what a spreadsheet left of it, and taken only where
    it can have been one trace's alone. `stage` names the file beside the store that its reading holds.
    """

    file: str
    format: str
    mapping: str
    rows: Callable[[], Iterable[ImportedRow]]
    exact: bool
    unit: str
    stage: str | None = None


@dataclass
class _Return:
    store: Store
    given: Given
    ids: Ids
    number: int | None = None  # of the import; None while it is only tried
    held: int = 0  # the principal's row, where labels in that name wait
    result: Returned = field(default_factory=Returned)
    refused: list[str] = field(default_factory=list)


class _Undone(Exception):
    """Takes back what was tried."""


def tried(store: Store, given: Given) -> Returned:
    """What the file would add; nothing is stored. Raises DataError naming the first rows that cannot be taken in."""
    work = _begun(store, given)
    for part in _slices(given):
        with suppress(_Undone), store.transaction():
            for row in part:
                _add_row(work, row)
            raise _Undone
    _refuse(work)
    return work.result


def add_returned(store: Store, given: Given, at_end: Callable[[], None]) -> Returned:
    """Stores what the rows say of traces that are there; `at_end` joins the last transaction.

    A file of one slice is stored whole or not at all. A longer one is to be tried before; a row that can be taken in
    no more, because somebody stored something meanwhile, is left out and counted.
    """
    work, slices = _begun(store, given), _slices(given)
    part = next(slices, [])
    while True:
        following = next(slices, None)
        with store.transaction():
            whole = work.number is None and following is None
            _add(work, part)
            if whole:
                _refuse(work)
            _note(work, given.stage if following else None)
            if following is None:
                at_end()
                break
        part = following
        time.sleep(PAUSE)  # those who wait to save have their turn
    work.result.contradicted = len(work.refused)
    return work.result


def refuse_without_traces(store: Store, given: Given) -> None:
    """Raises DataError where the project has no trace at all that such a file could be of."""
    work = _begun(store, given)
    if not work.ids.exact:
        for row in islice(given.rows(), _SHOWN):
            _add_row(work, row)
        _refuse(work)


def _begun(store: Store, given: Given) -> _Return:
    return _Return(store, given, Ids(row[0] for row in store.rows(
        "select trace_id from traces where project = :project")), held=imported.held_back(store))


def _slices(given: Given) -> Iterator[list[ImportedRow]]:
    rows = iter(given.rows())
    while part := list(islice(rows, SLICE)):
        yield part


def _note(work: _Return, stage: str | None) -> None:
    """The import as it stands, where it has added anything; `stage` as long as it is not stored to its end."""
    added = work.result.added
    if stage is None and not added:
        imported.forget(work.store, work.number)
        return
    work.store.execute("update imports set added = :added, stage = :stage where id = :id", added=added, stage=stage,
                       id=work.number)
    if stage is None:
        imported.ask_for_labels(work.store, work.number)


def _add(work: _Return, part: list[ImportedRow]) -> None:
    if work.number is None:
        work.number = imported.enter(work.store, work.given.file, work.given.format, work.given.mapping, None)
    last = naming.newest(work.store)
    for row in part:
        _add_row(work, row)
    naming.belong(work.store, work.number, last)


def _add_row(work: _Return, row: ImportedRow) -> None:
    work.result.rows += 1
    name = _meant(work, row)
    if name is None:
        return
    trace = _stored(work.store, name)
    work.result.identical += 1
    if row.trace.output is not None or row.trace.created_at:
        _answer(work, row, trace)
    _add_labels(work, trace["id"], row.labels)
    for mode in row.failure_modes:
        key = failure_modes.add(work.store, mode)
        work.store.execute("""insert or ignore into trace_failure_modes (trace, failure_mode, import)
            values (:trace, :mode, :import)""", trace=trace["id"], mode=key, **{"import": work.number})
        work.result.failure_modes += work.store.value("select changes()")


def _stored(store: Store, trace_id: str) -> sqlite3.Row:
    return store.row("""select id, output, created_at from traces where project = :project and trace_id = :id""",
                     id=trace_id)


def _meant(work: _Return, row: ImportedRow) -> str | None:
    name = row.trace.id
    if work.given.exact and name in work.ids.exact:
        return name
    meant = work.ids.meant(name)
    if len(meant) == 1 and not work.given.exact:
        return meant.pop()
    if len(meant) > 1 and not work.given.exact:
        several = ", ".join(f"'{one}'" for one in sorted(meant)[:4])
        work.refused.append(f"{work.given.unit} {row.line}: '{name}' may be each of the traces {several}")
    else:
        near = _near(work, name, meant)
        near = f"; near: {near}" if near else ""
        work.refused.append(f"{work.given.unit} {row.line}: there is no trace '{name}'{near}")
    return None


def _near(work: _Return, name: str, meant: set[str]) -> str:
    if len(work.refused) >= _SHOWN:
        return ""
    found = sorted(meant)[:3] or difflib.get_close_matches(name, sorted(work.ids.exact)[:20_000], 3, 0.6)
    return ", ".join(f"'{one}'" for one in found)


def _refuse(work: _Return) -> None:
    if work.refused:
        more = f" and {len(work.refused) - _SHOWN:,} more" if len(work.refused) > _SHOWN else ""
        raise DataError(f"{work.given.file} came out of Plumbline and brings no new traces, yet some of its rows are "
                        f"of none that is here. {'. '.join(work.refused[:_SHOWN])}{more}. Nothing was imported. Import "
                        "the traces first, write the id as it was, or take these rows out.")


def _answer(work: _Return, row: ImportedRow, trace: sqlite3.Row) -> None:
    """An output for a trace that waits for one; another output than the one stored is refused."""
    given = row.trace
    if trace["output"] is not None and given.output is not None and not same(given.output, trace["output"]):
        work.refused.append(f"{work.given.unit} {row.line}: trace '{given.id}' has another output already")
        return
    answered = trace["output"] is None and given.output is not None
    dated = trace["created_at"] is None and given.created_at is not None
    if not answered and not dated:
        return
    found = traces.by_key(work.store, trace["id"])
    found = replace(found, output=given.output if answered else found.output)
    dated_at = given.created_at if answered or dated else None
    imported.note_change(work.store, work.number, found, answered, dated_at)
    work.store.execute("""update traces set output = :output, content_hash = :hash,
            system_version = coalesce(:version, system_version), created_at = coalesce(:at, created_at)
        where id = :key""", key=found.key, output=found.output, hash=found.content_hash,
                       version=given.system_version if answered else None,
                       at=dated_at)
    work.result.identical -= answered
    work.result.answered += answered
    work.result.dates += dated and not answered


def _add_labels(work: _Return, trace: int, labels: Iterable[Label]) -> None:
    """What experts said of a trace, oldest first; what is stored already in this order is passed over."""
    before: dict[str, Said] = {}
    for label in sorted(labels, key=given_at):
        said = before.get(label.expert) or before.setdefault(label.expert, Said(work.store, trace, label.expert))
        if said.repeats(label):
            work.result.known_labels += 1
        elif label.created_at and given_at(label) < said.newest:
            work.result.older_labels += 1
        elif said.expert == work.held:
            work.result.waiting += imported.hold(work.store, work.number, trace, said.expert, label, given_at(label))
        else:
            work.result.labels += 1
            _insert(work, trace, said.expert, label)


def _insert(work: _Return, trace: int, expert: int, label: Label) -> None:
    # How it was drawn is the database's to say, not the file's: of the label it succeeds, else of the queue's item. And
    # nobody is blind, whatever the file says, to whom a verdict was shown here.
    work.store.execute("""insert into labels (trace, expert, outcome, critique, content_hash, source, revised_response,
            mode, created_at, queue, unbiased, import)
        select :trace, :expert, :outcome, :critique, t.content_hash, 'import', :revised,
            case when :mode = 'blind' and exists (select 1 from reveals where trace = :trace and expert = :expert)
                then 'known' else :mode end,
            coalesce(:at, strftime('%Y-%m-%dT%H:%M:%fZ')), coalesce(f.queue, i.queue, ''),
            coalesce(f.unbiased, i.unbiased, 1), :import
        from traces t left join current_labels f on f.trace = t.id and f.expert = :expert
        left join queue_items i on i.id = (select id from queue_items where trace = :trace
            and (expert is null or expert = :expert) order by label is not null, expert is null, batch desc limit 1)
        where t.id = :trace""",
                       trace=trace, expert=expert, outcome=label.outcome, critique=label.critique,
                       revised=label.circumstances.revised_response,
                       mode=label.circumstances.mode, at=given_at(label) or None, **{"import": work.number})

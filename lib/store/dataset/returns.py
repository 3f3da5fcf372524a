"""A file of ours that came back filled in: its labels, outputs, dates and codes go to the traces they are of.

It never brings a trace, and its texts are compared with nothing: a spreadsheet may have cut or rewritten them. A row
of a trace that nobody has is refused with its line and the id it may have been.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from lib.records import DataError, ImportedRow, Label, Trace
from lib.records.sheets import FULL_CELL, Ids, cell_length, could_be, is_value
from lib.store import experts
from lib.store.database import Store
from lib.store.dataset import traces
from lib.store.dataset.imports import ImportResult
from lib.store.errors import failure_modes

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
                f"{self.older_labels:,} are older than the one that counts and were left out, {self.dates:,} traces "
                "got their time.")


@dataclass
class _Return:
    store: Store
    file: str
    unit: str
    ids: Ids
    exact: bool
    result: Returned = field(default_factory=Returned)
    refused: list[str] = field(default_factory=list)


def add_returned(store: Store, file: str, format: str, mapping: str, rows: Iterable[ImportedRow], exact: bool,
                 unit: str = "line") -> Returned:
    """Stores what the rows say of traces that are there, all of it or nothing.

    `exact`: the file's own marks name the traces. Else an id is what a spreadsheet left of it, and taken only where
    it can have been one trace's alone.
    """
    with store.transaction():
        known = Ids(row[0] for row in store.rows("select trace_id from traces where project = :project"))
        work = _Return(store, file, unit, known, exact)
        for row in rows:
            _add_row(work, row)
        _refuse(work)
        if work.result.added:
            store.execute("""insert into imports (project, file, format, mapping, added)
                values (:project, :file, :format, :mapping, :added)""",
                          file=file, format=format, mapping=mapping, added=work.result.added)
    return work.result


def _add_row(work: _Return, row: ImportedRow) -> None:
    work.result.rows += 1
    name = _meant(work, row)
    if name is None:
        return
    trace = traces.get(work.store, name)
    work.result.identical += 1
    if row.trace.output is not None or row.trace.created_at:
        _answer(work, row, trace)
    _add_labels(work, trace, row.labels)
    for mode in row.failure_modes:
        key = failure_modes.add(work.store, mode)
        work.store.execute("""insert or ignore into trace_failure_modes (trace, failure_mode)
            values (:trace, :mode)""", trace=trace.key, mode=key)
        work.result.failure_modes += work.store.value("select changes()")


def _meant(work: _Return, row: ImportedRow) -> str | None:
    name = row.trace.id
    if work.exact and name in work.ids.exact:
        return name
    meant = work.ids.meant(name)
    if len(meant) == 1 and not work.exact:
        return meant.pop()
    if len(meant) > 1 and not work.exact:
        several = ", ".join(f"'{one}'" for one in sorted(meant)[:4])
        work.refused.append(f"{work.unit} {row.line}: '{name}' may be each of the traces {several}")
    else:
        near = _near(work, name, meant)
        work.refused.append(f"{work.unit} {row.line}: there is no trace '{name}'" + (f"; near: {near}" if near else ""))
    return None


def _near(work: _Return, name: str, meant: set[str]) -> str:
    if len(work.refused) >= _SHOWN:
        return ""
    found = sorted(meant)[:3] or difflib.get_close_matches(name, sorted(work.ids.exact)[:20_000], 3, 0.6)
    return ", ".join(f"'{one}'" for one in found)


def _refuse(work: _Return) -> None:
    if work.refused:
        more = f" and {len(work.refused) - _SHOWN:,} more" if len(work.refused) > _SHOWN else ""
        raise DataError(f"{work.file} came out of Plumbline and brings no new traces, yet some of its rows are of none "
                        f"that is here. {'. '.join(work.refused[:_SHOWN])}{more}. Nothing was imported. Import the "
                        "traces first, write the id as it was, or take these rows out.")


def _answer(work: _Return, row: ImportedRow, trace: Trace) -> None:
    """An output for a trace that waits for one; another output than the one stored is refused."""
    given = row.trace
    if trace.output is not None and given.output is not None and not _same(given.output, trace.output):
        work.refused.append(f"{work.unit} {row.line}: trace '{trace.id}' has another output already")
        return
    answered = trace.output is None and given.output is not None
    dated = trace.created_at is None and given.created_at is not None
    if not answered and not dated:
        return
    found = replace(trace, output=given.output if answered else trace.output)
    work.store.execute("""update traces set output = :output, content_hash = :hash,
            system_version = coalesce(:version, system_version), created_at = coalesce(:at, created_at)
        where id = :key""", key=trace.key, output=found.output, hash=found.content_hash,
                       version=given.system_version if answered else None,
                       at=given.created_at if answered or dated else None)
    work.result.identical -= answered
    work.result.answered += answered
    work.result.dates += dated and not answered


class _Said:
    """What one expert has said of a trace before, oldest first, and how far of it the file has repeated."""

    def __init__(self, store: Store, trace: Trace, expert: str) -> None:
        """Reads it from the store."""
        self.expert = experts.add(store, expert)
        self.stored = [tuple(found) for found in store.rows("""select outcome, critique, revised_response, created_at
            from labels where trace = :trace and expert = :expert order by id""", trace=trace.key, expert=self.expert)]
        self.newest = max((when for *_, when in self.stored), default="")
        self._at = 0

    def repeats(self, label: Label) -> bool:
        """Whether this is one of the labels that are stored, after the last one that was."""
        place = next((place for place in range(self._at, len(self.stored))
                      if _says(label, *self.stored[place][:3])), None)
        self._at = self._at if place is None else place + 1
        return place is not None


def _add_labels(work: _Return, trace: Trace, labels: Iterable[Label]) -> None:
    """What experts said of a trace, oldest first; what is stored already in this order is passed over."""
    before: dict[str, _Said] = {}
    for label in sorted(labels, key=_given):
        said = before.get(label.expert) or before.setdefault(label.expert, _Said(work.store, trace, label.expert))
        if said.repeats(label):
            work.result.known_labels += 1
        elif label.created_at and _given(label) < said.newest:
            work.result.older_labels += 1
        else:
            work.result.labels += 1
            _insert(work.store, trace, said.expert, label)


def _says(label: Label, outcome: str, critique: str, revised: str) -> bool:
    given = label.circumstances.revised_response
    return label.outcome == outcome and _same(label.critique, critique) and (not given or _same(given, revised))


def _same(said: str, stored: str) -> bool:
    """Equal, but for what a spreadsheet does to a text: other line ends, a number written anew, the end cut off."""
    said, stored = (text.replace("\r\n", "\n").replace("\r", "\n") for text in (said, stored))
    return said == stored or (is_value(said) and could_be(said, stored)) or \
        (cell_length(said) == FULL_CELL and len(stored) > len(said) - 200 and stored.startswith(said[:-200]))


def _given(label: Label) -> str:
    """When a label was given, as the store writes it; the file's own order where it says nothing."""
    if not label.created_at:
        return ""
    when = datetime.fromisoformat(label.created_at).astimezone(UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03}Z"


def _insert(store: Store, trace: Trace, expert: int, label: Label) -> None:
    # How it was drawn is the database's to say, not the file's: of the label it succeeds, else of the queue's item.
    store.execute("""insert into labels (trace, expert, outcome, critique, content_hash, source, revised_response, mode,
            created_at, queue, unbiased)
        select :trace, :expert, :outcome, :critique, :hash, 'import', :revised, :mode,
            coalesce(:at, strftime('%Y-%m-%dT%H:%M:%fZ')), coalesce(f.queue, i.queue, ''),
            coalesce(f.unbiased, i.unbiased, 1)
        from (select 1) left join current_labels f on f.trace = :trace and f.expert = :expert
        left join queue_items i on i.id = (select id from queue_items where trace = :trace
            and (expert is null or expert = :expert) order by label is not null, expert is null, batch desc limit 1)""",
                  trace=trace.key, expert=expert, outcome=label.outcome, critique=label.critique,
                  hash=trace.content_hash, revised=label.circumstances.revised_response,
                  mode=label.circumstances.mode, at=_given(label) or None)

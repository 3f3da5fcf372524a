"""Rows of a file on their way into the store: in a file of their own beside it, so that nobody waits for the reading.

A trace that stands on several rows is one here already. The file goes when nobody needs it any more; one that a killed
process left behind goes the next time somebody imports, unless it holds what is still to be stored. A lock says whether
the process that made it is alive.
"""

import hashlib
import json
import sqlite3
import weakref
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import count, islice
from pathlib import Path

from filelock import FileLock

from lib.records import Circumstances, DataError, ImportedRow, Label, Trace, Verdict, split_of, visible
from lib.records.feedback import Feedback
from lib.store.database import Store
from lib.store.dataset import stage_files

_BATCH = 500
_KNOWN = 50_000  # names whose number is remembered

Merge = Callable[[ImportedRow, ImportedRow], ImportedRow]


class Stage:
    """One file's rows, ready to be compared with what is stored and published."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        """A stage in this file; `lock` is held as long as somebody needs it."""
        self.path, self._lock = path, lock
        self.rows = 0
        self._known: dict[tuple[str, str, str], int] = {}
        self._remove = weakref.finalize(self, stage_files.remove, path, lock)

    def remove(self) -> None:
        """Takes the file away; what was published stays."""
        self._remove()

    def leave(self) -> None:
        """Lets go of the file, which stays for whoever stores the rest."""
        self._remove.detach()
        self._lock.release()

    def fill(self, rows: Iterable[ImportedRow], merge: Merge) -> None:
        """Takes all rows, or removes itself; `merge` joins a row with the earlier one of its id, or refuses it."""
        try:
            with self.open() as file:
                file.executescript(stage_files.TABLES)
                file.execute("begin immediate")
                rows, keys = iter(rows), count(1)
                while batch := [(next(keys), row) for row in islice(rows, _BATCH)]:
                    self._add(file, batch, merge)
                file.execute("commit")
        except BaseException:
            self.remove()
            raise

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own; nothing here outlives a crash, so nothing is synced."""
        with closing(sqlite3.connect(self.path, isolation_level=None)) as file:
            file.row_factory = sqlite3.Row
            for pragma in ("pragma journal_mode = off", "pragma synchronous = off", "pragma locking_mode = exclusive"):
                file.execute(pragma)
            yield file

    def traces(self) -> int:
        """How many traces stand here."""
        with self.open() as file:
            return file.execute("select count(*) from traces").fetchone()[0]

    def counts(self) -> dict[str, int]:
        """How many of what stands here."""
        with self.open() as file:
            return dict(file.execute("""select count(*) as traces,
                (select count(*) from labels) as labels,
                (select count(*) from labels where trim(critique) <> '') as critiques,
                (select count(*) from verdicts) as verdicts,
                (select count(*) from verdicts where error is not null) as error_verdicts,
                (select count(*) from feedback) as feedback,
                count(*) filter (where output is null and messages is null) as unanswered,
                count(*) filter (where output is null and messages is not null) as unanswered_conversations
                from traces""").fetchone())

    def labels_by(self) -> dict[str, int]:
        """How many labels stand here of whom, in the order in which the file names them."""
        with self.open() as file:
            return dict(map(tuple, file.execute("""select n.name, count(*) from labels l
                join names n on n.key = l.name group by n.key order by n.key""")))

    def first(self, n: int) -> list[ImportedRow]:
        """The first rows, as they were given."""
        with self.open() as file:
            return [_rebuilt(file, row) for row in file.execute("select * from traces order by key limit ?", (n,))]

    def strata(self, dimension: str | None) -> Iterator[tuple[str, tuple[str, ...]]]:
        """(id, values of the dimension) of every trace."""
        with self.open() as file:
            for row in file.execute("select key, trace_id from traces order by key"):
                values = file.execute("""select n.value from trace_values v join names n on n.key = v.name
                    where v.trace = ? and n.name = ? order by v.rowid""", (row["key"], dimension)) if dimension else ()
                yield row["trace_id"], tuple(value[0] for value in values)

    def keep(self, ids: Iterable[str]) -> None:
        """Takes out every trace but these, with what was said of it."""
        with self.open() as file:
            file.execute("create temp table kept (trace_id text primary key)")
            file.executemany("insert into kept values (?)", ((name,) for name in ids))
            file.execute("delete from traces where trace_id not in (select trace_id from kept)")
            for statement in ("delete from trace_values where trace not in (select key from traces)",
                              "delete from labels where trace not in (select key from traces)",
                              "delete from verdicts where trace not in (select key from traces)",
                              "delete from modes where trace not in (select key from traces)",
                              "delete from feedback where trace not in (select key from traces)",
                              """delete from names where key not in (select name from trace_values
                                  union select name from labels union select name from verdicts
                                  union select name from modes)"""):
                file.execute(statement)

    def leave_out(self, ids: Iterable[str]) -> None:
        """Takes these traces out, with what was said of them."""
        without = set(ids)
        self.keep(id for id, _ in list(self.strata(None)) if id not in without)

    def _add(self, file: sqlite3.Connection, batch: list[tuple[int, ImportedRow]], merge: Merge) -> None:
        self.rows += len(batch)
        before = file.total_changes
        _write(file, "traces", [_columns(key, row) for key, row in batch])
        if file.total_changes - before == len(batch):
            self._add_said(file, batch)
            return
        for key, row in batch:  # one by one: a later row may be joined with an earlier one of the same batch
            stored = file.execute("select * from traces where trace_id = ?", (visible(row.trace.id),)).fetchone()
            if stored["key"] == key:
                self._add_said(file, [(key, row)])
            else:
                self._join(file, stored, row, merge)

    def _add_said(self, file: sqlite3.Connection, batch: list[tuple[int, ImportedRow]]) -> None:
        for table, rows in (("trace_values", self._values), ("labels", self._labels), ("verdicts", self._verdicts),
                            ("modes", self._modes), ("feedback", _feedback)):
            if made := [cells for key, row in batch for cells in rows(file, key, row)]:
                _write(file, table, made)

    def _join(self, file: sqlite3.Connection, stored: sqlite3.Row, row: ImportedRow, merge: Merge) -> None:
        """Adds what a further row says beyond the first one of this id."""
        twin = _rebuilt(file, stored)
        whole = merge(twin, row)
        more = ImportedRow(row.trace, row.line, *(
            tuple(said for said in every if said not in known) for every, known in (
                (whole.labels, twin.labels), (whole.verdicts, twin.verdicts),
                (whole.failure_modes, twin.failure_modes), (whole.feedback, twin.feedback))))
        for table, rows in (("labels", self._labels), ("verdicts", self._verdicts), ("modes", self._modes),
                            ("feedback", _feedback)):
            _write(file, table, list(rows(file, stored["key"], more)))

    def _values(self, file: sqlite3.Connection, key: int, row: ImportedRow) -> Iterator[tuple]:
        for name, values in row.trace.dimensions.items():
            for value in values:
                yield key, self._name(file, "dimension", name, value)

    def _labels(self, file: sqlite3.Connection, key: int, row: ImportedRow) -> Iterator[tuple]:
        for label in _once(row.labels):
            yield (key, self._name(file, "expert", label.expert), label.outcome, label.critique, label.created_at,
                   label.circumstances.mode, label.circumstances.revised_response)

    def _verdicts(self, file: sqlite3.Connection, key: int, row: ImportedRow) -> Iterator[tuple]:
        for judge, said in row.verdicts:
            yield (key, self._name(file, "judge", judge), said.outcome, said.critique, said.error, said.raw, said.model)

    def _modes(self, file: sqlite3.Connection, key: int, row: ImportedRow) -> Iterator[tuple]:
        for name in row.failure_modes:
            yield key, self._name(file, "mode", name)

    def _name(self, file: sqlite3.Connection, kind: str, name: str, value: str = "") -> int:
        found = self._known.get((kind, name, value))
        if found is None:
            words = tuple(map(visible, (kind, name, value)))
            file.execute("insert or ignore into names (kind, name, value) values (?, ?, ?)", words)
            found = file.execute("select key from names where kind = ? and name = ? and value = ?", words).fetchone()[0]
            if len(self._known) >= _KNOWN:
                self._known.clear()
            self._known[kind, name, value] = found
        return found


def beside(store: Store) -> Stage:
    """A stage beside the store's file: on the same disk, whatever the system keeps for temporary files."""
    needed = {row[0] for row in store.rows("select stage from imports where stage is not null")}
    return within(store.path.parent, store.path.name, needed)


def within(folder: Path, name: str, needed: Container[str] = ()) -> Stage:
    """An empty stage in this folder, named after the store's file."""
    return Stage(*stage_files.make(folder, name, needed))


def taken_over(store: Store, name: str) -> Stage | None:
    """The stage of this name beside the store, which may be empty; None where its own process is still at work."""
    path = store.path.parent / name
    lock = stage_files.claim(path)
    return lock and Stage(path, lock)


def one_each(twin: ImportedRow, made: ImportedRow) -> ImportedRow:
    """Rows of one id that nobody has joined before: they must be the same trace, and all that was said is kept."""
    if twin.trace != made.trace:
        raise DataError(f"line {made.line}: the id '{made.trace.id}' stands on line {twin.line} too, with other text. "
                        "Give each trace an id of its own.")
    verdicts = dict.fromkeys((*twin.verdicts, *made.verdicts))
    if len({judge for judge, _ in verdicts}) < len(verdicts):
        raise DataError(f"line {made.line}: a judge has another verdict on '{made.trace.id}' than on line {twin.line}. "
                        "Keep one of them.")
    return ImportedRow(twin.trace, twin.line, tuple(dict.fromkeys((*twin.labels, *made.labels))), tuple(verdicts),
                       tuple(dict.fromkeys((*twin.failure_modes, *made.failure_modes))),
                       tuple(dict.fromkeys((*twin.feedback, *made.feedback))))


def input_hash(text: str) -> str:
    """How the store names an input in its table of splits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _write(file: sqlite3.Connection, table: str, rows: list[tuple]) -> None:
    try:
        file.executemany(stage_files.INSERT[table], rows)
    except UnicodeEncodeError:
        file.executemany(stage_files.INSERT[table], [
            tuple(visible(cell) if isinstance(cell, str) else cell for cell in row) for row in rows])


def _feedback(_file: sqlite3.Connection, key: int, row: ImportedRow) -> Iterator[tuple]:
    """What users said, as it came: nobody of them is known by name here."""
    return ((key, one.name, one.value, one.comment, one.who, one.at) for one in row.feedback)


def _once(labels: Iterable[Label]) -> Iterator[Label]:
    """The same outcome and critique of one expert once, as the store keeps it."""
    seen: list[Label] = []
    for label in labels:
        revised = label.circumstances.revised_response
        if not any((old.expert, old.outcome, old.critique) == (label.expert, label.outcome, label.critique)
                   and revised in ("", old.circumstances.revised_response) for old in seen):
            seen.append(label)
            yield label


def _columns(key: int, row: ImportedRow) -> tuple:
    trace = row.trace
    return (key, row.line, trace.id, trace.input, trace.output, _json(trace.messages),
            json.dumps(trace.context) if trace.context else "{}",
            trace.content_hash, trace.source, trace.split or split_of(trace.input), trace.split is not None,
            trace.system_version, trace.created_at, trace.assumptions, trace.session, _json(trace.steps))


def _json(value: list | None) -> str | None:
    return None if value is None else json.dumps(value)


def _rebuilt(file: sqlite3.Connection, row: sqlite3.Row) -> ImportedRow:
    """A row as it was given, to be shown or compared with another one of its id."""
    dimensions: dict[str, list[str]] = {}
    for name, value in file.execute("""select n.name, n.value from trace_values v join names n on n.key = v.name
            where v.trace = ? order by v.rowid""", (row["key"],)):
        dimensions.setdefault(name, []).append(value)
    trace = Trace(row["trace_id"], row["input"], row["output"], json.loads(row["messages"] or "null"),
                  json.loads(row["context"]), {name: tuple(values) for name, values in dimensions.items()},
                  row["system_version"], row["created_at"], row["source"],
                  row["split"] if row["split_given"] else None, row["assumptions"],
                  json.loads(row["steps"] or "null"), row["session"])
    labels = tuple(Label(trace.id, said["name"], said["outcome"], said["critique"], said["created_at"],
                         circumstances=Circumstances(mode=said["mode"], revised_response=said["revised"]))
                   for said in file.execute("""select n.name, l.* from labels l join names n on n.key = l.name
                       where l.trace = ? order by l.rowid""", (row["key"],)))
    verdicts = tuple((said[0], Verdict(said["outcome"], said["critique"], said["error"], said["raw"],
                                       model=said["model"]))
                     for said in file.execute("""select n.name, v.* from verdicts v join names n on n.key = v.name
                         where v.trace = ? order by v.rowid""", (row["key"],)))
    modes = tuple(said[0] for said in file.execute("""select n.name from modes m join names n on n.key = m.name
        where m.trace = ? order by m.rowid""", (row["key"],)))
    of_users = tuple(Feedback(*said) for said in file.execute("""select name, value, comment, who, given_at
        from feedback where trace = ? order by rowid""", (row["key"],)))
    return ImportedRow(trace, row["line"], labels, verdicts, modes, of_users)

"""Opens the one SQLite file, safely, and refuses every file that is not ours.

Knows connections, transactions, migrations and backups. One connection per thread, and every
read-modify-write takes BEGIN IMMEDIATE: a deferred one fails under load whatever the timeout.
"""

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from lib.records import StoreError, input_key, visible
from lib.records.places import ROOT
from lib.schema import APPLICATION_ID, SCHEMA_VERSION, migrations
from lib.store import private
from lib.store.roles import Guard, RoleError, may, sentence

BUSY_SECONDS = 30
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ANOTHER_FILE = "Another file is named with --db or PLUMBLINE_DB."
_checked: set[Path] = set()
_checking = threading.Lock()


class _Connection(sqlite3.Connection):
    """A connection that knows who is asked before a statement is prepared."""

    guard: Guard


class _Connections(threading.local):
    """Every thread sees an instance of its own."""

    def __init__(self) -> None:
        self.by_path: dict[Path, _Connection] = {}


_connections = _Connections()


@dataclass(frozen=True)
class Store:
    """A handle on one project in one file; cheap to copy, safe to share between threads."""

    path: Path
    project: int = 0
    person: str | None = None  # who is at the page; "": nobody has said so yet; None: no page, but a program
    signature: str = ""  # what is noted as who did it
    role: str | None = None  # as what a login lets that person work; None: nobody is held to a role
    known: bool = False  # whether a login says who that person is; in the hands of the program it stays so

    def of(self, project: int) -> "Store":
        """The same file, another project."""
        return replace(self, project=project)

    def by(self, person: str | None, signature: str = "", role: str | None = None) -> "Store":
        """The same in the hands of this person: `:person` is then bound to who did it."""
        role = self.role if role is None else role
        return replace(self, person=person, signature=signature or person or "", role=role,
                       known=self.known or role is not None)

    def program(self, table: str = "") -> "Store":
        """The same in the hands of the program itself, which no role holds: for what follows from what a person may do.

        With a table only for who may write it, else RoleError; without one for what the program notes by itself.
        """
        if table:
            self.check(table)
        return replace(self, role=None)

    def check(self, table: str) -> None:
        """RoleError where this handle's role does not write the table: asked before what a write cannot undo."""
        if not may(self.role, table):
            raise RoleError(sentence(self.role or "", table))

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's own connection, in this handle's role; opened at its first use."""
        found = _connections.by_path.get(self.path)
        if found is None:
            found = _connections.by_path[self.path] = _connect(self.path)
        found.guard.hold(self.role)
        return found

    def rows(self, sql: str, **values: Any) -> list[sqlite3.Row]:
        """All rows of a query; `:project` and `:person` are bound already."""
        with plain_errors(self.path):
            return self._run(sql, values).fetchall()

    def stream(self, sql: str, **values: Any) -> Iterator[sqlite3.Row]:
        """The same one by one, for tables that do not fit into memory; the file as it was at the first row."""
        with plain_errors(self.path):
            yield from self._run(sql, values)

    def row(self, sql: str, **values: Any) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        return next(iter(self.rows(sql, **values)), None)

    def value(self, sql: str, **values: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.row(sql, **values)
        return None if row is None else row[0]

    def execute(self, sql: str, **values: Any) -> int:
        """Writes, and returns the number of the row inserted last."""
        with plain_errors(self.path):
            return self._run(sql, values).lastrowid or 0

    def _run(self, sql: str, values: dict[str, Any]) -> sqlite3.Cursor:
        sql, values = self._own(sql), {"project": self.project, "person": self.signature, **values}
        try:
            return self.connection.execute(sql, values)
        except UnicodeEncodeError:
            # Half an emoji, as a model's cut reply may hold: stored as an escape one can see.
            plain = {name: visible(value) if isinstance(value, str) else value for name, value in values.items()}
            return self.connection.execute(sql, plain)

    def _own(self, sql: str) -> str:
        """The statement as no other role has it: the guard is asked as one is prepared, and prepared ones are kept."""
        return sql if self.role is None else f"{sql} -- {self.role!r}"

    def execute_many(self, sql: str, rows: list[dict[str, Any]]) -> int:
        """Writes many rows with one statement; returns how many rows changed."""
        with plain_errors(self.path):
            return self.connection.executemany(self._own(sql), rows).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and alone in writing: BEGIN IMMEDIATE; inside another one it joins it."""
        with plain_errors(self.path):
            connection = self.connection
            if connection.in_transaction:
                yield
                return
            connection.execute("begin immediate")
            try:
                yield
                # Inside: were a failed commit left open, the next transaction would join it and never be kept.
                connection.execute("commit")
            except BaseException:
                connection.rollback()
                raise


def default_path() -> Path:
    """The file that is opened when none is named: PLUMBLINE_DB, else data/plumbline.db beside the package."""
    return Path(os.environ.get("PLUMBLINE_DB") or ROOT / "data" / "plumbline.db")


def open_store(path: str | Path) -> Store:
    """The store in this file, brought to today's tables; made where there is none.

    Raises StoreError for a file of another program, of a newer version, or damaged: such a file
    is read only and left as it is.
    """
    path = Path(path).expanduser().resolve()
    with _checking:
        if path not in _checked or not path.exists():
            _prepare(path)
            _checked.add(path)
    return Store(path)


def create_backup(store: Store, target: str | Path) -> Path:
    """Copies the whole file while others write; refuses to overwrite an existing one."""
    target = Path(target).expanduser().resolve()
    if target.exists():
        raise StoreError(f"{target} exists already: name a file that does not, so that nothing is overwritten.")
    with plain_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_into(store.connection, target)
    return target


def copy_into(connection: sqlite3.Connection, target: Path) -> None:
    """The whole file under this name, or nothing beside it: what a full disk cut off is taken away again."""
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        private.make(part)
        with closing(sqlite3.connect(part)) as copy:
            connection.backup(copy)
        part.replace(target)
    finally:
        for left in (part, Path(f"{part}-journal")):
            left.unlink(missing_ok=True)


def _prepare(path: Path) -> None:
    with plain_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two starters at once would race each other through the migrations.
        with FileLock(f"{path}.lock", timeout=60):
            exists = path.exists() and path.stat().st_size > 0
            if exists:
                refuse_unless_ours(path)
            private.make(path)
            private.narrow(path)
            _connections.by_path.pop(path, None)
            if not exists or _pending(path):
                _migrate(path, backup=exists)


def refuse_unless_ours(path: Path) -> None:
    """StoreError for a file of another program, of a newer version, or damaged; it is only read."""
    if not path.is_file() or not _magic(path):
        raise StoreError(f"{path} is not a SQLite file; it was left as it is. {_ANOTHER_FILE}")
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as connection:
        verdict = connection.execute("pragma quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"malformed: {verdict}")
        application = connection.execute("pragma application_id").fetchone()[0]
        version = connection.execute("pragma user_version").fetchone()[0]
        tables = connection.execute("select count(*) from sqlite_schema").fetchone()[0]
    if application != APPLICATION_ID and (tables or application):
        raise StoreError(f"{path} belongs to another program; it was left as it is. {_ANOTHER_FILE}")
    if version > SCHEMA_VERSION:
        raise StoreError(f"{path} was written by a newer Plumbline (tables {version}, this one knows "
                         f"{SCHEMA_VERSION}); it was left as it is. Update Plumbline. {_ANOTHER_FILE}")


def _magic(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(15) == b"SQLite format 3"


def _pending(path: Path) -> bool:
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        return connection.execute("pragma user_version").fetchone()[0] < SCHEMA_VERSION


def _migrate(path: Path, backup: bool) -> None:
    from sqlite_utils import Database  # here, not above, as in lib.schema: it takes half a second to load

    with closing(_connect(path)) as connection:
        if backup:
            version = connection.execute("pragma user_version").fetchone()[0]
            copy_into(connection, path.with_name(f"{path.stem}.before-{version}{path.suffix}"))
        connection.execute("begin immediate")
        migrations().apply(Database(connection))
        connection.execute("pragma application_id = " + str(APPLICATION_ID))
        connection.execute("pragma user_version = " + str(SCHEMA_VERSION))
        connection.execute("commit")


def _connect(path: Path) -> _Connection:
    # isolation_level=None: the sqlite3 module opens no transaction of its own behind our back.
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, factory=_Connection)
    connection.row_factory = sqlite3.Row
    for pragma in ("pragma journal_mode = wal", "pragma synchronous = full", "pragma foreign_keys = on",
                   "pragma secure_delete = on"):  # deleted text is overwritten
        connection.execute(pragma)
    connection.create_function("input_key", 1, input_key, deterministic=True)
    connection.guard = Guard()
    connection.set_authorizer(connection.guard.allows)
    return connection


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Says in a sentence what SQLite or the disk refused; a fault of ours stays what it is."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if path in _connections.by_path and (refused := _connections.by_path[path].guard.refused):
            raise RoleError(refused) from error
        said = _explain(path, str(error))
        if said is None:
            raise
        raise StoreError(said) from error
    except PermissionError as error:
        raise StoreError(f"{path} cannot be opened for writing: give yourself write permission on it "
                         f"and its folder. {_ANOTHER_FILE}") from error
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise StoreError(_explain(path, "full")) from error


def _explain(path: Path, text: str) -> str | None:
    if "readonly" in text or "unable to open" in text:
        return f"{path} cannot be written: check the permissions of the file and its folder. Nothing was changed."
    if "full" in text or "disk I/O" in text:
        return f"The disk that holds {path} is full or failing: make room and try again. Nothing was half written."
    if "locked" in text:
        return f"{path} was busy for {BUSY_SECONDS} seconds: close other programs that hold it open and try again."
    if "malformed" in text or "not a database" in text or "***" in text or "corrupt" in text:
        return f"{path} is damaged ({text}); it was left as it is. Restore the newest backup. {_ANOTHER_FILE}"
    return None

"""The one file: made where there is none, refused unchanged where it is not ours, copied while others write."""

import hashlib
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import gettempdir

import pytest
from sqlite_utils import Database

from lib.records import StoreError
from lib.schema import APPLICATION_ID, SCHEMA_VERSION, migrations
from lib.store import create_backup, projects
from tests.support import HOUSE
from tests.support.steps import add, fresh, say


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refused_unchanged(path: Path) -> str:
    before = digest(path)
    with pytest.raises(StoreError) as refused:
        fresh(path)
    assert digest(path) == before
    return str(refused.value)


def sqlite_file(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


def ours(path: Path) -> Path:
    """A closed file of ours, whole in itself."""
    store = projects.create(fresh(path), "Test")
    store.connection.close()
    path.with_name(path.name + ".lock").unlink()
    return path


def test_a_fresh_file_has_every_table_and_the_promised_pragmas(tmp_path):
    store = fresh(tmp_path / "deep" / "er" / "new.db")
    assert store.value("pragma user_version") == SCHEMA_VERSION
    assert store.value("pragma application_id") == APPLICATION_ID
    assert [store.value(f"pragma {name}") for name in ("journal_mode", "synchronous", "foreign_keys")] == ["wal", 2, 1]
    assert store.value("select count(*) from sqlite_schema where type = 'table' and name = 'labels'") == 1


def test_an_empty_file_is_a_fresh_file(tmp_path):
    path = tmp_path / "empty.db"
    path.touch()
    assert fresh(path).value("select count(*) from projects") == 0


def test_migrations_run_once(tmp_path):
    path = tmp_path / "plumbline.db"
    projects.create(fresh(path), "kept")
    first, second = ([tuple(row) for row in fresh(path).rows("select name, applied_at from _sqlite_migrations")]
                     for _ in range(2))
    assert first == second and len(first) == SCHEMA_VERSION and len(migrations().pending(Database(path))) == 0
    assert projects.every(fresh(path))[0].name == "kept"
    assert not list(tmp_path.glob("*before*"))


def test_an_upgrade_leaves_a_copy_of_the_file_as_it_was(tmp_path):
    path = ours(tmp_path / "old.db")
    sqlite_file(path, "pragma user_version = 0")
    fresh(path)
    with closing(sqlite3.connect(tmp_path / "old.before-0.db")) as copy:
        assert copy.execute("select name from projects").fetchone() == ("Test",)
        assert copy.execute("pragma user_version").fetchone() == (0,)


def test_a_newer_file_is_refused_unchanged(tmp_path):
    path = sqlite_file(ours(tmp_path / "newer.db"), f"pragma user_version = {SCHEMA_VERSION + 1}")
    assert "written by a newer Plumbline" in refused_unchanged(path)


@pytest.mark.parametrize("statements", [
    ["create table todo (x)"], ["pragma application_id = 7"], ["create table labels (id)", "pragma user_version = 1"]])
def test_a_file_of_another_program_is_refused_unchanged(tmp_path, statements):
    path = sqlite_file(tmp_path / "foreign.db", *statements)
    assert "belongs to another program; it was left as it is" in refused_unchanged(path)


def test_a_text_file_is_refused_unchanged(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("id,input\n1,hello\n")
    assert "is not a SQLite file; it was left as it is" in refused_unchanged(path)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(StoreError, match="is not a SQLite file"):
        fresh(tmp_path)


@pytest.mark.parametrize("harm", ["middle", "header", "cut", "stub"])
def test_a_damaged_file_is_refused_unchanged(tmp_path, harm):
    path = ours(tmp_path / "damaged.db")
    data = bytearray(path.read_bytes())
    if harm == "middle":
        data[5_000:60_000] = b"\xa5" * 55_000
    elif harm == "header":
        data[16:100] = b"\xff" * 84
    path.write_bytes(data[:{"cut": len(data) // 2, "stub": 40}.get(harm, len(data))])
    assert "is damaged" in refused_unchanged(path)


def test_every_refusal_names_the_file_and_the_cure(tmp_path):
    path = sqlite_file(tmp_path / "foreign.db", "create table todo (x)")
    said = refused_unchanged(path)
    assert str(path) in said and "--db or PLUMBLINE_DB" in said


# Root may write everywhere, so root's attempt is made as nobody.
TRY = """
import os, sys
from lib.records import StoreError
from lib.store import open_store, projects
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    store = open_store(sys.argv[1])
    print("open", projects.every(store)[0].name)
    projects.create(store, "new")
except StoreError as error:
    print("refused:", error)
"""


def attempt(path: Path, folder_mode: int) -> str:
    """What another process, without the right to write the file, gets to hear."""
    for folder in path.parent.parents:  # side by side there is one folder more above it
        if folder.is_relative_to(Path(gettempdir())) and folder != Path(gettempdir()):
            folder.chmod(0o755)
    path.parent.chmod(folder_mode)
    try:
        done = subprocess.run([sys.executable, "-c", TRY, str(path)], cwd=HOUSE, capture_output=True, text=True,
                              check=False)
        assert "Traceback" not in done.stderr  # a word on the mode may stand there
        return done.stdout
    finally:
        path.parent.chmod(0o755)


@pytest.mark.parametrize(("folder_mode", "said"), [
    (0o777, "open Test\nrefused: {path} cannot be written: check the permissions"),  # reading still works
    (0o555, "refused: {path} cannot be opened for writing: give yourself write permission"),
])
def test_a_file_that_cannot_be_written_says_so_and_stays_as_it_is(tmp_path, folder_mode, said):
    path = ours(tmp_path / "readonly.db")
    path.chmod(0o444)
    before = digest(path)
    assert attempt(path, folder_mode).startswith(said.format(path=path))
    assert digest(path) == before


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    assert "cannot be opened for writing: give yourself write permission" in attempt(tmp_path / "new.db", 0o555)


def test_a_backup_holds_everything_and_is_never_written_over_a_file(db, make_trace, tmp_path):
    add(db, make_trace())
    say(db, "t1", "pass")
    target = create_backup(db, tmp_path / "copies" / "one.db")
    assert fresh(target).of(db.project).value("select count(*) from labels") == 1
    before = digest(target)
    with pytest.raises(StoreError, match="exists already"):
        create_backup(db, target)
    with pytest.raises(StoreError, match="exists already"):
        create_backup(db, db.path)
    assert digest(target) == before
    assert [path.name for path in target.parent.iterdir() if path.suffix == ".part"] == []


WRITE = """
import sys
from lib.store.review import labels
from lib.store import open_store
store = open_store(sys.argv[1]).of(int(sys.argv[2]))
for number in range(100_000):
    labels.save(store, "t1", "Ann", "pass", f"critique {number}")
    print(number, flush=True)
"""


def test_a_backup_during_writes_is_whole_and_holds_what_was_acknowledged_before(db, make_trace, tmp_path):
    add(db, make_trace())
    writer = subprocess.Popen([sys.executable, "-c", WRITE, str(db.path), str(db.project)], cwd=HOUSE,
                              stdout=subprocess.PIPE, text=True)
    try:
        acknowledged = [int(writer.stdout.readline()) for _ in range(20)][-1]
        target = create_backup(db, tmp_path / "copy.db")
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.communicate()
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("pragma integrity_check").fetchone() == ("ok",)
        assert copy.execute("select count(*) from labels").fetchone()[0] > acknowledged


def test_a_transaction_that_fails_leaves_nothing_and_does_not_swallow_the_next(db):
    with pytest.raises(ZeroDivisionError), db.transaction():
        projects.create(db, "half written")
        raise ZeroDivisionError
    with pytest.raises(sqlite3.IntegrityError), db.transaction():
        db.execute("pragma defer_foreign_keys = on")  # so that the commit itself is what fails
        db.execute("insert into experts (project, name) values (999, 'nobody')")
    projects.create(db, "kept")
    with closing(sqlite3.connect(db.path)) as other:
        assert other.execute("select name from projects").fetchall() == [("Test",), ("kept",)]


def test_half_an_emoji_is_stored_as_an_escape_one_can_see(db, make_trace):
    add(db, make_trace())
    assert say(db, "t1", "fail", critique="cut \ud83d").critique == "cut \\ud83d"

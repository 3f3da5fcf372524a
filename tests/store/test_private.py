"""Files of a store are their owner's alone: new ones, their logs, copies; older ones are narrowed, and it is said."""

import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from lib.records import StoreError
from lib.store import create_backup, projects
from lib.store.dataset import stage_files
from tests.support import HOUSE
from tests.support.running import PATIENCE
from tests.support.steps import add, fresh

OPEN = """
import os, sys
os.umask(0)
from lib.store import open_store, create_backup, projects
store = projects.create(open_store(sys.argv[1]), "Test")
create_backup(store, sys.argv[1] + ".copy")
print(sorted((name, oct(os.stat(os.path.join(sys.argv[2], name)).st_mode & 0o777)) for name in os.listdir(sys.argv[2])
             if not name.endswith(".lock")))
"""


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir() if not path.name.endswith(".lock")}


def test_a_new_file_its_logs_and_a_backup_are_the_owners_alone_whatever_the_umask(tmp_path):
    done = subprocess.run([sys.executable, "-c", OPEN, str(tmp_path / "x.db"), str(tmp_path)], cwd=HOUSE, text=True,
                          capture_output=True, timeout=PATIENCE, check=True)
    names = ["x.db", "x.db-shm", "x.db-wal", "x.db.copy"]
    assert done.stdout.strip() == repr([(name, "0o600") for name in names]) and done.stderr == ""


def test_a_copy_before_a_migration_is_too(tmp_path):
    store = projects.create(fresh(tmp_path / "x.db"), "Test")
    store.execute("pragma user_version = 1")
    fresh(tmp_path / "x.db")
    assert modes(tmp_path)["x.before-1.db"] == 0o600


@pytest.mark.parametrize("mode", [0o644, 0o664, 0o666, 0o604])
def test_an_older_file_that_everybody_may_read_is_narrowed_with_all_beside_it_and_it_is_said(tmp_path, mode, caplog):
    store = projects.create(fresh(tmp_path / "x.db"), "Test")
    shutil.copy(tmp_path / "x.db", tmp_path / "x.before-3.db")
    for path in tmp_path.glob("x.*db*"):
        path.chmod(mode)
    with closing(sqlite3.connect(store.path)) as other, caplog.at_level(logging.WARNING):
        other.execute("select * from projects").fetchall()  # another program keeps the log open
        again = fresh(store.path)
        assert modes(tmp_path) == dict.fromkeys(("x.db", "x.db-wal", "x.db-shm", "x.before-3.db"), 0o600)
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 4 and f"{store.path} could be read by everybody on this machine (mode {mode:04o})" in said[0]
    assert projects.every(again)[0].name == "Test"
    caplog.clear()
    fresh(store.path)
    assert caplog.records == []


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660, 0o400])
def test_a_mode_that_somebody_chose_stays(tmp_path, mode, caplog):
    path = projects.create(fresh(tmp_path / "x.db"), "Test").path
    path.chmod(mode)
    fresh(path)
    assert modes(tmp_path)["x.db"] == mode and caplog.records == []


def test_a_file_that_may_only_be_read_is_not_made_writable(tmp_path):
    path = projects.create(fresh(tmp_path / "x.db"), "Test").path
    path.chmod(0o444)
    fresh(path)
    assert modes(tmp_path)["x.db"] == 0o400


def test_a_file_of_another_program_keeps_its_mode(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    path.chmod(0o644)
    with pytest.raises(StoreError):
        fresh(path)
    assert modes(tmp_path)["notes.txt"] == 0o644


def test_a_file_of_another_user_is_left_and_its_owner_is_asked(tmp_path, caplog, monkeypatch):
    path = projects.create(fresh(tmp_path / "x.db"), "Test").path
    path.chmod(0o644)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    fresh(path)
    assert modes(tmp_path)["x.db"] == 0o644
    assert "have its owner run chmod 600 on it" in caplog.records[0].getMessage()


def test_the_stage_of_an_import_is_the_owners_alone(tmp_path, make_trace):
    store = projects.create(fresh(tmp_path / "x.db"), "Test")
    add(store, make_trace())
    path, lock = stage_files.make(tmp_path, "x.db")
    assert modes(tmp_path)[path.name] == 0o600
    stage_files.remove(path, lock)
    copy = create_backup(store, tmp_path / "b.db")
    assert modes(tmp_path)[copy.name] == 0o600

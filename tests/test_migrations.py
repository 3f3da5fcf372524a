"""A file of every earlier version opens, keeps all it held, and leaves a backup of what it was."""

import sqlite3
from contextlib import closing

import pytest

from lib.schema import APPLICATION_ID, SCHEMA_VERSION, the_loop
from lib.store import open_store, projects, traces
from lib.store.dimensions import described


@pytest.fixture
def first_version(tmp_path):
    """A file as version 1 made it, with a project, a trace and a dimension."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as file:
        for statement in the_loop.STATEMENTS:
            file.execute(statement)
        file.execute("create table _sqlite_migrations (id integer primary key, migration_set text, name text,"
                     " applied_at text)")
        file.execute("insert into _sqlite_migrations (migration_set, name, applied_at)"
                     " values ('plumbline', '001 the loop', '2026-11-24')")
        file.execute("insert into projects (name, question) values ('Old', 'Did it?')")
        file.execute("insert into traces (project, trace_id, input, output, content_hash, source, split)"
                     " values (1, '0012', 'a', 'b', 'h', 'real', 'dev')")
        file.execute("insert into dimensions (project, name) values (1, 'feature')")
        file.execute(f"pragma application_id = {APPLICATION_ID}")
        file.execute("pragma user_version = 1")
        file.commit()
    return path


def test_what_the_old_file_held_is_there(first_version):
    store = projects.choose(open_store(first_version), "Old")
    assert traces.get(store, "0012").output == "b" and [one.name for one in described(store)] == ["feature"]
    assert store.value("pragma user_version") == SCHEMA_VERSION and store.value("pragma integrity_check") == "ok"


def test_a_backup_of_the_old_version_is_left(first_version):
    open_store(first_version)
    with closing(sqlite3.connect(first_version.with_name("old.before-1.db"))) as backup:
        assert backup.execute("pragma user_version").fetchone() == (1,)
        assert backup.execute("select trace_id from traces").fetchall() == [("0012",)]




def test_a_table_without_rowid_begins_with_its_key(db):
    """Else SQLite 3.40 takes a sound file for damaged, and it would be refused at the next start."""
    tables = [row[0] for row in db.rows("select name, wr from pragma_table_list where type = 'table' and wr = 1")]
    assert "pins" in tables
    for table in tables:
        places = [row[0] for row in db.rows("select pk from pragma_table_info(:t)", t=table)]
        keys = [place for place in places if place]
        assert places[:len(keys)] == sorted(keys), table

"""A file of every earlier version opens, keeps all it held, and leaves a backup of what it was."""

import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database

from lib.schema import APPLICATION_ID, SCHEMA_VERSION, migrations
from lib.store import open_store, projects
from lib.store.dataset import traces
from lib.store.dataset.dimensions import described
from lib.store.errors import analyses, codings, failure_modes
from tests.support.siege.earlier import first_version


@pytest.fixture(name="first_version")
def _first_version(tmp_path):
    return first_version(tmp_path / "old.db")


def test_what_the_old_file_held_is_there(first_version):
    store = projects.choose(open_store(first_version), "Old")
    assert traces.get(store, "0012").output == "b" and [one.name for one in described(store)] == ["feature"]
    assert store.value("pragma user_version") == SCHEMA_VERSION and store.value("pragma integrity_check") == "ok"


def test_a_backup_of_the_old_version_is_left(first_version):
    open_store(first_version)
    with closing(sqlite3.connect(first_version.with_name("old.before-1.db"))) as backup:
        assert backup.execute("pragma user_version").fetchone() == (1,)
        assert backup.execute("select trace_id from traces").fetchall() == [("0012",)]


@pytest.fixture
def eighth_version(tmp_path):
    """A file as version 8 made it: two analyses, the second with two items, one proposal and an error."""
    path = tmp_path / "eighth.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        migrations().apply(Database(file), stop_before="009 the second reading")
        file.executescript(f"""
            insert into projects (name, question) values ('Old', 'Did it?');
            insert into traces (project, trace_id, input, output, content_hash, source, split)
                values (1, 't1', 'a', 'b', 'h', 'real', 'dev'), (1, 't2', 'c', 'd', 'i', 'real', 'dev');
            insert into failure_modes (project, name) values (1, 'wrong year');
            insert into analyses (id, project, kind, config, endpoint, model, concurrency, status, message, told, calls,
                    prompt_tokens, completion_tokens, token, created_at, ended_at) values
                (3, 1, 'groups', '{{}}', 'embedded', 'm', 8, 'done', '', 'Groups: 1.', 1, 9, 2, 'a', '2026', '2027'),
                (5, 1, 'codes', '{{"modes": [1]}}', 'environment', 'n', 4, 'paused', 'no key', '', 2, 7, 3, 'b', '2026',
                    null);
            insert into analysis_items (analysis, position, trace, done_at, error) values
                (5, 1, 1, '2026', null), (5, 2, 2, '2026', 'timeout');
            insert into proposed_codes (analysis, trace, failure_mode) values (5, 1, 1);
            pragma application_id = {APPLICATION_ID};
            pragma user_version = 8;
        """)
    return path


def test_analyses_of_version_8_keep_all_they_held_and_a_second_reading_can_be_asked_for(eighth_version):
    with closing(sqlite3.connect(eighth_version)) as file:
        before = [file.execute(f"select * from {table}").fetchall() for table in (
            "analyses", "analysis_items", "proposed_codes")]
    store = projects.choose(open_store(eighth_version), "Old")
    assert [[tuple(row) for row in store.rows(f"select * from {table}")] for table in (
        "analyses", "analysis_items", "proposed_codes")] == before
    assert store.rows("pragma foreign_key_check") == [] and store.value("pragma integrity_check") == "ok"
    assert [(job.id, job.kind, job.total, job.errors) for job in analyses.every(store)] == [
        (5, "codes", 2, 1), (3, "groups", 0, 0)]
    assert [row["proposed"] for row in codings.counts(store)] == [1] and failure_modes.every(store)
    assert analyses.create(store, analyses.NOTES, [(1, {})], config={}, endpoint="embedded", model="m") == 6


def test_the_rows_of_an_analysis_still_belong_to_one(eighth_version):
    store = projects.choose(open_store(eighth_version), "Old")
    for statement in ("insert into analysis_items (analysis, position) values (4, 1)",
                      "delete from analyses where id = 5",
                      "insert into analyses (project, kind, endpoint, model, status) values (1, 'x', '', '', 'done')"):
        with pytest.raises(sqlite3.IntegrityError):
            store.execute(statement)
    indexes = store.rows("select name from sqlite_schema where tbl_name = 'analyses' and type = 'index'")
    assert "analyses_of_project" in [row[0] for row in indexes]



def test_a_table_without_rowid_begins_with_its_key(db):
    """Else SQLite 3.40 takes a sound file for damaged, and it would be refused at the next start."""
    tables = [row[0] for row in db.rows("select name, wr from pragma_table_list where type = 'table' and wr = 1")]
    assert "pins" in tables
    for table in tables:
        places = [row[0] for row in db.rows("select pk from pragma_table_info(:t)", t=table)]
        keys = [place for place in places if place]
        assert places[:len(keys)] == sorted(keys), table

"""Files of every earlier version of the tables: the first one with something in it, brought as far as is asked."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from lib.records import input_key
from lib.schema import APPLICATION_ID, MIGRATIONS, migrations
from lib.schema.early import m001_the_loop

ROWS = """
    insert into projects (name, question) values ('Old', 'Did it?');
    insert into traces (project, trace_id, input, output, content_hash, source, split)
        values (1, '0012', 'a', 'b', 'h', 'real', 'dev');
    insert into dimensions (project, name) values (1, 'feature');
"""
# What people have said by then: it may be in no upgrade's way.
SAID = """
    insert into experts (project, name, role, is_principal) values (1, 'Ann', 'lead', 1);
    insert into labels (trace, expert, outcome, critique, content_hash, token)
        values (1, 1, 'pass', 'because', 'h', 'one'), (1, 1, 'fail', 'on second thoughts', 'h', 'two');
    insert into drafts (trace, expert, critique) values (1, 1, 'half a sentence');
    insert into failure_modes (project, name) values (1, 'wrong year');
    insert into trace_failure_modes (trace, failure_mode) values (1, 1);
"""


def first_version(path: Path, more: str = "") -> Path:
    """A file as version 1 made it, with a project, a trace and a dimension, and what `more` says in SQL."""
    with closing(sqlite3.connect(path)) as file:
        for statement in m001_the_loop.STATEMENTS:
            file.execute(statement)
        file.execute("create table _sqlite_migrations (id integer primary key, migration_set text, name text,"
                     " applied_at text)")
        file.execute("insert into _sqlite_migrations (migration_set, name, applied_at)"
                     " values ('plumbline', '001 the loop', '2026-11-24')")
        file.executescript(ROWS + more)
        file.execute(f"pragma application_id = {APPLICATION_ID}")
        file.execute("pragma user_version = 1")
        file.commit()
    return path


def of_version(path: Path, version: int) -> Path:
    """A file as this version left it, which holds what people said since the first."""
    first_version(path, SAID)
    if version > 1:
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            file.create_function("input_key", 1, input_key, deterministic=True)
            migrations().apply(Database(file), stop_before=list(MIGRATIONS)[version])
            file.execute("pragma user_version = " + str(version))
    return path

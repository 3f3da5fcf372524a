"""The tables, as numbered migrations, one file each, readable as one page.

Knows the shape of the one SQLite file; every other line of SQL is in store/. A migration
that has landed is never edited: the next change is a new file and a new row at the end.
"""

from functools import partial

from sqlite_utils import Database, Migrations

from lib.schema import (
    m001_the_loop,
    m002_dataset,
    m003_review,
    m004_prompt_versions,
    m005_caps,
    m006_disagreements,
    m007_error_analysis,
    m008_runs,
    m009_second_reading,
    m010_steps,
)

MIGRATIONS = Migrations("plumbline")

# "PLMB": lets another program's SQLite file be told from ours before anything is read from it.
APPLICATION_ID = 0x504C4D42


def _run(db: Database, statements: tuple[str, ...]) -> None:
    for statement in statements:
        db.execute(statement)


# The names are recorded in the files of users: none is ever changed.
for _name, _migration in (
        ("001 the loop", m001_the_loop), ("002 the dataset", m002_dataset), ("003 the desk", m003_review),
        ("004 the bench", m004_prompt_versions), ("005 the caps", m005_caps), ("006 the court", m006_disagreements),
        ("007 the analysis", m007_error_analysis), ("008 the engine", m008_runs),
        ("009 the second reading", m009_second_reading), ("010 steps and sessions", m010_steps)):
    MIGRATIONS(name=_name)(partial(_run, statements=_migration.STATEMENTS))

SCHEMA_VERSION = len(MIGRATIONS.pending(Database(memory=True)))

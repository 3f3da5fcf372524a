"""The tables, as numbered migrations, one file each, readable as one page.

Knows the shape of the one SQLite file; every other line of SQL is in store/. A migration
that has landed is never edited: the next change is a new file and a new row at the end.
"""

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


@MIGRATIONS(name="001 the loop")
def _the_loop(db: Database) -> None:
    _run(db, m001_the_loop.STATEMENTS)


@MIGRATIONS(name="002 the dataset")
def _the_dataset(db: Database) -> None:
    _run(db, m002_dataset.STATEMENTS)


@MIGRATIONS(name="003 the desk")
def _the_desk(db: Database) -> None:
    _run(db, m003_review.STATEMENTS)


@MIGRATIONS(name="004 the bench")
def _the_bench(db: Database) -> None:
    _run(db, m004_prompt_versions.STATEMENTS)


@MIGRATIONS(name="005 the caps")
def _the_caps(db: Database) -> None:
    _run(db, m005_caps.STATEMENTS)


@MIGRATIONS(name="006 the court")
def _the_court(db: Database) -> None:
    _run(db, m006_disagreements.STATEMENTS)


@MIGRATIONS(name="007 the analysis")
def _the_analysis(db: Database) -> None:
    _run(db, m007_error_analysis.STATEMENTS)


@MIGRATIONS(name="008 the engine")
def _the_engine(db: Database) -> None:
    _run(db, m008_runs.STATEMENTS)


@MIGRATIONS(name="009 the second reading")
def _the_reading(db: Database) -> None:
    _run(db, m009_second_reading.STATEMENTS)


@MIGRATIONS(name="010 steps and sessions")
def _steps(db: Database) -> None:
    _run(db, m010_steps.STATEMENTS)


def _run(db: Database, statements: tuple[str, ...]) -> None:
    for statement in statements:
        db.execute(statement)


SCHEMA_VERSION = len(MIGRATIONS.pending(Database(memory=True)))

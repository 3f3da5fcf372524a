"""The tables, as numbered migrations, one file each, readable as one page.

Knows the shape of the one SQLite file; every other line of SQL is in store/. A migration
that has landed is never edited: the next change is a new file and a new row at the end.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from lib.schema import (
    m016_checks,
    m017_accounts,
    m018_authors,
    m019_removals,
    m020_going_on,
    m021_desk,
    m022_columns,
    m023_batches,
    m024_frozen_sets,
    m025_watches,
    m026_decisions,
    m027_fits,
    m028_cascades,
    m029_feedback,
    m030_sources,
)
from lib.schema.early import (
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
    m011_imports,
    m012_verdicts,
    m013_ties,
    m014_probes,
    m015_people,
)

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

# "PLMB": lets another program's SQLite file be told from ours before anything is read from it.
APPLICATION_ID = 0x504C4D42

# Under these names a file remembers what it has.
MIGRATIONS = {
    "001 the loop": m001_the_loop.STATEMENTS,
    "002 the dataset": m002_dataset.STATEMENTS,
    "003 the desk": m003_review.STATEMENTS,
    "004 the bench": m004_prompt_versions.STATEMENTS,
    "005 the caps": m005_caps.STATEMENTS,
    "006 the court": m006_disagreements.STATEMENTS,
    "007 the analysis": m007_error_analysis.STATEMENTS,
    "008 the engine": m008_runs.STATEMENTS,
    "009 the second reading": m009_second_reading.STATEMENTS,
    "010 steps and sessions": m010_steps.STATEMENTS,
    "011 imports in slices": m011_imports.STATEMENTS,
    "012 verdicts and models": m012_verdicts.STATEMENTS,
    "013 shared inputs": m013_ties.STATEMENTS,
    "014 probes of a judge": m014_probes.STATEMENTS,
    "015 people and sign-offs": m015_people.STATEMENTS,
    "016 stopped checks": m016_checks.STATEMENTS,
    "017 accounts": m017_accounts.STATEMENTS,
    "018 who did it": m018_authors.STATEMENTS,
    "019 removals": m019_removals.STATEMENTS,
    "020 going on to a judge": m020_going_on.STATEMENTS,
    "021 choices at the desk": m021_desk.STATEMENTS,
    "022 columns of the table of traces": m022_columns.STATEMENTS,
    "023 batches": m023_batches.STATEMENTS,
    "024 frozen sets": m024_frozen_sets.STATEMENTS,
    "025 watches": m025_watches.STATEMENTS,
    "026 decisions": m026_decisions.STATEMENTS,
    "027 fits": m027_fits.STATEMENTS,
    "028 cascades": m028_cascades.STATEMENTS,
    "029 feedback": m029_feedback.STATEMENTS,
    "030 sources": m030_sources.STATEMENTS,
}

SCHEMA_VERSION = len(MIGRATIONS)


def migrations() -> Migrations:
    """The same as sqlite-utils applies them, in their order."""
    # Here, not above: it loads pandas with it, half a second that a file of today's tables need not wait for.
    from sqlite_utils import Migrations

    found = Migrations("plumbline")
    for name, statements in MIGRATIONS.items():
        found(name=name)(partial(_run, statements))
    return found


def _run(statements: tuple[str, ...], db: Database) -> None:
    for statement in statements:
        db.execute(statement)

"""Every verb of the product that writes, with who may use it, said here a second time and held against the product.

`VERBS` is walked by the tests and by the siege: each role × each verb is done, or refused with nothing changed.
"""

import secrets
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from lib.records import UsageError
from lib.store.roles import RoleError
from tests.support.writes import dataset, errors, judge, removal, review, team
from tests.support.writes.world import ENVIRONMENT, SECOND, WHO, Verb, World, build

VERBS = (*dataset.VERBS, *review.VERBS, *judge.VERBS, *errors.VERBS, *team.VERBS, *removal.VERBS)

__all__ = ["ENVIRONMENT", "SECOND", "VERBS", "WHO", "Tried", "Verb", "World", "build", "tried"]


@dataclass(frozen=True)
class Tried:
    """What came of a verb in a role: whether the file changed, and the sentence of a refusal."""

    changed: bool
    refusal: str = ""
    by_role: bool = False  # refused for the role, not for the person


def tried(world: World, verb: Verb, role: str, folder: Path, name: str | None = None) -> Tried:
    """Does a verb in this role, by its usual person or another, on a copy of the world's file in this folder."""
    copy = replace(world, path=Path(shutil.copy(world.path, folder / f"{secrets.token_hex(8)}.db")))
    verb.before(copy, copy.held(None))
    with closing(sqlite3.connect(copy.path)) as other:
        # Another connection sees this number move as soon as anything at all was committed.
        before = other.execute("pragma data_version").fetchone()
        refusal, by_role = "", False
        try:
            verb.do(copy, copy.held(role, name))
        except UsageError as error:
            refusal, by_role = str(error), isinstance(error, RoleError)
        return Tried(other.execute("pragma data_version").fetchone() != before, refusal, by_role)

"""Why people went on to a judge although a failure was so common that mending it came first; never changed."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from lib.records import UsageError
from lib.store.database import Store


@dataclass(frozen=True)
class GoingOn:
    """Who went on, when and why, and what was common then."""

    about: frozenset[str]
    reason: str
    author: str
    created_at: str


def add(store: Store, about: Collection[str], said: str, reason: str) -> None:
    """Keeps the reason of this handle's person; UsageError without a person or a reason."""
    if not store.person:
        raise UsageError("Say who you are first: the reason carries a name.")
    if not reason.strip():
        raise UsageError("Write in a sentence why you go on all the same: it is kept beside the judge.")
    store.execute("""insert into going_on (project, about, said, reason, author)
        values (:project, :about, :said, :reason, :by)""", about=json.dumps(sorted(about), ensure_ascii=False),
                  said=said, reason=reason.strip(), by=store.person)


def newest(store: Store) -> GoingOn | None:
    """The reason written last, or None."""
    row = store.row("""select about, reason, author, created_at from going_on where project = :project
        order by id desc limit 1""")
    return GoingOn(frozenset(json.loads(row[0])), *row[1:]) if row else None

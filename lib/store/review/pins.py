"""Pins: names of the context, of dimensions or of facts that the project shows on top of every trace."""

from collections.abc import Sequence

from lib.records import UsageError
from lib.store.database import Store

MOST = 20
_NEWEST, _KEYS = 200, 300


def every(store: Store) -> list[str]:
    """The pinned names in their order."""
    return [row[0] for row in store.rows("select name from pins where project = :project order by position")]


def replace(store: Store, names: Sequence[str]) -> None:
    """Pins these and no others."""
    if len(names) > MOST:
        raise UsageError(f"At most {MOST} names can be pinned: take some out.")
    rows = [{"project": store.project, "position": place, "name": name}
            for place, name in enumerate(dict.fromkeys(names))]
    with store.transaction():
        store.execute("delete from pins where project = :project")
        store.execute_many("insert into pins (project, position, name) values (:project, :position, :name)", rows)


def known(store: Store) -> list[str]:
    """What can be pinned besides the facts each trace has: dimensions, and the newest traces' context keys."""
    return [row[0] for row in store.rows("""select name from dimensions
        where project = :project and retired_at is null
        union select c.key from (select context from traces where project = :project order by id desc limit :newest) t,
        json_each(t.context) c limit :keys""", newest=_NEWEST, keys=_KEYS)]

"""Names of a stage become rows of the store: experts, judges, failure modes, values of dimensions.

Runs inside the transaction that begins an import, with the stage attached. What is new is noted as the import's.
"""

from collections.abc import Callable

from lib.store import experts
from lib.store.database import Store
from lib.store.errors import failure_modes
from lib.store.judge import judges

_LAST = """select (select coalesce(max(id), 0) from main.experts) as expert,
    (select coalesce(max(id), 0) from main.judges) as judge,
    (select coalesce(max(id), 0) from main.failure_modes) as mode,
    (select coalesce(max(id), 0) from main.dimensions) as dimension,
    (select coalesce(max(id), 0) from main.dimension_values) as value"""
_BEGAN = (
    "update main.experts set import = :import where id > :expert and project = :project",
    "update main.judges set import = :import where id > :judge and project = :project",
    "update main.failure_modes set import = :import where id > :mode and project = :project",
    "update main.dimensions set import = :import where id > :dimension and project = :project",
    "update main.dimension_values set import = :import where id > :value")


def name(store: Store, number: int) -> None:
    """Gives every expert, judge, failure mode and value of a dimension its number in the store.

    Those that were not there before are this import's, and go with it where nobody has used them.
    """
    last = newest(store)
    makers: dict[str, Callable[[Store, str], int]] = {
        "expert": experts.add, "judge": judges.recorded_run, "mode": failure_modes.add}
    for row in store.rows("select key, kind, name from staged.names where kind <> 'dimension' order by key"):
        store.execute("update staged.names set target = :target where key = :key", key=row["key"],
                      target=makers[row["kind"]](store, row["name"]))
    store.execute("""insert or ignore into main.dimensions (project, name)
        select :project, name from staged.names where kind = 'dimension' group by name order by min(key)""")
    store.execute("""insert or ignore into main.dimension_values (dimension, name)
        select d.id, n.value from staged.names n
        join main.dimensions d on d.project = :project and d.name = n.name where n.kind = 'dimension' order by n.key""")
    store.execute("""update staged.names as n set target = v.id
        from main.dimensions d join main.dimension_values v on v.dimension = d.id
        where n.kind = 'dimension' and d.project = :project and d.name = n.name and v.name = n.value""")
    belong(store, number, last)


def newest(store: Store) -> dict[str, int]:
    """The newest row of each kind that a name may begin, before an import names anything."""
    return dict(store.row(_LAST))


def belong(store: Store, number: int, last: dict[str, int]) -> None:
    """What was begun since `last`, in the same transaction, is this import's."""
    for statement in _BEGAN:
        store.execute(statement, **last, **{"import": number})


def held(store: Store, number: int) -> int:
    """The principal's row, where labels in that name wait because somebody else imports them; else 0."""
    return store.value("""select e.id from main.imports i join main.experts e on e.project = i.project
        and e.is_principal where i.id = :number and i.holds_back""", number=number) or 0

"""Experts: people whose judgement is recorded; exactly one of a project is principal."""

from lib.records import Expert, UsageError
from lib.store.database import Store


def every(store: Store) -> list[Expert]:
    """All experts of the project, the principal first."""
    rows = store.rows("""select name, role, basis, is_principal from experts
        where project = :project order by is_principal desc, name""")
    return [Expert(row["name"], row["role"], row["basis"], bool(row["is_principal"])) for row in rows]


def principal(store: Store) -> Expert | None:
    """The one expert whose judgement counts, or None where nobody is named yet."""
    return next((expert for expert in every(store) if expert.is_principal), None)


def add(store: Store, name: str, role: str = "", basis: str = "") -> int:
    """The row of this expert, made where there is none; the first of a project becomes principal."""
    if not name.strip():
        raise UsageError("An expert needs a name.")
    with store.transaction():
        store.execute("""insert or ignore into experts (project, name, role, basis, is_principal)
            values (:project, :name, :role, :basis,
                not exists (select 1 from experts where project = :project and is_principal))""",
                      name=name.strip(), role=role, basis=basis)
        return row_of(store, name.strip())


def row_of(store: Store, name: str) -> int:
    """The row number of a named expert; UsageError where there is none."""
    row = store.value("select id from experts where project = :project and name = :name", name=name)
    if row is None:
        known = ", ".join(expert.name for expert in every(store)) or "none yet"
        raise UsageError(f"There is no expert '{name}'. Experts of this project: {known}.")
    return row


def describe(store: Store, name: str, role: str, basis: str) -> None:
    """Stores who this is and why this person decides."""
    store.execute("update experts set role = :role, basis = :basis where id = :id",
                  role=role, basis=basis, id=row_of(store, name))


def make_principal(store: Store, name: str) -> None:
    """Makes this expert the one whose judgement counts."""
    with store.transaction():
        row = row_of(store, name)
        store.execute("update experts set is_principal = 0 where project = :project")
        store.execute("update experts set is_principal = 1 where id = :id", id=row)

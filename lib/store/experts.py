"""Experts: people whose judgement is recorded; exactly one of a project is principal.

Spellings that differ by letter case or blanks alone are one person, called as first spelt; an earlier name and that
of somebody merged into another mean the person they stand for. What becomes of people is in people.py. What the
principal alone may do, and that nobody writes in another's name, is checked here, beneath every page.
"""

from lib.records import Expert, UsageError
from lib.records.people import checked, same_person, tidied
from lib.store.database import Store

# Who works as something else is one as soon as there is a label of theirs; who has retired is one only with a label.
_LABELLED = "exists (select 1 from labels l where l.expert = experts.id)"
_JUDGES = "(is_principal or (works_as = 'expert' and retired_at is null) or " + _LABELLED + ")"


def every(store: Store) -> list[Expert]:
    """All experts of the project, the principal first; the retired among them, for their labels stay."""
    return _experts(store, retired=True)


def at_work(store: Store) -> list[Expert]:
    """Those who can be given work: the same without the retired."""
    return _experts(store, retired=False)


def _experts(store: Store, retired: bool) -> list[Expert]:
    rows = store.rows("""select name, role, basis, is_principal from experts
        where project = :project and merged_into is null and (:retired or retired_at is null) and """ + _JUDGES + """
        order by is_principal desc, name""", retired=retired)
    return [Expert(row["name"], row["role"], row["basis"], bool(row["is_principal"])) for row in rows]


def principal(store: Store) -> Expert | None:
    """The one expert whose judgement counts, or None where nobody is named yet."""
    return next((expert for expert in every(store) if expert.is_principal), None)


def decides(store: Store) -> bool:
    """Whether this handle may act in the principal's right; where nobody is principal yet, everybody may."""
    if store.person is None:
        return True
    found = principal(store)
    return found is None or found.name == store.person


def check_principal(store: Store, what: str) -> None:
    """UsageError unless it may; `what` is the act, as in 'changes a label'."""
    if not decides(store):
        raise UsageError(f"Only the principal expert, {principal(store).name}, {what}: one judgement counts. "
                         "What anybody else asks for waits for a sign-off.")


def check_own(store: Store, name: str, what: str) -> None:
    """UsageError where the person who holds this handle would write as somebody else; `what` as in 'labels'."""
    if store.person is None or (store.person and (
            name == store.person or called(store, name) == called(store, store.person))):
        return
    raise UsageError(f"Nobody {what} in another's name: you are {store.person or 'nobody yet'} here, and this is "
                     f"{called(store, name) or 'of nobody'}'s. Say who you are, then try again.")


def called(store: Store, name: str) -> str:
    """How the person with this name is called here: as first spelt; a name nobody has yet, tidied."""
    return _found(store, name)[1]


def add(store: Store, name: str, role: str = "", basis: str = "") -> int:
    """The row of this expert, made where there is none; the first of a project becomes principal."""
    with store.transaction():
        row, kept = _found(store, name)
        if not kept:
            raise UsageError("An expert needs a name.")
        if row is None:
            row = store.execute("insert into experts (project, name, role, basis) values (:project, :name, :role,"
                                " :basis)", name=checked(kept), role=role, basis=basis)
        store.execute("""update experts set is_principal = 1 where id = :row
            and not exists (select 1 from experts where project = :project and is_principal)""", row=row)
        return row


def row_of(store: Store, name: str) -> int:
    """The row number of a named expert; UsageError where there is none."""
    row, _ = _found(store, name)
    if row is None:
        known = ", ".join(expert.name for expert in every(store)) or "none yet"
        raise UsageError(f"There is no expert '{name}'. Experts of this project: {known}.")
    return row


def _found(store: Store, name: str) -> tuple[int | None, str]:
    """(the row, the name as it stands there), or (None, the name tidied).

    A file of an older version may hold "Ann" and "ann" as two: each is found by its own spelling, any other
    spelling means the principal, else the one who came first.
    """
    rows = store.rows("""select e.name as said, o.id, o.name from experts e
        join experts o on o.id = coalesce(e.merged_into, e.id)
        where e.project = :project order by e.is_principal desc, e.id""")
    exact = next((row for row in rows if row["said"] == name), None)
    wanted = same_person(name)
    found = exact or next((row for row in rows if same_person(row["said"]) == wanted), None)
    return (found["id"], found["name"]) if found else (None, tidied(name))


def describe(store: Store, name: str, role: str, basis: str) -> None:
    """Stores who this is and why this person decides."""
    store.execute("update experts set role = :role, basis = :basis where id = :id",
                  role=role, basis=basis, id=row_of(store, name))


def make_principal(store: Store, name: str) -> None:
    """Makes this expert the one whose judgement counts; who was it before stands in the history of people."""
    with store.transaction():
        row, before = row_of(store, name), principal(store)
        if before and before.name == called(store, name):
            return
        check_principal(store, "hands that over to somebody else")
        store.execute("update experts set is_principal = 0 where project = :project")
        store.execute("update experts set is_principal = 1, retired_at = null where id = :id", id=row)
        store.execute("""insert into people_events (project, kind, detail, author) values (:project, 'made principal',
            json_object('name', :name, 'before', :before), :person)""", name=called(store, name),
                      before=before.name if before else "")

"""Experts: people whose judgement is recorded; exactly one of a project is principal.

Spellings that differ by letter case or blanks alone are one person, called as first spelt; an earlier name and that
of somebody merged into another mean the person they stand for. What becomes of people is in people.py. What the
principal alone may do, and that nobody writes in another's name, is checked here, beneath every page.
"""

from lib.records import Expert, UsageError
from lib.records.people import EXPERT, checked, same_person, tidied
from lib.store.database import Store
from lib.store.roles import said

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
    return found is None or (found.name == store.person and store.role in (None, EXPERT))


def check_principal(store: Store, what: str) -> None:
    """UsageError unless it may; `what` is the act, as in 'changes a label'."""
    if decides(store):
        return
    name = principal(store).name
    if name == store.person:
        raise UsageError(f"{name} is the principal expert but works as {said(store.role or '')}, and only an expert "
                         f"{what}. The operator makes somebody else principal with 'people principal', or changes the "
                         "role back with 'users role'.")
    raise UsageError(f"Only the principal expert, {name}, {what}: one judgement counts. "
                     "What anybody else asks for waits for a sign-off.")


def works_as(store: Store, name: str) -> str:
    """As what this person works: what an account of that name says, else the list of people; an expert in neither."""
    row, kept = _found(store, name)
    of_account = (one["role"] for one in store.rows("select name, role from accounts")
                  if same_person(called(store, one["name"])) == same_person(kept))
    return next(of_account, None) or store.value("select works_as from experts where id = :row", row=row) or EXPERT


def check_expert(store: Store, name: str) -> None:
    """UsageError where this person works as something else than an expert, and so cannot be principal."""
    if (role := works_as(store, name)) != EXPERT:
        raise UsageError(f"{called(store, name)} works here as {said(role)}, and the principal's role has to be "
                         "expert: change the role first, or choose somebody else.")


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
    """The row of this expert, made where there is none; the first of a project who may becomes principal."""
    with store.transaction():
        row, kept = _found(store, name)
        if not kept:
            raise UsageError("An expert needs a name.")
        if row is None:
            row = store.execute("insert into experts (project, name, role, basis) values (:project, :name, :role,"
                                " :basis)", name=checked(kept), role=role, basis=basis)
        store.execute("""update experts set is_principal = 1 where id = :row and :may
            and not exists (select 1 from experts where project = :project and is_principal)""", row=row,
                      may=may_begin(store, name))
        return row


def may_begin(store: Store, name: str) -> bool:
    """Whether an act of this handle may make that person principal where nobody is.

    With a login nobody becomes it by another's act. A program, and a page where who somebody is is only said, may name
    whoever labelled first.
    """
    return not (store.known and store.person) or called(store, name) == called(store, store.person)


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


def describes(store: Store, name: str) -> bool:
    """Whether this handle may say who that is: of the principal that person alone may, or a program."""
    found, whose = principal(store), called(store, name)
    return store.person is None or found is None or found.name != whose or store.person == whose


def describe(store: Store, name: str, role: str, basis: str) -> None:
    """Stores who this is and why this person decides, and that it was said; UsageError for who may not say it."""
    with store.transaction():
        row, whose = row_of(store, name), called(store, name)
        if not describes(store, name):
            raise UsageError(f"Only {whose}, the principal expert, says who that is and why that person decides.")
        before = store.row("select role, basis from experts where id = :id", id=row)
        if tuple(before) == (role, basis):
            return
        store.execute("update experts set role = :role, basis = :basis where id = :id", role=role, basis=basis, id=row)
        store.execute("""insert into people_events (project, kind, detail, author) values (:project, 'described',
            json_object('name', :name, 'before', :before, 'after', :after), :person)""", name=whose,
                      before=", ".join(filter(None, before)), after=", ".join(filter(None, (role, basis))))


def make_principal(store: Store, name: str) -> None:
    """Makes this expert the one whose judgement counts; who was it before stands in the history of people."""
    with store.transaction():
        row, before = row_of(store, name), principal(store)
        if before and before.name == called(store, name):
            return
        check_principal(store, "hands that over to somebody else")
        check_expert(store, name)
        store.execute("update experts set is_principal = 0 where project = :project")
        store.execute("update experts set is_principal = 1, retired_at = null where id = :id", id=row)
        store.execute("""insert into people_events (project, kind, detail, author) values (:project, 'made principal',
            json_object('name', :name, 'before', :before), :person)""", name=called(store, name),
                      before=before.name if before else "")

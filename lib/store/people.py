"""People of a project: who works as what, renamed, merged, retired and brought back; each change is in a log.

A label stays as it was given, under the name it was given; whose label it is follows the person.
"""

import json
from dataclasses import dataclass
from typing import Any

from lib.records import UsageError
from lib.records.people import EXPERT, ROLES, Person, checked, same_person, tidied
from lib.records.words import counted
from lib.store import experts
from lib.store.database import Store
from lib.store.team import accounts


@dataclass(frozen=True)
class Event:
    """One line of the log: what was done to whom, by whom."""

    kind: str
    detail: dict[str, Any]
    author: str
    created_at: str

    @property
    def words(self) -> str:
        """The event as a sentence."""
        if self.kind == "described":
            return "{name}: “{after}” in place of “{before}”".format(
                **{key: value or "nothing said" for key, value in self.detail.items()})
        told = {"renamed": "{before} is called {name} now", "merged": "{name} is {into}: {labels:,} labels went there",
                "retired": "{name} retired{queue}", "brought back": "{name} is back",
                "works as": "{name} works as {role}", "made principal": "{name} is the principal expert now"}
        places = self.detail.get("places", 0)
        queue = f", and {counted(places, 'place')} in queues went back to nobody" if places else ""
        return told[self.kind].format(queue=queue, **self.detail) + (
            f" in place of {self.detail['before']}" if self.kind == "made principal" and self.detail["before"] else "")


def every(store: Store) -> list[Person]:
    """Everybody, the principal first, the retired last."""
    return [Person(row["name"], row["works_as"], bool(row["is_principal"]), row["retired_at"] is not None)
            for row in store.rows("""select name, works_as, is_principal, retired_at from experts
                where project = :project and merged_into is null
                order by is_principal desc, retired_at is not null, name""")]


def get(store: Store, name: str) -> Person | None:
    """The person of this name, however it is spelt; None where the project knows nobody of it."""
    wanted = experts.called(store, name)
    return next((person for person in every(store) if person.name == wanted), None)


def known(store: Store, name: str) -> Person:
    """The same; UsageError where there is nobody."""
    found = get(store, name)
    if found is None:
        names = ", ".join(person.name for person in every(store)) or "nobody yet"
        raise UsageError(f"There is nobody called '{name}' here. People of this project: {names}.")
    return found


def enter(store: Store, name: str, role: str) -> Person:
    """Notes who works here and as what; nobody becomes principal by that. UsageError for one who has retired."""
    if role not in ROLES:
        raise UsageError(f"Say as what you work here: {', '.join(ROLES)}.")
    with store.transaction():
        called = experts.called(store, name)
        if not called:
            raise UsageError("A person needs a name: choose it, or type it.")
        found = get(store, called)
        if found and found.retired:
            raise UsageError(f"{called} has retired here. Settings, Experts brings somebody back.")
        if found is None:
            store.execute("insert into experts (project, name, works_as) values (:project, :name, :role)",
                          name=checked(called), role=role)
        elif found.role != role:
            accounts.check_role(store, called, role)
            if found.principal and role != EXPERT and not accounts.of_person(store, called):
                raise UsageError(f"{called} is the principal expert, whose role has to be expert: make somebody else "
                                 "principal first.")
            store.execute("update experts set works_as = :role where project = :project and name = :name",
                          name=called, role=role)
            _log(store, "works as", name=called, role=role)
        return known(store, called)


def rename(store: Store, name: str, new: str) -> None:
    """Another name for the same person; the earlier one goes on meaning that person."""
    with store.transaction():
        found, wanted = known(store, name), checked(tidied(new))
        if not wanted:
            raise UsageError("Say what the person is called from now on.")
        row, holder = experts.row_of(store, found.name), get(store, wanted)
        if holder and holder.name != found.name:
            raise UsageError(f"'{holder.name}' is somebody else here: merge the two if they are one person.")
        if wanted == found.name:
            return
        accounts.check_free(store, found.name, wanted)
        _give_name(store, row, found, wanted)
        _sign_anew(store, found.name, wanted)
        _log(store, "renamed", before=found.name, name=wanted)


def _give_name(store: Store, row: int, found: Person, wanted: str) -> None:
    """The person's row gets the name, and the name before stays as another one of the same person."""
    # Where an earlier name comes back, the two change places.
    earlier = store.value("select id from experts where project = :project and name = :name and merged_into = :row",
                          name=wanted, row=row)
    store.execute("update experts set name = name || ' (' || id || ')' where id = :earlier", earlier=earlier)
    store.execute("update experts set name = :name where id = :row", name=wanted, row=row)
    store.execute("update experts set name = :name where id = :earlier", name=found.name, earlier=earlier)
    if earlier is None and same_person(wanted) != same_person(found.name):
        store.execute("insert into experts (project, name, works_as, merged_into) values (:project, :name, :role,"
                      " :row)", name=found.name, role=found.role, row=row)


_SIGNED = (
    "update notes set author = :new where author = :old"
    " and trace in (select id from traces where project = :project)",
    "update or replace note_drafts set author = :new where author = :old"
    " and trace in (select id from traces where project = :project)",
    "update coded_traces set coder = :new where coder = :old"
    " and trace in (select id from traces where project = :project)",
    "update insights set author = :new where author = :old and project = :project",
    "update sign_offs set asked_by = :new where asked_by = :old and project = :project and decision is null",
)


def _sign_anew(store: Store, old: str, new: str) -> None:
    """What is looked up by its author's name; the log of people says what the name was."""
    for statement in _SIGNED:
        store.execute(statement, old=old, new=new)


_MERGE = (
    """insert into drafts (trace, expert, critique, revised_response)
        select trace, :into, critique, revised_response from drafts where expert = :row
        on conflict (trace, expert) do update set critique = trim(critique || char(10) || excluded.critique, char(10)),
            revised_response = trim(revised_response || char(10) || excluded.revised_response, char(10))""",
    "delete from drafts where expert = :row",
    "update or ignore deferrals set expert = :into where expert = :row",
    "delete from deferrals where expert = :row",
    "update or ignore reveals set expert = :into where expert = :row",
    "delete from reveals where expert = :row",
    "update or ignore desk_choices set expert = :into where expert = :row",
    "delete from desk_choices where expert = :row",
    "update claims set expert = :into where expert = :row",
    # A trace that a batch gave to both is to be looked at once.
    """delete from queue_items where expert = :row and label is null and exists (select 1 from queue_items o
        where o.batch = queue_items.batch and o.trace = queue_items.trace and o.expert = :into)""",
    "update or ignore queue_items set expert = :into where expert = :row",
    "update experts set is_principal = 0, merged_into = :into, retired_at = null where id = :row",
    "update experts set merged_into = :into where merged_into = :row",
)


def merge(store: Store, name: str, into: str) -> int:
    """Two names are one person: labels, drafts and queue of the first are the second's; returns how many labels.

    Of two labels on one trace the newer one counts, as of any person. Who is merged as principal makes the other one
    principal: of that right nobody else is.
    """
    accounts.check_free(store, experts.called(store, name), experts.called(store, into))
    # Labels and drafts go with their person, as what the merger works or not; the principal's right asks for a role.
    asking, store = store, store.program("people_events")
    with store.transaction():
        gone, stays = known(store, name), known(store, into)
        _check_right(asking, gone, stays)
        if gone.name == stays.name:
            raise UsageError(f"'{name}' and '{into}' are one person already, {stays.name}.")
        row, target = experts.row_of(store, gone.name), experts.row_of(store, stays.name)
        for statement in _MERGE:
            store.execute(statement, row=row, into=target)
        if gone.principal:
            store.execute("update experts set is_principal = 1, retired_at = null where id = :into", into=target)
        moved = store.value("select count(*) from labels where expert = :row", row=row)
        store.execute("""update labels set expert = :into, given_as = coalesce(nullif(given_as, ''), :name)
            where expert = :row""", row=row, into=target, name=gone.name)
        _sign_anew(store, gone.name, stays.name)
        _log(store, "merged", name=gone.name, into=stays.name, labels=moved)
        return moved


def _check_right(asking: Store, gone: Person, stays: Person) -> None:
    if gone.principal or stays.principal:
        experts.check_principal(asking, "agrees to a merge of that person")
    if gone.principal:
        experts.check_expert(asking, stays.name)


def retire(store: Store, name: str, successor: str = "") -> int:
    """Offered nowhere from now on; labels and all that was written stay. The principal names who follows.

    What waited in that person's queue is for whoever claims it first; returns how many places those are.
    """
    asking, store = store, store.program("people_events")  # what was claimed is free for others
    with store.transaction():
        found = known(store, name)
        if found.retired:
            return 0
        if found.principal:
            _succeed(asking, found, successor)
        row = experts.row_of(store, found.name)
        store.execute("update experts set retired_at = strftime('%Y-%m-%dT%H:%M:%fZ') where id = :row", row=row)
        store.execute("delete from claims where expert = :row", row=row)
        places = _offer(store, row)
        _log(store, "retired", name=found.name, places=places)
        return places


def _offer(store: Store, row: int) -> int:
    """What waits in a person's queue goes back to nobody; what waits for anybody already goes once."""
    places = store.value("select count(*) from queue_items where expert = :row and label is null", row=row)
    for statement in (
            # Of a trace this person has labelled another reading by this very person was wanted.
            """delete from queue_items where expert = :row and label is null
                and exists (select 1 from labels l where l.trace = queue_items.trace and l.expert = :row)""",
            "update or ignore queue_items set expert = null where expert = :row and label is null",
            "delete from queue_items where expert = :row and label is null"):
        store.execute(statement, row=row)
    return places


def _succeed(store: Store, found: Person, successor: str) -> None:
    follows = get(store, successor) if successor.strip() else None
    if follows is None or follows.name == found.name or follows.retired:
        raise UsageError(f"{found.name} is the principal expert: name who follows first, somebody else who works "
                         "here; judges are measured against that person's labels.")
    experts.make_principal(store, follows.name)


def bring_back(store: Store, name: str) -> None:
    """A retired person is offered again."""
    with store.transaction():
        found = known(store, name)
        if found.retired:
            store.execute("update experts set retired_at = null where id = :row",
                          row=experts.row_of(store, found.name))
            _log(store, "brought back", name=found.name)


def _log(store: Store, kind: str, **detail: Any) -> None:
    store.execute("insert into people_events (project, kind, detail, author) values (:project, :kind, :detail,"
                  " :person)", kind=kind, detail=json.dumps(detail, ensure_ascii=False))


def log(store: Store) -> list[Event]:
    """Every change of who is who, the newest first."""
    return [Event(row["kind"], json.loads(row["detail"]), row["author"], row["created_at"]) for row in store.rows(
        "select kind, detail, author, created_at from people_events where project = :project order by id desc")]

"""Who works in a project, as one record: everybody with role and basis, those who have retired, and the log."""

from dataclasses import dataclass

from lib.records import Expert
from lib.records.people import EXPERT, Person
from lib.store import Store, experts, people
from lib.store.people import Event
from lib.store.team import accounts
from lib.store.team.accounts import Account
from lib.workflow import rights


@dataclass(frozen=True)
class Member:
    """Somebody who works here."""

    person: Person
    expert: Expert  # title and basis, empty where nobody has said them
    account: Account | None  # where a team logs in
    described: bool  # who is at work may say who this person is
    role: str  # as what this person works, where it is not as an expert; else ""


@dataclass(frozen=True)
class Team:
    """Everybody who works here, or did."""

    members: tuple[Member, ...]
    retired: tuple[str, ...]
    log: tuple[Event, ...]
    principal: str  # whom a sign-off waits for
    is_principal: bool  # who is at work is that person


def of(store: Store) -> Team:
    """The people of a project, for who is at work."""
    everybody, judging = people.every(store), {one.name: one for one in experts.every(store)}
    members = tuple(_member(store, one, judging.get(one.name) or Expert(one.name))
                    for one in everybody if not one.retired)
    return Team(members, tuple(one.name for one in everybody if one.retired), tuple(people.log(store)),
                rights.principal_words(store), rights.principals(store))


def _member(store: Store, person: Person, expert: Expert) -> Member:
    account = accounts.of_person(store, person.name) if store.role is not None else None
    role = experts.works_as(store, person.name)
    return Member(person, expert, account, experts.describes(store, person.name), "" if role == EXPERT else role)

"""Who is who, as a story: what moves a figure of the principal is done by the principal, or waits for a sign-off.

Merging somebody into the principal makes labels of theirs the principal's, and another principal is another measure:
both are of the principal's right. A rename or a retirement moves no figure.
"""

from lib.records import UsageError
from lib.records.people import EXPERT
from lib.store import Store, experts, people, projects, sign_offs
from lib.store.sign_offs import SignOff
from lib.store.team.accounts import Account
from lib.workflow import rights


def make_principal(store: Store, name: str, reason: str = "") -> SignOff | None:
    """Makes this person principal; of anybody else than the principal it is asked for, and what waits is returned."""
    found = people.known(store, name)
    if found.retired:
        raise UsageError(f"{found.name} has retired here: bring the person back first.")
    experts.check_expert(store, found.name)
    if rights.principals(store):
        experts.make_principal(store, found.name)
        return None
    return sign_offs.ask(store, sign_offs.PRINCIPAL, "principal", {"name": found.name}, reason)


def merge(store: Store, name: str, into: str, reason: str = "") -> SignOff | None:
    """Two names become one person; where one is the principal, anybody else asks for it."""
    gone, stays = people.known(store, name), people.known(store, into)
    if not (gone.principal or stays.principal) or rights.principals(store):
        people.merge(store, gone.name, stays.name)
        return None
    if gone.name == stays.name:
        raise UsageError(f"'{name}' and '{into}' are one person already, {stays.name}.")
    if gone.principal:
        experts.check_expert(store, stays.name)
    return sign_offs.ask(store, sign_offs.MERGE, f"{gone.name} into {stays.name}",
                         {"name": gone.name, "into": stays.name}, reason)


def retire(store: Store, name: str, successor: str = "") -> int:
    """The person is offered nowhere; UsageError where somebody else would retire the principal.

    Returns how many places in queues went back to nobody.
    """
    if people.known(store, name).principal:
        rights.check(store, "hands that over to somebody else")
    return people.retire(store, name, successor)


def stands_still(store: Store, account: Account) -> str:
    """What it means that the person of this account works as no expert: a sentence, "" where nothing stands still.

    Asked of the whole file: an account is one person in every project.
    """
    if account.role == EXPERT:
        return ""
    led = [one.name for one in projects.every(store, archived=True) if _leads(store.of(one.id), account.name)]
    if not led:
        return ""
    return (f"{account.name} is the principal expert of {', '.join(led)} and works as {account.role} now: nobody "
            "agrees to sign-offs, changes the criteria or opens the test split there until 'people principal' names "
            "another expert, or 'users role' makes the person an expert again.")


def _leads(store: Store, name: str) -> bool:
    found = experts.principal(store)
    return found is not None and found.name == experts.called(store, name)

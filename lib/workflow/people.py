"""Who is who, as a story: what moves a figure of the principal is done by the principal, or waits for a sign-off.

Merging somebody into the principal makes labels of theirs the principal's, and another principal is another measure:
both are of the principal's right. A rename or a retirement moves no figure.
"""

from lib.records import UsageError
from lib.store import Store, experts, people, sign_offs
from lib.store.sign_offs import SignOff
from lib.workflow import rights


def make_principal(store: Store, name: str, reason: str = "") -> SignOff | None:
    """Makes this person principal; of anybody else than the principal it is asked for, and what waits is returned."""
    found = people.known(store, name)
    if found.retired:
        raise UsageError(f"{found.name} has retired here: bring the person back first.")
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
    return sign_offs.ask(store, sign_offs.MERGE, f"{gone.name} into {stays.name}",
                         {"name": gone.name, "into": stays.name}, reason)


def retire(store: Store, name: str, successor: str = "") -> int:
    """The person is offered nowhere; UsageError where somebody else would retire the principal.

    Returns how many places in queues went back to nobody.
    """
    if people.known(store, name).principal:
        rights.check(store, "hands that over to somebody else")
    return people.retire(store, name, successor)

"""The principal expert's right: what nobody else may do in that person's name, and whom a page asks instead.

A program (the command line, a job) names no person and acts for the one who runs it; a page always has a person, or
nobody, who may do none of it. A login sets the same `Store.person`, so that what is checked here stays as it is.
"""

from lib.records import UsageError
from lib.store import Store, experts


def principals(store: Store) -> bool:
    """Whether this handle may act in the principal's right; where nobody is principal yet, everybody may."""
    if store.person is None:
        return True
    principal = experts.principal(store)
    return principal is None or principal.name == store.person


def check(store: Store, what: str) -> None:
    """UsageError unless it may; `what` is the act, as in 'changes a label'."""
    if not principals(store):
        raise UsageError(f"Only the principal expert, {experts.principal(store).name}, {what}: one judgement counts. "
                         "What anybody else asks for waits for a sign-off.")


def principal_words(store: Store) -> str:
    """Whom a sign-off waits for, by name."""
    principal = experts.principal(store)
    return principal.name if principal else "the principal expert"

"""The principal expert's right: what nobody else may do in that person's name, and whom a page asks instead.

A program (the command line, a job) names no person and acts for the one who runs it; a page always has a person, or
nobody, who may do none of it. The check itself is in the store, beneath every verb; here it is asked before the work.
"""

from lib.store import Store, experts

principals, check = experts.decides, experts.check_principal


def principal_words(store: Store) -> str:
    """Whom a sign-off waits for, by name."""
    principal = experts.principal(store)
    return principal.name if principal else "the principal expert"

"""The criteria as a story: edited whole with a reason, and what was labelled before comes back for another look."""

import random

from lib.records import UsageError
from lib.records.disagreements import Criteria
from lib.sampling import queues
from lib.sampling.queues import QueueItem
from lib.store import Store, experts, sign_offs
from lib.store.review import criteria
from lib.store.review import queues as stored
from lib.store.review.criteria import Draft
from lib.workflow import rights


def begun(store: Store) -> Draft:
    """What the editor begins with: what was typed and not saved, else the version in force."""
    now = criteria.newest(store)
    return criteria.draft(store) or Draft(now.number if now else 0, now.text if now else "")


def keep(store: Store, typed: Draft) -> None:
    """Keeps what was typed; where it is the version in force again, there is nothing to keep."""
    now = criteria.newest(store)
    if typed.text == (now.text if now else "") and not typed.reason:
        criteria.forget_draft(store)
    else:
        criteria.keep_draft(store, typed)


def save(store: Store, typed: Draft) -> Criteria:
    """A new version out of a draft; UsageError without a reason, or where another version was saved meanwhile.

    Then the draft is kept and counts as made from that version: pressed again, it is saved over it. UsageError too
    where somebody else than the principal would change them.
    """
    rights.check(store, "changes the criteria")
    with store.transaction():
        now = criteria.newest(store)
        number = now.number if now else 0
        problem = _problem(typed, now)
        if not problem and typed.number == number:
            made = criteria.save(store, typed.text.strip(), typed.reason.strip())
            criteria.forget_draft(store)
            return made
        criteria.keep_draft(store, typed if problem else Draft(number, typed.text, typed.reason))
    raise UsageError(problem or f"Version {number} was saved since you began with version {typed.number}. What it "
                     "changed stands below; take it over into your text, or press again to save yours as it is.")


def ask(store: Store, typed: Draft) -> sign_offs.SignOff:
    """Asks the principal for a new version; until it is agreed to, the one in force stays, and nothing is typed."""
    with store.transaction():
        now = criteria.newest(store)
        if problem := _problem(typed, now):
            raise UsageError(problem)
        if typed.number != (now.number if now else 0):
            raise UsageError(f"Version {now.number} was saved since you began with version {typed.number}: look at it, "
                             "then change your text.")
        asked = sign_offs.ask(store, sign_offs.CRITERIA, "criteria", {"number": typed.number, "text":
                              typed.text.strip()}, typed.reason)
        criteria.forget_draft(store)
        return asked


def _problem(typed: Draft, now: Criteria | None) -> str:
    if not typed.text.strip():
        return "Write what pass and fail mean before you save."
    if typed.text.strip() == (now.text.strip() if now else ""):
        return "The text is the version in force: nothing was changed."
    return "" if typed.reason.strip() else "Say shortly why the criteria change: the versions are a history."


def another_look(store: Store, size: int, seed: int | None = None, token: str | None = None) -> int:
    """Puts labels older than the criteria back into the principal's queue; returns how many.

    First the traces that were ruled unclear, then any others in random order. A token does it once.
    """
    principal = experts.principal(store)
    if principal is None:
        raise UsageError("Nobody has labelled yet: there is nothing to look at again.")
    seed = random.SystemRandom().randrange(2**31) if seed is None else seed
    with store.transaction():
        if (batch := stored.known(store, token)) is not None:
            return stored.counts(store, batch)[queues.CRITERIA]
        found = criteria.earlier_labels(store, principal.name)
        order = [trace for trace, unclear in found if unclear]
        order += queues.shuffled([trace for trace, unclear in found if not unclear], seed)
        if not order[:size]:
            raise UsageError("No label is older than the criteria in force, or all of them wait in the queue already.")
        stored.create(store, {queues.CRITERIA: 100}, [
            QueueItem(trace, queues.CRITERIA, queues.unbiased(queues.CRITERIA), position=place, expert=principal.name)
            for place, trace in enumerate(order[:size], 1)], seed, token)
    return len(order[:size])

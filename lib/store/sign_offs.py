"""Sign-offs: what somebody asked for that only the principal expert may do, and what became of it.

Kept here and nowhere else until it is agreed to: no figure reads these rows.
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from lib.records import UsageError
from lib.store import experts
from lib.store.database import Store

AGREED, DECLINED, WITHDRAWN = "agreed", "declined", "withdrawn"
# What can be asked for; what each of them does is said in workflow/overview/sign_offs.py.
RULING, TAKE_BACK, ADJUDICATION = "ruling", "take back a ruling", "adjudication"
OPEN_TEST, CRITERIA, PRINCIPAL, MERGE = "open the test split", "criteria", "principal", "merge"
LABELS, REMOVAL = "imported labels", "deletion"
KINDS = (RULING, TAKE_BACK, ADJUDICATION, OPEN_TEST, CRITERIA, PRINCIPAL, MERGE, LABELS, REMOVAL)
_SELECT = """select id, kind, subject, detail, reason, asked_by, asked_at, decision, decided_by, decided_at
    from sign_offs where project = :project """


@dataclass(frozen=True)
class SignOff:
    """Who asked for what, when and why; `decision` is None as long as it waits."""

    number: int
    kind: str
    subject: str
    detail: dict[str, Any]
    reason: str
    asked_by: str
    asked_at: str
    decision: str | None = None
    decided_by: str = ""
    decided_at: str | None = None


def ask(store: Store, kind: str, subject: str, detail: dict[str, Any], reason: str) -> SignOff:
    """Keeps what this handle's person asks for; what that person asked of the same subject before is withdrawn.

    UsageError without a person or a reason, or where somebody else's wish on the subject waits.
    """
    if not store.person:
        raise UsageError("Say who you are first: what waits for the principal expert carries a name.")
    if not reason.strip():
        raise UsageError("Say why: the principal expert reads the reason before agreeing.")
    with store.transaction():
        before = waiting_on(store, kind, subject)
        if before and before.asked_by != store.person:
            raise UsageError(f"{before.asked_by} has asked for the same already, and it waits.")
        if before:
            decide(store, before.number, WITHDRAWN)
        return get(store, store.execute("""insert into sign_offs (project, kind, subject, detail, reason, asked_by)
            values (:project, :kind, :subject, :detail, :reason, :by)""", kind=kind, subject=subject,
            detail=json.dumps(detail, ensure_ascii=False), reason=reason.strip(), by=store.person))


def get(store: Store, number: int) -> SignOff:
    """One of them; UsageError where the project has none of this number."""
    row = store.row(_SELECT + "and id = :number", number=number)
    if row is None:
        raise UsageError(f"There is no sign-off {number} in this project. The command 'sign-offs list' shows them.")
    return _record(row)


def _record(row: sqlite3.Row) -> SignOff:
    return SignOff(*tuple(row)[:3], json.loads(row["detail"]), *tuple(row)[4:])


def waiting(store: Store) -> list[SignOff]:
    """What waits for the principal, the oldest first."""
    return [_record(row) for row in store.rows(_SELECT + "and decision is null order by id")]


def waiting_on(store: Store, kind: str, subject: str) -> SignOff | None:
    """What waits of this kind on this subject, or None."""
    row = store.row(_SELECT + "and kind = :kind and subject = :subject and decision is null", kind=kind,
                    subject=subject)
    return row and _record(row)


def decided(store: Store, limit: int = 200) -> list[SignOff]:
    """What has been decided on, the newest decision first."""
    return [_record(row) for row in store.rows(
        _SELECT + "and decision is not null order by decided_at desc, id desc limit :limit", limit=limit)]


def decide(store: Store, number: int, decision: str) -> None:
    """Notes what became of one that waits; UsageError where somebody has decided on it meanwhile.

    Only who asked withdraws it, only the principal agrees to it or declines.
    """
    with store.transaction():
        found = get(store, number)
        if decision != WITHDRAWN:
            experts.check_principal(store, "decides on what others ask for")
        elif store.person is not None:
            experts.check_own(store, found.asked_by, "withdraws")
        if found.decision:
            raise UsageError(f"Sign-off {number} was {found.decision} by {found.decided_by or 'somebody'} already.")
        store.execute("""update sign_offs set decision = :decision, decided_by = :person,
            decided_at = strftime('%Y-%m-%dT%H:%M:%fZ') where id = :number and project = :project""",
                      decision=decision, number=number)

"""The criteria document: what pass and fail mean, in versions that are never edited, only succeeded."""

from dataclasses import dataclass

from lib.records import UsageError
from lib.records.disagreements import Criteria
from lib.store import experts
from lib.store.database import Store

_EARLIER = """ from current_labels l join traces t on t.id = l.trace
    where t.project = :project and l.expert = :expert and l.created_at < (
        select created_at from criteria_versions where project = :project order by number desc limit 1)
    and l.trace not in (select i.trace from queue_items i join batches b on b.id = i.batch
        where b.project = :project and i.label is null and (i.expert is null or i.expert = :expert)) """


@dataclass(frozen=True)
class Draft:
    """What the editor holds and no version does yet: text and reason, and the number of the version it began with."""

    number: int
    text: str
    reason: str = ""


def every(store: Store) -> list[Criteria]:
    """All versions, the newest first."""
    return [Criteria(*tuple(row)) for row in store.rows("""select number, text, reason, created_at, author
        from criteria_versions where project = :project order by number desc""")]


def newest(store: Store) -> Criteria | None:
    """The version in force, or None where nobody has written one."""
    row = store.row("""select number, text, reason, created_at, author from criteria_versions
        where project = :project order by number desc limit 1""")
    return row and Criteria(*tuple(row))


def save(store: Store, text: str, reason: str) -> Criteria:
    """A new version, which is in force from now on; UsageError for anybody but the principal."""
    experts.check_principal(store, "changes the criteria")
    with store.transaction():
        now = newest(store)
        store.execute("""insert into criteria_versions (project, number, text, reason, author)
            values (:project, :number, :text, :reason, :person)""", number=now.number + 1 if now else 1, text=text,
                      reason=reason)
        return newest(store)


def key_of(store: Store, number: int) -> int:
    """The row number of a version; UsageError where there is none of this number."""
    key = store.value("select id from criteria_versions where project = :project and number = :number", number=number)
    if key is None:
        known = ", ".join(str(one.number) for one in every(store)) or "none yet"
        raise UsageError(f"There is no version {number} of the criteria. Versions: {known}.")
    return key


def draft(store: Store) -> Draft | None:
    """What was typed and not saved, or None."""
    row = store.row("select number, text, reason from criteria_drafts where project = :project")
    return row and Draft(*tuple(row))


def keep_draft(store: Store, typed: Draft) -> None:
    """Keeps what is typed, in place of what was kept before."""
    store.execute("""insert or replace into criteria_drafts (project, number, text, reason)
        values (:project, :number, :text, :reason)""", number=typed.number, text=typed.text, reason=typed.reason)


def forget_draft(store: Store) -> None:
    """Drops what was typed and not saved."""
    store.execute("delete from criteria_drafts where project = :project")


def earlier(store: Store, expert: str) -> int:
    """How many of this expert's labels are older than the criteria in force and wait in no queue of theirs."""
    return store.value("select count(*)" + _EARLIER, expert=experts.row_of(store, expert))


def earlier_labels(store: Store, expert: str) -> list[tuple[str, bool]]:
    """Of the same the traces, each with whether a ruling that stands called its criterion unclear."""
    return [(row[0], bool(row[1])) for row in store.rows("""
        select t.trace_id, exists (select 1 from rulings u join labels o on o.id = u.label
            where o.trace = l.trace and u.kind = 'criterion unclear'
            and not exists (select 1 from rulings n where n.verdict = u.verdict and n.id > u.id))""" + _EARLIER
                                                         + "order by t.id", expert=experts.row_of(store, expert))]

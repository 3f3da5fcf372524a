"""Alerts of a watch: what was said, once for each cause, and where it has arrived."""

import sqlite3
from dataclasses import dataclass

from lib.store.database import Store

WEBHOOK, MAIL = "webhook", "mail"


@dataclass(frozen=True)
class Found:
    """What a test of one day found: the window's counts, those of the time before, and the chance of it."""

    day: str
    since: str
    here: tuple[int, int]  # passes, n
    before: tuple[int, int]
    p: float
    said: str


@dataclass(frozen=True)
class Alert:
    """One alert as it is kept."""

    key: int
    watch: str
    found: Found
    created_at: str
    webhook_at: str | None = None
    mail_at: str | None = None
    failed: str = ""


_SELECT = """select a.id, w.name, a.day, a.since, a.passes, a.n, a.passes_before, a.n_before, a.p, a.said,
        a.created_at, a.webhook_at, a.mail_at, a.failed
    from watch_alerts a join watches w on w.id = a.watch where w.project = :project"""


def add(store: Store, watch: int, found: Found) -> None:
    """Writes an alert."""
    store.execute("""insert into watch_alerts (watch, day, since, passes, n, passes_before, n_before, p, said)
        select w.id, :day, :since, :passes, :n, :passes_before, :n_before, :p, :said from watches w
        where w.id = :watch and w.project = :project""", watch=watch, day=found.day, since=found.since,
                  passes=found.here[0], n=found.here[1], passes_before=found.before[0], n_before=found.before[1],
                  p=found.p, said=found.said)


def every(store: Store, limit: int = 100) -> list[Alert]:
    """The alerts of a project, newest first."""
    return [_record(row) for row in store.rows(_SELECT + " order by a.id desc limit :limit", limit=limit)]


def undelivered(store: Store, watch: int) -> list[Alert]:
    """What has not arrived everywhere where it should, oldest first."""
    return [_record(row) for row in store.rows(_SELECT + """ and w.id = :watch
        and ((w.webhook <> '' and a.webhook_at is null) or (w.mail <> '' and a.mail_at is null))
        order by a.id""", watch=watch)]


def note_delivered(store: Store, alert: int, way: str) -> None:
    """It has arrived by the webhook or by mail."""
    store.execute("""update watch_alerts set failed = '',
            webhook_at = case :way when 'webhook' then strftime('%Y-%m-%dT%H:%M:%fZ') else webhook_at end,
            mail_at = case :way when 'mail' then strftime('%Y-%m-%dT%H:%M:%fZ') else mail_at end
        where id = :alert and watch in (select id from watches where project = :project)""", alert=alert, way=way)


def note_failed(store: Store, alert: int, why: str) -> None:
    """It has not arrived, and why; it is tried again at the next reading."""
    store.execute("""update watch_alerts set failed = :why
        where id = :alert and watch in (select id from watches where project = :project)""", alert=alert, why=why)


def _record(row: sqlite3.Row) -> Alert:
    key, watch, day, since, passes, n, passes_before, n_before, p, said, *rest = tuple(row)
    return Alert(key, watch, Found(day, since, (passes, n), (passes_before, n_before), p, said), *rest)

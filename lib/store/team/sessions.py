"""Sessions: which browsers are logged in, as rows under a hash of a random token that only the browser has.

Times are seconds since 1970. Knows rows; how long a session lasts is said by the caller.
"""

import hashlib
import secrets
from dataclasses import dataclass

from lib.store.database import Store
from lib.store.team import events
from lib.store.team.accounts import Account

MOST = 20  # kept of an account, those that ended too
REMEMBERED = 90 * 24 * 3600  # seconds for which a browser that was logged in is told from an unknown one


@dataclass(frozen=True)
class Session:
    """A browser that is logged in as somebody."""

    id: int
    account: Account
    seen: int


def begin(store: Store, account: Account, now: int, place: str, before: str = "") -> str:
    """A new session, which takes the place of the one the browser had before; returns its token.

    '' where the account was disabled, or its password changed, since it was looked at.
    """
    token = secrets.token_urlsafe(32)
    with store.transaction():
        same = store.value("select count(*) from accounts where id = :id and disabled_at is null"
                           " and password is :password", id=account.id, password=account.password)
        if not same:
            return ""
        # One account's browser may log in as another: what it was before ends with that.
        store.execute("update sessions set ended = :now where token = :token and ended is null", now=now,
                      token=_kept(before))
        store.execute("insert into sessions (token, account, created, seen) values (:token, :account, :now, :now)",
                      token=_kept(token), account=account.id, now=now)
        store.execute("""delete from sessions where created < :old or (account = :account and id not in (
            select id from sessions where account = :account order by ended is null desc, seen desc limit :most))""",
                      old=now - REMEMBERED, account=account.id, most=MOST)
        events.note(store, "logged in", account.login, place, author=account.name)
    return token


def _kept(token: str) -> bytes:
    # The token has 256 random bits: a fast hash of it tells nobody what it was.
    return hashlib.sha256(token.encode()).digest()


def current(store: Store, token: str, now: int, longest: int, idle: int) -> Session | None:
    """The session of a token, where it still lasts: at most `longest` seconds, `idle` ones without a sign of life."""
    if not token:
        return None
    row = store.row("""select a.*, s.id as session, s.seen from sessions s join accounts a on a.id = s.account
        where s.token = :token and s.ended is null and a.disabled_at is null
        and s.created > :now - :longest and s.seen > :now - :idle""", token=_kept(token), now=now, longest=longest,
                    idle=idle)
    if row is None:
        return None
    account = Account(row["id"], row["login"], row["name"], row["role"], row["password"], False)
    return Session(row["session"], account, row["seen"])


def saw(store: Store, session: Session, now: int) -> None:
    """A sign of life."""
    store.execute("update sessions set seen = max(seen, :now) where id = :id", now=now, id=session.id)


def end(store: Store, token: str, now: int) -> None:
    """Logs a browser out; nothing where it was not logged in."""
    with store.transaction():
        row = store.row("""select s.id, a.login, a.name from sessions s join accounts a on a.id = s.account
            where s.token = :token and s.ended is null""", token=_kept(token))
        if row:
            store.execute("update sessions set ended = :now where id = :id", now=now, id=row["id"])
            events.note(store, "logged out", row["login"], author=row["name"])


def browser_of(store: Store, token: str, account: Account, now: int) -> int | None:
    """The number of the session by which a browser has been logged in as this account before, however it ended."""
    return store.value("select id from sessions where token = :token and account = :account and created > :old",
                       token=_kept(token), account=account.id, old=now - REMEMBERED)

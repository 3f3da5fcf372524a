"""The log of accounts: who was added, changed, disabled, who logged in and out, and who was refused.

A refusal says no login that there is not: people type a password there by mistake.
"""

from dataclasses import dataclass

from lib.records.words import counted
from lib.store.database import Store

MOST_REFUSALS = 10_000  # kept; a stranger may knock for years


@dataclass(frozen=True)
class Event:
    """One line of the log."""

    kind: str
    login: str
    detail: str
    author: str
    times: int
    created_at: str

    @property
    def words(self) -> str:
        """The event as a sentence."""
        who = self.login or "an unknown login"
        told = {"added": f"{who} was added: {self.detail}", "renamed": f"{who}: {self.detail}",
                "role": f"{who}: {self.detail}", "password": f"{who} has another password",
                "disabled": f"{who} was disabled", "enabled": f"{who} was enabled",
                "sessions ended": f"{who} was logged out of {self.detail} browsers",
                "logged in": f"{who} logged in {self.detail}", "logged out": f"{who} logged out",
                "refused": f"{who} was refused {self.detail}"}[self.kind]
        return told + (f", {counted(self.times, 'time')}" if self.times > 1 else "")


def note(store: Store, kind: str, login: str, detail: str = "", author: str | None = None) -> None:
    """One more line; `author` is who did it where that is not whose hands the store is in."""
    store.execute("insert into account_events (kind, login, detail, author) values (:kind, :login, :detail,"
                  " coalesce(:author, :person))", kind=kind, login=login, detail=detail, author=author)


def refused(store: Store, login: str, detail: str) -> None:
    """A refusal, counted up where the last line is the same one; the oldest refusals go."""
    with store.transaction():
        last = store.row("select id, kind, login, detail from account_events order by id desc limit 1")
        if last and (last["kind"], last["login"], last["detail"]) == ("refused", login, detail):
            store.execute("update account_events set times = times + 1, created_at ="
                          " strftime('%Y-%m-%dT%H:%M:%fZ') where id = :id", id=last["id"])
            return
        note(store, "refused", login, detail, author="")
        store.execute("""delete from account_events where kind = 'refused' and id <= (select id from account_events
            where kind = 'refused' order by id desc limit 1 offset :most)""", most=MOST_REFUSALS)


def every(store: Store, most: int = 1000) -> list[Event]:
    """The newest lines, the newest first."""
    return [Event(*row) for row in store.rows("""select kind, login, detail, author, times, created_at
        from account_events order by id desc limit :most""", most=most)]

"""Failures to log in, counted under keys for a while: never more rows than a bound, however many knock."""

from lib.store.database import Store

WINDOW = 15 * 60  # seconds from the first failure until its count begins anew
MOST_ROWS = 50_000


def wait(store: Store, limits: dict[str, int], now: int) -> int:
    """Counts one more failure under each key, or says for how many seconds one of them is full; then counts nothing.

    Before the password is looked at: of many attempts at the same time none is more than the limit.
    """
    with store.transaction():
        waits = [_wait(store, key, most, now) for key, most in limits.items()]
        if not any(waits):
            for key in limits:
                store.execute("""insert into login_failures (key, failures, since) values (:key, 1, :now)
                    on conflict (key) do update set failures = case when since > :now - :window then failures + 1
                    else 1 end, since = case when since > :now - :window then since else :now end""", key=key,
                              now=now, window=WINDOW)
            _forget(store, now)
        return max(waits)


def _wait(store: Store, key: str, most: int, now: int) -> int:
    since = store.value("select since from login_failures where key = :key and failures >= :most and since > :old",
                        key=key, most=most, old=now - WINDOW)
    return 0 if since is None else since + WINDOW - now


def _forget(store: Store, now: int) -> None:
    store.execute("delete from login_failures where since <= :old", old=now - WINDOW)
    store.execute("""delete from login_failures where since < (select since from login_failures order by since desc
        limit 1 offset :most)""", most=MOST_ROWS)


def passed(store: Store, cleared: str, others: list[str]) -> None:
    """It was no failure: the count under `cleared` goes, under the others it is taken back."""
    with store.transaction():
        store.execute("delete from login_failures where key = :key", key=cleared)
        for key in others:
            store.execute("update login_failures set failures = failures - 1 where key = :key and failures > 0",
                          key=key)

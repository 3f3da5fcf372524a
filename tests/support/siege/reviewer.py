"""One reviewer as a process: labels trace after trace through the verbs of Review, and says what was acknowledged.

    python -m tests.support.siege.reviewer FILE PROJECT NAME LABELS PAUSE [impatient|shared]

Says "ready", waits for a line on its standard input, then for each save a line `label TOKEN SECONDS` or `draft -
SECONDS` once it is stored, and `refused CLASS: SENTENCE` where it was not. PAUSE is seconds between two labels that
a person would need. Every eighth press comes twice, as a double click does. The last word is a negative control: four
threads at once on a store that does what the rules of this project forbid.
"""

import secrets
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from lib.records.people import tidied
from lib.store import Store, open_store
from lib.store.review import labels
from lib.workflow.review import reviewing

THREADS = 4  # of a bad store
DOUBLE = 8  # of so many presses one comes twice
_shared: dict[Path, sqlite3.Connection] = {}
_saying = threading.Lock()


class Impatient(Store):
    """Begins without the right to write, and waits for nobody."""

    @property
    def connection(self) -> sqlite3.Connection:
        """One for each thread, as it should be, with no time to wait."""
        found = super().connection
        found.execute("pragma busy_timeout = 0")
        return found

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Reads first and asks for the right to write when it writes."""
        yield from _transaction(self.connection, "begin")


class Shared(Store):
    """Has one connection for all threads of a process."""

    @property
    def connection(self) -> sqlite3.Connection:
        """The same for everybody."""
        with _saying:
            if self.path not in _shared:
                made = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
                made.row_factory = sqlite3.Row
                _shared[self.path] = made
            return _shared[self.path]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Inside that of another thread it joins it: what that one takes back is taken back too."""
        yield from _transaction(self.connection, "begin immediate")


def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    if connection.in_transaction:
        yield
        return
    connection.execute(begin)
    try:
        yield
        connection.execute("commit")
    except BaseException:
        connection.rollback()
        raise


BAD = {"impatient": Impatient, "shared": Shared}


def say(*words: object) -> None:
    """A whole line, at once."""
    with _saying:
        print(*words, flush=True)


def timed(what: str, token: str, save) -> None:
    """Saves, and says what came of it."""
    began = monotonic()
    try:
        save()
    except Exception as error:  # whatever it is, the siege counts it
        say("refused", f"{type(error).__name__}:", *str(error).split())
    else:
        say(what, token, f"{monotonic() - began:.6f}")


def review(store: Store, name: str, numbers: range, pause: float) -> None:
    """Opens each trace as the desk does, keeps a draft as it is typed, and decides."""
    store, start, rest = store.by(tidied(name)), monotonic(), threading.Event()
    for turn, number in enumerate(numbers):
        rest.wait(max(0.0, start + turn * pause - monotonic()))
        trace, token = f"t{number}", f"{name}-{number}-{secrets.token_hex(4)}"
        outcome = "pass" if number % 3 else "fail"
        try:
            shown = reviewing.showing(store, name, trace)
        except Exception as error:
            say("refused", f"{type(error).__name__}:", *str(error).split())
            continue
        timed("draft", "-", lambda trace=trace, token=token: reviewing.keep(store, name, trace, f"half of {token}", ""))
        rest.wait(pause / 2)
        pressed = reviewing.Decision(trace, outcome, f"whole of {token}", token, mode=shown.mode, seconds=pause,
                                     seen=shown.before.key if shown.before else None, reason="seen again",
                                     content=shown.trace.content_hash)
        for _ in range(1 + (number % DOUBLE == 0)):
            timed("label", token, lambda pressed=pressed: reviewing.decide(store, name, pressed))


def main(path: str, project: str, name: str, count: str, pause: str, bad: str = "") -> None:
    """Waits for the start, then labels `count` traces; a bad one with threads, each a share of them."""
    store = open_store(path).of(int(project))
    labels.tally(store, name)  # all is loaded and opened before the start
    say("ready")
    sys.stdin.readline()
    if not bad:
        review(store, name, range(int(count)), float(pause))
        return
    part, worse = int(count) // THREADS, BAD[bad](store.path, store.project)
    threads = [threading.Thread(target=review, args=(
        worse, f"{name}-{number}", range(part * number, part * number + part), float(pause)))
        for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])

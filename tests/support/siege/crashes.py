"""Processes killed at any instant: after a line that they said, at a moment, or before one of their SQL statements."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from lib.store import Store
from tests.support import HOUSE
from tests.support.steps import fresh

ROWS = 3_000

# Names every row before it is stored, so that the parent can kill it at any of them; "done" acknowledges the import.
IMPORTER = f"""
import sys
from lib.records import ImportedRow, Label, Trace, Verdict
from lib.store.dataset import imports
from lib.store import open_store
store = open_store(sys.argv[1]).of(int(sys.argv[2]))
def rows():
    for number in range({ROWS}):
        print(number, flush=True)
        trace = Trace(f"t{{number}}", "question " * 50, "answer " * 50, dimensions={{"topic": (str(number % 5),)}})
        labels, verdicts = (Label(trace.id, "Ann", "fail", "why"),), (("judge", Verdict("pass")),)
        yield ImportedRow(trace, number, labels, verdicts, ("mode",))
imports.add_rows(store, "big.csv", "csv", "{{}}", rows())
print("done", flush=True)
"""
REVIEWER = """
import sys
from lib.store.review import labels
from lib.store import open_store
store = open_store(sys.argv[1]).of(int(sys.argv[2]))
for number in range(100_000):
    labels.save_draft(store, "t1", "Ann", f"half of {number}")
    print(labels.save(store, "t1", "Ann", "pass", f"critique {number}").key, flush=True)
"""


def killed(script: str, *words: object, after: int) -> list[str]:
    """What a process had said when it was killed, which was at once after this many lines."""
    with subprocess.Popen([sys.executable, "-c", script, *map(str, words)], cwd=HOUSE, text=True,
                          stdout=subprocess.PIPE) as process:
        said = [process.stdout.readline() for _ in range(after)]
        process.kill()
        return [line.strip() for line in [*said, *process.stdout] if line.endswith("\n")]


def killed_at(statement: int, work: Callable[[], None]) -> bool:
    """Does the work in a process that is killed before its n-th SQL statement; False when it came to its end."""
    child = os.fork()
    if not child:
        left = iter(range(1, statement))

        def count(_frame, event: str, call) -> None:
            if event == "c_call" and call.__name__ == "execute" and next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(count)
        try:
            work()
        finally:
            os._exit(sys.exc_info()[0] is not None)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


def turning_points(path: Path, work: Callable[[], None]) -> tuple[list[int], int]:
    """(SQL statements before which the files hold what they held before no earlier one, how many there are).

    A kill before any other statement leaves the very same files as a kill before one of these.
    """
    seen, found, number = set(), [], 0

    def look(_frame, event: str, call) -> None:
        nonlocal number
        if event == "c_call" and call.__name__ == "execute":
            number += 1
            files = frozenset((file.name, file.read_bytes()) for file in path.parent.glob(f"{path.name}*"))
            if hash(files) not in seen:
                seen.add(hash(files))
                found.append(number)

    sys.setprofile(look)
    try:
        work()
    finally:
        sys.setprofile(None)
    return found, number


def reset(path: Path, pristine: bytes) -> None:
    """The file as it was before anything was killed, and nothing beside it."""
    fresh(path).connection.close()
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    path.write_bytes(pristine)


def counts(store: Store) -> list[int]:
    return [store.value(sql) for sql in (
        "select count(*) from traces", "select count(*) from labels", "select count(*) from verdicts",
        "select count(*) from trace_values", "select count(*) from trace_failure_modes")]


def killed_later(process: subprocess.Popen, seconds: float) -> None:
    """Kills a process after so long, or finds that it has ended."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()


def open_log(path: Path) -> bool:
    """Whether the write-ahead log of a file stands beside it with something in it."""
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def sound(store: Store) -> bool:
    """Whether SQLite finds nothing damaged and no row without the one it belongs to."""
    return store.value("pragma integrity_check") == "ok" and store.rows("pragma foreign_key_check") == []

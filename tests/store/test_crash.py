"""A process killed at any instant: the file opens, an import is whole or absent, what was acknowledged is there."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from lib.records import Verdict
from lib.store import Store, projects
from tests.support import HOUSE
from tests.support.steps import add, fresh, row

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


@pytest.fixture
def chance() -> random.Random:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    return random.Random(seed)


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


def counts(store: Store) -> list[int]:
    return [store.value(sql) for sql in (
        "select count(*) from traces", "select count(*) from labels", "select count(*) from verdicts",
        "select count(*) from trace_values", "select count(*) from trace_failure_modes")]


def empty_project(path: Path) -> int:
    """Makes a file with a project and leaves no connection to it; returns the project's number."""
    project = projects.create(fresh(path), "Test").project
    fresh(path).connection.close()
    return project


def test_a_big_import_killed_midway_is_whole_or_absent(tmp_path, chance):
    found = []
    for number, moment in enumerate([1, ROWS, *(chance.randrange(2, ROWS) for _ in range(4))]):
        project = empty_project(tmp_path / f"{number}.db")
        said = killed(IMPORTER, tmp_path / f"{number}.db", project, after=moment)
        store = fresh(tmp_path / f"{number}.db")
        assert store.value("pragma integrity_check") == "ok"
        assert counts(store) in ([0] * 5, [ROWS] * 5), f"killed after row {moment}"
        assert "done" not in said or counts(store) == [ROWS] * 5
        found.append(counts(store))
    assert found[0] == [0] * 5


def test_the_retry_of_a_killed_import_brings_it_once(tmp_path, chance):
    path = tmp_path / "plumbline.db"
    project = empty_project(path)
    for moment in (chance.randrange(1, ROWS), ROWS + 1, ROWS + 1):
        killed(IMPORTER, path, project, after=moment)
    assert counts(fresh(path)) == [ROWS] * 5


def test_an_import_killed_at_every_single_statement_is_whole_or_absent(tmp_path, make_trace):
    path = tmp_path / "plumbline.db"
    project = empty_project(path)

    def work() -> None:
        add(fresh(path).of(project), *(
            row(make_trace(f"t{number}", dimensions={"topic": ("a",)}), modes=("mode",), Ann="fail",
                verdicts={"judge": Verdict("pass")}) for number in range(3)))

    statement = 1
    while killed_at(statement, work):
        store = fresh(path)
        # Behind the commit it is whole: what is killed there only puts away what the import has used.
        assert store.value("pragma integrity_check") == "ok" and counts(store) in ([0] * 5, [3] * 5)
        store.connection.close()
        statement += 1
    assert statement > 30 and counts(fresh(path)) == [3] * 5


def test_a_first_start_killed_at_every_single_statement_is_completed_by_the_next(tmp_path):
    statement, path = 1, tmp_path / "1.db"
    while killed_at(statement, partial(fresh, path)):
        store = fresh(path)
        assert store.value("pragma integrity_check") == "ok"
        assert projects.create(store, "Test").project == 1
        statement, path = statement + 1, tmp_path / f"{statement + 1}.db"
    assert statement > 30


def test_every_label_acknowledged_before_the_kill_is_there(db, make_trace, chance):
    add(db, make_trace())
    acknowledged: set[int] = set()
    for _ in range(6):
        said = killed(REVIEWER, db.path, db.project, after=chance.randrange(1, 150))
        acknowledged |= set(map(int, said))
        store = fresh(db.path).of(db.project)
        assert store.value("pragma integrity_check") == "ok"
        kept = {row[0] for row in store.rows("select id from labels")}
        # At each kill one label may have been stored whose acknowledgement was never sent.
        assert acknowledged <= kept and len(kept) <= len(acknowledged) + 6

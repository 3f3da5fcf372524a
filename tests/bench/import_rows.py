"""What an import costs beside `sqlite-utils insert --csv --pk id` on the same table: a benchmark, no test.

`python -m tests.bench.import_rows [ROWS …]` prints wall time, processor time and memory of both as whole processes,
their ratios, and the longest time that somebody who saves meanwhile had to wait. Without ROWS it takes 100,000 rows of
long texts and 1,000,000 of short ones.
"""

import csv
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support import HOUSE

WORDS = "the desk says that a ticket to the tower is valid until noon and may be changed once before that ".split()
COLUMNS = ("id", "input", "output", "topic_category", "channel", "outcome", "critique")
LONG_BELOW = 500_000  # rows; from there on texts are short, so that the file stays one that people have
PAUSE = 0.01  # seconds between two saves of the other person


def rows(n: int) -> Iterator[tuple[str, ...]]:
    """Traces with two dimensions, every tenth with a label; one at a time, to keep this process small."""
    asked, answered = (" ".join(WORDS), " ".join(WORDS * 4)) if n < LONG_BELOW else ("may I come in?", "until noon.")
    for number in range(n):
        said = (("pass", "fail")[number % 20 > 9], "It says until when.") if number % 10 == 0 else ("", "")
        yield (f"trace {number}", f"question {number}: {asked}", answered, f"topic {number % 12}",
               ("chat", "mail", "phone")[number % 3], *said)


def write(file: Path, n: int) -> None:
    """The rows as CSV."""
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(rows(n))


@dataclass(frozen=True)
class Cost:
    """Of a whole process: seconds on the clock and on the processor, megabytes at the peak."""

    wall: float
    cpu: float
    memory: float


def measured(words: list[str]) -> Cost:
    """Runs a command to its end."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", *words], cwd=HOUSE, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    return Cost(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)


class Saver(threading.Thread):
    """Another person, who saves all the time: `longest` is the longest that one save took, in seconds."""

    def __init__(self, path: Path) -> None:
        """Saves into this file as soon as it is started."""
        super().__init__()
        self.path, self.longest, self.done = path, 0.0, threading.Event()

    def run(self) -> None:
        """Until `done` is set."""
        file = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        while not self.done.wait(PAUSE):
            began = time.perf_counter()
            file.execute("begin immediate")
            file.execute("update projects set question = question")
            file.execute("commit")
            self.longest = max(self.longest, time.perf_counter() - began)
        file.close()


def main(n: int) -> None:
    """Prints the figures for a file of so many rows."""
    with tempfile.TemporaryDirectory() as folder:
        file, ours, theirs = (Path(folder) / name for name in ("rows.csv", "ours.db", "theirs.db"))
        write(file, n)
        floor = measured(["sqlite_utils", "insert", str(theirs), "rows", str(file), "--csv", "--pk", "id"])
        measured(["lib", "--db", str(ours), "init"])
        saver = Saver(ours)
        saver.start()
        found = measured(["lib", "--db", str(ours), "import", str(file), "--dimension", "topic_category",
                          "--dimension", "channel", "--label", "human=outcome:critique"])
        saver.done.set()
        saver.join()
        size = f"{file.stat().st_size / 1e6:.0f} MB"
        print(f"{n:,} rows of {size}: wall {_beside(found.wall, floor.wall)}, processor "
              f"{_beside(found.cpu, floor.cpu)}, memory {found.memory:.0f} MB beside {floor.memory:.0f} MB; "
              f"a save meanwhile waited {saver.longest:.2f} s at most", flush=True)


def _beside(ours: float, theirs: float) -> str:
    return f"{ours:.1f} s = {ours / theirs:.2f} × {theirs:.1f} s"


if __name__ == "__main__":
    for number in map(int, sys.argv[1:] or ("100000", "1000000")):
        main(number)

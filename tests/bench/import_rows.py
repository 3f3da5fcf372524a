"""How long an import takes beside a bare loop of sqlite3 that inserts the same rows: a benchmark, no test.

`python -m tests.bench.import_rows [ROWS]` prints seconds, the ratio of both, and the peak of memory, for CSV and JSONL.
Each measurement is a process of its own, so that no peak of one is seen by the next.
"""

import csv
import json
import multiprocessing
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from lib.readers import guess
from lib.store import open_store, projects
from lib.workflow.dataset import exchange

WORDS = "the desk says that a ticket to the tower is valid until noon and may be changed once before that ".split()
COLUMNS = ("id", "input", "output", "topic_category", "outcome", "critique")


def rows(n: int) -> Iterator[dict[str, str]]:
    """Traces of about 500 letters, every tenth with a label; one at a time, to keep this process small."""
    for number in range(n):
        labelled = number % 10 == 0
        yield {"id": f"trace {number}", "input": f"question {number}: " + " ".join(WORDS),
               "output": " ".join(WORDS * 4), "topic_category": f"topic {number % 12}",
               "outcome": ("pass", "fail")[number % 20 > 9] if labelled else "",
               "critique": "It says until when." if labelled else ""}


def as_csv(out: TextIO, n: int) -> None:
    """The rows as CSV."""
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows(n))


def as_jsonl(out: TextIO, n: int) -> None:
    """The rows as JSONL."""
    out.writelines(json.dumps(row) + "\n" for row in rows(n))


def ours(folder: Path, file: Path) -> None:
    """What a click on import does."""
    store = projects.create(open_store(folder / "ours.db"), "Bench", "?")
    table = exchange.read_file(file.name, file.read_bytes())
    exchange.import_table(store, table, guess(table))


def bare(folder: Path, file: Path) -> None:
    """Nothing but the file's rows and one statement for each."""
    database = sqlite3.connect(folder / "bare.db")
    database.execute("create table rows (id text primary key, input, output, topic, outcome, critique)")
    with file.open(newline="", encoding="utf-8") as lines:
        found = csv.DictReader(lines) if file.suffix == ".csv" else map(json.loads, lines)
        for row in found:
            database.execute("insert into rows values (?, ?, ?, ?, ?, ?)", [row[name] for name in COLUMNS])
    database.commit()


def measured(work: Callable[[Path, Path], None], file: Path, answer) -> None:
    """(seconds of processor time, megabytes at the peak) of one import in this process."""
    with tempfile.TemporaryDirectory() as folder:
        before = time.process_time()
        work(Path(folder), file)
        spent = time.process_time() - before
    answer.put((spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000))


def measure(work: Callable[[Path, Path], None], file: Path) -> tuple[float, float]:
    """The same in a process of its own."""
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    process = context.Process(target=measured, args=(work, file, answer))
    process.start()
    found = answer.get()
    process.join()
    return found


def main(n: int) -> None:
    """Prints one line for each format."""
    for ending, make in (("csv", as_csv), ("jsonl", as_jsonl)):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"rows.{ending}"
            with file.open("w", newline="", encoding="utf-8") as out:
                make(out, n)
            (seconds, peak), (least, floor) = measure(ours, file), measure(bare, file)
            print(f"{ending}: {n:,} rows of {file.stat().st_size / 1e6:.0f} MB: {seconds:.1f} s and {peak:.0f} MB, "
                  f"bare loop {least:.1f} s and {floor:.0f} MB, ratio {seconds / least:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

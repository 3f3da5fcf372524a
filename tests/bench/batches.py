"""Batch files of very many traces: how fast they are written and read, in how much memory, and how figures keep up.

`python -m tests.bench.batches --traces 1000000` prints a table. The files are written and read by the commands, in
processes of their own, whose peak memory is what Linux says of them. A benchmark, no test.
"""

import argparse
import json
import os
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from time import perf_counter

from lib.records import Caps, Verdict
from lib.store import Store, open_store, projects
from lib.store.dataset import traces
from lib.store.judge import runs, verdicts
from lib.store.judge.leaving import batches as leaving
from lib.workflow import figures
from lib.workflow.errors import rates
from lib.workflow.judge import judging
from lib.workflow.judge.batches import starting
from lib.workflow.judge.batches.reading import SLICE
from tests.support import HOUSE
from tests.support.steps import add, row

LABELLED, TIMES = 1_000, 5
# Traces of a file to import: an import reads at most 200 MB.
A_FILE = 200_000
# As in use: with a key, every line is looked through for it before it is stored.
KEYED = {"OPENAI_API_KEY": "sk-0123456789abcdef0123456789abcdef", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
CRITIQUE = "The answer names the day and the hour, and says where the rule stands. " * 2


def filled(path: Path, count: int) -> Store:
    """A project of so many traces, imported, of which some are labelled."""
    store = projects.create(open_store(path), "Many", "Did it help?")
    add(store, *(row(traces.Trace(f"t{n}", f"question {n}", "an answer " * 20, split="dev"), Ann="pass" if n % 3
                     else "fail") for n in range(LABELLED)))
    more = path.with_name("more.csv")
    for start in range(LABELLED, count, A_FILE):
        with more.open("w") as file:
            file.write("id,input,output\n")
            file.writelines(f"t{n},question {n},{'an answer ' * 20}\n"
                            for n in range(start, min(count, start + A_FILE)))
        commanded(path, "import", more)
    more.unlink()
    judging.ensure_judge(store)
    return store


def commanded(path: Path, *words: object) -> tuple[str, float]:
    """How long a command in a process of its own took, in words, and its peak memory in MB."""
    start, before, peak = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN), 0.0
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([sys.executable, "-m", "lib", "--db", str(path), *map(str, words)], cwd=HOUSE,
                                   env={**os.environ, **KEYED}, stdout=subprocess.DEVNULL, stderr=said)
        while process.poll() is None:
            # Not what wait4 says: a child begins with the peak of its parent.
            found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
            peak = int(found[1]) / 1_000 if found else peak
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{words} ended with {process.returncode}: {said.read().decode()}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return f"{perf_counter() - start:.1f} s, of which the processor worked {worked:.1f} s", peak


def answered(source: Path, target: Path) -> None:
    """The replies to a file of requests, as OpenAI writes them."""
    said = json.dumps({"critique": CRITIQUE, "outcome": "pass"})
    tail = json.dumps({"response": {"status_code": 200, "request_id": "r", "body": {
        "id": "c", "object": "chat.completion", "created": 1, "model": "m-2026", "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said, "refusal": None}}],
        "usage": {"prompt_tokens": 300, "completion_tokens": 40, "total_tokens": 340}}}, "error": None})[1:]
    with source.open("rb") as requests, target.open("wb") as replies:
        for line in requests:
            name = line[:line.index(b'", "method"')].rpartition(b'"')[2].decode()
            replies.write(f'{{"id": "b", "custom_id": "{name}", {tail}\n'.encode())


def stored_alone(store: Store, count: int) -> float:
    """Verdicts a second that are in memory already, in slices as they are read."""
    run = starting.queued(store, judging.DEFAULT_JUDGE, Caps(), True, Path("none"), model="m", anew=True)
    one = Verdict("pass", CRITIQUE, prompt_tokens=300, completion_tokens=40)
    keys, taken = runs.pending(store, run.id), 0.0
    for start in range(0, count, SLICE):
        slice_of = [(key, one) for key in keys[start:start + SLICE]]
        begun = perf_counter()
        leaving.save(store, run.id, slice_of)
        taken += perf_counter() - begun
    return count / taken


def plain(path: Path, count: int) -> float:
    """Verdicts a second that bare sqlite3 stores of the same rows into a table without an index: the floor."""
    with closing(sqlite3.connect(path)) as file:
        file.executescript("pragma journal_mode = wal; pragma synchronous = full; create table verdicts (run integer, "
                           "trace integer, outcome text, critique text, prompt_tokens integer, "
                           "completion_tokens integer)")
        taken = 0.0
        for start in range(0, count, SLICE):
            rows = [(1, key, "pass", CRITIQUE, 300, 40) for key in range(start, min(count, start + SLICE))]
            begun = perf_counter()
            with file:
                file.executemany("insert into verdicts values (?, ?, ?, ?, ?, ?)", rows)
            taken += perf_counter() - begun
    return count / taken


def best(work: Callable[[], object]) -> float:
    """Milliseconds, the best of some."""
    taken = []
    for _ in range(TIMES):
        start = perf_counter()
        work()
        taken.append(perf_counter() - start)
    return 1_000 * min(taken)


def main() -> None:
    """Makes the project, writes, answers, reads, and measures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--traces", type=int, default=20_000)
    count = parser.parse_args().traces
    with tempfile.TemporaryDirectory(prefix="wb-") as folder:
        path, out = Path(folder) / "many.db", Path(folder) / "files"
        store = filled(path, count)
        print(f"{count:,} traces imported", flush=True)
        took, memory = commanded(path, "run", "--judge", judging.DEFAULT_JUDGE, "--split", "all", "--batch",
                                    "--into", out, "--model", "m")
        run = runs.newest(store, judging.DEFAULT_JUDGE)
        files = sorted(out.glob("*.jsonl"))
        size = sum(file.stat().st_size for file in files) / 1e6
        print(f"queued and written: {len(files)} files, {size:,.0f} MB in {took}, "
              f"peak memory {memory:.0f} MB", flush=True)
        for file in files:
            answered(file, file.with_suffix(".replies"))
            file.unlink()
        replies = sorted(out.glob("*.replies"))
        took, memory = commanded(path, "batch", "read", run.id, *replies)
        print(f"read and stored: {count:,} verdicts in {took}, peak memory {memory:.0f} MB", flush=True)
        took, memory = commanded(path, "batch", "read", run.id, *replies)
        print(f"read once more: nothing new in {took}, peak memory {memory:.0f} MB", flush=True)
        ended = runs.get(store, run.id)
        print(f"run {ended.status}, {ended.done:,} of {ended.total:,}, {ended.errors:,} errors")
        print(f"stored alone, without reading: {stored_alone(store, count):,.0f} verdicts a second", flush=True)
        print(f"bare sqlite3 of the same rows: {plain(Path(folder) / 'bare.db', count):,.0f} a second", flush=True)
        for name, work in (("2×2 table", lambda: verdicts.measured(store, run.id, "Ann")),
                           ("agreement with its figures", lambda: figures.agreement(store, run=run.id)),
                           ("corrected pass rate", lambda: rates.corrected(store, run=run.id)),
                           ("the run's own row", lambda: runs.get(store, run.id))):
            print(f"{name}: {best(work):.0f} ms")


if __name__ == "__main__":
    main()

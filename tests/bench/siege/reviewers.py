"""Eight reviewers at once, as processes, beside a judge run and an import: nothing lost, doubled or locked, and soon.

Paced as fast as nobody works (a label in a quarter of a second) for how long a save takes, then without any pause for
what gets lost. At last the same against two deliberately bad stores, which have to be seen.
"""

import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lib.store import Store, open_store, projects
from lib.store.judge import runs
from lib.workflow.judge import judging
from tests.support.endpoint import Endpoint, default_plan
from tests.support.running import add_traces, command
from tests.support.secrets import CANARY
from tests.support.siege import Line, Siege, Watch
from tests.support.siege.crowd import Kept, Said, go, kept, percentile, start
from tests.support.siege.files import big_file
from tests.support.steps import fresh

LIMIT = 420  # seconds
REVIEWERS, LABELS, PAUSE = 8, 500, 0.25
ROWS = 60_000  # of the file that is imported
P99, WORST = 0.1, 2.0  # seconds
CONTROLS = {"impatient": "plain BEGIN and a timeout of 0", "shared": "one connection for all threads of a process"}
WORKERS, REPLY = 4, 0.4  # calls of the judge at once, and seconds until a reply: it lasts as long as the reviewers


def rows(siege: Siege) -> Iterator[Line]:
    """Paced, as fast as they can, and the control."""
    file = big_file(siege.folder, siege.some(ROWS))
    for what, pause in (("paced", PAUSE), ("no pause", 0.0)):
        yield from _beside(siege, what, pause, file)
    for what, words in CONTROLS.items():
        yield _control(siege, what, words)


def importing(store: Store, file: Path) -> subprocess.Popen:
    """The command that imports it, as a process."""
    return command(store, "--project", "Big", "import", file, "--dimension", "topic", "--dimension", "channel",
                   "--label", "human=outcome:critique")


def _beside(siege: Siege, what: str, pause: float, file: Path) -> Iterator[Line]:
    watch, count, load = Watch(), siege.some(LABELS), os.getloadavg()[0]
    store, endpoint = _filled(siege.folder / f"{what}.db", count), Endpoint()
    endpoint.plan = lambda body: replace(default_plan(body), delay=REPLY)
    os.environ |= {"OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": CANARY}
    crowd = [start("-m", "tests.support.siege.reviewer", store.path, store.project, f"reviewer {number}", count, pause)
             for number in range(REVIEWERS)]
    said = Said()
    listening = [threading.Thread(target=lambda one=one: said.hear(one.stdout)) for one in crowd]
    go(crowd)
    for thread in listening:
        thread.start()
    beside = [command(store, "--project", "Crowd", "run", "--judge", judging.DEFAULT_JUDGE, "--split", "all",
                      "--concurrency", WORKERS), importing(store, file)]
    for thread in listening:
        thread.join()
    for process in crowd:
        process.communicate()
    ends = [process.communicate() for process in beside]
    endpoint.close()
    yield from _lines(watch, what, fresh(store.path).of(store.project), said, count, load)
    yield _others(watch, what, store, file, [process.returncode for process in beside], ends)


def _filled(path: Path, count: int) -> Store:
    """Traces to label and to judge, and a project for the import."""
    store = projects.create(open_store(path), "Crowd", "Did it help?")
    add_traces(store, count)
    judging.ensure_judge(store)
    projects.create(store, "Big", "Did it help?")
    return store


def _lines(watch: Watch, what: str, store: Store, said: Said, count: int, load: float) -> Iterator[Line]:
    found, whole = kept(store, said), REVIEWERS * count
    wrong = "; ".join(f"{n} × {sentence[:60]}" for sentence, n in said.refused.most_common(2))
    yield watch.line(
        f"{REVIEWERS} reviewers × {count} labels beside a judge run and an import, {what}", f"{whole:,} labels",
        "0 lost, 0 doubled, 0 locked", f"{_words(found)}, {said.locked} locked, {len(said.labels):,} acknowledged"
        + (f" ({wrong})" if wrong else ""),
        (found, len(said.labels), said.refused.total()) == (Kept(0, 0, 0, 0, True), whole, 0))
    p99, worst = percentile(said.label_seconds, 0.99), max(said.label_seconds, default=0.0)
    drafts = percentile(said.draft_seconds, 0.99)
    text = (f"median {percentile(said.label_seconds, 0.5) * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, worst "
            f"{worst:.2f} s; a draft p99 {drafts * 1000:.0f} ms; load {load:.1f} before")
    if what == "paced":
        yield watch.line("a save of a label, paced", f"{len(said.label_seconds):,} saves",
                         f"p99 < {P99 * 1000:.0f} ms, worst < {WORST:.0f} s", text, p99 < P99 and worst < WORST)
    else:
        yield watch.line("a save of a label without a pause", f"{len(said.label_seconds):,} saves",
                         "no bound: said only", text, True)


def _words(found: Kept) -> str:
    more = f", {found.half} half, {found.unasked} unasked" if found.half or found.unasked else ""
    return f"{found.lost} lost, {found.doubled} doubled{more}" + ("" if found.sound else ", file damaged")


def _others(watch: Watch, what: str, store: Store, file: Path, codes: list[int], ends: list) -> Line:
    run, big = runs.every(store)[0], projects.choose(store, "Big")
    stored = big.value("select count(*) from traces where project = :project")
    lines = sum(1 for _ in file.open(encoding="utf-8")) - 1
    said = [error.strip().splitlines()[-1] for _, error in ends if error.strip() and any(codes)]
    return watch.line(f"the judge run and the import beside them, {what}", f"{run.total:,} verdicts, {lines:,} rows",
                      "all of both", f"{run.done:,} verdicts, {run.errors} errors, {stored:,} rows {' '.join(said)}",
                      (run.done, run.errors, stored, codes) == (run.total, 0, lines, [0, 0]))


def _control(siege: Siege, what: str, words: str) -> Line:
    watch, count, said = Watch(), 100, Said()
    store = _filled(siege.folder / f"{what}.db", count)
    crowd = [start("-m", "tests.support.siege.reviewer", store.path, store.project, f"reviewer {number}", count, 0,
                   what) for number in range(REVIEWERS)]
    go(crowd)
    for process in crowd:
        said.hear(process.communicate()[0].splitlines(keepends=True))
    found = kept(fresh(store.path).of(store.project), said)
    return watch.line(f"control, a bad store: {words}", f"{REVIEWERS * count} labels", "seen to fail",
                      f"{_words(found)}, {said.locked} locked, {said.refused.total()} refused in all",
                      bool(found.lost or found.doubled or said.locked))

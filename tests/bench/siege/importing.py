"""An import killed twenty times: all of it or nothing, and who imports the file again has every row once.

Half of the kills come at any moment of the whole, half once the first rows stand in the file: of an import in slices
the next start stores the rest without a hand.
"""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import monotonic

from lib.store import Store, open_store, projects
from lib.workflow.dataset import reading
from tests.support.running import PATIENCE, command
from tests.support.siege import Line, Siege, Watch
from tests.support.siege.crashes import killed_later, sound
from tests.support.siege.files import big_file
from tests.support.steps import fresh

LIMIT = 420  # seconds
KILLS, ROWS = 20, 24_000  # more rows than one slice holds


def rows(siege: Siege) -> Iterator[Line]:
    """One whole import, to know how long it takes, then the kills, each on a file of its own."""
    watch, chance, kills = Watch(), siege.chance("importing"), siege.some(KILLS)
    file, empty = big_file(siege.folder, ROWS), siege.folder / "empty.db"
    projects.create(open_store(empty), "Killed", "Did it help?").connection.close()
    whole, seconds, last = _whole(_copy(empty, "whole"), file)
    found = [_killed(_copy(empty, f"import{number}"), file, chance, (seconds, last)[number % 2], number % 2)
             for number in range(kills)]
    ends, nothing = [state for state, _, _, _ in found], (0,) * 5
    retried = sum(again == whole and good for _, again, good, _ in found)
    cut = sum(between not in (nothing, whole) for _, _, _, between in found)
    half = kills - ends.count(nothing) - ends.count(whole)
    yield watch.line(
        f"an import of {ROWS:,} rows killed at a random moment, opened and imported again", f"{kills} kills",
        "all of it or nothing, the retry brings each row once",
        f"{ends.count(nothing)} nothing, {ends.count(whole)} all ({cut} of them cut off between two slices and "
        f"finished by the next start), {half} half; {retried} whole and sound after the retry",
        not half and retried == kills)


def _copy(empty: Path, name: str) -> Path:
    return Path(shutil.copy(empty, empty.with_name(f"{name}.db")))


def _import(path: Path, file: Path) -> subprocess.Popen:
    return command(Store(path), "import", file, "--dimension", "topic", "--dimension", "channel",
                   "--label", "human=outcome:critique")


def _whole(path: Path, file: Path) -> tuple[tuple[int, ...], float, float]:
    """(what it brings, seconds of it all, seconds from the first stored row to the end)."""
    began = monotonic()
    process = _import(path, file)
    _until_rows(path, process)
    first = monotonic()
    process.communicate()
    return _counts(path), monotonic() - began, monotonic() - first


def _until_rows(path: Path, process: subprocess.Popen) -> None:
    """Waits until somebody else could read the first rows; in the end of the process there is nothing to wait for."""
    store, rest, latest = fresh(path), threading.Event(), monotonic() + PATIENCE
    while not store.value("select 1 from traces limit 1") and process.poll() is None:
        assert monotonic() < latest, "the import stores nothing"
        rest.wait(0.002)
    store.connection.close()


def _counts(path: Path) -> tuple[int, ...]:
    store = fresh(path)
    found = tuple(store.value(sql) for sql in (
        "select count(*) from traces", "select count(*) from labels", "select count(*) from trace_values",
        "select count(*) from dimension_values", "select count(distinct trace_id) from traces"))
    store.connection.close()
    return found


def _killed(path: Path, file: Path, chance: Random, seconds: float, late: bool) -> tuple:
    """(what stands there after the next start, after the retry, whether all is sound, what the kill left)."""
    with _import(path, file) as process:
        if late:
            _until_rows(path, process)
        killed_later(process, chance.uniform(0, seconds))
        process.communicate()
    between = _counts(path)
    store = fresh(path)
    reading.finish(store)
    good, left = sound(store), _counts(path)
    with _import(path, file) as process:
        process.communicate()
    return left, _counts(path), good and process.returncode == 0 and sound(fresh(path)), between

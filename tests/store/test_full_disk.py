"""A disk without room: reading works, a write is refused in a sentence, and a copy that failed leaves nothing behind.

On a file system of four megabytes where one can be made here, and everywhere under a real limit on the size of files.
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lib.records import DataError, StoreError, Trace
from lib.store import create_backup, open_store, projects
from lib.store.dataset import traces
from lib.workflow.dataset import exchange
from tests.support import HOUSE
from tests.support.steps import add, fresh, say

FULL = "full or failing: make room and try again. Nothing was half written."


@contextmanager
def _limited(folder: Path) -> Iterator[Callable[[], None]]:
    """No file of this process may grow, nor be written at all, from when it is said until the block ends."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, heard)


@contextmanager
def _small(folder: Path) -> Iterator[Callable[[], None]]:
    """A file system of its own that another file fills up."""
    def fill() -> None:
        with open(folder / "filler", "ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"x" * 512)
            except OSError:
                return

    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=True)
    try:
        yield fill
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _may_mount() -> bool:
    """Whether this machine lets the tests make a file system: root in a container often may not."""
    tried = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return (os.geteuid() == 0 and bool(shutil.which("unshare"))
            and subprocess.run(tried, capture_output=True, check=False).returncode == 0)


@pytest.fixture(params=[_limited, *([_small] if _may_mount() else [])], ids=lambda way: way.__name__.strip("_"))
def disk(request, tmp_path):
    """(a file with forty traces, what fills its disk)"""
    folder = tmp_path / "disk"
    folder.mkdir()
    with request.param(folder) as fill:
        store = projects.create(open_store(folder / "plumbline.db"), "Test")
        add(store, *(_trace(number) for number in range(40)))
        yield store, fill


def _trace(number: int) -> Trace:
    return Trace(f"t{number}", f"question {number} " * 20, "answer " * 100)


def test_reading_works_and_a_write_is_refused_in_a_sentence_and_whole(disk):
    store, fill = disk
    say(store, "t1", "pass")
    fill()
    with pytest.raises(StoreError, match=FULL):
        for number in range(500):
            say(store, "t2", "fail", critique=f"{number} " * 2_000)
    assert traces.count(store) == 40 and traces.get(store, "t39").output.startswith("answer")
    assert store.value("pragma quick_check") == "ok"
    read = ("import sys; from lib.store import open_store; from lib.store.dataset import traces; "
            "print(traces.count(open_store(sys.argv[1]).of(1)))")
    said = subprocess.run([sys.executable, "-c", read, str(store.path)], cwd=HOUSE, capture_output=True, text=True,
                          check=False)
    assert said.stdout == "40\n", said.stderr  # another process reads as well, as long as one has the file open


def test_a_backup_that_failed_leaves_nothing_behind_and_the_file_as_it_was(disk):
    store, fill = disk
    before = sorted(store.path.parent.iterdir())
    fill()
    with pytest.raises(StoreError, match=FULL):
        create_backup(store, store.path.with_name("copy.db"))
    left = sorted(set(store.path.parent.iterdir()) - {store.path.with_name("filler")})
    assert left == before and traces.count(store) == 40


def test_an_export_that_failed_leaves_nothing_behind(disk):
    store, fill = disk
    before = sorted(store.path.parent.iterdir())
    fill()
    with pytest.raises(DataError, match="cannot be written"):
        exchange.export_file(store, "traces", store.path.with_name("out.csv"))
    assert sorted(set(store.path.parent.iterdir()) - {store.path.with_name("filler")}) == before


def test_an_upgrade_that_finds_no_room_leaves_the_file_at_its_old_version_and_no_copy(disk):
    store, fill = disk
    store.execute("pragma user_version = 3")
    store.connection.close()
    fill()
    with pytest.raises(StoreError):
        fresh(store.path)
    assert not list(store.path.parent.glob("*before*"))


def test_a_copy_is_made_once_there_is_room_again(db, tmp_path):
    part = tmp_path / "copy.db.part"
    part.write_bytes(b"left by a process that was killed")
    assert fresh(create_backup(db, tmp_path / "copy.db")).path.exists() and not part.exists()

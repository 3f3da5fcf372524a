"""The files of stages beside the store: made, claimed after a crash, and taken away.

A lock beside each says whether the process that made it is alive. Knows nothing of what stands in them.
"""

import os
from collections.abc import Container
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from filelock import FileLock, Timeout

_MARK = ".importing-"
_LOCK, _JOURNAL = ".lock", "-journal"


def make(folder: Path, name: str, needed: Container[str] = ()) -> tuple[Path, FileLock]:
    """A new empty file and its lock, held; those that dead processes left here go, but for the needed ones."""
    for left in folder.glob(f"{name}{_MARK}*"):
        if not left.name.endswith((_LOCK, _JOURNAL)) and left.name not in needed and (lock := claim(left)):
            remove(left, lock)
    handle, path = mkstemp(prefix=f"{name}{_MARK}", dir=folder)
    os.close(handle)
    # Streamlit may let go of it in another thread than the one that took it.
    return Path(path), FileLock(path + _LOCK, thread_local=False).acquire().lock


def claim(path: Path) -> FileLock | None:
    """The lock of such a file, held from now on; None where a living process holds it."""
    with suppress(Timeout, OSError):
        return FileLock(f"{path}{_LOCK}", thread_local=False).acquire(blocking=False).lock
    return None


def remove(path: Path, lock: FileLock) -> None:
    """Takes the file away with all that belongs to it."""
    for place in (path, Path(f"{path}{_JOURNAL}"), Path(lock.lock_file)):
        with suppress(OSError):
            place.unlink()
    lock.release()


def sync(path: Path) -> None:
    """Returns when the file is safe on the disk, and its name in the folder too."""
    for place in (path, path.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

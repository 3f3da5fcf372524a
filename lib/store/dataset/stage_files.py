"""The files of stages beside the store: their tables; how they are made, claimed after a crash, and taken away.

A lock beside each says whether the process that made it is alive.
"""

import os
from collections.abc import Container
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from filelock import FileLock, Timeout

_MARK = ".importing-"
_LOCK, _JOURNAL = ".lock", "-journal"

# Each name once, with its number in the store as soon as that is known.
TABLES = """
    create table traces (key integer primary key, line integer, trace_id text unique, input text, output text,
        messages text, context text, content_hash text, source text, split text, split_given integer,
        system_version text, created_at text, assumptions text, session text, steps text,
        state text not null default 'new', target integer, stored_hash text);
    create table names (key integer primary key, kind text, name text, value text, target integer,
        unique (kind, name, value));
    create table trace_values (trace integer, name integer);
    create table labels (trace integer, name integer, outcome text, critique text, created_at text, mode text,
        revised text);
    create table verdicts (trace integer, name integer, outcome text, critique text, error text, raw text, model text);
    create table modes (trace integer, name integer);
    create table feedback (trace integer, name text, value text, comment text, who text, given_at text);
"""
INSERT = {
    "traces": """insert or ignore into traces (key, line, trace_id, input, output, messages, context, content_hash,
        source, split, split_given, system_version, created_at, assumptions, session, steps)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    "trace_values": "insert into trace_values values (?, ?)",
    "labels": "insert into labels values (?, ?, ?, ?, ?, ?, ?)",
    "verdicts": "insert into verdicts values (?, ?, ?, ?, ?, ?, ?)",
    "modes": "insert into modes values (?, ?)",
    "feedback": "insert into feedback values (?, ?, ?, ?, ?, ?)",
}


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

"""The files of a store are their owner's alone: they are made so, and an older one that everybody may read is narrowed.

Knows modes of files, nothing of what stands in them. A mode that lets a group in is somebody's choice and stays.
"""

import logging
import os
import stat
from pathlib import Path

_OWNER_ALONE, _EVERYBODY = 0o600, stat.S_IRWXO
_log = logging.getLogger(__name__)


def make(path: Path) -> None:
    """An empty file that its owner alone may read and write, whatever the umask; an existing file stays as it is.

    SQLite gives the write-ahead log and the index beside it the mode of the file itself.
    """
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, _OWNER_ALONE))


def narrow(path: Path) -> None:
    """Takes from everybody what stands open to everybody: the file, its log, its index, its copies before a migration.

    What was done, or could not be done, is said in the log of whoever opened the file.
    """
    copies = path.parent.glob(f"{path.stem}.before-*{path.suffix}")
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm"), *copies):
        try:
            found = file.stat()
        except OSError:
            continue
        if os.name == "posix" and found.st_mode & _EVERYBODY:
            _log.warning(_narrowed(file, found))


def _narrowed(file: Path, found: os.stat_result) -> str:
    mode, own = stat.S_IMODE(found.st_mode), stat.S_IMODE(found.st_mode) & stat.S_IRWXU
    try:
        if found.st_uid != os.geteuid():
            raise PermissionError
        file.chmod(own)
    except OSError:
        return (f"{file} can be read by everybody on this machine (mode {mode:04o}), and it is not ours to change: "
                "have its owner run chmod 600 on it.")
    return f"{file} could be read by everybody on this machine (mode {mode:04o}): now by its owner alone ({own:04o})."

"""Which server has a file open, told by a lock that the system takes back however the server ends.

Several servers on one file lose nothing: SQLite orders their writes, and a run, a job or an import has a lock of its
own. Only what a crash cut off has to go on once, so that is up to the first of them.
"""

import logging
import threading
from pathlib import Path

from filelock import FileLock, Timeout

from lib.store.database import Store

ANOTHER = ("Another Plumbline server has this file open. Both may go on, and nothing is lost; stop one of them if that "
           "was not meant.")
_log = logging.getLogger(__name__)
_first_on: dict[Path, FileLock] = {}  # held until this process ends
_asking = threading.Lock()


def is_first(store: Store) -> bool:
    """Whether no other server had the file open when this one began with it; else the log says so."""
    with _asking:
        if store.path in _first_on:
            return True
        lock = FileLock(f"{store.path}.server.lock", thread_local=False, preserve_lock_file=True, mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            _log.warning("%s: %s", store.path, ANOTHER)
            return False
        except OSError:  # on a full disk or in a folder that is only read, nobody can tell
            return True
        _first_on[store.path] = lock
        return True

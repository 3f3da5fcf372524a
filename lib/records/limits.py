"""Limits that a process sets itself before it touches what a stranger wrote.

A library that never comes back, or takes memory without end, then ends that process and no other one.
"""

import resource
from contextlib import suppress


def hold(memory: int, seconds: int | None = None) -> None:
    """No more than this memory in bytes and, where named, this processor time; no image of it is left on the disk."""
    for kind, most in ((resource.RLIMIT_CORE, (0, 0)), (resource.RLIMIT_AS, (memory, memory)),
                       (resource.RLIMIT_CPU, seconds and (seconds, seconds + 1))):
        with suppress(ValueError, OSError):  # where the system knows no such limit, the parent's clock is left
            if most:
                resource.setrlimit(kind, most)

"""How far a file is read: what tells whether it is still the file it was."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """A file as it was found, and how many of its bytes were taken, with their hash."""

    inode: int = 0
    size: int = 0
    modified: int = 0  # nanoseconds; 0: to be looked at again although nothing changed
    read: int = 0
    hash: str = ""

"""What of a file is new since it was last read: lines that were appended, or all of it once it is another file.

Knows bytes and lines, never rows. Whether a file is still the one that was read is told by the hash of what was read.
"""

import hashlib
import json
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

from lib.records.marks import Mark

LINES = (".jsonl", ".ndjson", ".csv", ".tsv")
APPENDED = ("jsonl", "csv")  # formats of which each line stands for itself
QUIET = 60  # seconds without a change, after which a table's last line is whole although no line break ends it
_PIECE = 1 << 20
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16, in which a byte of a line break may be half a letter


@dataclass(frozen=True)
class Part:
    """The bytes of a file that are to be read, from `start` to `end`, and what is said of it."""

    path: Path
    suffix: str
    start: int
    end: int
    mark: Mark  # to be kept once they are stored
    header: bytes = b""  # of a table, to stand before lines that were appended
    said: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to read."""
        return self.start >= self.end

    def copy(self, target: Path) -> Path:
        """Writes them to a file, with the header of the table before them."""
        with self.path.open("rb") as file, target.open("wb") as out:
            out.write(self.header if self.start else b"")
            file.seek(self.start)
            left = self.end - self.start
            while left and (piece := file.read(min(left, _PIECE))):
                out.write(piece)
                left -= len(piece)
        return target


def unchanged(path: Path, mark: Mark) -> bool:
    """Whether a file looks as it did at its last reading; OSError where it cannot be looked at."""
    now = path.stat()
    return (now.st_ino, now.st_size, now.st_mtime_ns) == (mark.inode, mark.size, mark.modified)


def seen(path: Path, mark: Mark) -> Mark:
    """A file as it is now, read as far as it was."""
    now = path.stat()
    return replace(mark, inode=now.st_ino, size=now.st_size, modified=now.st_mtime_ns)


def part(path: Path, mark: Mark, format: str = "", suffix: str = "") -> Part:
    """What of a file is new; `format` is that of its last reading, `suffix` its ending where the name has another.

    A file of lines is read from where it was left; one of another format, and one that was replaced or cut off, from
    its beginning: what is stored of it is recognised. OSError where it cannot be read.
    """
    now = path.stat()
    whole = Mark(now.st_ino, now.st_size, now.st_mtime_ns)
    suffix = suffix or path.suffix
    if suffix.lower() not in LINES or format not in ("", *APPENDED) or _begins(path, _WIDE):
        return Part(path, suffix, 0, now.st_size, replace(whole, read=now.st_size, hash=_hash(path, now.st_size)))
    start, said = _start(path, mark, now.st_size)
    table = suffix.lower() in (".csv", ".tsv")
    end, waits = _end(path, start, table, now.st_mtime)
    found = replace(whole, read=end, hash=_hash(path, end), modified=0 if waits else whole.modified)
    return Part(path, suffix, start, end, found, _header(path) if table else b"", said)


def rest(folder: Path, name: str, mark: Mark) -> Path | None:
    """Where what was read of a rotated file lies now: beside it, its name going on (app.jsonl.1); None: nowhere."""
    for other in sorted(folder.glob(f"{name}*")):
        if other.name != name and other.is_file() and other.stat().st_size >= mark.read > 0 \
                and _hash(other, mark.read) == mark.hash:
            return other
    return None


def _start(path: Path, mark: Mark, size: int) -> tuple[int, str]:
    if size < mark.read:
        return 0, "is shorter than what had been read: it was cut off or replaced, and is read from its beginning"
    if mark.read and _hash(path, mark.read) != mark.hash:
        return 0, "begins otherwise than what had been read: it was replaced, and is read from its beginning"
    return mark.read, ""


def _end(path: Path, start: int, table: bool, modified: float) -> tuple[int, bool]:
    """(where the last whole line ends, whether more waits behind it)."""
    end = at = start
    quoted, tail = 0, b""
    with path.open("rb") as file:
        file.seek(start)
        for line in file:
            at += len(line)
            quoted ^= table and line.count(b'"') & 1  # a cell in quotes may hold line breaks
            if line.endswith(b"\n") and not quoted:
                end = at
            tail = line
    if end == at or (not quoted and (_is_object(tail) if not table else time.time() - modified > QUIET)):
        return at, False
    return end, True


def _is_object(tail: bytes) -> bool:
    try:
        return isinstance(json.loads(tail), dict)
    except (ValueError, RecursionError):
        return False


def _header(path: Path) -> bytes:
    with path.open("rb") as file:
        line = file.readline()
        while line.count(b'"') % 2 and (more := file.readline()):
            line += more
    return line if line.endswith(b"\n") else line + b"\n"


def _begins(path: Path, marks: tuple[bytes, ...]) -> bool:
    with path.open("rb") as file:
        return file.read(2) in marks


def _hash(path: Path, n: int) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while n > 0 and (piece := file.read(min(n, _PIECE))):
            found.update(piece)
            n -= len(piece)
    return found.hexdigest()


def files(place: Path) -> list[Path]:
    """The files of a folder and its folders by name, hidden ones left out; of a file itself."""
    if not place.is_dir():
        return [place]
    return sorted(path for folder, _, names in os.walk(place) for name in names
                  if (path := Path(folder) / name).is_file()
                  and not any(one.startswith(".") for one in path.relative_to(place).parts))

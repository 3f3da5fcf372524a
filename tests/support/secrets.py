"""A key that must turn up nowhere, and the search for it in files."""

from pathlib import Path

CANARY = "sk-CANARY-7f3a9c51e8d24b60"
ESCAPED = "".join(f"\\u{ord(letter):04x}" for letter in CANARY)


def found_in(folder: Path) -> list[str]:
    """The files that hold the key, plainly or in escapes: the database, its log, exports, backups, all."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name.endswith(".db-wal") for path in files)
    return [path.name for path in files for key in (CANARY, ESCAPED) if key.encode() in path.read_bytes()]

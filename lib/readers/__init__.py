"""One file per import format, READERS is the table; a format is recognised by content, not by name.

Bytes in, tables of cells out (and through a mapping, traces). Knows no SQL and no screen.
"""

from collections.abc import Callable

from lib.readers import csv_file, json_file, jsonl_file
from lib.readers.guess import guess
from lib.readers.mapping import Mapping
from lib.readers.table import MAX_BYTES, Row, Table, decode
from lib.records import DataError

__all__ = ["READERS", "Mapping", "Row", "Table", "guess", "read_table", "recognise"]

READERS: dict[str, Callable[..., Table]] = {"csv": csv_file.read, "jsonl": jsonl_file.read, "json": json_file.read}

# By their first bytes, whatever the name says: none of these is ever unpacked or unpickled.
# Long enough not to meet a header that happens to begin alike ("PK,input,output").
_NOT_TEXT = ((b"PK\x03\x04", "a zip archive or an Excel file"), (b"PK\x05\x06", "an empty zip archive"),
             (b"\x1f\x8b", "a gzip archive"), (b"PAR1\x15", "a Parquet file"),
             (b"\x80\x02", "a pickle"), (b"\x80\x03", "a pickle"), (b"\x80\x04", "a pickle"), (b"\x80\x05", "a pickle"),
             (b"SQLite format 3\x00", "a SQLite database"), (b"%PDF-", "a PDF"), (b"BZh91AY&SY", "a bzip2 archive"),
             (b"\xfd7zXZ", "an xz archive"), (b"\x89PNG", "a picture"), (b"\xd0\xcf\x11\xe0", "an old Excel file"))


def recognise(name: str, data: bytes, encoding: str | None = None) -> str:
    """The key of READERS that fits the content; DataError for what is no text table."""
    kind = next((kind for magic, kind in _NOT_TEXT if data.startswith(magic)), None)
    if kind:
        raise DataError(f"{name} is {kind}, whatever its name says. Save the table as CSV, JSONL or JSON.")
    start = decode(name, data, encoding).lstrip("\ufeff \t\r\n")
    if start.startswith("["):
        return "json"
    if not start.startswith("{"):
        return "csv"
    # Objects one under another are JSONL; a single object is JSON only where the name says so.
    first, _, rest = start.partition("\n")
    several = first.rstrip().endswith("}") and rest.lstrip().startswith("{")
    return "json" if not several and not name.lower().endswith((".jsonl", ".ndjson")) and (
        name.lower().endswith(".json") or rest.strip()) else "jsonl"


def read_table(name: str, data: bytes, encoding: str | None = None) -> Table:
    """Reads a whole file by its content; every refusal is a DataError with place and cure."""
    if len(data) > MAX_BYTES:
        raise DataError(f"{name} is larger than {MAX_BYTES // 1_000_000} MB: split it into smaller files.")
    if not data.strip():
        raise DataError(f"{name} is empty: give a file with a header line and at least one row.")
    return READERS[recognise(name, data, encoding)](name, data, encoding)

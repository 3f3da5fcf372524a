"""From bytes to rows: which container a file is, by its first bytes, and its rows out of it.

Knows nothing of what rows mean; whatever is no table of text is refused and never unpacked.
"""

from collections.abc import Callable
from pathlib import Path

from lib.readers.files import csv_file, json_file, jsonl_file, parquet_file
from lib.readers.files.source import Source, lines, source_of
from lib.readers.table import MAX_BYTES, Content
from lib.records import DataError

CONTAINERS: dict[str, Callable[..., Content]] = {
    "csv": csv_file.unpack, "jsonl": jsonl_file.unpack, "json": json_file.unpack, "parquet": parquet_file.unpack}

# By their first bytes, whatever the name says: none of these is ever unpacked or unpickled.
# Long enough not to meet a header that happens to begin alike ("PK,input,output").
_NOT_TEXT = ((b"PK\x03\x04", "a zip archive or an Excel file"), (b"PK\x05\x06", "an empty zip archive"),
             (b"\x1f\x8b", "a gzip archive"), (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
             (b"\x80\x02", "a pickle"), (b"\x80\x03", "a pickle"), (b"\x80\x04", "a pickle"), (b"\x80\x05", "a pickle"),
             (b"SQLite format 3\x00", "a SQLite database"), (b"%PDF-", "a PDF"), (b"BZh91AY&SY", "a bzip2 archive"),
             (b"\xfd7zXZ", "an xz archive"), (b"\x89PNG", "a picture"), (b"\xd0\xcf\x11\xe0", "an old Excel file"))
_INSPECT_PARTS = (b"_journal/", b"samples/", b"header.json", b"summaries.json", b"reductions.json")


def unpack(name: str, data: bytes | Path | Source, encoding: str | None = None,
           container: str | None = None) -> Content:
    """The rows of a file; every refusal is a DataError with place and cure."""
    source = source_of(name, data)
    if source.size > MAX_BYTES:
        raise DataError(f"{name} is larger than {MAX_BYTES // 1_000_000} MB: split it into smaller files.")
    if not source.head(1_000).strip() and not source.whole().strip():
        raise DataError(f"{name} is empty: give a file with a header line and at least one row.")
    return CONTAINERS[container or sniff(source, encoding)](name, source, encoding)


def sniff(source: Source, encoding: str | None = None) -> str:
    """The container that fits the content; DataError for what is no table."""
    head = source.head(100)
    if head.startswith(parquet_file.MAGIC):
        return "parquet"
    refuse_binary(source.name, head)
    rest = (line for line in lines(source, encoding, "\n") if line.strip("\ufeff \t\r\n"))
    name, first = source.name.lower(), next(rest, "").lstrip("\ufeff \t\r\n").rstrip()
    if first.startswith("["):
        return "json"
    if not first.startswith("{"):
        return "csv"
    # Objects one under another are JSONL; a single object is JSON only where the name says so, or its first line.
    if first.endswith(("{", "[", ",")):
        return "json"
    second = next(rest, "")
    several = first.endswith("}") and second.lstrip().startswith("{")
    return "json" if not several and not name.endswith((".jsonl", ".ndjson")) and (
        name.endswith(".json") or second) else "jsonl"


def refuse_binary(name: str, data: bytes) -> None:
    """DataError for bytes that begin as an archive, a picture or another program's file does."""
    kind = next((kind for magic, kind in _NOT_TEXT if data.startswith(magic)), None)
    if kind and data[30:60].startswith(_INSPECT_PARTS):
        raise DataError(f"{name} is an Inspect log in its zip form, and archives are not unpacked here. "
                        "Write it as JSON (inspect log dump FILE.eval > log.json) and import that.")
    if kind:
        raise DataError(f"{name} is {kind}, whatever its name says. Save the table as CSV, JSONL, JSON or Parquet.")

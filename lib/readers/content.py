"""From bytes to rows: which container a file is, by its first bytes, and its rows out of it.

Knows nothing of what rows mean; of archives only an Inspect log is unpacked, all others are refused.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from lib.readers.files import csv_file, inspect_archive, json_objects, jsonl_file, parquet_file, xlsx_file
from lib.readers.files.source import Source, lines, source_of
from lib.readers.table import MAX_BYTES, Content, Row
from lib.records import DataError, UsageError

CONTAINERS: dict[str, Callable[..., Content]] = {
    "csv": csv_file.unpack, "jsonl": jsonl_file.unpack, "json": json_objects.unpack, "parquet": parquet_file.unpack,
    "xlsx": xlsx_file.unpack}

# By their first bytes, whatever the name says: none of these is ever unpacked or unpickled.
# Long enough not to meet a header that happens to begin alike ("PK,input,output").
_NOT_TEXT = ((b"PK\x03\x04", "a zip archive or an Excel file"), (b"PK\x05\x06", "an empty zip archive"),
             (b"\x1f\x8b", "a gzip archive"), (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
             (b"\x80\x02", "a pickle"), (b"\x80\x03", "a pickle"), (b"\x80\x04", "a pickle"), (b"\x80\x05", "a pickle"),
             (b"SQLite format 3\x00", "a SQLite database"), (b"%PDF-", "a PDF"), (b"BZh91AY&SY", "a bzip2 archive"),
             (b"\xfd7zXZ", "an xz archive"), (b"\x89PNG", "a picture"), (b"\xd0\xcf\x11\xe0", "an old Excel file"))


def unpack(name: str, data: bytes | Path | Source, encoding: str | None = None, container: str | None = None,
           sheet: str | None = None) -> Content:
    """The rows of a file, of a workbook those of one sheet; every refusal is a DataError with place and cure."""
    source = source_of(name, data)
    if source.size > MAX_BYTES:
        raise DataError(f"{name} is larger than {MAX_BYTES // 1_000_000} MB: split it into smaller files.")
    if not source.head(1_000).strip() and not source.whole().strip():
        raise DataError(f"{name} is empty: give a file with a header line and at least one row.")
    if inspect_archive.is_one(source.head(100)):
        return inspect_archive.unpack(name, source.whole())
    container = container or sniff(source, encoding)
    if sheet is not None and container != "xlsx":
        raise UsageError(f"{name} is no workbook: it has no sheet '{sheet}'.")
    return CONTAINERS[container](name, source, encoding, **({"sheet": sheet} if sheet is not None else {}))


def together(contents: Sequence[Content]) -> Content:
    """Several files of objects as one: their rows one after another, numbered anew."""
    names = ", ".join(content.name for content in contents)
    if wrong := [content.name for content in contents if content.container not in ("json", "jsonl")]:
        raise UsageError(f"{', '.join(wrong)}: only JSON files are read together. Import such a table by itself.")
    cells = [row.cells for content in contents for row in content.rows]
    return Content(names, "json", [Row(number, found) for number, found in enumerate(cells, 1)], cells,
                   tuple(part for content in contents for part in content.unread))


def sniff(source: Source, encoding: str | None = None) -> str:
    """The container that fits the content; DataError for what is no table."""
    head = source.head(100)
    if head.startswith(parquet_file.MAGIC):
        return "parquet"
    if head.startswith(b"PK\x03\x04") and xlsx_file.is_workbook(source.whole()):
        return "xlsx"
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
    if kind:
        raise DataError(f"{name} is {kind}, whatever its name says. "
                        "Save the table as CSV, JSONL, JSON, Parquet or .xlsx.")

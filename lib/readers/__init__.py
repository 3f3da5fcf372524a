"""One file per import format, READERS is the table; a format is recognised by content, not by name.

Bytes in, tables of cells out (and through a mapping, traces). Knows no SQL and no screen.
"""

from pathlib import Path

from lib.readers.chats import openai_chat
from lib.readers.chats.content import CONTAINERS, unpack
from lib.readers.files import csv_file, json_file, jsonl_file, parquet_file
from lib.readers.guess import guess
from lib.readers.mapping import Mapping
from lib.readers.spans import otel_spans
from lib.readers.table import Content, Format, Row, Table
from lib.readers.tools import inspect_log, langfuse, langsmith, phoenix, promptfoo
from lib.records import UsageError

__all__ = ["READERS", "Format", "Mapping", "Row", "Table", "guess", "read_table", "recognise"]

# The first format that knows its own sign is taken, so the containers, which take any rows, come last.
READERS: dict[str, Format] = {
    "openai": openai_chat.FORMAT, "otel": otel_spans.FORMAT, "langfuse": langfuse.FORMAT,
    "langsmith": langsmith.FORMAT, "phoenix": phoenix.FORMAT, "promptfoo": promptfoo.FORMAT,
    "inspect": inspect_log.FORMAT,
    "csv": csv_file.FORMAT, "jsonl": jsonl_file.FORMAT, "json": json_file.FORMAT, "parquet": parquet_file.FORMAT}


def recognise(name: str, data: bytes | Path, encoding: str | None = None) -> str:
    """The key of READERS that fits the content; DataError for what is no table."""
    return _recognised(unpack(name, data, encoding))


def _recognised(content: Content) -> str:
    return next(key for key, format in READERS.items() if format.recognises(content))


def read_table(name: str, data: bytes | Path, encoding: str | None = None, format: str | None = None) -> Table:
    """Reads a file by its content, or as the format named; every refusal is a DataError with place and cure.

    `data` is the file's bytes, or where it lies: tables of lines are then read from there, as often as needed.
    """
    if format is not None and format not in READERS:
        raise UsageError(f"There is no format '{format}'. Formats: {', '.join(READERS)}.")
    content = unpack(name, data, encoding, format if format in CONTAINERS else None)
    return READERS[format or _recognised(content)].read(content)

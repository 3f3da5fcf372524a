"""One file per import format, READERS is the table; a format is recognised by content, not by name.

Bytes in, tables of cells out (and through a mapping, traces). Knows no SQL and no screen.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lib.readers.content import CONTAINERS, together, unpack
from lib.readers.files import csv_file, json_file, jsonl_file, parquet_file, xlsx_file
from lib.readers.guess import guess
from lib.readers.mapping import Mapping
from lib.readers.platforms import label_studio, langfuse, langsmith, mlflow
from lib.readers.spans import openai_agents, otel_sdk, otel_spans
from lib.readers.table import Content, Format, Row, Table
from lib.readers.tools import (
    deepeval,
    inspect_log,
    openai_chat,
    phoenix,
    phoenix_experiment,
    plumbline,
    promptfoo,
    ragas,
)
from lib.records import UsageError

__all__ = ["READERS", "Format", "Mapping", "Row", "Table", "guess", "read_table", "recognise"]

# The first format that knows its own sign is taken, so the containers, which take any rows, come last.
READERS: dict[str, Format] = {
    "plumbline": plumbline.FORMAT,
    "mlflow": mlflow.FORMAT, "label_studio": label_studio.FORMAT,
    "openai": openai_chat.FORMAT, "otel": otel_spans.FORMAT, "otel_sdk": otel_sdk.FORMAT,
    "openai_agents": openai_agents.FORMAT, "langfuse": langfuse.FORMAT,
    "langsmith": langsmith.FORMAT, "phoenix": phoenix.FORMAT, "phoenix_experiment": phoenix_experiment.FORMAT,
    "promptfoo": promptfoo.FORMAT,
    "inspect": inspect_log.FORMAT, "deepeval": deepeval.FORMAT, "ragas": ragas.FORMAT,
    "csv": csv_file.FORMAT, "jsonl": jsonl_file.FORMAT, "json": json_file.FORMAT, "parquet": parquet_file.FORMAT,
    "xlsx": xlsx_file.FORMAT}


def recognise(name: str, data: bytes | Path, encoding: str | None = None) -> str:
    """The key of READERS that fits the content; DataError for what is no table."""
    return _recognised(unpack(name, data, encoding))


def _recognised(content: Content) -> str:
    return next(key for key, format in READERS.items() if format.recognises(content))


# Their log records may stand in a file of their own.
_JOINED = ("otel", "otel_sdk")


def read_table(name: str, data: bytes | Path, encoding: str | None = None, format: str | None = None,
               sheet: str | None = None, beside: Sequence[tuple[str, bytes | Path]] = ()) -> Table:
    """Reads a whole file by its content, or as the format named; every refusal is a DataError with place and cure.

    Of a workbook it reads the sheet named, else the first that holds a table.
    `data` is the file's bytes, or where it lies: tables of lines are then read from there, as often as needed.
    `beside` are further files (name, data) that belong to it: log records to spans.
    """
    if format is not None and format not in READERS:
        raise UsageError(f"There is no format '{format}'. Formats: {', '.join(READERS)}.")
    content = unpack(name, data, encoding, format if format in CONTAINERS else None, sheet)
    if beside:
        content = together([content, *(unpack(*more, encoding) for more in beside)])
    format = format or _recognised(content)
    if beside and format not in _JOINED:
        raise UsageError(f"{content.name}: only OpenTelemetry's spans and their log records are read together. "
                         "Import other files one by one.")
    table = READERS[format].read(content)
    unsaid = tuple(part for part in content.unread if part not in table.unread)
    return replace(table, unread=(*unsaid, *table.unread)) if unsaid else table

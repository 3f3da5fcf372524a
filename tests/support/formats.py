"""The fixture of every format: one file for each row of READERS, and the others that look different."""

import io

import pyarrow as pa
import pyarrow.parquet as pq

from lib.readers import guess, read_table
from lib.readers.files.json_file import parse
from lib.readers.mapping import rows
from lib.records import ImportedRow, Trace
from tests.support import HOUSE

DATA = HOUSE / "tests" / "readers" / "data"
FOLDER = DATA / "formats"


def parquet(found: list[dict]) -> bytes:
    """These rows as a Parquet file."""
    out = io.BytesIO()
    names = dict.fromkeys(name for cells in found for name in cells)
    pq.write_table(pa.table({name: [cells.get(name) for cells in found] for name in names}), out)
    return out.getvalue()


def fixture(name: str) -> bytes:
    """A file of the folder; plain.parquet is written here, because nobody could read it in a review."""
    if name == "plain.parquet":
        return parquet([parse((FOLDER / "plain.jsonl").read_text(), name)])
    return (DATA if "/" in name else FOLDER).joinpath(name).read_bytes()


# What each file is recognised as.
FIXTURES = {
    "plain.csv": "csv", "plain.jsonl": "jsonl", "plain.json": "json", "plain.parquet": "parquet",
    "openai_tuning.jsonl": "openai", "openai_pairs.jsonl": "openai", "openai_batch.jsonl": "openai",
    "openai_stored.json": "openai", "otel.json": "otel", "otel_older.jsonl": "otel", "langfuse.json": "langfuse",
    "langfuse_traces.csv": "langfuse", "langfuse_observations.jsonl": "langfuse", "langsmith.jsonl": "langsmith",
    "phoenix.jsonl": "phoenix", "phoenix_spans.json": "phoenix", "promptfoo.json": "promptfoo",
    "inspect.json": "inspect",
    "cases/telemetry/otel-sdk-to_json-error.jsonl": "otel_sdk",
    "cases/telemetry/openai-agents-own-processor.jsonl": "openai_agents",
    "cases/telemetry/otlp-snake-case.json": "otel", "cases/telemetry/agents.otlp.json": "otel"}


def imported(data: bytes, name: str = "odd.csv") -> list[ImportedRow]:
    """A file's rows through the guess, as a click on import would take them."""
    table = read_table(name, data)
    return rows(table, guess(table))


def traces(name: str) -> dict[str, Trace]:
    """The traces of a fixture by id."""
    return {row.trace.id: row.trace for row in imported(fixture(name))}


def user(text: str) -> dict:
    """A turn of the user."""
    return {"role": "user", "content": text}


def assistant(text: str) -> dict:
    """A turn of the assistant."""
    return {"role": "assistant", "content": text}


def calling(id: str, name: str, arguments: str) -> dict:
    """A turn in which the assistant calls a tool."""
    return {"role": "assistant", "content": None, "tool_calls": [
        {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}]}


def tool(id: str, text: str) -> dict:
    """What a tool answered."""
    return {"role": "tool", "tool_call_id": id, "content": text}

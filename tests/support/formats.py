"""The fixture of every format: one file for each row of READERS, and the others that look different."""

import io
from functools import cache

import pyarrow as pa
import pyarrow.parquet as pq

from lib.readers import guess, read_table
from lib.readers.files.json_file import parse
from lib.readers.mapping import rows
from lib.records import ImportedRow, Trace
from lib.writers import write
from tests.support import HOUSE

DATA = HOUSE / "tests" / "readers" / "data"
FOLDER = DATA / "formats"
CASES = DATA / "cases"  # each written by the tool it is named after


def parquet(found: list[dict]) -> bytes:
    """These rows as a Parquet file."""
    out = io.BytesIO()
    names = dict.fromkeys(name for cells in found for name in cells)
    pq.write_table(pa.table({name: [cells.get(name) for cells in found] for name in names}), out)
    return out.getvalue()


@cache  # a workbook written a second later is another one
def fixture(name: str) -> bytes:
    """A file of the folder; what nobody could read in a review is written here."""
    if name == "plain.xlsx":
        cells = parse((FOLDER / "plain.jsonl").read_text(), name)
        return write("xlsx", [cells], list(cells))
    if name == "plain.parquet":
        return parquet([parse((FOLDER / "plain.jsonl").read_text(), name)])
    return ((DATA if name.startswith("cases/") else CASES if "/" in name else FOLDER) / name).read_bytes()


# What each file is recognised as.
FIXTURES = {
    "plain.csv": "csv", "plain.jsonl": "jsonl", "plain.json": "json", "plain.parquet": "parquet",
    "plain.xlsx": "xlsx", "ours.csv": "plumbline",
    "openai_tuning.jsonl": "openai", "openai_pairs.jsonl": "openai", "openai_batch.jsonl": "openai",
    "openai_stored.json": "openai", "otel.json": "otel", "otel_older.jsonl": "otel", "langfuse.json": "langfuse",
    "langfuse_traces.csv": "langfuse", "langfuse_observations.jsonl": "langfuse", "langsmith.jsonl": "langsmith",
    "phoenix.jsonl": "phoenix", "phoenix_spans.json": "phoenix", "promptfoo.json": "promptfoo",
    "inspect.json": "inspect",
    "../cases/exports/mlflow-3.17.2-search_traces-records-mixed.json": "mlflow",
    "../cases/exports/mlflow-3.17.2-cli-traces-search.json": "mlflow",
    "../cases/annotation/label-studio.json": "label_studio",
    "../cases/annotation/label-studio-min.json": "label_studio",
    "../cases/annotation/label-studio.csv": "label_studio"}

# The same for files that the tools themselves wrote, of the versions in their names.
FIXTURES |= {
    "exports/promptfoo-0.121.20-failed-rubric-reason-in-error.json": "promptfoo",
    "exports/promptfoo-0.121.20-grader-error.json": "promptfoo",
    "exports/promptfoo-0.121.20-human-rating.json": "promptfoo",
    "exports/promptfoo-0.121.20-no-assertions-and-tool-call.json": "promptfoo",
    "exports/promptfoo-0.121.20-one-prompt.csv": "promptfoo",
    "exports/promptfoo-0.121.20-two-prompts.csv": "promptfoo",
    "exports/phoenix-20.26.1-experiment.csv": "phoenix_experiment",
    "exports/phoenix-20.26.1-experiment.json": "phoenix_experiment",
    "exports/phoenix-20.26.1-dataset.csv": "phoenix_experiment",
    "exports/phoenix-20.26.1-spans-to_csv.csv": "phoenix",
    "exports/phoenix-20.26.1-spans-to_csv-noindex.csv": "phoenix",
    "exports/phoenix-20.26.1-rest-otlpv1.json": "phoenix", "exports/phoenix-20.26.1-spans-default.json": "phoenix",
    "exports/phoenix-20.26.1-spans-tokens-as-floats.jsonl": "phoenix",
    "exports/inspect-0.3.285-dump-with-NaN.json": "inspect", "exports/inspect-0.3.285-edited.json": "inspect",
    "exports/inspect-0.3.285-edited.eval": "inspect",
    "exports/deepeval-4.3.1-dataset.csv": "deepeval", "exports/deepeval-4.3.1-dataset.json": "deepeval",
    "exports/deepeval-4.3.1-test_run.json": "deepeval", "exports/deepeval-4.3.1-conversational.json": "deepeval",
    "exports/ragas-0.4.3-to_csv.csv": "ragas", "exports/ragas-0.4.3-to_csv-with-index.csv": "ragas"}

FIXTURES |= {
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


def telemetry(name: str) -> bytes:
    """A file that a tracing tool wrote."""
    return (DATA / "cases" / "telemetry" / name).read_bytes()


def telemetry_traces(name: str) -> list[Trace]:
    """The traces of such a file."""
    return [row.trace for row in imported(telemetry(name), name)]


def left(data: bytes, name: str = "t.json") -> list[tuple[str, int]]:
    """What a reading left out, with its count."""
    return [(one.what, one.count) for one in read_table(name, data).unread]

"""Reads experiments and datasets of Arize Phoenix, as CSV, JSON or JSONL: each run or example is a trace.

Knows the columns of its downloads; what an annotation means stands in phoenix_annotations.
"""

import re
from typing import Any

from lib.readers import chat
from lib.readers.cells import text
from lib.readers.outcomes import as_number
from lib.readers.spans import spans
from lib.readers.table import Content, Format, Row, Table, Unread
from lib.readers.tools import phoenix_annotations
from lib.readers.tools.asked import answer, output, question
from lib.readers.tools.judged import declared
from lib.records import DataError

_DROPS = "Traces of evaluators, their times and metadata, and the splits of a dataset."
_FLAT = re.compile(r"annotation_(?P<name>.+)_(?P<part>label|score|explanation|annotator_kind|error|start_time)$")
_EXAMPLE = re.compile(r"(?P<part>input|output|metadata)[._](?P<key>.+)", re.S)
_NUMBERS = {"repetition": "repetition_number", "latency_ms": "latency_ms", "input_tokens": "prompt_token_count",
            "output_tokens": "completion_token_count"}
_ASK = ("Phoenix does not say whether they are what the AI system answered or what it should have: for the second, "
        "take no output (--map output=) and choose the column expected_output as context")
_OTHER = "they were given to the example's own output, not to this one"

Found = dict[str, Any]


def _is_run(cells: Found) -> bool:
    return {"example_id", "repetition_number"} <= cells.keys()


def _is_example(cells: Found) -> bool:
    """Of a dataset; versions before node_id wrote example_id and input_question."""
    parts = {match["part"] for key in cells if (match := _EXAMPLE.fullmatch(key))}
    return bool({"node_id", "example_id"} & cells.keys()) and ({"input", "output"} <= cells.keys() or "input" in parts)


def _recognises(content: Content) -> bool:
    return any(_is_run(row.cells) or _is_example(row.cells) for row in content.rows[:20])


def _read(content: Content) -> Table:
    made = [_run(row) if _is_run(row.cells) else _example(row) for row in content.rows]
    for row in made:
        if not row.cells["input"].strip():
            raise DataError(f"{content.where(row)}: the input is empty. Fill it in, or take the row out.")
    if not made or not any(_is_run(row.cells) or _is_example(row.cells) for row in content.rows):
        raise DataError(f"{content.name} holds no runs of an experiment and no examples of a dataset. Download it from "
                        "Phoenix again.")
    unread = [*_counted(made), *phoenix_annotations.unsure(made)]
    said = declared(made)
    more = ["expected_output"] if any("expected_output" in row.cells for row in made) else []
    return Table(content.name, "phoenix_experiment", [*spans.FIELDS, *more, *said.columns], made, content.unit,
                 unread=(*unread, *said.unread), labels=said.labels, verdicts=said.verdicts)


FORMAT = Format("Arize Phoenix experiment or dataset", "example_id beside repetition_number; or node_id beside input",
                _DROPS, _recognises, _read)


def _run(row: Row) -> Row:
    cells = row.cells
    given, values = question(cells.get("input"))
    error = text(cells.get("error"))
    told = answer(cells.get("output"))
    metadata, noted = _metadata(cells.get("metadata"))
    context = {"input": values, "reference_output": chat.opened(cells.get("reference_output")), "metadata": metadata,
               "error": error, **_numbers(cells)}
    return Row(row.line, {
        "id": text(cells.get("trace_id")) or (f"{text(cells['example_id'])}, repetition "
                                              f"{text(cells['repetition_number'])}"),
        "input": given, "output": output(told, error), "messages": _messages(cells.get("input"), told),
        "context": _filled(context), "system_version": None, "created_at": cells.get("start_time"),
        "noted": len(noted), **phoenix_annotations.said(_annotations(cells))})


def _example(row: Row) -> Row:
    """An example of a dataset; one made of a span brings what was said of that span."""
    cells = {**row.cells, **{part: _nested(row.cells, part) for part in ("input", "output", "metadata")}}
    given, values = question(cells["input"])
    told = answer(cells["output"])
    metadata, noted = _metadata(cells["metadata"])
    of_a_span = "span_kind" in metadata or bool(noted)
    expected = {} if of_a_span or not told else {"expected_output": output(told)}
    return Row(row.line, {
        "id": text(cells.get("id") or cells.get("example_id") or cells.get("node_id")), "input": given,
        "output": output(told), "messages": _messages(cells["input"], told),
        "context": _filled({"input": values, "metadata": metadata}), "system_version": None, "created_at": None,
        **expected, **phoenix_annotations.said(noted)})


def _nested(cells: Found, part: str) -> Any:
    """An object out of its columns: input.question, metadata.annotations.quality.label."""
    whole = chat.opened(cells.get(part))
    made: Found = whole if isinstance(whole, dict) else {}
    for key, value in cells.items():
        match = _EXAMPLE.fullmatch(key)
        if match and match["part"] == part and value not in (None, ""):
            *path, last = match["key"].split(".")
            inside = made
            for step in path:
                inside = inside.setdefault(step, {})
                if not isinstance(inside, dict):
                    break
            else:
                inside[last] = chat.opened(value)
    return made or whole


def _metadata(found: Any) -> tuple[Found, list[Found]]:
    """(the metadata without what was said of the span, what was said of it)."""
    opened = chat.opened(found)
    metadata = opened if isinstance(opened, dict) else {"metadata": opened} if opened else {}
    said = metadata.get("annotations")
    noted = [{"name": name, **part} for name, parts in (said.items() if isinstance(said, dict) else ())
             for part in (parts if isinstance(parts, list) else [parts]) if isinstance(part, dict)]
    return {key: value for key, value in metadata.items() if key != "annotations"}, noted


def _annotations(cells: Found) -> list[Found]:
    """What evaluators and people said of a run: a list in JSON, columns in CSV."""
    found = chat.opened(cells.get("annotations"))
    if isinstance(found, list):
        return [part for part in found if isinstance(part, dict)]
    made: dict[str, Found] = {}
    for key, value in cells.items():
        match = _FLAT.fullmatch(key)
        if match:
            made.setdefault(match["name"], {})[match["part"]] = value
    said = {"label", "score", "explanation", "error"}
    return [{"name": name, **part} for name, part in made.items()
            if any(part.get(key) not in (None, "") for key in said)]


def _messages(given: Any, told: list[Found]) -> list[Found] | None:
    """A conversation where the input is one, or where a tool was called."""
    asked = chat.conversation(given) or [{"role": "user", "content": question(given)[0]}]
    keeps = chat.conversation(given) or any("tool_calls" in message for message in told)
    return [*asked, *told] if keeps else None


def _numbers(cells: Found) -> Found:
    """Counts and milliseconds, which a table with gaps keeps as 16.0."""
    found = {name: as_number(text(cells.get(key))) for name, key in _NUMBERS.items()}
    return {name: round(number) for name, number in found.items() if number is not None}


def _filled(found: Found) -> Found:
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def _counted(rows: list[Row]) -> list[Unread]:
    """What is not taken as it stands: outputs that may be references, and annotations of another output."""
    outputs = sum("expected_output" in row.cells for row in rows)
    noted = sum(row.cells.pop("noted", 0) for row in rows)
    return [Unread(what, n, why) for what, n, why in (
        ("outputs of the dataset", outputs, _ASK), ("annotations of the dataset's examples", noted, _OTHER)) if n]

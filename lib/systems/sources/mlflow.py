"""MLflow: traces and assessments by its REST interface, and assessments of ours back.

Written against MLflow 3.17 as it runs. Attributes come typed as OTLP has them, and go on as MLflow's own files hold
them: each value as JSON.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from lib.models.replies import LlmError
from lib.records import UsageError
from lib.systems.sources import calls
from lib.systems.sources.calls import Door, segment
from lib.systems.sources.kinds import OURS, Asked, Feedback, Found, Head, Heads, Kind, Note, Place, Whole

_LISTED = 500
_TRACES = "/api/3.0/mlflow/traces"
_ID = "plumbline"  # under it the metadata of an assessment of ours holds its identifier


async def _find(door: Door, project: str) -> Place:
    found = await door.get("/api/2.0/mlflow/experiments/get-by-name", [("experiment_name", project)], missing=True)
    if found is None:
        raise UsageError(f"There is no experiment '{project}' at {door.address}.")
    id = str(found["experiment"]["experiment_id"])
    return Place(id, f"{door.address}/#/experiments/{id}/traces?selectedEvaluationId={{trace}}")


async def _heads(door: Door, place: Place, asked: Asked, cursor: str) -> AsyncIterator[Heads]:
    since = f"timestamp_ms >= {_milliseconds(asked.since)}" if asked.since else ""
    while True:
        body = {"locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": place.id}}],
                "max_results": _LISTED, "order_by": ["timestamp_ms ASC"],
                "filter": " AND ".join(part for part in (since, asked.filter) if part)}
        found = await door.send(f"{_TRACES}/search", body | ({"page_token": cursor} if cursor else {}))
        cursor = found.get("next_page_token") or ""
        heads = [Head(one["trace_id"], one["request_time"], one) for one in found.get("traces", ())]
        yield Heads(heads, cursor)
        if not cursor or not heads:
            return


def _milliseconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)


async def _whole(door: Door, place: Place, heads: Sequence[Head]) -> list[Whole]:
    found = await door.get(f"{_TRACES}/batchGet", [("trace_ids", head.id) for head in heads])
    spans = {one["trace_info"]["trace_id"]: one.get("spans", ()) for one in found.get("traces", ())}
    return [_trace(head, [_span(one) for one in spans.get(head.id, ())]) for head in heads]


def _trace(head: Head, spans: list[Found]) -> Whole:
    said = head.cells.get("assessments")
    return Whole(head.id, [{"info": head.cells, "data": {"spans": spans}}], [said] if isinstance(said, list) else [])


def _span(span: Found) -> Found:
    """A span as a file has it; the texts in its values are MLflow's own JSON again."""
    events = [{**one, "attributes": _plain(one.get("attributes"))} for one in span.get("events", ())]
    attributes = {name: json.dumps(value, ensure_ascii=False) for name, value in _plain(span.get("attributes")).items()}
    return {**span, "attributes": attributes, "events": events}


def _plain(pairs: Any) -> Found:
    return {one.get("key", ""): _value(one.get("value") or {}) for one in pairs or ()}


def _value(typed: Found) -> Any:
    """One typed value; whole numbers may come as text."""
    for name, value in typed.items():
        if name == "array_value":
            return [_value(one) for one in value.get("values", ())]
        if name == "kvlist_value":
            return _plain(value.get("values"))
        return int(value) if name == "int_value" else value
    return None


def _is_person(one: Found) -> bool:
    return (one.get("source") or {}).get("source_type") == "HUMAN" and "feedback" in one


async def _push(door: Door, place: Place, notes: Sequence[Note]) -> dict[str, str]:
    """One by one: MLflow takes no more at once. What is there already is changed by its id."""
    made = await asyncio.gather(*(_pushed(door, note) for note in notes))
    return {note.identifier: id for note, id in zip(notes, made, strict=True)}


async def _pushed(door: Door, note: Note) -> str:
    at = f"{_TRACES}/{segment(note.trace)}"
    said = {"feedback": {"value": note.value}, "rationale": note.text, "metadata": {_ID: note.identifier}}
    there = note.remote or (await _there(door, at, note.identifier) if note.doubtful else "")
    if there:
        try:
            return await _changed(door, f"{at}/assessments", there, said)
        except LlmError as error:
            if error.kind != "bad_request":
                raise  # else it was deleted there: it is written anew
    source = {"source_type": "HUMAN" if note.human else "LLM_JUDGE", "source_id": note.by}
    body = {"assessment": {"assessment_name": note.name, "trace_id": note.trace, "source": source, **said}}
    return (await door.send(f"{at}/assessments", body))["assessment"]["assessment_id"]


async def _there(door: Door, at: str, identifier: str) -> str:
    """The id of an assessment of ours whose sending broke off before its id came; "" where it never arrived."""
    info = (await door.get(at))["trace"]["trace_info"]
    return next((one["assessment_id"] for one in info.get("assessments", ())
                 if (one.get("metadata") or {}).get(_ID) == identifier), "")


async def _changed(door: Door, at: str, id: str, said: Found) -> str:
    body = {"assessment": {"assessment_id": id, **said}, "update_mask": "feedback,rationale,metadata"}
    await door.send(f"{at}/{segment(id)}", body, "PATCH")
    return id


KIND = Kind(
    "mlflow", "MLflow", "mlflow", (0, 1, 2), "none, one: a token, or two: a user and a password", calls.bearer, _find,
    _heads, _whole,
    Feedback(lambda one: str(one.get("assessment_name") or ""), _is_person,
             lambda one: str(one.get("assessment_name") or "").startswith(OURS)),
    _push, notes_at_once=20)

"""Arize Phoenix: traces, their spans and annotations by its REST interface, and annotations of ours back.

Written against Phoenix 20.26 as it runs.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from lib.models.replies import LlmError
from lib.records import UsageError
from lib.systems.sources import calls
from lib.systems.sources.calls import Door, segment
from lib.systems.sources.kinds import OURS, Asked, Feedback, Found, Head, Heads, Kind, Note, Place, Whole

_LISTED, _SPANS, _ANNOTATIONS = 500, 1_000, 10_000  # the most of each in a page
_IDS = 1_000  # of spans in an address


async def _find(door: Door, project: str) -> Place:
    found = await door.get(f"/v1/projects/{segment(project)}", missing=True)
    if found is None:
        listed = await door.get("/v1/projects", [("limit", 100)])
        names = ", ".join(str(one.get("name")) for one in listed.get("data", ())[:12])
        raise UsageError(f"There is no project '{project}' at {door.address}. Projects: {names}.")
    return Place(found["data"]["id"], f"{door.address}/redirects/traces/{{trace}}")


async def _heads(door: Door, place: Place, asked: Asked, cursor: str) -> AsyncIterator[Heads]:
    while True:
        params = [("limit", _LISTED), ("order", "asc"), ("sort", "start_time"),
                  *((name, value) for name, value in (("start_time", asked.since), ("filter", asked.filter),
                                                      ("cursor", cursor)) if value)]
        found = await door.get(f"/v1/projects/{segment(place.id)}/traces", params)
        cursor = found.get("next_cursor") or ""
        yield Heads([Head(one["trace_id"], one["start_time"]) for one in found["data"]], cursor)
        if not cursor:
            return


async def _whole(door: Door, place: Place, heads: Sequence[Head]) -> list[Whole]:
    ids = [("trace_id", head.id) for head in heads]
    spans = await _pages(door, place, "spans", [*ids, ("limit", _SPANS), ("order", "asc")])
    annotations, of_traces = await asyncio.gather(
        _annotations(door, place, "span_annotations", "span_ids", [one["context"]["span_id"] for one in spans]),
        _annotations(door, place, "trace_annotations", "trace_ids", [head.id for head in heads]))
    made: dict[str, list[Found]] = {head.id: [] for head in heads}
    for span in spans:
        id = span["context"]["span_id"]
        made[span["context"]["trace_id"]].append({**span, "annotations": annotations.get(id, [])})
    return [_trace(id, found, of_traces.get(id, [])) for id, found in made.items() if found]


def _trace(id: str, spans: list[Found], said: list[Found]) -> Whole:
    known = {span["context"]["span_id"] for span in spans}
    root = next((span for span in spans if span.get("parent_id") not in known), spans[0])
    return Whole(id, [{"traceId": id, "spans": spans, "annotations": said}],
                 [said, *(span["annotations"] for span in spans)], root["context"]["span_id"])


async def _annotations(door: Door, place: Place, path: str, name: str, ids: list[str]) -> dict[str, list[Found]]:
    made: dict[str, list[Found]] = {}
    for start in range(0, len(ids), _IDS):
        some = [(name, id) for id in ids[start:start + _IDS]]
        for one in await _pages(door, place, path, [*some, ("limit", _ANNOTATIONS)]):
            made.setdefault(one[name.removesuffix("s")], []).append(one)
    return made


async def _pages(door: Door, place: Place, path: str, params: list[tuple[str, Any]]) -> list[Found]:
    rows, more = [], []
    while True:
        found = await door.get(f"/v1/projects/{segment(place.id)}/{path}", [*params, *more])
        rows += found["data"]
        if not found.get("next_cursor"):
            return rows
        more = [("cursor", found["next_cursor"])]


async def _push(door: Door, place: Place, notes: Sequence[Note]) -> dict[str, str]:
    """By name and identifier Phoenix knows each again, and what others wrote has another name."""
    data = [{"span_id": note.node, "name": note.name, "identifier": note.identifier,
             "annotator_kind": "HUMAN" if note.human else "LLM",
             "result": {"label": note.value, "explanation": note.text or None,
                        **({} if note.passed is None else {"score": float(note.passed)})},
             "metadata": {"by": note.by}} for note in notes]
    try:
        found = await door.send("/v1/span_annotations", {"data": data}, params=[("sync", "true")])
    except LlmError as error:
        if error.kind == "bad_request" and "do not exist" in str(error):
            raise LlmError("bad_request", f"Some traces are no longer at {door.address}. ({error})") from None
        raise
    return {note.identifier: one["id"] for note, one in zip(notes, found["data"], strict=False)}


KIND = Kind(
    "phoenix", "Arize Phoenix", "phoenix", (0, 1), "none, or one: an API key", calls.bearer, _find, _heads, _whole,
    Feedback(lambda one: str(one.get("name") or ""), lambda one: one.get("annotator_kind") == "HUMAN",
             lambda one: str(one.get("name") or "").startswith(OURS)
             or str(one.get("identifier") or "").startswith(OURS)),
    _push, at_once=500)

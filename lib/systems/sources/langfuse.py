"""Langfuse: traces with their observations and evaluations by its public API, and evaluations of ours back.

Written against its published interface and the shapes of its exports; it was not met live.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from hashlib import sha256

from lib.records import UsageError
from lib.systems.sources import calls
from lib.systems.sources.calls import Door, segment
from lib.systems.sources.kinds import OURS, Asked, Feedback, Found, Head, Heads, Kind, Note, Place, Whole

_LISTED = 100


async def _find(door: Door, project: str) -> Place:
    found = (await door.get("/api/public/projects")).get("data", [])
    id = next((one["id"] for one in found if project in (one.get("name"), one.get("id"))), None)
    if id is None:
        names = ", ".join(str(one.get("name")) for one in found) or "none"
        raise UsageError(f"The keys at {door.address} are not of a project '{project}'. They are of: {names}.")
    return Place(id, f"{door.address}/project/{segment(id)}/traces/{{trace}}")


async def _heads(door: Door, place: Place, asked: Asked, cursor: str) -> AsyncIterator[Heads]:
    page = int(cursor or 1)
    more = [(name, value) for name, value in (("fromTimestamp", asked.since), ("filter", asked.filter)) if value]
    while page:
        found = await door.get("/api/public/traces", [("page", page), ("limit", _LISTED),
                                                      ("orderBy", "timestamp.asc"), *more])
        page = page + 1 if found["data"] and page < found["meta"]["totalPages"] else 0
        yield Heads([Head(one["id"], one["timestamp"]) for one in found["data"]], str(page or ""))


async def _whole(door: Door, place: Place, heads: Sequence[Head]) -> list[Whole]:
    found = await asyncio.gather(*(door.get(f"/api/public/traces/{segment(head.id)}", missing=True)
                                   for head in heads))
    return [Whole(one["id"], [one], [one["scores"]] if isinstance(one.get("scores"), list) else [])
            for one in found if one is not None]


async def _push(door: Door, place: Place, notes: Sequence[Note]) -> dict[str, str]:
    """By its id Langfuse knows each again: it is derived from the identifier, so nobody else has it."""
    await asyncio.gather(*(door.send("/api/public/scores", _written(note)) for note in notes))
    return {note.identifier: _id(note) for note in notes}


def _written(note: Note) -> Found:
    return {"id": _id(note), "traceId": note.trace, "name": note.name, "value": note.value,
            "dataType": "CATEGORICAL", "comment": note.text, "metadata": {"by": note.by}}


def _id(note: Note) -> str:
    return f"{OURS}-{sha256(note.identifier.encode('utf-8', 'replace')).hexdigest()[:32]}"


KIND = Kind(
    "langfuse", "Langfuse", "langfuse", (2,), "two: the public key, then the secret one", calls.basic, _find, _heads,
    _whole, Feedback(lambda one: str(one.get("name") or ""), lambda one: one.get("source") == "ANNOTATION",
                     lambda one: str(one.get("name") or "").startswith(OURS)), _push, at_once=50, notes_at_once=20)

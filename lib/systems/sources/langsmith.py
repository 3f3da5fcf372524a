"""LangSmith: runs and their feedback by its API, and feedback of ours back.

Written against its published interface and the shapes of its exports; it was not met live.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from lib.models.replies import LlmError
from lib.records import UsageError
from lib.systems.sources.calls import Door
from lib.systems.sources.kinds import OURS, Asked, Feedback, Found, Head, Heads, Kind, Note, Place, Whole

_LISTED = 100


def _key(values: list[str]) -> dict[str, str]:
    return {"x-api-key": values[0]}


async def _find(door: Door, project: str) -> Place:
    found = await door.get("/api/v1/sessions", [("name", project), ("limit", 1)])
    if not found:
        raise UsageError(f"There is no project '{project}' at {door.address}.")
    one = found[0]
    return Place(one["id"], f"{_app(door.address)}/o/{one['tenant_id']}/projects/p/{one['id']}/r/{{trace}}"
                 if one.get("tenant_id") else "")


def _app(address: str) -> str:
    """Its pages: where it is hosted the interface has a host of its own."""
    return address.replace("://api.", "://", 1) if (urlsplit(address).hostname or "").startswith("api.") else address


async def _heads(door: Door, place: Place, asked: Asked, cursor: str) -> AsyncIterator[Heads]:
    body: Found = {"session": [place.id], "is_root": True, "limit": _LISTED, "order": "asc"}
    body |= {name: value for name, value in (("start_time", asked.since), ("filter", asked.filter)) if value}
    while True:
        runs, cursor = await _page(door, body, cursor)
        yield Heads([Head(one.get("trace_id") or one["id"], one["start_time"]) for one in runs], cursor)
        if not cursor:
            return


async def _page(door: Door, body: Found, cursor: str) -> tuple[list[Found], str]:
    found = await door.send("/api/v1/runs/query", body | ({"cursor": cursor} if cursor else {}))
    return found["runs"], (found.get("cursors") or {}).get("next") or ""


async def _whole(door: Door, place: Place, heads: Sequence[Head]) -> list[Whole]:
    return [one for one in await asyncio.gather(*(_trace(door, place, head.id) for head in heads)) if one.rows]


async def _trace(door: Door, place: Place, id: str) -> Whole:
    """All runs of a trace, each with its feedback."""
    runs: list[Found] = []
    cursor = "first"
    while cursor:
        more, cursor = await _page(door, {"session": [place.id], "trace": id, "limit": _LISTED},
                                   "" if cursor == "first" else cursor)
        runs += more
    said: dict[str, list[Found]] = {one["id"]: [] for one in runs}
    ids = list(said)
    for start in range(0, len(ids), _LISTED):
        for one in await _feedback(door, ids[start:start + _LISTED]):
            said.setdefault(one["run_id"], []).append(one)
    return Whole(id, [{**one, "feedback": said[one["id"]]} for one in runs], [said[one["id"]] for one in runs])


async def _feedback(door: Door, runs: list[str]) -> list[Found]:
    found: list[Found] = []
    while True:
        more = await door.get("/api/v1/feedback", [*(("run", id) for id in runs), ("limit", _LISTED),
                                                   ("offset", len(found))])
        found += more
        if len(more) < _LISTED:
            return found


async def _push(door: Door, place: Place, notes: Sequence[Note]) -> dict[str, str]:
    """Each has an id derived from its identifier: what is there already is changed by that."""
    await asyncio.gather(*(_pushed(door, note) for note in notes))
    return {note.identifier: _id(note) for note in notes}


async def _pushed(door: Door, note: Note) -> None:
    said = {"value": note.value, "comment": note.text,
            "score": None if note.passed is None else float(note.passed)}
    if note.remote or note.doubtful:
        try:
            await door.send(f"/api/v1/feedback/{_id(note)}", said, "PATCH")
            return
        except LlmError as error:
            if error.kind != "bad_request":
                raise  # else it is not there: it is written
    source = {"type": "api", "metadata": {"by": note.by}}
    await door.send("/api/v1/feedback", {"id": _id(note), "run_id": note.trace, "trace_id": note.trace,
                                         "key": note.name, "feedback_source": source, **said})


def _id(note: Note) -> str:
    return str(uuid5(NAMESPACE_URL, note.identifier))


def _is_person(one: Found) -> bool:
    return (one.get("feedback_source") or {}).get("type") == "app"


KIND = Kind(
    "langsmith", "LangSmith", "langsmith", (1,), "one: an API key", _key, _find, _heads, _whole,
    Feedback(lambda one: str(one.get("key") or ""), _is_person,
             lambda one: str(one.get("key") or "").startswith(OURS)), _push, at_once=20, notes_at_once=20)

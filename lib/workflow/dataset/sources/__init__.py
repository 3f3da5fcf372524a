"""Sources: made known, looked at, and pulled from in the background; what is pushed back is in overview/pushing.py."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from lib.records import UsageError
from lib.store import Store
from lib.store.dataset import sources
from lib.store.dataset.sources import Source, pulls
from lib.store.dataset.sources.pulls import Pull
from lib.systems.sources import SOURCES, calls, check
from lib.systems.sources.kinds import OURS, Place

KINDS = {name: kind.title for name, kind in SOURCES.items()}  # what each is called


def add(store: Store, name: str, kind: str, address: str, project: str, keys: Sequence[str] = (),
        question: str = "") -> Source:
    """A new source, once the project there has been found; UsageError or LlmError with the reason where it is not."""
    store.check("sources")
    address = check(kind, address, keys)
    if name.lower().startswith(OURS):
        raise UsageError(f"What begins with '{OURS}' is our own there: choose another name.")
    place = asyncio.run(_found(kind, address, project, keys))
    return sources.add(store, name, kind, address, project, {"id": place.id, "link": place.link}, keys, question)


async def _found(kind: str, address: str, project: str, keys: Sequence[str]) -> Place:
    async with calls.opened(address, keys, SOURCES[kind].headers) as door:
        return await SOURCES[kind].find(door, project)


@dataclass(frozen=True)
class Standing:
    """A source with its newest pull, None before the first, and how many traces of it are here."""

    source: Source
    title: str
    pull: Pull | None
    traces: int


def standing(store: Store) -> list[Standing]:
    """Every source, oldest first."""
    newest, counts = pulls.newest(store), sources.traces(store)
    return [Standing(one, SOURCES[one.kind].title if one.kind in SOURCES else one.kind, newest.get(one.key),
                     counts.get(one.key, 0)) for one in sources.every(store)]

"""Pulling: pages of a source become traces part after part; after each one it is kept where the next begins.

While a part is imported the next one is fetched, and no more than that: memory does not grow with the source.
"""

import asyncio
import heapq
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from lib.engine import worker_pool
from lib.engine.stored_work import StoredWork
from lib.records import CANCELLED, DONE, RESUMABLE, PlumblineError, UsageError
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset import sources
from lib.store.dataset.sources import Source, pulls
from lib.store.dataset.sources.pulls import Pull
from lib.systems.sources import SOURCES, calls
from lib.systems.sources.calls import Door
from lib.systems.sources.kinds import Asked, Head, Place, Whole
from lib.workflow.background import Background
from lib.workflow.dataset import reading
from lib.workflow.dataset.sources.parts import Part, question_of, sift, store_part

MOST_TRACES, MOST_BYTES = 1_000, 30_000_000  # of one part
# A pull begins so long before the newest trace that came: what was late then comes now, feedback too.
LOOK_BACK = timedelta(minutes=10)
Moved = Callable[[Pull], None]


class Pulling(StoredWork):
    """A pull as work of its own."""

    rows = pulls
    noun, listed_by = "pull", "source list"


PULLS = Background("Pull", pulls, Pulling.alive, pulls.forget_unanswered, "source-resume")


@dataclass(frozen=True)
class Wanted:
    """What of a source is pulled: from a moment on (ISO 8601), by its own filter, a sample of so many by a seed."""

    since: str = ""
    filter: str = ""
    sample: int | None = None
    seed: int = 0


def begin(store: Store, name: str, wanted: Wanted = Wanted()) -> Pull:
    """A queued pull; without `since` it begins shortly before the newest trace that came. UsageError for no moment."""
    source = sources.get(store, name)
    PULLS.settle(store)
    since = moment(wanted.since) if wanted.since else _later(source.newest)
    if wanted.sample and not wanted.since:
        since = ""  # a sample is drawn over all there is
    number = pulls.create(store, source.key, asdict(replace(wanted, since=since)))
    return pulls.get(store, number)


def broken_off(store: Store, name: str, wanted: Wanted = Wanted()) -> Pull | None:
    """The pull to go on with: the newest one of a source, where it stopped and asked for the same."""
    PULLS.settle(store)
    newest = next(iter(pulls.every(store, sources.get(store, name).key)), None)
    if newest is None or newest.status not in RESUMABLE:
        return None
    since = moment(wanted.since) if wanted.since else newest.options["since"]
    return newest if asdict(replace(wanted, since=since)) == newest.options else None


def moment(text: str) -> str:
    """A moment as it is typed, in UTC where it names no zone; UsageError where it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is no time: write 2026-11-30 or 2026-11-30T18:00.") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _later(newest: str) -> str:
    return (datetime.fromisoformat(newest) - LOOK_BACK).isoformat() if newest else ""


def execute(store: Store, number: int, moved: Moved = lambda pull: None) -> Pull:
    """Works a pull off, from where it broke off; returns it as it then stands. What a file would meet, it meets."""
    pull = pulls.get(store, number)
    source = sources.by_key(store, pull.source)
    for sentence in reading.finish(store):
        Pulling(store, number).say(sentence)
    worker_pool.alone(Pulling(store, number), lambda: asyncio.run(_Way(store, source, pull, moved).through()))
    return pulls.get(store, number)


class _Way:
    """One pull on its way."""

    def __init__(self, store: Store, source: Source, pull: Pull, moved: Moved) -> None:
        self.store, self.source, self.pull, self.moved = store, source, pull, moved
        self.kind, self.work = SOURCES[source.kind], Pulling(store, pull.id)
        self.wanted = Wanted(**pull.options)
        self.place = Place(source.place, source.link)
        self.asked = Asked(self.wanted.since, self.wanted.filter)
        self.newest, self.number = "", 0

    async def through(self) -> tuple[str, str]:
        """Fetches part after part and stores it; returns the status the pull ends in and why."""
        async with calls.opened(self.source.address, self.source.keys, self.kind.headers, self._waited) as door:
            parts = self._parts(door)
            coming = asyncio.ensure_future(anext(parts, None))
            try:
                while (found := await coming) is not None:
                    coming = asyncio.ensure_future(anext(parts, None))
                    await asyncio.to_thread(self._keep, *found)
                    if self.work.status() == CANCELLED:
                        return CANCELLED, ""
            finally:
                coming.cancel()
                with suppress(asyncio.CancelledError, PlumblineError):
                    await coming
                await parts.aclose()
        if not self.wanted.sample and not self.wanted.filter:
            sources.reached(self.store, self.source.key, self.newest)
        return DONE, ""

    def _waited(self, seconds: float) -> None:
        self.work.say(f"waits {seconds:.0f} s, as {self.source.address} asks")

    def _keep(self, traces: list[Whole], cursor: str, read: int) -> None:
        """Stores a part and where the next one begins."""
        self.number += 1
        feedback = self.kind.feedback
        if not self.source.question and (question := question_of(feedback, traces)):
            sources.ask(self.store, self.source.key, question)
            self.source = sources.by_key(self.store, self.source.key)
        part = Part(f"{self.source.name}, pull {self.pull.id}, part {self.number}", traces)
        sift(feedback, self.source.question, part)
        store_part(self.store, self.source, self.kind, part)
        pulls.keep(self.store, self.pull.id, cursor, read, part.result, dict(part.left))
        self.moved(pulls.get(self.store, self.pull.id))

    async def _parts(self, door: Door) -> AsyncIterator[tuple[list[Whole], str, int]]:
        """(whole traces, where the next part begins, how many were asked for)."""
        traces: list[Whole] = []
        read, before = 0, door.read
        cursor = self.pull.cursor
        async for heads, cursor in self._heads(door):
            found = await self.kind.whole(door, self.place, heads)
            self.newest = max([self.newest, *(_utc(head.time) for head in heads)])
            traces += found
            read += len(heads)
            if len(traces) >= MOST_TRACES or door.read - before >= MOST_BYTES:
                yield traces, cursor, read
                traces, read, before = [], 0, door.read
        if traces or read:
            yield traces, cursor, read

    async def _heads(self, door: Door) -> AsyncIterator[tuple[list[Head], str]]:
        """(traces to be asked for in one go, the cursor behind them)."""
        if self.wanted.sample:
            every = await self._drawn(door)
            start = int(self.pull.cursor or 0)
            for first in range(start, len(every), self.kind.at_once):
                yield every[first:first + self.kind.at_once], str(first + self.kind.at_once)
            return
        page, skip = json.loads(self.pull.cursor) if self.pull.cursor else ("", 0)
        async for found in self.kind.heads(door, self.place, self.asked, page):
            for first in range(skip, len(found.heads), self.kind.at_once):
                last = first + self.kind.at_once
                whole = last >= len(found.heads) and found.cursor
                yield found.heads[first:last], json.dumps([found.cursor, 0] if whole else [page, last])
            page, skip = found.cursor, 0

    async def _drawn(self, door: Door) -> list[Head]:
        """The sample: of all traces that are asked for those with the smallest hashes of seed and id."""
        n, listed = self.wanted.sample or 0, 0
        drawn: list[tuple[int, str, Head]] = []
        async for found in self.kind.heads(door, self.place, self.asked, ""):
            listed += len(found.heads)
            drawn = heapq.nsmallest(n, [*drawn, *((_place(self.wanted.seed, head.id), head.id, head)
                                                 for head in found.heads)])
        pulls.count(self.store, self.pull.id, len(drawn))
        self.work.say(f"{len(drawn):,} drawn of {counted(listed, 'trace')}, seed {self.wanted.seed}")
        return sorted((head for _, _, head in drawn), key=lambda head: (head.time, head.id))


def _place(seed: int, id: str) -> int:
    return int.from_bytes(sha256(f"{seed}\n{id}".encode()).digest()[:8])


def _utc(time: str) -> str:
    return datetime.fromisoformat(time).astimezone(UTC).isoformat()


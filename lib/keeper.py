"""Keeps what comes in a thread of its own, so that a slow disk holds up no call; several results in one commit.

Knows how many results may be on their way to the disk; what a result is and how it is saved is handed to it.
"""

import asyncio
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

MOST_UNSAVED = 16  # results that came and are not on the disk yet: from here on no call begins
Item = TypeVar("Item")


class Keeper(Generic[Item]):
    """`async with Keeper(save) as keeper`: `save` gets what is there, in order; at the end all of it is saved.

    What `save` raises is raised by whoever keeps or waits next, and at the latest at the end.
    """

    def __init__(self, save: Callable[[list[Item]], None]) -> None:
        """Saves nothing yet."""
        self._save, self._queue = save, SimpleQueue()
        self._thread = threading.Thread(target=self._work, daemon=True, name="keeper")
        self._unsaved, self._error = 0, None

    async def __aenter__(self) -> "Keeper[Item]":
        """Starts the thread."""
        self._loop, self._moved = asyncio.get_running_loop(), asyncio.Event()
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Waits until everything is saved."""
        self._queue.put(None)
        self._thread.join()
        self._refuse()

    def keep(self, item: Item) -> None:
        """Hands over a result, which is saved in a moment."""
        self._refuse()
        self._unsaved += 1
        self._queue.put(item)

    async def room(self) -> None:
        """Waits until few enough results are on their way."""
        self._refuse()
        while self._unsaved >= MOST_UNSAVED:
            self._moved.clear()
            await self._moved.wait()
            self._refuse()

    def _refuse(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        while batch := self._next():
            try:
                self._save(batch)
            except BaseException as error:  # whatever it is, it belongs to whoever executes the work
                self._error = error
            self._loop.call_soon_threadsafe(self._told, len(batch))

    def _next(self) -> list[Item]:
        """Waits for a result and takes along what else is there; empty at the end."""
        batch = [self._queue.get()]
        while batch[-1] is not None:
            try:
                batch.append(self._queue.get_nowait())
            except Empty:
                return batch
        self._queue.put(None)
        return batch[:-1]

    def _told(self, saved: int) -> None:
        self._unsaved -= saved
        self._moved.set()

"""Writes results in a thread of its own, so that a slow disk holds up no call; several results in one commit.

Knows when a result is safe; what a result is and how it is saved is handed to it.
"""

import asyncio
import sys
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Item = TypeVar("Item")
# Both threads share one interpreter: at Python's own 5 ms each step of a commit would wait out the other thread's turn.
_TURN = 0.001  # seconds


class ResultWriter(Generic[Item]):
    """`async with ResultWriter(save) as writer`: `save` gets what is there, in order; at the end all of it is saved."""

    def __init__(self, save: Callable[[list[Item]], None]) -> None:
        """Saves nothing yet."""
        self._save, self._queue = save, SimpleQueue()
        self._thread = threading.Thread(target=self._work, daemon=True, name="result writer")

    async def __aenter__(self) -> "ResultWriter[Item]":
        """Starts the thread."""
        self._loop, self._turn = asyncio.get_running_loop(), sys.getswitchinterval()
        sys.setswitchinterval(_TURN)
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Waits until everything is saved."""
        self._queue.put(None)
        self._thread.join()
        sys.setswitchinterval(self._turn)

    def keep(self, item: Item) -> asyncio.Future[None]:
        """Hands over a result. What is returned is done once it is safe, and raises what saving it has raised."""
        saved = self._loop.create_future()
        self._queue.put((item, saved))
        return saved

    def _work(self) -> None:
        while batch := self._next():
            try:
                self._save([item for item, _ in batch])
                error = None
            except Exception as raised:  # whatever it is, it belongs to whoever waits for the result
                error = raised
            self._loop.call_soon_threadsafe(_tell, [saved for _, saved in batch], error)

    def _next(self) -> list[tuple[Item, asyncio.Future[None]]]:
        """Waits for a result and takes along what else is there; empty at the end."""
        batch = [self._queue.get()]
        while batch[-1] is not None:
            try:
                batch.append(self._queue.get_nowait())
            except Empty:
                return batch
        if batch := batch[:-1]:
            self._queue.put(None)
        return batch


def _tell(waiting: list[asyncio.Future[None]], error: Exception | None) -> None:
    for saved in waiting:
        if saved.cancelled():
            continue
        if error is None:
            saved.set_result(None)
        else:
            saved.set_exception(error)

"""Traces that telemetry programs send: kept as they come, put together once they are quiet, imported as a file is."""

import asyncio
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from lib.models import keys
from lib.readers import guess
from lib.readers.spans.spans import DIMENSIONS
from lib.records import DataError, UsageError
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset.imports import ImportResult
from lib.store.dataset.sources import received
from lib.systems.otlp import server
from lib.systems.otlp.decoding import Part
from lib.workflow.dataset import exchange, reading
from lib.workflow.dataset.sources.parts import CHANGED

QUIET, ROOTLESS = 10.0, 60.0  # seconds without a new part before a trace is put together, with a root span and without
_LAST = 2**62  # behind every part
EVERY = 30.0  # seconds between two looks for quiet traces
MOST_TRACES = 500  # put together in one import
MOST_WAITING = 1_000_000  # parts
BODY, RATE = 16 * 2**20, 5_000
FORMAT = "otel"
AUTHOR = "received"  # who is noted as having brought its traces; a watch may be of them


@dataclass(frozen=True)
class Wanted:
    """Where it listens, which variable holds its key, and its bounds."""

    address: str = "127.0.0.1"
    port: int = 4318
    key_env: str = ""
    quiet: float = QUIET
    every: float = EVERY
    body: int = BODY
    rate: int = RATE
    most_waiting: int = MOST_WAITING


@dataclass
class Received:
    """What came since it began: parts, the traces they became, and what is left out, by the reason."""

    parts: int = 0
    repeated: int = 0
    result: ImportResult = field(default_factory=ImportResult)
    left: Counter[str] = field(default_factory=Counter)
    trouble: str = ""  # why the last look made no traces; it is looked again


class Receiving:
    """One server on one project, for as long as a process serves it."""

    def __init__(self, store: Store, wanted: Wanted, moved: Callable[[Received], None] = lambda _: None) -> None:
        """UsageError where it would listen to others without a key."""
        self.store, self.wanted, self.moved, self.so_far = store, wanted, moved, Received()
        store.check("received")
        self.others = not server.is_loopback(wanted.address)
        if self.others and not wanted.key_env:
            raise UsageError(f"On {wanted.address} others reach it: name the variable that holds its key by --key-env, "
                             f"and that variable in {keys.VARIABLE}.")
        self.key = keys.value(wanted.key_env) if wanted.key_env else None
        # One after the other: each waits for the disk, and SQLite has one writer.
        self._turn = threading.Lock()
        self._waits = received.waiting(store).parts

    async def serve(self, ended: asyncio.Event, ready: Callable[[int], None]) -> None:
        """Serves until the event; what is quiet by then becomes traces, and the rest waits in the store."""
        made = server.application(self.keep, server.Limits(self.wanted.body, self.wanted.rate), self.key, self.others)
        looking = asyncio.ensure_future(self._look(ended))
        try:
            await server.serve(made, self.wanted.address, self.wanted.port, ended.wait(), ready)
        finally:
            ended.set()
            await looking

    def keep(self, parts: list[Part]) -> None:
        """Stores parts before they are acknowledged; Full where too many wait."""
        with self._turn:
            if self._waits + len(parts) > self.wanted.most_waiting:
                raise server.Full(f"{counted(self._waits, 'span waits', 'spans wait')} to become traces, and no more "
                                  f"than {self.wanted.most_waiting:,} may.")
            new = received.keep(self.store, [asdict(part) for part in parts])
            self._waits += new
            self.so_far.parts += new
            self.so_far.repeated += len(parts) - new

    async def _look(self, ended: asyncio.Event) -> None:
        while not ended.is_set():
            await asyncio.to_thread(self.tried)
            try:
                await asyncio.wait_for(ended.wait(), self.wanted.every)
            except TimeoutError:
                continue
        await asyncio.to_thread(self.tried)

    def tried(self) -> None:
        """`put_together`; whatever stops it is kept to be said, and all of it waits for the next look."""
        try:
            self.put_together()
            self.so_far.trouble = ""
        except Exception as error:  # a server that takes in and makes no traces, without a word, would be worse
            self.so_far.trouble = str(error)
            self.moved(self.so_far)

    def put_together(self) -> None:
        """Makes traces of all that are quiet."""
        while found := received.quiet(self.store, self.wanted.quiet, max(ROOTLESS, self.wanted.quiet), MOST_TRACES):
            self._import(found)
            with self._turn:
                self._waits = received.waiting(self.store).parts
            self.moved(self.so_far)

    def _import(self, traces: list[str]) -> None:
        """One import of whole traces; a trace that cannot be read is left out with its reason, and stays as it came."""
        try:
            self._keep_file(traces)
        except DataError as error:
            if len(traces) > 1:
                middle = len(traces) // 2
                self._import(traces[:middle])
                self._import(traces[middle:])
                return
            self.so_far.left[f"traces that cannot be read ({str(error)[:200].rstrip('.')})"] += 1
            received.settle(self.store, {trace: _LAST for trace in traces}, made=False)

    def _keep_file(self, traces: list[str]) -> None:
        last: dict[str, int] = {}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "received.jsonl"
            with path.open("w", encoding="utf-8") as file:
                for trace in traces:
                    for number, body in received.bodies(self.store, trace):
                        file.write(f"{body}\n")
                        last[trace] = number
            table = exchange.read_file(f"received on port {self.wanted.port}", path, format=FORMAT)
            mapping = replace(guess(table), skip_bad_rows=True,
                              dimensions=tuple(name for name in DIMENSIONS if name in table.columns))
            found = reading.read(self.store, table, mapping)
        changed, _ = reading.leave_out_contradictions(self.store, found)
        if found.stage.traces():
            self.so_far.result.add(vars(reading.keep(self.store.by(None, AUTHOR), found)[1]))
        found.stage.remove()
        # Only now: killed in between, they are put together again, and the import knows them.
        received.settle(self.store, last, made=True)
        self.so_far.left.update({CHANGED: changed, **{
            f"{one.what} ({one.why})" if one.why else one.what: one.count for one in table.unread}})
        self.so_far.left.update(f"rows that cannot be read ({one.why[:200].rstrip('.')})" for one in found.skipped)
        self.so_far.left = +self.so_far.left

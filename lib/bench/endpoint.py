"""A cheap loopback endpoint: it answers after a fixed delay and counts how often each trace was asked for.

Speaks as much HTTP as its callers need and reads of a body only which trace it is about; judges nothing.
"""

import asyncio
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection

from lib.bench import Seen, Task

MODEL = "bench-model"
_TRACE, _LENGTH = re.compile(rb"bench trace (\d+)\."), re.compile(rb"content-length: *(\d+)", re.I)
_SEEN, _HANG_UP = "seen", "hang up"  # what its starter asks of it
_ASIDE = 37  # so that who is turned away is not who gets half a reply


def _http(status: str, body: object, more: str = "") -> bytes:
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{more}Content-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


def _completion(content: str) -> dict:
    return {"id": "chatcmpl-bench", "object": "chat.completion", "created": 1_790_000_000, "model": MODEL,
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
            "usage": {"prompt_tokens": 400, "completion_tokens": 20, "total_tokens": 420}}


_MODELS = _http("200 OK", {"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "bench"}]})
_PASS, _FAIL = (_http("200 OK", _completion(json.dumps({"critique": "It says what was asked.", "outcome": outcome})))
                for outcome in ("pass", "fail"))
_HALF = _http("200 OK", _completion('{"critique": "It says wh'))
_SLOWLY = _http("429 Too Many Requests", {"error": {"message": "slow down"}}, "Retry-After: 1\r\n")


class _Ledger:
    """How often each trace was asked for, and answered to somebody who was still there."""

    def __init__(self, task: Task) -> None:
        """Nobody has asked yet."""
        self.task, self.asked, self.replied = task, Counter(), Counter()
        self.malformed = self.turned_away = 0
        self.callers: set[asyncio.Transport] = set()

    def answer(self, trace: int) -> bytes:
        """What this call is answered; only the first call for a trace meets a fault."""
        self.asked[trace] += 1
        if self.asked[trace] == 1 and _falls(trace, self.task.turned_away):
            return _SLOWLY
        if self.asked[trace] == 1 and _falls(trace + _ASIDE, self.task.malformed):
            return _HALF
        return _PASS if trace // 10 % 2 else _FAIL

    def sent(self, trace: int, answer: bytes) -> None:
        """Takes note of an answer that went out."""
        self.turned_away += answer is _SLOWLY
        self.malformed += answer is _HALF
        self.replied[trace] += answer is not _SLOWLY

    def hang_up(self) -> None:
        """Ends every connection: a killed process takes a while to let go of its own, and reads of them no more."""
        for caller in list(self.callers):
            caller.abort()

    def seen(self) -> Seen:
        """The ledger in figures; read while calls come in."""
        replied = list(self.replied.values())
        return Seen(sum(list(self.asked.values())), sum(replied) - sum(map(bool, replied)), self.malformed,
                    self.turned_away)


def _falls(number: int, share: float) -> bool:
    """Whether a number is one of this share: evenly spread, and always the same ones."""
    return share > 0 and number % round(1 / share) == 0


class _Talk(asyncio.Protocol):
    """One connection; its caller sends the next call only after the answer."""

    def __init__(self, ledger: _Ledger) -> None:
        """Nothing was received yet."""
        self.ledger, self.data = ledger, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps what answers are written to."""
        self.transport = transport
        self.ledger.callers.add(transport)

    def connection_lost(self, _: Exception | None) -> None:
        """Forgets it."""
        self.ledger.callers.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        """Answers once a whole call is there."""
        self.data += data
        head, whole, body = self.data.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not whole or len(body) < (int(length[1]) if length else 0):
            return
        self.data = b""
        if head.startswith(b"GET"):
            self.transport.write(_MODELS)
            return
        found = _TRACE.search(body)
        trace = int(found[1]) if found else -1
        answer = self.ledger.answer(trace)
        asyncio.get_running_loop().call_later(self.ledger.task.delay, self._send, trace, answer)

    def _send(self, trace: int, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.ledger.sent(trace, answer)


def serve(pipe: Connection, task: Task) -> None:
    """Serves until its process ends; says its port first, then the ledger whenever asked for it."""
    asyncio.run(_serve(pipe, _Ledger(task)))


async def _serve(pipe: Connection, ledger: _Ledger) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Talk(ledger), "127.0.0.1", 0, backlog=1024)
    pipe.send(server.sockets[0].getsockname()[1])
    loop = asyncio.get_running_loop()
    threading.Thread(target=_tell, args=(pipe, ledger, loop), daemon=True).start()
    await server.serve_forever()


def _tell(pipe: Connection, ledger: _Ledger, loop: asyncio.AbstractEventLoop) -> None:
    while asked := pipe.recv():
        if asked == _HANG_UP:
            loop.call_soon_threadsafe(ledger.hang_up)
        pipe.send(ledger.seen())


class Endpoint:
    """The endpoint as its starter sees it."""

    def __init__(self, pipe: Connection) -> None:
        """Waits until it listens."""
        self._pipe = pipe
        self.url = f"http://127.0.0.1:{pipe.recv()}/v1"

    def seen(self) -> Seen:
        """What it saw so far."""
        return self._ask(_SEEN)

    def hang_up(self) -> None:
        """Its callers are dead: what it would still send them reaches nobody, and is not booked as a reply."""
        self._ask(_HANG_UP)

    def _ask(self, what: str) -> Seen:
        self._pipe.send(what)
        return self._pipe.recv()


@contextmanager
def serving(task: Task) -> Iterator[tuple[Endpoint, Task]]:
    """An endpoint in a process of its own, and the task with its address."""
    ours, theirs = (context := get_context("spawn")).Pipe()
    process = context.Process(target=serve, args=(theirs, task), daemon=True)
    process.start()
    try:
        endpoint = Endpoint(ours)
        yield endpoint, replace(task, url=endpoint.url)
    finally:
        process.kill()
        process.join()

"""A loopback OpenAI-compatible server for tests: real HTTP, a plan of answers and a ledger of calls.

    endpoint.plan = [error(429, retry_after=1), verdict("pass", "fine")]   # a queue, then the default plan
    endpoint.plan = {"text in the prompt": hang()}                         # per trace, else the default plan
    endpoint.plan = lambda body: verdict("fail", "wrong")                  # anything else
"""

import hashlib
import json
import re
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any

_FENCE = re.compile(r"<((?:TRACE|EXAMPLE)-\w+)>\n(.*?)\n</\1>", re.S)


@dataclass(frozen=True)
class Answer:
    """What the server sends; `how`: whole, or hang, drip, reset, cut; `delay` in seconds before it."""

    status: int = 200
    body: Any = None  # str and bytes go out as they are, all else as JSON
    headers: dict[str, str] = field(default_factory=dict)
    how: str = "whole"
    delay: float = 0.0


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    time: float
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


Judge = Callable[[dict[str, Any]], Answer]
Plan = Judge | list[Answer] | dict[str, "Answer | list[Answer]"] | Answer


def completion(content: Any, finish_reason: str | None = "stop", **message: Any) -> Answer:
    """A chat completion with this content; `message` adds fields to its message."""
    return Answer(body={
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_790_000_000, "model": "test-model-2026",
        "choices": [{"index": 0, "finish_reason": finish_reason,
                     "message": {"role": "assistant", "content": content, **message}}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}})


def verdict(outcome: str, critique: str = "because", delay: float = 0.0) -> Answer:
    """A judge's reply as it should be."""
    return replace(completion(json.dumps({"critique": critique, "outcome": outcome})), delay=delay)


def inputs(*texts: str) -> Answer:
    """A generator's reply as it should be."""
    return completion(json.dumps({"inputs": list(texts)}))


def error(status: int, message: str = "no", code: str | None = None, param: str | None = None,
          retry_after: float | str | None = None) -> Answer:
    """An error object as OpenAI sends it."""
    body = {"error": {"message": message, "type": code or "test_error", "code": code, "param": param}}
    return Answer(status, body, {} if retry_after is None else {"Retry-After": str(retry_after)})


def html(status: int = 200) -> Answer:
    """A web page where JSON was expected, as a proxy or a wrong address answers."""
    return Answer(status, "<!doctype html><title>Welcome</title><p>Please log in", {"Content-Type": "text/html"})


def half_json() -> Answer:
    """A reply of the model that breaks off in the middle, though it claims to be whole."""
    return completion('{"critique": "The answer is cor')


def length() -> Answer:
    """The same, and it says that it ran out of tokens."""
    return completion('{"critique": "The answer is cor', "length")


def refusal(text: str = "I cannot help with that.") -> Answer:
    """The model refuses."""
    return completion(None, refusal=text)


def cut() -> Answer:
    """Half of the announced bytes arrive, then the connection closes."""
    return replace(verdict("pass"), how="cut")


# No answer at all, a body that arrives byte by byte without end, and a connection torn down.
hang, drip, reset = (partial(Answer, how=how) for how in ("hang", "drip", "reset"))


def prompt_of(body: dict[str, Any]) -> str:
    """The text of all messages of a request."""
    return "\n".join(str(message.get("content") or "") for message in body.get("messages", []))


def fenced(prompt: str) -> str:
    """The trace in a judge's prompt: what stands in the nonce fences, examples left out."""
    return "\n".join(text for mark, text in _FENCE.findall(prompt) if mark.startswith("TRACE")) or prompt


def outside(prompt: str) -> str:
    """What stands outside every fence: all that a judge may obey."""
    return _FENCE.sub("", prompt)


def outcome_of(text: str) -> str:
    """The default plan's outcome for a trace's text: always the same, about as many pass as fail."""
    return "pass" if hashlib.sha256(text.encode("utf-8", "replace")).digest()[0] % 2 else "fail"


def default_plan(body: dict[str, Any]) -> Answer:
    """Judges every trace by its text alone, and writes inputs where inputs are asked for."""
    schema = body.get("response_format", {}).get("json_schema", {}).get("schema", {})
    if wanted := schema.get("properties", {}).get("inputs"):
        return inputs(*(f"input {number} for a test" for number in range(1, wanted.get("minItems", 3) + 1)))
    trace = fenced(prompt_of(body))
    return verdict(outcome_of(trace), f"Judged by its {len(trace)} characters.")


def gullible(orders: Iterable[str], clean: str, honest: str = "fail") -> Judge:
    """A judge that obeys any line of these orders outside the fences, unless a clean prompt holds that line too."""
    lines = {line.strip() for order in orders for line in order.splitlines()}
    lines = {line for line in lines if len(line) > 7 and line not in clean}

    def plan(body: dict[str, Any]) -> Answer:
        free = outside(prompt_of(body))
        return verdict("pass" if any(line in free for line in lines) else honest)

    return plan


def echo(body: dict[str, Any]) -> Answer:
    """A judge that repeats the trace before its verdict, which is always fail."""
    said = json.dumps({"critique": "It does not help.", "outcome": "fail"})
    return completion(f"{fenced(prompt_of(body))}\n\n{said}" if "response_format" in body
                      else f"{fenced(prompt_of(body))}\n\nIt does not help.\nOutcome: fail")


def without_formats(plan: Judge, *taken: str) -> Judge:
    """The same plan on a server that refuses every response_format but those named."""
    def picky(body: dict[str, Any]) -> Answer:
        if body.get("response_format", {}).get("type", "text") in ("text", *taken):
            return plan(body)
        return error(400, "response_format is not supported", param="response_format")

    return picky


class Endpoint:
    """The server: `url`, `plan`, `models`, and what it saw in `ledger`, `calls` and `peak`."""

    def __init__(self) -> None:
        """Listens on a free port at once."""
        self.plan: Plan = default_plan
        self.others: dict[str, Plan] = {}  # path -> what is answered there
        self.models: list[dict[str, Any]] | Answer = [
            {"id": "test-model", "object": "model", "owned_by": "tests"},
            {"id": "old-model", "object": "model", "owned_by": "tests", "shutdown_date": "2026-12-11"}]
        self.ledger: list[Call] = []
        self.peak = self._active = 0
        self.closing, self._lock = threading.Event(), threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.endpoint = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def chats(self) -> list[Call]:
        """The calls that asked for a completion."""
        with self._lock:
            return [call for call in self.ledger if call.path.endswith("/chat/completions")]

    @property
    def calls(self) -> int:
        """How many completions were asked for."""
        return len(self.chats)

    def close(self) -> None:
        """Stops listening and lets go of every call that hangs."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, call: Call) -> Answer:
        """Books the call and finds its answer."""
        with self._lock:
            self.ledger.append(call)
            if call.path.endswith("/models"):
                return self.models if isinstance(self.models, Answer) else Answer(
                    body={"object": "list", "data": self.models})
            plan = self.others.get(call.path, self.plan if call.path.endswith("/chat/completions") else None)
            return error(404, f"no such address: {call.path}") if plan is None else self._planned(plan, call.body)

    def _planned(self, plan: Plan | Answer, body: dict[str, Any]) -> Answer:
        if isinstance(plan, dict):
            plan = next((found for text, found in plan.items() if text in prompt_of(body)), default_plan)
        if isinstance(plan, list):
            plan = plan.pop(0) if plan else default_plan
        return plan if isinstance(plan, Answer) else plan(body)

    def entered(self, step: int) -> None:
        """Counts the calls under way."""
        with self._lock:
            self._active += step
            self.peak = max(self.peak, self._active)


class _Server(ThreadingHTTPServer):
    daemon_threads, request_queue_size, endpoint = True, 256, None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of many tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version, disable_nagle_algorithm = "HTTP/1.1", True  # else each answer waits 40 ms

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        self._serve(json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}"))

    def _serve(self, body: dict[str, Any]) -> None:
        endpoint = self.server.endpoint
        headers = {name.lower(): value for name, value in self.headers.items()}
        endpoint.entered(1)
        try:
            answer = endpoint.answer(Call(monotonic(), self.path, headers, body))
            endpoint.closing.wait(answer.delay)
            getattr(self, f"_{answer.how}")(answer)
        finally:
            endpoint.entered(-1)

    def _head(self, answer: Answer, size: int) -> None:
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(size))
        self.end_headers()

    def _whole(self, answer: Answer) -> None:
        self._send(answer, 1)

    def _cut(self, answer: Answer) -> None:
        self._send(answer, 2)
        self.close_connection = True

    def _send(self, answer: Answer, announced: int) -> None:
        data = _bytes(answer.body)
        self._head(answer, len(data) * announced)
        self.wfile.write(data)

    def _drip(self, answer: Answer) -> None:
        self._head(answer, 1_000_000)
        while not self.server.endpoint.closing.wait(0.02):
            self.wfile.write(b" ")

    def _hang(self, _: Answer) -> None:
        while not self.server.endpoint.closing.wait(0.02) and not self._gone():
            pass
        self.close_connection = True

    def _gone(self) -> bool:
        """Whether the client hung up: then the call is no longer under way."""
        poll = select.poll()  # not select(): a long session of tests has more files open than that can name
        poll.register(self.connection, select.POLLIN)
        return bool(poll.poll(0)) and not self.connection.recv(1, socket.MSG_PEEK)

    def _reset(self, _: Answer) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # rfile and wfile hold the socket open too; the reset goes out when the last one is closed.
        for side in (self.rfile, self.wfile, self.connection):
            side.close()
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """The ledger is the log."""


def _bytes(body: Any) -> bytes:
    text = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return text if isinstance(text, bytes) else text.encode()

"""The HTTP side of OTLP: bounded in size and rate, every refusal a status that exporters know what to do with.

400 and 413 are never sent again, 429 and 503 after Retry-After. What is acknowledged has been kept.
"""

import asyncio
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from lib.records import DataError, StoreError, UsageError
from lib.records.words import counted
from lib.systems.otlp import decoding
from lib.systems.otlp.decoding import Keep, Request

JSON, PROTOBUF = "application/json", "application/x-protobuf"
AT_ONCE = 4  # requests that are read and kept at the same time; the others wait for their turn
BURST = 5  # seconds of the rate that may come at once
_REFUSED = {"traces": (ExportTraceServiceResponse, "rejectedSpans"),
            "logs": (ExportLogsServiceResponse, "rejectedLogRecords")}


@dataclass(frozen=True)
class Limits:
    """Of one server: bytes of a body once it is unpacked, and parts a second in the mean."""

    body: int
    rate: int


class Full(Exception):
    """So much waits to become a trace that no more is taken; its text says so."""


class Rate:
    """Lets so many parts a second through, in the mean; who comes too early is told how long to wait."""

    def __init__(self, rate: int, now: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._now = rate, now
        self._left, self._at = float(rate * BURST), now()

    def wait(self, parts: int) -> float:
        """Seconds after which so many may come, and 0 where they may come now: then they are counted.

        More than a burst at once are let through as soon as a whole burst is free, or they could never come.
        """
        now = self._now()
        self._left = min(self._rate * BURST, self._left + (now - self._at) * self._rate)
        self._at = now
        wanted = min(parts, self._rate * BURST)
        if self._left < wanted:
            return (wanted - self._left) / self._rate
        self._left -= parts
        return 0.0


def application(keep: Keep, limits: Limits, key: str | None, others: bool) -> web.Application:
    """The server as an application; `key` is the bearer token wanted, `others` whether it listens beyond loopback."""
    door = _Door(keep, limits, key, others)
    made = web.Application(client_max_size=limits.body)
    made.add_routes([web.post("/v1/traces", door.traces), web.post("/v1/logs", door.logs),
                     web.post("/v1/metrics", door.metrics)])
    return made


class _Door:
    def __init__(self, keep: Keep, limits: Limits, key: str | None, others: bool) -> None:
        self.keep, self.limits, self.key, self.others = keep, limits, key, others
        self.rate, self.turns = Rate(limits.rate), asyncio.Semaphore(AT_ONCE)

    async def traces(self, request: web.Request) -> web.Response:
        return await self._taken(request, "traces")

    async def logs(self, request: web.Request) -> web.Response:
        return await self._taken(request, "logs")

    async def metrics(self, request: web.Request) -> web.Response:
        return _refusal(request, 404, "Metrics are not taken here: send traces, and log records of traces.")

    async def _taken(self, request: web.Request, sort: str) -> web.Response:
        refused = self._stranger(request)
        if refused is not None:
            return refused
        if request.content_type not in (JSON, PROTOBUF):
            return _refusal(request, 415, f"The content type is {request.content_type}: OTLP over HTTP is "
                                          f"{PROTOBUF} or {JSON}.")
        async with self.turns:
            return await self._read(request, sort)

    async def _read(self, request: web.Request, sort: str) -> web.Response:
        packed = request.headers.get("Content-Encoding", "identity").strip().lower()
        if packed not in decoding.PACKED:
            return _refusal(request, 415, f"The content encoding is {packed[:40]}: gzip, deflate or none is taken.")
        try:
            found = await asyncio.to_thread(self._decoded, await request.read(), packed, sort, request.content_type)
        except (web.HTTPRequestEntityTooLarge, decoding.TooLarge):
            return _refusal(request, 413, f"The body is larger than {counted(self.limits.body, 'byte')} unpacked: send "
                                          "fewer spans at once.")
        except (DataError, web.RequestPayloadError) as error:
            return _refusal(request, 400, str(error))
        return await self._kept(request, sort, found)

    def _decoded(self, body: bytes, packed: str, sort: str, content_type: str) -> Request:
        return decoding.request(sort, decoding.unpacked(body, packed, self.limits.body), content_type == JSON)

    async def _kept(self, request: web.Request, sort: str, found: Request) -> web.Response:
        if wait := self.rate.wait(len(found.parts)):
            return _refusal(request, 429, f"More than {counted(self.limits.rate, 'span')} a second come in.", wait)
        try:
            await asyncio.to_thread(self.keep, found.parts)
        except Full as error:
            return _refusal(request, 503, str(error), 30)
        except StoreError as error:
            return _refusal(request, 503, f"It cannot be stored now: {error}", 30)
        return _acknowledged(request, sort, found)

    def _stranger(self, request: web.Request) -> web.Response | None:
        """Why somebody else's web page, or who has no key, is sent away; None for who may come in."""
        if "Origin" in request.headers:
            return _refusal(request, 403, "Web pages of others may not send here.")
        if not self.others and not is_loopback(urlsplit(f"//{request.host}").hostname or ""):
            return _refusal(request, 403, f"This server listens on this machine alone, not as {request.host[:80]}.")
        said = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if self.key and not hmac.compare_digest(said.encode(), self.key.encode()):
            return _refusal(request, 401, "The key is missing or wrong: send Authorization: Bearer KEY.")
        return None


def is_loopback(host: str) -> bool:
    """Whether a host's name or address can be nothing but this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _acknowledged(request: web.Request, sort: str, found: Request) -> web.Response:
    """All was kept, but for what is counted in the partial success; in the encoding that was asked in."""
    made, name = _REFUSED[sort]
    refused = sum(found.refused.values())
    why = "; ".join(f"{n:,} {words}" for words, n in found.refused.items())
    if request.content_type == JSON:
        return web.json_response({"partialSuccess": {name: str(refused), "errorMessage": why}} if refused else {})
    answer = made()
    if refused:
        field = "rejected_spans" if sort == "traces" else "rejected_log_records"
        setattr(answer.partial_success, field, refused)
        answer.partial_success.error_message = why
    return web.Response(body=answer.SerializeToString(), content_type=PROTOBUF)


def _refusal(request: web.Request, status: int, message: str, wait: float = 0.0) -> web.Response:
    headers = {"Retry-After": str(max(1, round(wait)))} if wait else {}
    code = {400: 3, 401: 16, 403: 7, 404: 5, 413: 8, 415: 3, 429: 8, 503: 14}[status]  # of google.rpc
    if request.content_type == PROTOBUF:
        return web.Response(body=Status(code=code, message=message).SerializeToString(), content_type=PROTOBUF,
                            status=status, headers=headers)
    return web.Response(text=json.dumps({"code": code, "message": message}), content_type=JSON, status=status,
                        headers=headers)


async def serve(made: web.Application, address: str, port: int, until: Awaitable[None],
                ready: Callable[[int], None]) -> None:
    """Serves until the awaited is done; `ready` is told the port. UsageError where the address cannot be had."""
    # A body is unpacked here, in its turn and bounded: whoever unpacks as it comes holds a bomb of each sender.
    runner = web.AppRunner(made, access_log=None, auto_decompress=False, shutdown_timeout=10)
    await runner.setup()
    try:
        site = web.TCPSite(runner, address, port)
        try:
            await site.start()
        except OSError as error:
            raise UsageError(f"It cannot listen on {address}, port {port}: {error.strerror}. Choose another --port.") \
                from None
        ready(runner.addresses[0][1])
        await until
    finally:
        await runner.cleanup()

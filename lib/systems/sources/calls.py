"""One call to a source: its keys in the headers of its own address alone, waits it asks for, faults in sentences.

Redirects are not followed, so no key ever leaves for another address; a page is bounded in time and size.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2

from lib.models.llm import scrubber, secret
from lib.models.replies import LlmError, asked_wait
from lib.records import UsageError
from lib.systems import wire

SECONDS = 120.0  # for one page
MOST_BYTES = 200_000_000  # of one page
TRIES = 5  # of one call, where the source fails or is busy
LONGEST_WAIT = 300.0  # seconds that a source may ask for at once; a longer wait ends the pull, which is resumed later
Headers = Callable[[list[str]], dict[str, str]]


def bearer(values: list[str]) -> dict[str, str]:
    """One key as a bearer token; two as a user and a password."""
    return basic(values) if len(values) == 2 else {"Authorization": f"Bearer {values[0]}"} if values else {}


def basic(values: list[str]) -> dict[str, str]:
    """A user, or a public key, and a password."""
    return {"Authorization": "Basic " + base64.b64encode(":".join(values).encode()).decode()} if values else {}


@dataclass(frozen=True)
class Door:
    """An open way to a source; the values of its keys never show in a repr."""

    address: str
    client: httpx2.AsyncClient = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    scrub: Callable[[str], str] = field(repr=False)
    waited: Callable[[float], None] = field(repr=False)
    sizes: list[int] = field(default_factory=lambda: [0], repr=False)

    @property
    def read(self) -> int:
        """The bytes of all answers so far."""
        return self.sizes[0]

    async def get(self, path: str, params: Sequence[tuple[str, Any]] = (), missing: bool = False) -> Any:
        """The JSON of an answer; None where nothing is there and that may be so (`missing`)."""
        return await self._asked("GET", path, params, None, missing)

    async def send(self, path: str, body: Any, method: str = "POST", params: Sequence[tuple[str, Any]] = ()) -> Any:
        """The JSON that answers this JSON."""
        return await self._asked(method, path, params, body, False)

    async def _asked(self, method: str, path: str, params: Sequence[tuple[str, Any]], body: Any, missing: bool) -> Any:
        for number in range(1, TRIES + 1):
            try:
                return await self._once(method, path, params, body, missing)
            except LlmError as error:
                if not error.transient or number == TRIES or (error.retry_after or 0) > LONGEST_WAIT:
                    raise
                wait = error.retry_after if error.retry_after is not None else 2.0 ** (number - 1)
            self.waited(wait)
            await asyncio.sleep(wait)
        raise AssertionError  # the last try returns or raises

    async def _once(self, method: str, path: str, params: Sequence[tuple[str, Any]], body: Any, missing: bool) -> Any:
        data = b""
        try:
            async with asyncio.timeout(SECONDS), self.client.stream(
                    method, self.address + path, params=list(params), headers=self.headers,
                    content=None if body is None else json.dumps(body).encode()) as response:
                parts, size = [], 0
                async for part in response.aiter_bytes():
                    parts.append(part)
                    self.sizes[0] += len(part)
                    size += len(part)
                    if size > MOST_BYTES:
                        raise LlmError("too long", f"{self.address} answers with more than {MOST_BYTES // 1_000_000} "
                                                   "MB at once: its traces are too large to be pulled.")
                data = b"".join(parts)
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, UnicodeError) as error:
            late = isinstance(error, (TimeoutError, httpx2.TimeoutException))
            said = f"did not answer within {SECONDS:g} s" if late else f"cannot be reached ({type(error).__name__})"
            raise LlmError("timeout" if late else "connection", f"{self.address} {said}. Check that it runs.") from None
        if missing and response.status_code == 404:
            return None
        if response.status_code // 100 != 2:
            raise self._refusal(response, self.scrub(data.decode("utf-8", "replace")))
        return self._read(data)

    def _read(self, data: bytes) -> Any:
        try:
            return json.loads(data) if data else {}
        except (ValueError, RecursionError):
            raise LlmError("unreadable", f"{self.address} answers with something that is no JSON. Give the address "
                                         "of its interface, without a page's path.") from None

    def _refusal(self, response: httpx2.Response, text: str) -> LlmError:
        status, said = response.status_code, " ".join(text.split())[:300]
        wait = asked_wait(response.headers.get("retry-after", ""))
        if status == 429:
            return LlmError("rate_limit", f"{self.address} asks to slow down. Resume later. ({said})", wait)
        if status in (401, 403):
            return LlmError("auth", f"{self.address} refuses the key with {status}: check what --key-env names. "
                                    f"({said})")
        if status // 100 == 3:
            return LlmError("address", f"{self.address} redirects elsewhere, and no key follows: give the address it "
                                       "leads to.")
        if status >= 500 or status == 408:
            return LlmError("server", f"{self.address} failed with {status}. ({said})", wait)
        return LlmError("bad_request", f"{self.address} rejects the call with {status}. ({said})")


@asynccontextmanager
async def opened(address: str, keys: Sequence[str], headers: Headers,
                 waited: Callable[[float], None] = lambda seconds: None) -> AsyncIterator[Door]:
    """A door to this address with the keys that the operator names; `waited` is told of each wait, in seconds."""
    values = [secret(name, address) for name in keys]
    made = {"Content-Type": "application/json", "Accept": "application/json", **headers(values)}
    if not all(value.isascii() and value.isprintable() for value in made.values()):
        raise UsageError("A variable of the environment holds characters that no header can have. Copy it again.")
    async with await wire.client(address, SECONDS, 4) as client:
        yield Door(address.rstrip("/"), client, made, scrubber(*values), waited)


def segment(text: str) -> str:
    """A name as one part of a path."""
    return quote(text, safe="")

"""The wire under a call: a JSON body goes out, status, headers and text come back; nothing of it is understood here.

A path of its own because a call made by the openai client costs three times the processor time: its models of request
and reply are built for every call. Knows no retries, no formats and no names of errors.
"""

import asyncio
import json
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import aiohttp

MOST_BYTES = 50_000_000  # of an answer; no reply is as long
Resolve = Callable[[str, int], Awaitable[list[str]]]  # the addresses of a host, at a port
_KEPT_OPEN = 30.0  # seconds; many servers close an idle connection after a minute, and a call on it would be lost


class Unreached(Exception):
    """No whole answer came: the address cannot be reached, or it broke off."""


@dataclass(frozen=True)
class Answered:
    """What a server sent: its status, its headers, its body as text."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Transport:
    """Calls to one address: `async with Transport(...) as transport`, then `await transport.post(body)`."""

    def __init__(self, url: str, headers: dict[str, str], timeout: float, connections: int, proxies: bool,
                 resolve: Resolve | None = None) -> None:
        """`timeout` bounds a whole call in seconds, however slowly bytes drip; `proxies`: those of the environment."""
        self._url, self._headers, self._timeout = url, headers, timeout
        self._connections, self._proxies, self._resolve = connections, proxies, resolve

    async def __aenter__(self) -> "Transport":
        """Opens the pool of connections."""
        import aiohttp  # here, not above: most pages and commands call no model

        connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_KEPT_OPEN,
                                         resolver=_resolver(self._resolve) if self._resolve else None,
                                         ssl=_certificates() if self._url.startswith("https:") else True)
        # The bound is asyncio's own, around the whole call: one timer, and its error is told from a broken connection.
        self._session = aiohttp.ClientSession(
            connector=connector, trust_env=self._proxies, timeout=aiohttp.ClientTimeout(total=None),
            headers=self._headers, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=True)
        self._failed = (aiohttp.ClientError, OSError, UnicodeDecodeError)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes the pool."""
        await self._session.close()

    async def post(self, body: dict[str, Any], url: str = "") -> Answered:
        """One answer to this body; TimeoutError after the bound, Unreached where no whole answer came.

        `url` is another address of the same host, where one is named.
        """
        try:
            async with asyncio.timeout(self._timeout), self._session.post(
                    url or self._url, data=encoded(body), allow_redirects=False) as response:
                return Answered(response.status, await _text(response), response.headers)
        except self._failed as error:
            raise Unreached(f"{type(error).__name__}: {error}") from None


def encoded(body: dict[str, Any]) -> bytes:
    """A body as it goes over the wire: the same bytes in a call and in a batch file."""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _resolver(resolve: Resolve) -> "aiohttp.abc.AbstractResolver":
    """What resolves a host for the pool; whatever it raises ends the call."""
    from aiohttp.abc import AbstractResolver

    class Resolver(AbstractResolver):
        async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list:
            return [{"hostname": host, "host": found, "port": port, "proto": 0, "flags": socket.AI_NUMERICHOST,
                     "family": socket.AF_INET6 if ":" in found else socket.AF_INET}
                    for found in await resolve(host, port)]

        async def close(self) -> None:
            """Holds nothing open."""

    return Resolver()


async def _text(response: "aiohttp.ClientResponse") -> str:
    if response.content_length is not None and response.content_length <= MOST_BYTES:
        return (await response.read()).decode("utf-8", "replace")
    parts, size = [], 0
    async for part in response.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise Unreached("an answer without end")
    return b"".join(parts).decode("utf-8", "replace")


def _certificates() -> ssl.SSLContext:
    """Whom to trust: the file of the environment, else the same list that the openai client brings."""
    import certifi

    return ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or certifi.where())

"""The wire to an AI system over HTTP: every connection goes to an address that was judged a moment before.

Knows httpx2; which address may be called is up to addresses.py.
"""

from urllib.parse import urlsplit

import httpx2

from lib.models.llm import PRODUCT
from lib.systems import addresses


async def client(url: str, timeout: float, calls: int) -> httpx2.AsyncClient:
    """A client for one address; the connection is made here, or by the proxy that the environment names for it.

    A proxy resolves names by itself, so there a name is judged once, as far as it resolves here. UsageError where
    the address may not be called.
    """
    addresses.check_host(urlsplit(url).hostname or "")
    limits = httpx2.Limits(max_connections=calls, max_keepalive_connections=calls)
    proxy = await addresses.proxy_for(url)
    transport = httpx2.AsyncHTTPTransport(limits=limits, proxy=proxy) if proxy else _Judged(limits)
    return httpx2.AsyncClient(follow_redirects=False, timeout=timeout, transport=transport,
                              headers={"User-Agent": PRODUCT})


class _Judged(httpx2.AsyncBaseTransport):
    """Resolves each request's host, has its addresses judged, and connects to these; TLS still asks for the name."""

    def __init__(self, limits: httpx2.Limits) -> None:
        self._inner = httpx2.AsyncHTTPTransport(limits=limits)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        try:
            found = await addresses.resolved(host, port)
        except OSError as error:
            raise httpx2.ConnectError(str(error), request=request) from None
        request.extensions = {**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")}
        for address in found[:-1]:
            try:
                return await self._sent(request, address)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._sent(request, found[-1])

    async def _sent(self, request: httpx2.Request, address: str) -> httpx2.Response:
        """To this very address; the Host header was written from the name."""
        request.url = request.url.copy_with(host=address)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()

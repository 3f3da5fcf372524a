"""Which addresses an AI system may have: public ones, and what the operator names in PLUMBLINE_ADDRESSES.

Whoever opens the page may type an address, so it is judged here and not there: each address that a name resolves to,
at every connection, and the connection is made to the very address that was judged. Knows no HTTP.
"""

import asyncio
import contextlib
import os
import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from lib.models.replies import LlmError
from lib.records import UsageError

Address = IPv4Address | IPv6Address
VARIABLE, LOOPBACK = "PLUMBLINE_ADDRESSES", "loopback"
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?", re.I)
_UNICAST = ip_network("2000::/3")  # all public IPv6 addresses
# Forms of IPv6 that stand for an IPv4 address: NAT64, and the compatible form that nobody uses any more.
_TRANSLATED = ip_network("64:ff9b::/96"), ip_network("::/96")
_METADATA = ip_address("168.63.129.16")  # Azure's, which looks public; all others are link-local or private


def allowed() -> tuple[str, ...]:
    """What the operator allows beside public addresses; on a laptop alone, where nothing is named, loopback.

    UsageError for an entry that is neither an address, a network, a host's name nor the word loopback.
    """
    found = tuple(re.findall(r"[^\s,]+", os.environ.get("PLUMBLINE_ADDRESSES", LOOPBACK).lower()))
    if wrong := [entry for entry in found if _network(entry) is None and not _NAME.fullmatch(entry)]:
        raise UsageError(f"{VARIABLE} holds '{wrong[0]}', which is no address, network or host's name. Write for "
                         "instance 10.1.0.0/16,shop.internal,loopback and start Plumbline again.")
    return found


def for_others() -> None:
    """A server that others reach allows no loopback by itself; the processes it starts are told the same."""
    os.environ.setdefault("PLUMBLINE_ADDRESSES", "")


def described() -> str:
    """In a sentence, for the page: which addresses an AI system may have."""
    places = ["at a public address", *("on this machine (loopback)" if entry == LOOPBACK else f"at {entry}"
                                       for entry in allowed())]
    return f"It may be {' or '.join(places)}; {VARIABLE} names others."


def check_host(host: str) -> None:
    """UsageError for a host that is an address, or this machine's own name, and may not be called; asks no network."""
    bare = _bare(host)
    local = bare == "localhost" or bare.endswith(".localhost")
    try:
        address = ip_address("127.0.0.1" if local else bare)
    except ValueError:
        return
    if not (_named(host) or may_call(address)):
        raise UsageError(_refusal(host))


async def resolved(host: str, port: int) -> list[str]:
    """The addresses to connect to; LlmError of the kind address where one of them may not be called.

    OSError where the name cannot be resolved.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not (_named(host) or all(may_call(ip_address(address)) for address in addresses)):
        raise LlmError("address", _refusal(host))
    return addresses


def may_call(address: Address) -> bool:
    """Whether an AI system may have this address: public, or allowed by the operator."""
    inner = _embedded(address)
    judged = inner or address
    nets = [net for entry in allowed() if (net := _network(entry)) is not None]
    return _public(judged) or (judged.is_loopback and LOOPBACK in allowed()) or any(
        one.version == net.version and one in net for one in (address, judged) for net in nets)


async def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for an address, which then connects by its own rules; None without one.

    A proxy resolves names by itself, so the name is judged once, as far as it resolves here; UsageError where it may
    not be called.
    """
    parts, found = urlsplit(url), getproxies()
    proxy = None if proxy_bypass(parts.hostname or "") else found.get(parts.scheme) or found.get("all")
    if proxy:
        try:
            with contextlib.suppress(OSError):  # a name that only the proxy knows
                await resolved(parts.hostname or "", parts.port or 443)
        except LlmError as error:
            raise UsageError(str(error)) from None
    return proxy


def _public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not address.is_multicast and address != _METADATA


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for."""
    if isinstance(address, IPv4Address) or address.is_loopback or address.is_unspecified:
        return None
    if any(address in net for net in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]


def _named(host: str) -> bool:
    """Whether the operator allows this host by its name, wherever that leads."""
    return _bare(host) != LOOPBACK and _bare(host) in allowed()


def _network(entry: str):
    try:
        return ip_network(entry, strict=False)
    except ValueError:
        return None


def _bare(host: str) -> str:
    return host.lower().rstrip(".").partition("%")[0]


def _refusal(host: str) -> str:
    now = ", ".join(allowed())
    return (f"{host} is no public address: an AI system may call it only where {VARIABLE} names it "
            f"(now: {now or 'nothing'}). Name it there and start Plumbline again.")

"""Addresses in a trace's text: which of them can be followed, and that nobody is led elsewhere than it says.

Only http, https and mailto, spelt so that a browser reads them as they are read here. Nothing is ever fetched.
"""

import re
from urllib.parse import urlsplit

from lib.ui.trace_text.nodes import Node, node

LONGEST = 2_000  # characters of an address that can be followed
# No name and password, nothing that a browser reads as another address than we do.
_WEB = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][!-\[\]-~]*)?")
_MAIL = re.compile(r"mailto:[A-Za-z0-9.!#$&'*+/=_~-]+@[A-Za-z0-9.-]+")
# A browser reads http://127 and http://0x7f.1 as other addresses than they are spelt.
_NUMBER = re.compile(r"\d*|0x[0-9a-f]*")
_QUAD = re.compile(r"(?:(?:0|[1-9]\d{0,2})(?:\.|$)){4}")
_BARE = re.compile(r"https?://[^\s<>\"`]+", re.I)
_NAME = re.compile(r"[\w.-]+")
_ENDING = re.compile(r"[^\W\d_]{2,}")
_AFTER = ".,;:!?'\"*_"


def host(address: str) -> str | None:
    """Where a web address leads; None for every text that is not plainly one."""
    found = urlsplit(address).hostname if len(address) <= LONGEST and _WEB.fullmatch(address) else None
    spelt = found and (_QUAD.fullmatch(found) or not _NUMBER.fullmatch(found.strip(".").rpartition(".")[2]))
    return found if spelt else None


def words(text: str) -> list[Node]:
    """A text with the web addresses in it as links to what they say."""
    found: list[Node] = []
    at = 0
    for match in _BARE.finditer(text):
        address = _trimmed(match[0]) if len(match[0]) <= LONGEST else ""
        if host(address):
            found += [text[at:match.start()], node("a", address, href=address)]
            at = match.start() + len(address)
    return [piece for piece in [*found, text[at:]] if piece]


def _trimmed(address: str) -> str:
    """Less what ends the sentence or the bracket it stands in."""
    while address and (address[-1] in _AFTER or _closes_more(address)):
        address = address[:-1]
    return address


def _closes_more(address: str) -> bool:
    at = ")]}".find(address[-1])
    return at >= 0 and address.count(address[-1]) > address.count("([{"[at])


def named(address: str, inside: list[Node], said: str) -> list[Node]:
    """Words that lead to an address: its host and port are beside them, the whole of it where they name another one.

    `said` are the words bare. What cannot be followed stays words, with the address behind them.
    """
    leads = urlsplit(address).netloc.lower() if host(address) else (
        address.removeprefix("mailto:") if _is_mail(address) else None)
    if leads is None:
        return [*inside, " (", node("code", address), ")"]
    if said.strip() in (address, leads):
        return [node("a", *inside, href=address)]
    shown = f" ({address})" if _names_another(said, leads) else f" ({leads})"
    return [node("a", *inside, href=address),
            node("span", shown, class_="tt-other" if _names_another(said, leads) else "tt-host")]


def _is_mail(address: str) -> bool:
    return len(address) <= LONGEST and bool(_MAIL.fullmatch(address))


def _names_another(said: str, leads: str) -> bool:
    there = leads.rpartition("@")[2].partition(":")[0].lower()
    names = (name.strip(".-").lower().removeprefix("www.") for name in _NAME.findall(said))
    return any(there != name and not there.endswith(f".{name}") for name in names
               if _ENDING.fullmatch(name.rpartition(".")[2]) and "." in name)

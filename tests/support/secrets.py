"""A key that must turn up nowhere, the ways in which a server may spell it, and the search for it in files."""

import base64
import html
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import quote

CANARY = "sk-CANARY-7f3a9c51e8d24b60"
ESCAPED = "".join(f"\\u{ord(letter):04x}" for letter in CANARY)


def percent(text: str) -> str:
    """Every letter percent-encoded."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


def in_base64(text: str, before: int = 0, urlsafe: bool = False) -> str:
    """With so many bytes before it, and one after it."""
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    return encode(b"<" * before + text.encode() + b">").decode()


DISGUISES: dict[str, Callable[[str], str]] = {
    "plain": str, "quoted": lambda text: quote(text, safe=""), "percent": percent,
    "percent twice": lambda text: percent(text).replace("%", "%25"), "JSON": lambda text: json.dumps(text)[1:-1],
    "escapes": lambda text: "".join(f"\\u{ord(letter):04X}" for letter in text),
    "escaped escapes": lambda text: "".join(f"\\\\u{ord(letter):04x}" for letter in text),
    "Python": lambda text: "".join(f"\\x{ord(letter):02x}" for letter in text),
    "HTML": html.escape, "entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "hex entities": lambda text: "".join(f"&#x{ord(letter):X};" for letter in text),
    "base64": in_base64, "base64 after 1": lambda text: in_base64(text, 1),
    "base64 after 2": lambda text: in_base64(text, 2), "base64 for addresses": lambda text: in_base64(text, 1, True),
    "base64 in an address": lambda text: quote(in_base64(text), safe=""),
    "hex": lambda text: text.encode().hex()}


@cache
def spellings(key: str) -> tuple[bytes, ...]:
    """What must stand in no file: each disguise; of base64 the letters that hold nothing but the key's bits."""
    whole = [disguise(key) for name, disguise in DISGUISES.items() if "base64" not in name]
    inside = [in_base64(key, before)[(before * 8 + 5) // 6:(before + len(key.encode())) * 8 // 6]
              for before in range(3)]
    return tuple(text.encode() for text in dict.fromkeys([*whole, *inside, key.encode().hex().upper()]))


def found_in(folder: Path, key: str = CANARY) -> list[str]:
    """The files that hold the key, plainly or in disguise: the database, its log, exports, backups, all."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name.endswith(".db-wal") for path in files)
    return [path.name for path in files for spelt in spellings(key) if spelt in path.read_bytes()]

"""Ids of traces and spans in one form: hex, as OpenTelemetry says, however a program wrote them.

Knows Python's 0x and the base64 of protobuf's own JSON; any other id stays as it is.
"""

import base64
import re
from typing import Any

from lib.readers.cells import text

_BASE64 = re.compile(r"[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{11}=")  # 16 and 8 bytes
_HEX = re.compile(r"(?:0x)?([0-9A-Fa-f]{32}|[0-9A-Fa-f]{16})")


def hexed(found: Any) -> str:
    """The id as lower-case hex where it is one of 16 or 8 bytes, else as it is."""
    word = text(found)
    if _BASE64.fullmatch(word):
        return base64.b64decode(word).hex()
    plain = _HEX.fullmatch(word)
    return plain[1].lower() if plain else word

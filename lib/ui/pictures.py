"""Pictures that a trace itself holds, drawn from their own bytes: never fetched, never larger than stated.

Only png, jpeg, gif and webp, known by their first bytes; any other part is named where its message stands.
"""

import base64
import binascii
import io
import warnings
from itertools import islice
from typing import Any

import streamlit as st
from PIL import Image

from lib.records import parts

MOST_BYTES = 8_000_000  # of one picture
MOST_PIXELS = 40_000_000
MOST = 12  # of one message or value; the others are named
WIDEST = 480  # pixels on the page


def show(found: Any) -> None:
    """The pictures in a value, in their order; one that cannot be drawn is said to be so."""
    for one in islice(parts.every(found), MOST):
        if one.kind == "picture" and one.data:
            width = _drawable(data := _bytes(one.data))
            if width:
                st.image(data, width=min(width, WIDEST))
            else:
                st.caption(f"{one} is not drawn: only png, jpeg, gif and webp up to {MOST_BYTES // 1_000_000} MB are.")


def _bytes(data: str) -> bytes:
    if len(data) * 3 // 4 > MOST_BYTES:
        return b""
    try:
        return base64.b64decode(data.replace("-", "+").replace("_", "/") + "=" * (-len(data) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _drawable(data: bytes) -> int:
    """How wide a picture is; 0 for what is none of the four, is broken or has too many pixels."""
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP")) as found:
            warnings.simplefilter("error")  # a bomb is told by a warning before it goes off
            return found.width if found.width * found.height <= MOST_PIXELS else 0
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return 0

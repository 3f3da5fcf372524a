"""Text and code of anybody on the screen: fetched from nowhere, interpreted as nothing, and never a link.

What is too long for a browser is cut, and said to be; base64 is replaced by the name of what it holds.
"""

import re

import streamlit as st

from lib.records import parts
from lib.records.words import counted
from lib.writers import markdown

MOST = 200_000  # characters; a browser that gets millions of them stands still
# Streamlit makes links of these, escaped or not, except inside code.
_ADDRESS = re.compile(r"((?:https?:/|www\.)\S+|(?<![^\s@])[^\s@]+@\S+)", re.I)
# And these become icons and arrows: an invisible word joiner between their letters leaves them what they are.
_SPELL = re.compile(r"(?<=:)(?=[\w+/-]+:)|(?<=[-<>=~])(?=[-<>=~])")
_JOINER = "\u2060"


def plain(found: object) -> str:
    """A text inside our own Markdown, or in a label: it obeys nothing; an address stands as code, which is no link."""
    pieces = enumerate(_ADDRESS.split(str(found)))
    return "".join(code_span(piece) if number % 2 else markdown.plain(_SPELL.sub(_JOINER, piece))
                   for number, piece in pieces)


def code_span(found: str) -> str:
    """Text of one line as code, which its own backticks cannot close."""
    said = " ".join(found.split("\n"))
    if not said.strip():
        return ""
    fence = "`" * (max(map(len, re.findall("`+", said)), default=0) + 1)
    pad = " " if said[0] in "` " or said[-1] in "` " else ""
    return f"{fence}{pad}{said}{pad}{fence}"


def text(found: str) -> None:
    """Text as it is."""
    said = parts.without_data(found)
    st.text(said[:MOST])
    _say_cut(said)


def code(found: str) -> None:
    """Text in a frame, in letters of one width."""
    said = parts.without_data(found)
    st.code(said[:MOST], language=None, wrap_lines=True)
    _say_cut(said)


def _say_cut(said: str) -> None:
    if len(said) > MOST:
        st.caption(f":material/content_cut: {counted(len(said) - MOST, 'more character is', 'more characters are')} "
                   "stored and go to the judge whole; an export of the traces holds them.")

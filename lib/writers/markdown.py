"""Texts of the user made harmless for Markdown, and tables written in it; knows no page and no file.

`plain` escapes every mark, for a screen that knows more spells than Markdown. `readable` escapes only what a reader
of Markdown would take for a mark, so that it can also be read where nobody renders it: an e-mail, a chat, a ticket.
"""

import re
from collections.abc import Callable, Iterable, Sequence

_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
# What Markdown, or GitHub's kind of it, takes for a mark: escapes, emphasis, code, math, struck out, tags, character
# references, links, footnotes, emoji, addresses (of which it makes links by itself), and what a line begins with.
_EATEN = re.compile(r"""
    \\(?=[!-/:-@\[-`{-~]|$) | [`|]
    | (?<!\s)\* | \*(?!\s) | ^\* | (?<![^\W_])_ | _(?![^\W_]) | ~(?=.*~) | (?<=~)~ | \$(?=\S(?:.*\S)?\$(?!\d))
    | <(?=[A-Za-z/!?]) | &(?=\#?\w+;) | (?<=\])[(\[:] | \[(?=\^) | (?<=!)\[
    | :(?=[A-Za-z][\w+-]*[:\[]|//|material/) | (?<=\bwww)\.
    | (?<=\s)\#(?=\#*\s*$) | ^(?:\#(?=\#{0,5}(?:\s|$)) | > | [+-](?=\s|$) | [=-](?=[=-]*\s*$) | \[(?=[ xX]\]))
""", re.X | re.M | re.I)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)", re.M)


def plain(text: object) -> str:
    """A text with every mark escaped, so that a reader of Markdown shows it and obeys nothing in it."""
    return _MARKS.sub(r"\\\1", str(text)).replace("\r", "").replace("\n", "  \n")


def readable(text: object) -> str:
    """A text with those marks escaped that a reader of Markdown would obey; the others stand as they were typed."""
    lines = (line.strip(" \t") for line in str(text).replace("\r", "").split("\n"))
    return "  \n".join(_NUMBERED.sub(r"\1\\\2", _EATEN.sub(lambda found: f"\\{found[0]}", line)) for line in lines)


def cell(text: object) -> str:
    """The same on one line, for a heading, a list or a cell of a table."""
    return readable(" ".join(str(text).split()))


def quote(text: object) -> str:
    """The same as a quotation of as many lines as it has."""
    return "\n".join(f"> {line}" for line in readable(text).split("\n"))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]],
          escaped: Callable[[object], str] = readable) -> str:
    """A table; the cells are texts of anybody, and escaped here."""
    head, *body = ["| " + " | ".join(_within_cell(escaped, cell) for cell in line) + " |" for line in [columns, *rows]]
    return "\n".join([head, "|" + " --- |" * len(columns), *body])


def _within_cell(escaped: Callable[[object], str], text: object) -> str:
    """On one line; a bar ends a cell even inside code."""
    return re.sub(r"(?<!\\)\|", r"\|", escaped(" ".join(str(text).split())))

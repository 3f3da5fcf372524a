"""Texts of the user made harmless for Markdown, and tables written in it; knows no page and no file."""

import re
from collections.abc import Callable, Iterable, Sequence

_MARKS = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: object) -> str:
    """A text with every mark escaped, so that a reader of Markdown shows it and obeys nothing in it."""
    return _MARKS.sub(r"\\\1", str(text)).replace("\r", "").replace("\n", "  \n")


def cell(text: object) -> str:
    """The same on one line, for a heading, a list or a cell of a table."""
    return plain(" ".join(str(text).split()))


def quote(text: object) -> str:
    """The same as a quotation of as many lines as it has."""
    return "\n".join(f"> {line}" for line in plain(text).split("\n"))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]],
          escaped: Callable[[object], str] = plain) -> str:
    """A table; the cells are texts of anybody, and escaped here."""
    head, *body = ["| " + " | ".join(_within_cell(escaped, cell) for cell in line) + " |" for line in [columns, *rows]]
    return "\n".join([head, "|" + " --- |" * len(columns), *body])


def _within_cell(escaped: Callable[[object], str], text: object) -> str:
    """On one line; a bar ends a cell even inside code."""
    return re.sub(r"(?<!\\)\|", r"\|", escaped(" ".join(str(text).split())))

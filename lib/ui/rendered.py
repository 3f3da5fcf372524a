"""Markdown of a trace drawn with its bold, lists and tables, and without anything that is fetched or followed.

The text is parsed here and written anew: marks of our own around words whose every mark is escaped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from lib.ui import plain_text

MOST = 20_000  # characters that are drawn; a text made to be slow stays bearable at this length
MOST_PARTS = 60  # code blocks, tables and the texts between them: each is an element of the page
MOST_ROWS, MOST_COLUMNS = 200, 40
DEEPEST = 40
# HTML is no HTML here but text.
_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST}).enable(["table", "strikethrough"])
_MARKS = {"strong_open": "**", "strong_close": "**", "em_open": "*", "em_close": "*", "s_open": "~~", "s_close": "~~"}


@dataclass
class Part:
    """One element of the page: safe Markdown, the text of a code block, or the rows of a table."""

    kind: str  # text, code or table
    value: Any


@dataclass
class _Box:
    """An open quote or list item: what stands before its first line, and before all others."""

    first: str
    rest: str
    begun: bool = False


@dataclass
class _Writer:
    parts: list[Part] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    boxes: list[_Box] = field(default_factory=list)
    numbers: list[int | None] = field(default_factory=list)  # the next number of each open list; None for bullets
    apart: bool = False  # an element stands between the items of a list

    def write(self, text: str, gap: bool = True) -> None:
        """A block of safe text inside the open quotes and list items."""
        lines = [line.strip(" \t") for line in text.split("\n") if line.strip(" \t")]
        if lines and (gap or self.apart):
            self.pause()
        for line in lines:
            self.lines.append("".join(box.rest if box.begun else box.first for box in self.boxes) + line + "  ")
            for box in self.boxes:
                box.begun = True

    def pause(self) -> None:
        """An empty line, inside the quotes that go on."""
        if self.lines:
            self.lines.append("".join(box.rest for box in self.boxes if box.begun).rstrip())

    def put(self, kind: str, value: Any) -> None:
        """An element of its own; what comes after begins at the left again."""
        self.flush()
        self.parts.append(Part(kind, value))
        self.apart = bool(self.numbers)
        for box in self.boxes:
            box.first = box.rest = ""

    def flush(self) -> None:
        """The text so far becomes one element."""
        if self.lines:
            self.parts.append(Part("text", "\n".join(self.lines)))
            self.lines = []

    def open(self, token: Token) -> None:
        """A quote, a list or an item of one begins."""
        if token.type == "blockquote_open":
            self.boxes.append(_Box("> ", "> "))
        elif token.type == "list_item_open":
            number = self.numbers[-1]
            mark = "- " if number is None else f"{number}. "
            self.numbers[-1] = None if number is None else number + 1
            self.boxes.append(_Box(mark, " " * len(mark)))
        else:
            self.numbers.append(int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else None)
            if len(self.numbers) == 1:
                self.pause()

    def close(self, token: Token) -> None:
        """It ends."""
        (self.numbers if "list_close" in token.type else self.boxes).pop()
        self.apart = self.apart and bool(self.numbers)


def rendered(text: str) -> None:
    """Draws a Markdown text; nothing of it is fetched, followed or obeyed, and what is left out is said."""
    found = parts(text[:MOST])
    if found is None:
        st.caption("This text is nested too deeply to be rendered; here it is as text.")
        st.text(text[:MOST])
    for part in (found or [])[:MOST_PARTS]:
        _draw(part)
    if len(text) > MOST or len(found or []) > MOST_PARTS:
        st.caption(f":material/content_cut: Rendered as far as {MOST:,} characters and {MOST_PARTS} parts go; "
                   "the rest is there as text.")


def parts(text: str) -> list[Part] | None:
    """A text as elements of a page; None where it is nested too deeply."""
    tokens = _PARSER.parse(text)
    if max((token.level for token in tokens), default=0) >= DEEPEST - 2:
        return None
    writer, walk = _Writer(), iter(tokens)
    for token in walk:
        _block(writer, token, walk)
    writer.flush()
    return writer.parts


def _block(writer: _Writer, token: Token, walk: Iterator[Token]) -> None:
    if token.type in ("fence", "code_block"):
        writer.put("code", token.content.rstrip("\n"))
    elif token.type == "table_open":
        writer.put("table", list(_rows(walk)))
    elif token.type == "hr":
        writer.write("***")
    elif token.type == "heading_open":
        safe = _inline(token for token in next(walk).children if not token.type.startswith("strong"))
        writer.write("\n".join(f"**{line}**" for line in map(str.strip, safe.split("\n")) if line))
    elif token.type == "paragraph_open":
        writer.write(_inline(next(walk).children), gap=not token.hidden)
    elif token.nesting == 1:
        writer.open(token)
    elif token.type in ("blockquote_close", "list_item_close", "bullet_list_close", "ordered_list_close"):
        writer.close(token)


def _rows(walk: Iterator[Token]) -> Iterator[list[str]]:
    row: list[str] = []
    for token in walk:
        if token.type == "inline":
            row.append(_words(token.children))
        elif token.type == "tr_close":
            yield row
            row = []
        elif token.type == "table_close":
            return


def _inline(tokens: Sequence[Token] | Iterator[Token]) -> str:
    """Safe Markdown of a paragraph."""
    safe = ""
    for kind, text in _pieces(tokens):
        piece = text if kind == "mark" else plain_text.code_span(text) if kind == "code" else plain_text.plain(text)
        # Two runs of backticks side by side would be one, and what was code would be read.
        safe += f" {piece}" if piece.startswith("`") and safe.endswith("`") else piece
    return safe


def _words(tokens: Sequence[Token]) -> str:
    """The same as bare text, for the cell of a table."""
    return "".join(text for code, text in _pieces(tokens) if code != "mark").replace("\n", " ")


def _pieces(tokens: Sequence[Token] | Iterator[Token]) -> Iterator[tuple[str, str]]:
    """(text, code or mark; what it says), in order; a link's address follows it and an image is named."""
    links: list[str] = []
    for token in tokens:
        if token.type in _MARKS:
            yield "mark", _MARKS[token.type]
        elif token.type in ("softbreak", "hardbreak"):
            yield "text", " " if token.type == "softbreak" else "\n"
        elif token.type == "link_open":
            links.append(str(token.attrGet("href") or ""))
        elif token.type == "link_close":
            yield from (("text", " ("), ("code", links.pop()), ("text", ")"))
        elif token.type == "image":
            yield from (("text", f"[image: {_words(token.children or [])}, "),
                        ("code", str(token.attrGet("src") or "")), ("text", "]"))
        else:
            yield ("code" if token.type == "code_inline" else "text"), token.content


def _draw(part: Part) -> None:
    if part.kind == "text":
        st.markdown(part.value)
    elif part.kind == "code":
        st.code(part.value, language=None, wrap_lines=True)
    else:
        _table(part.value)


def _table(rows: list[list[str]]) -> None:
    names: list[str] = []
    for name in rows[0][:MOST_COLUMNS]:
        names.append(name if name and name not in names else f"{name} ({len(names) + 1})".strip())
    shown = rows[1:MOST_ROWS + 1]
    st.dataframe({name: [row[at] if at < len(row) else "" for row in shown] for at, name in enumerate(names)},
                 hide_index=True, height="content" if len(shown) <= 12 else 420,
                 column_config={name: st.column_config.TextColumn() for name in names})
    if len(rows) > MOST_ROWS + 1 or len(rows[0]) > MOST_COLUMNS:
        st.caption(f":material/content_cut: The first {MOST_ROWS} rows and {MOST_COLUMNS} columns of this table.")

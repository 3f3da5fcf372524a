"""What a trace's text is drawn of: plain lists that the browser builds element by element, text always as text.

A node is a text, or [element, what is said of it, what is inside …]; trace_text.js knows the few elements there are.
"""

from typing import Any

Node = str | list[Any]


def node(tag: str, *inside: Node, **about: object) -> Node:
    """An element; `about`: class_, and what trace_text.js knows besides. What is None is not said."""
    return [tag, {name.rstrip("_"): value for name, value in about.items() if value is not None}, *inside]


def note(text: str) -> Node:
    """A sentence of ours among the words of a trace."""
    return node("p", text, class_="tt-note")


def plain(text: str) -> Node:
    """A text as it is, with its lines and blanks."""
    return node("pre", text, class_="tt-plain")


def code(text: str, language: str = "") -> Node:
    """A block of code; it scrolls sideways, and its text can be copied unchanged."""
    return node("raw", node("pre", text, class_="tt-code"), text=text, language=language)


def table(rows: list[list[list[Node]]], sides: list[str] | None = None, note_of_cut: str = "") -> list[Node]:
    """A table of cells, its first row the names; `sides` are start, center or end for each column."""
    def line(row: list[list[Node]], tag: str) -> Node:
        side = [*(sides or []), *[""] * len(row)]
        return node("tr", *(node(tag, *cell, class_=f"tt-{side[at]}" if side[at] else None)
                            for at, cell in enumerate(row)))
    drawn = node("div", node("table", node("thead", line(rows[0], "th")),
                             node("tbody", *(line(row, "td") for row in rows[1:]))), class_="tt-scroll")
    return [drawn, note(note_of_cut)] if note_of_cut else [drawn]

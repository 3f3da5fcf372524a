"""Comma- and tab-separated text that is certainly a table, as rows; any other text stays what it is. Pure."""

import csv
import re

from lib.ui.trace_text import links
from lib.ui.trace_text.nodes import Node, table

MOST_ROWS, MOST_COLUMNS = 500, 60
_NUMBER = re.compile(r"[-+]?[$€£]?\d[\d,. ]*%?|")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d\b.*")


def drawn(text: str, told: bool = False) -> list[Node] | None:
    """A whole text as a table; `told`: somebody says it is one, so that two columns of words do."""
    for sign in "\t;,|":
        rows = _rows(text.strip("\r\n"), sign)
        if rows and (told or _is_certain(rows, sign)):
            return of_rows([[links.words(cell.strip()) for cell in row] for row in rows], _sides(rows))
    return None


def of_rows(rows: list[list[list[Node]]], sides: list[str]) -> list[Node]:
    """Rows of cells as a table, the first row its names; what is not drawn is said."""
    cut = len(rows) > MOST_ROWS + 1 or any(len(row) > MOST_COLUMNS for row in rows)
    return table([row[:MOST_COLUMNS] for row in rows[:MOST_ROWS + 1]], sides, (
        f"The first {MOST_ROWS} rows and {MOST_COLUMNS} columns of this table are drawn; the switch Rendered shows "
        "the text whole.") if cut else "")


def _rows(text: str, sign: str) -> list[list[str]] | None:
    """Rows of two and more cells, as many in each; None where a line has another number of them."""
    lines = text.splitlines()
    if len(lines) < 2 or not all(sign in line for line in (lines[0], lines[1], lines[-1])):
        return None
    try:
        rows = list(csv.reader(lines, delimiter=sign, strict=True))
    except csv.Error:
        return None
    return rows if len({len(row) for row in rows}) == 1 and len(rows[0]) > 1 else None


def _is_certain(rows: list[list[str]], sign: str) -> bool:
    """No sentence: short names, each once and no number; words cling to the sign; a column of figures or dates."""
    names, body = rows[0], rows[1:]
    named = all(name.strip() and len(name) <= 40 and not _NUMBER.fullmatch(name.strip()) for name in names)
    if not named or len(set(names)) < len(names):
        return False
    if sign == "\t":
        return True
    clings = not any(cell[:1] == " " for row in rows for cell in row)
    figures = any(all(_NUMBER.fullmatch(cell) or _ISO_DAY.fullmatch(cell) for cell in column) and any(column)
                  for column in zip(*body, strict=True))
    return len(body) > 1 and clings and (figures or len(names) > 2)


def _sides(rows: list[list[str]]) -> list[str]:
    """Figures stand at the right."""
    return ["end" if any(column) and all(_NUMBER.fullmatch(cell.strip()) for cell in column) else ""
            for column in zip(*rows[1:], strict=True)]

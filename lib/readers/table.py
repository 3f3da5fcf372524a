"""What every reader returns, and what all of them share: decoding, limits, dotted paths.

Knows text and cells; knows nothing of traces or outcomes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lib.records import DataError

MAX_BYTES = 200_000_000
MAX_ROWS = 1_000_000
MISSING = object()  # "no such column", told apart from an empty cell

_BOMS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))


@dataclass(frozen=True)
class Row:
    """One row: the line of the file it starts on (for a JSON list: its number), and its cells."""

    line: int
    cells: dict[str, Any]


@dataclass(frozen=True)
class Table:
    """A file that was read whole; `columns` holds dotted paths into nested JSON too."""

    name: str
    format: str
    columns: list[str]
    rows: list[Row] = field(repr=False)

    def where(self, row: Row) -> str:
        """How a message names a row."""
        return f"{self.name}, {'item' if self.format == 'json' else 'line'} {row.line}"


class Literal(float):
    """A JSON number that remembers how it was written, so that an id 1e5 stays 1e5."""

    def __new__(cls, text: str) -> "Literal":
        """Parses the number and keeps its text."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __str__(self) -> str:
        """The number as the file wrote it."""
        return self.text


def decode(name: str, data: bytes, encoding: str | None = None) -> str:
    """The text of a file; DataError names the first byte that does not fit and the cure."""
    encoding = encoding or next((codec for codec, mark in _BOMS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except LookupError:
        raise DataError(f"There is no encoding called '{encoding}'. Common ones: utf-8, latin-1, utf-16.") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        raise DataError(f"{name}, line {line}, byte {column}: this is not {encoding} text. Save the file as UTF-8, "
                        "or name its encoding (for instance latin-1).") from None


def visible(text: str) -> str:
    """Lone surrogates become visible escapes: neither SQLite nor a page can take them as they are."""
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def resolve(cells: dict[str, Any], path: str) -> Any:
    """The cell at a dotted path, or MISSING; a key may itself hold dots, the longest match wins."""
    if path in cells:
        return cells[path]
    for cut in range(len(path) - 1, 0, -1):
        if path[cut] == "." and isinstance(cells.get(path[:cut]), dict):
            found = resolve(cells[path[:cut]], path[cut + 1:])
            if found is not MISSING:
                return found
    return MISSING


def paths(cells: dict[str, Any], prefix: str = "", depth: int = 4) -> Iterator[str]:
    """Every column of a row, nested ones as dotted paths."""
    for key, value in cells.items():
        yield prefix + key
        if isinstance(value, dict) and depth:
            yield from paths(value, f"{prefix}{key}.", depth - 1)

"""What every reader takes and returns, and what all of them share: decoding, limits, dotted paths.

Knows text and cells; knows nothing of traces or outcomes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from lib.readers.profile import Profile, profile_of
from lib.records import DataError, visible

MAX_BYTES = 200_000_000
MAX_ROWS = 1_000_000
HEAD = 100  # rows that are kept in memory of a file that is read as it is needed
MISSING = object()  # "no such column", told apart from an empty cell

# The marks of UTF-32 come first: the little one begins like the mark of UTF-16.
_BOMS = (("utf-32", b"\xff\xfe\x00\x00"), ("utf-32", b"\x00\x00\xfe\xff"), ("utf-8-sig", b"\xef\xbb\xbf"),
         ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line of the file it starts on (for a JSON list: its number), and its cells."""

    line: int
    cells: dict[str, Any]


class LazyRows(Sequence):
    """Rows that are read anew, from the file, each time somebody goes through them: they never stand in memory."""

    def __init__(self, read: Callable[[], Iterator[Row]], length: int, profile: Profile) -> None:
        """`read` goes through the file from its start; `length` and `profile` are known from the first reading."""
        self._read, self._length, self.profile = read, length, profile

    def __iter__(self) -> Iterator[Row]:
        return self._read()

    def __len__(self) -> int:
        return self._length

    @cached_property
    def _head(self) -> list[Row]:
        return list(islice(self._read(), HEAD))

    def __getitem__(self, place):
        if isinstance(place, int):
            place = place if place >= 0 else self._length + place
            if not 0 <= place < self._length:
                raise IndexError(place)
            return self._head[place] if place < HEAD else next(islice(self._read(), place, None))
        start, stop, step = place.indices(self._length)
        if step != 1:
            return list(self._read())[place]
        return self._head[start:stop] if stop <= HEAD else list(islice(self._read(), start, stop))


@dataclass(frozen=True)
class LabelColumns:
    """Where an expert's labels stand: a label is only ever a person's."""

    expert: str
    outcome: str
    critique: str | None = None
    by: str | None = None  # a column that names the expert of each row, in place of `expert`
    revised: str | None = None  # how the expert would have answered
    created_at: str | None = None  # when it was given
    mode: str | None = None  # what the expert knew of the judge


@dataclass(frozen=True)
class VerdictColumns:
    """Where a judge's recorded verdicts stand: whatever a machine said, a grader or a metric too."""

    judge: str
    outcome: str
    critique: str | None = None
    model: str | None = None
    error: str | None = None  # a kind of error, where the judge gave no outcome


@dataclass(frozen=True)
class FeedbackColumns:
    """Where users' feedback stands: a thumb, words, or a list of such as our own export writes it.

    It is no label: a user is asked about the product, an expert about the answer.
    """

    name: str  # what it is called in the store
    value: str | None  # up or down; text that is neither is a remark
    comment: str | None = None
    who: str | None = None
    at: str | None = None


@dataclass(frozen=True)
class Unread:
    """Something of a file that a reading left out: what it is, how often it stands there, and why or what to do."""

    what: str  # "column 'cost'", "spans of kind EMBEDDING", "field annotations"
    count: int
    why: str = ""

    def __str__(self) -> str:
        """In a sentence."""
        return f"{self.what}: {self.count:,}" + (f" ({self.why})" if self.why else "") + "."


@dataclass(frozen=True)
class Table:
    """A file that was read whole; `columns` holds dotted paths into nested JSON too."""

    name: str
    format: str
    columns: list[str]
    rows: Sequence[Row] = field(repr=False)
    unit: str = "line"  # what a message counts: rows of a JSON list have a number only
    dimensions: tuple[str, ...] = ()  # columns that the format itself knows to be dimensions
    notes: tuple[str, ...] = ()  # what this reading left out, in sentences
    unread: tuple[Unread, ...] = ()  # the same with its count
    labels: tuple[LabelColumns, ...] = ()  # columns the format itself knows to be a person's
    verdicts: tuple[VerdictColumns, ...] = ()  # and those it knows to be a machine's
    feedback: tuple[FeedbackColumns, ...] = ()  # and those it knows to be of users of the product
    returns: str | None = None  # a file of ours that came back: what it is (queue, inputs …); it never brings a trace

    @cached_property
    def profile(self) -> Profile:
        """What stands in each column, counted in one pass: while a plain file was checked, else once, now."""
        return self.rows.profile if isinstance(self.rows, LazyRows) else profile_of(
            (row.line, row.cells) for row in self.rows)

    def where(self, row: Row) -> str:
        """How a message names a row."""
        return f"{self.name}, {self.place(row.line)}"

    def place(self, line: int) -> str:
        """How a message names a line."""
        return f"{self.unit} {line}"


@dataclass(frozen=True)
class Content:
    """A file taken apart as far as its container goes, before anyone asks what its rows mean."""

    name: str
    container: str  # csv, jsonl, json, parquet or xlsx
    rows: Sequence[Row] = field(repr=False)  # a JSON object is one row
    value: Any = field(default=None, repr=False)  # the whole of a JSON file
    unread: tuple[Unread, ...] = ()  # what the container left out
    marked: bool = False  # its header bears our mark: it came out of us

    @property
    def unit(self) -> str:
        """What a message counts."""
        return {"json": "item", "parquet": "row", "xlsx": "row"}.get(self.container, "line")

    def where(self, row: Row) -> str:
        """How a message names a row."""
        return f"{self.name}, {self.unit} {row.line}"


@dataclass(frozen=True)
class Format:
    """A row of READERS."""

    title: str
    sign: str  # what in the content gives the format away
    drops: str  # what a reading leaves out; empty where nothing is
    recognises: Callable[[Content], bool]
    read: Callable[[Content], Table]


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


def codec_of(name: str, start: bytes, encoding: str | None = None) -> str:
    """The encoding named, else the one the first bytes give away, else UTF-8."""
    codec = encoding or next((codec for codec, mark in _BOMS if start.startswith(mark)), "utf-8")
    if encoding is None and b"\x00" in start[:2] and codec == "utf-8":
        raise DataError(f"{name}, line 1, byte 1: this looks like UTF-16 without its mark. Save the file as UTF-8, "
                        "or name its encoding (utf-16-le or utf-16-be).")
    return codec


def decode(name: str, data: bytes, encoding: str | None = None, first_line: int = 1) -> str:
    """The text of a file, or of its lines from the one named; DataError says which byte does not fit, and the cure."""
    codec = codec_of(name, data, encoding)
    try:
        text = data.decode(codec).removeprefix("\ufeff")
        return visible(text) if encoding else text
    except LookupError:
        raise DataError(f"There is no encoding called '{encoding}'. Common ones: utf-8, latin-1, utf-16.") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + first_line
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        raise DataError(f"{name}, line {line}, byte {column}: this is not {codec} text. Save the file as UTF-8, "
                        "or name its encoding (for instance latin-1).") from None
    except ValueError as error:
        raise DataError(f"{name}, line {first_line}: it cannot be read as {codec} ({error}). "
                        "Save the file as UTF-8.") from None


def resolve(cells: dict[str, Any], path: str) -> Any:
    """The cell at a dotted path, or MISSING; a key may itself hold dots, the longest match wins."""
    if path in cells:
        return cells[path]
    if "." not in path:
        return MISSING
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

"""What stands in each column of a table: how many cells, which words, which of them are outcomes or times.

Counted in one pass over the cells, however many columns and rows there are; knows no file and no meaning.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lib.readers.moments import is_moment
from lib.readers.outcomes import as_number, parse_outcome, text_of

MOST_WORDS = 300  # a column of more different words is text
MOST_DEPTH = 4
MOST_ODD = 20
# Of these columns every cell counts, however many different words they hold: they may be outcomes or times.
_OUTCOMES = re.compile(r"label|outcome|judge?ment|verdict|annotator|reviewer|expert", re.I)
_TIMES = re.compile(r"created|time|date", re.I)


@dataclass(slots=True)
class Column:
    """One column: cells that hold something, its words with their first lines, and how they can be understood."""

    watched: bool  # every word is looked at, also after the first few
    time: bool  # by its name; such words are tried as times, too
    filled: int = 0
    words: dict[str, list[int]] = field(default_factory=dict)  # word -> [how often, first line]
    many: bool = False  # more words than are kept
    nested: bool = False  # objects or lists stand in it
    understood: int = 0  # cells that are an outcome, or a number on a scale
    odd: dict[str, list[int]] = field(default_factory=dict)  # words that are no outcome, the first ones
    odd_cells: int = 0
    numbers: set[str] = field(default_factory=set)  # words that are numbers besides 0 and 1
    no_times: int = 0  # different words that are no time, in a column that is called one

    def fold(self) -> None:
        """Understands the words kept so far."""
        for word, (n, line) in self.words.items():
            self.no_times += self.time and not is_moment(word)
            try:
                self.understood += n if parse_outcome(word, threshold=0) else 0
            except ValueError:
                self.odd_cells += n
                if word in self.odd:
                    self.odd[word][0] += n
                elif len(self.odd) < MOST_ODD:
                    self.odd[word] = [n, line]
            if len(self.numbers) < MOST_WORDS and as_number(word) not in (None, 0, 1):
                self.numbers.add(word)

    @property
    def known(self) -> bool:
        """Whether every cell was understood or found odd: not so for a long text."""
        return self.watched or not self.many

    def add(self, word: str, n: int, line: int) -> None:
        """Counts a word, unless this is a column of text."""
        if not self.known:
            return
        seen = self.words.get(word)
        if seen:
            seen[0] += n
        elif len(self.words) < MOST_WORDS:
            self.words[word] = [n, line]
        else:
            self.many = True
            if self.watched:
                self.fold()
            self.words = {word: [n, line]} if self.watched else {}


_NOTHING = Column(False, False)


@dataclass(frozen=True)
class Profile:
    """Every column of a table in the order first seen, nested ones by their dotted paths."""

    columns: dict[str, Column]
    rows: int

    def of(self, column: str) -> Column:
        """What stands in a column; nothing where no row has it."""
        return self.columns.get(column, _NOTHING)

    def only(self, columns: Iterable[str]) -> "Profile":
        """Without the columns that are not read."""
        return Profile({column: self.of(column) for column in columns}, self.rows)


class Tally:
    """A profile in the making."""

    def __init__(self) -> None:
        """Nothing is counted yet."""
        self.columns: dict[str, Column] = {}
        self.rows = 0

    def add_row(self, line: int, cells: dict[str, Any]) -> None:
        """Counts the cells of a row, nested ones too."""
        self.rows += 1
        for path, cell in _cells(cells):
            self._add(path, cell, line)

    def add_batch(self, names: Sequence[str], lines: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
        """The same for many rows of text at once, a column at a time: most of its cells are counted in C."""
        self.rows += len(rows)
        for name, cells in zip(names, zip(*rows, strict=True), strict=True):
            column = self._column(name)
            column.filled += sum(map(bool, map(str.strip, cells)))
            if not column.known:
                continue
            for cell, n in Counter(cells).items():
                for word in words_of(cell):
                    column.add(word, n, lines[0] if word in column.words else lines[cells.index(cell)])

    def done(self) -> Profile:
        """The profile."""
        for column in self.columns.values():
            if column.known:
                column.fold()
        return Profile(self.columns, self.rows)

    def _column(self, name: str) -> Column:
        found = self.columns.get(name)
        if found is None:
            time = bool(_TIMES.search(name))
            found = self.columns[name] = Column(time or bool(_OUTCOMES.search(name)), time)
        return found

    def _add(self, path: str, cell: Any, line: int) -> None:
        column = self._column(path)
        if cell is None or cell == "":
            return
        nested = isinstance(cell, (dict, list))
        column.nested = column.nested or nested
        column.filled += bool(cell) if nested else bool(str(cell).strip())
        if isinstance(cell, dict) or not column.known:
            return
        for word in words_of(cell):
            column.add(word, 1, line)


def profile_of(rows: Iterable[tuple[int, dict[str, Any]]]) -> Profile:
    """The profile of rows of (line, cells)."""
    tally = Tally()
    for line, cells in rows:
        tally.add_row(line, cells)
    return tally.done()


def words_of(cell: Any) -> Iterator[str]:
    """The words of a cell: each of a list's own, which may be names; else one, or none."""
    if isinstance(cell, list):
        yield from (word for part in cell if not isinstance(part, (dict, list)) and (word := text_of(part)))
    elif word := text_of(cell):
        yield word


def _cells(cells: dict[str, Any], prefix: str = "", depth: int = MOST_DEPTH) -> Iterator[tuple[str, Any]]:
    for key, value in cells.items():
        yield prefix + key, value
        if isinstance(value, dict) and depth:
            yield from _cells(value, f"{prefix}{key}.", depth - 1)

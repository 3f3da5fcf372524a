"""The header of a table of text: names without the blanks around them, and the columns that are none.

Passed over are columns without a name that are empty (a spreadsheet's) or count the rows (an index that pandas
writes), and a column that stands twice with the same cells. Whatever else has no name of its own is refused.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter

from lib.readers.files import odd_columns
from lib.readers.table import Unread
from lib.records import DataError

_CURE_NAME = "Name it, or take it out."
_CURE_TWICE = "Give each column a name of its own."


class Header:
    """The columns of one file; told each batch of rows, it knows in the end which of them are read."""

    def __init__(self, name: str, cells: Sequence[str], marked: bool) -> None:
        """`marked`: the file came out of Plumbline, whose names are kept as they are."""
        if not cells:
            raise DataError(f"{name}, line 1: the line is empty where the header should be. "
                            "Put the column names there.")
        self._file = name
        titles = list(cells) if marked else [cell.strip() for cell in cells]
        titles = odd_columns.numbered(titles)
        self._nameless = {place for place, title in enumerate(titles) if not title.strip()}
        self._empty, self._index = set(self._nameless), self._nameless & {0}
        self._twins = _twins(titles)
        # Each column is counted under a name of its own, those that are passed over too.
        self.all = [f"\0{place}" if place in self._nameless or place in self._twins else title
                    for place, title in enumerate(titles)]

    def check(self, lines: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
        """Refuses a column that holds something under no name, or under another one's; `lines`: where each row is."""
        for place in self._nameless:
            self._empty -= {place} if any(row[place].strip() for row in rows) else set()
        for place in sorted(self._nameless - self._empty):
            odd = next(((line, row[place]) for line, row in zip(lines, rows, strict=True) if row[place].strip()
                        and not (place in self._index and odd_columns.is_number(row[place]))), None)
            if odd:
                raise DataError(f"{self._file}, line 1, column {place + 1}: this column has no name, and line {odd[0]} "
                                f"holds '{odd[1][:40]}' in it, which is no row number. {_CURE_NAME}")
        for place, first in self._twins.items():
            odd = next((line for line, row in zip(lines, rows, strict=True) if row[place] != row[first]), None)
            if odd:
                raise DataError(f"{self._file}, line 1, column {place + 1}: the name '{self.all[first]}' stands twice, "
                                f"and line {odd} has other text in each. {_CURE_TWICE}")

    def kept(self) -> list[int]:
        """The places of the columns that are read."""
        return [place for place in range(len(self.all)) if place not in self._nameless and place not in self._twins]

    def take(self) -> Callable[[Sequence[str]], Sequence[str]]:
        """Cuts the cells that are read out of a row."""
        kept = self.kept()
        if len(kept) == len(self.all):
            return lambda cells: cells
        return itemgetter(*kept) if len(kept) > 1 else lambda cells: [cells[place] for place in kept]

    def unread(self, rows: int) -> tuple[Unread, ...]:
        """What is passed over although something stands in it."""
        index = self._index - self._empty
        found = [Unread("column 1, which has no name", rows, "it only counts the rows")] if index else []
        found += [Unread(f"column {place + 1}, '{self.all[first]}' a second time", rows,
                         "its cells are those of the first") for place, first in self._twins.items()]
        return tuple(found)


def _twins(titles: list[str]) -> dict[int, int]:
    """The place of a name that stands there again -> its first place."""
    first: dict[str, int] = {}
    return {place: first[title] for place, title in enumerate(titles)
            if title.strip() and first.setdefault(title, place) != place}

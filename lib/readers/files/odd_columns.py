"""Columns that say nothing of their own: names that stand twice over equal cells, and pandas' index without a name.

Knows one tool that repeats a block of columns for each of its prompts: there the second of a name gets a number.
"""

from lib.records import DataError

OF_PROMPTFOO = ("Status", "Grader Reason", "Comment")


def numbered(header: list[str]) -> list[str]:
    """The names of promptfoo's table of several prompts, each its own; any other header as it is."""
    if not set(OF_PROMPTFOO) <= set(header):
        return header
    counts: dict[str, int] = {}
    made = []
    for name in header:
        counts[name] = counts.get(name, 0) + 1
        made.append(name if counts[name] == 1 else f"{name} {counts[name]}")
    return made


def has_index(header: list[str]) -> bool:
    """Whether the first column alone has no name, as pandas writes its index."""
    return len(header) > 1 and not header[0].strip()


def refuse_no_index(name: str, line: int, cell: str) -> None:
    """DataError where a column without a name holds anything but the numbers of an index."""
    if not (cell.isascii() and cell.isdecimal()):
        raise DataError(f"{name}, line 1, column 1: this column has no name, and line {line} holds '{cell[:40]}' in "
                        "it, which is no row number. Name it, or take it out.")


def pairs(header: list[str]) -> list[tuple[int, int]]:
    """Places whose name stood before, each beside the first place of the name."""
    first: dict[str, int] = {}
    return [(first[name], place) for place, name in enumerate(header) if first.setdefault(name, place) != place]


def refuse_unequal(name: str, line: int, header: list[str], cells: list[str], doubled: list[tuple[int, int]]) -> None:
    """DataError where two columns of one name say different things."""
    for first, second in doubled:
        if cells[first] != cells[second]:
            raise DataError(f"{name}, line 1, column {second + 1}: the name '{header[second]}' stands twice, and line "
                            f"{line} has other text in each. Give each column a name of its own.")

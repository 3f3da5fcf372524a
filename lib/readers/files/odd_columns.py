"""Columns that say nothing of their own: pandas' index without a name, and one tool's repeated blocks.

Promptfoo repeats a block of columns for each of its prompts: there the second of a name gets a number.
"""

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


def is_number(cell: str) -> bool:
    """Whether a cell can be a row's number in an index that pandas writes."""
    return cell.isascii() and cell.isdecimal()

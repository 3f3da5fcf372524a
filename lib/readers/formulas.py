"""The reversible rule that keeps a spreadsheet from running a cell as a formula, and an id from becoming a number.

A file we write starts with a mark (a zero-width no-break space after the byte order mark); only in such a
file the rule is undone, so that a foreign cell keeps every apostrophe it came with.
"""

import re

from lib.records.sheets import is_value

# A spreadsheet shows nothing for it, and no other program writes it at the start of a header.
MARK = "\u2060"
# The wide forms count too: a spreadsheet set to an East Asian language runs them.
_LIVE = re.compile(r"""[\s"']*[=+\-@\t\r\n＝＋－＠]""")


def escape(cell: str) -> str:
    """An apostrophe in front of a cell that a spreadsheet could take for a formula."""
    # One more where unescape would take off an apostrophe of the cell's own.
    return "'" + cell if _LIVE.match(cell) or (cell.startswith("'") and is_value(cell)) else cell


def escape_id(cell: str) -> str:
    """The same for an id, which must not become a number either: 0012 would come back as 12."""
    return "'" + cell if is_value(cell) else escape(cell)


def unescape(cell: str) -> str:
    """Takes back what `escape` and `escape_id` put there."""
    return cell[1:] if cell.startswith("'") and (_LIVE.match(cell[1:]) or is_value(cell[1:])) else cell

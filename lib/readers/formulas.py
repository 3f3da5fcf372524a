"""The reversible rule that keeps a spreadsheet from running a cell as a formula.

A file we write starts with a mark (a zero-width no-break space after the byte order mark); only in such a
file the rule is undone, so that a foreign cell keeps every apostrophe it came with.
"""

import re

# A spreadsheet shows nothing for it, and no other program writes it at the start of a header.
MARK = "\u2060"
# The wide forms count too: a spreadsheet set to an East Asian language runs them.
_LIVE = re.compile(r"""[\s"']*[=+\-@\t\r\n＝＋－＠]""")


def escape(cell: str) -> str:
    """An apostrophe in front of a cell that a spreadsheet could take for a formula."""
    return "'" + cell if _LIVE.match(cell) else cell


def unescape(cell: str) -> str:
    """Takes back what `escape` put there."""
    return cell[1:] if cell.startswith("'") and _LIVE.match(cell[1:]) else cell

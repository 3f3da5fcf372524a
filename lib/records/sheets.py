"""What a spreadsheet makes of a cell that it reads as a number, a date or a truth, and how our rows outlive it.

Calc and Excel write 0012 as 12, 1.10 as 1.1, 1e5 as 1.00E+05, twenty digits as 1.23456789012346E+019.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Context, Decimal, InvalidOperation
from functools import cached_property

# The column of our own files that says what they are and which trace a row is of, in words no spreadsheet changes.
OURS = "plumbline"
FEEDBACK = "feedback"  # the column of what users said, as a list of objects
QUEUE, INPUTS, LABELS, CODES, TRACES = "queue", "inputs", "labels", "codes", "traces"
FULL_CELL = 32_767  # characters: what does not fit is cut off by the spreadsheet without a word

_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_VALUE = re.compile(rf"""['\s]*(?:(?=\D*\d)(?:[\d\s.,:;/\\()%$€£¥'+\-]|e(?=[+\-]?\d)|[ap]m?\b|(?:{_MONTH})[a-z]*)+
                    |true|false|wahr|falsch|vrai|faux|verdadero|falso|vero)\s*""", re.I | re.X)
_NUMBER = re.compile(r"[+\-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+\-]?\d{1,4})?")
_KEPT = 15  # digits that a spreadsheet keeps of a number
_DATE = re.compile(r"(\d{1,4}|[a-z]{3,9})[\s\-/.,]+(\d{1,2}|[a-z]{3,9})(?:[\s\-/.,]+(\d{1,4}))?", re.I)
_MONTHS = _MONTH.split("|")


def row_mark(kind: str, trace_id: str) -> str:
    """What a row of ours says in the column OURS: the kind of file and the trace, as text for every spreadsheet."""
    return f"{kind}:{trace_id}"


def cell_length(text: str) -> int:
    """How long a spreadsheet finds a text: signs beyond the common ones count twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_value(cell: str) -> bool:
    """Whether a spreadsheet would read a number, a date or a truth in this cell, and no text."""
    return len(cell) < 60 and _VALUE.fullmatch(cell) is not None


class Ids:
    """The ids of a project, looked up by what a spreadsheet may have left of one."""

    def __init__(self, ids: Iterable[str]) -> None:
        """Keeps them all; what they may become is worked out when it is asked for."""
        self.exact = set(ids)
        self._by_digits: dict[int, dict[Decimal, set[str]]] = {}

    def meant(self, cell: str) -> set[str]:
        """Every id that this cell may have been before a spreadsheet read it; the very same one among them."""
        found: set[str] = set()
        for key in _keys(cell):
            found |= self._plain.get(key, set())
        if (number := _number(cell)) is not None:
            digits = _digits(cell)
            found |= self._rounded(digits).get(_round(number, digits), set())
        return found

    @cached_property
    def _plain(self) -> dict[str, set[str]]:
        made = defaultdict(set)
        for name in self.exact:
            for key in _keys(name):
                made[key].add(name)
        return made

    @cached_property
    def _numbers(self) -> list[tuple[Decimal, str]]:
        return [(number, name) for name in self.exact if (number := _number(name)) is not None]

    def _rounded(self, digits: int) -> dict[Decimal, set[str]]:
        if digits not in self._by_digits:
            made = self._by_digits[digits] = defaultdict(set)
            for number, name in self._numbers:
                made[_round(number, digits)].add(name)
        return self._by_digits[digits]


def could_be(cell: str, name: str) -> bool:
    """Whether a spreadsheet may have made this cell of that id."""
    return name in Ids([name]).meant(cell)


def _keys(text: str) -> set[str]:
    """Forms that stay the same: without blanks, apostrophes and case; and the day of a date in either order."""
    plain = text.strip().lstrip("'").strip().casefold()
    return {plain, *_days(plain)}


def _days(text: str) -> set[str]:
    day = text.partition("t")[0] if re.match(r"\d{4}-\d\d-\d\dt", text) else text
    found = _DATE.fullmatch(re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", "-", day))
    if not found:
        return set()
    parts = [str(1 + _MONTHS.index(part[:3])) if part[:3] in _MONTHS else part for part in found.groups("")]
    if not all(part.isdigit() or not part for part in parts):
        return set()
    numbers = sorted(int(part) % 100 for part in parts if part and len(part) < 4)
    return {"day " + " ".join(map(str, numbers[:2]))} if len(numbers) >= 2 else set()


def _number(text: str) -> Decimal | None:
    plain = text.strip().lstrip("'").strip()
    plain = plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain.replace(",", "")
    try:
        return Decimal(plain) if _NUMBER.fullmatch(plain) else None
    except InvalidOperation:
        return None


def _digits(text: str) -> int:
    """How many digits of a number the cell can tell: a number in exponents was cut to those it shows."""
    mantissa, exponent, _ = text.upper().partition("E")
    shown = len(re.sub(r"\D", "", mantissa).lstrip("0")) or 1
    return min(shown, _KEPT) if exponent else _KEPT


def _round(number: Decimal, digits: int) -> Decimal:
    return number.normalize(Context(prec=digits))

"""Words for pass and fail, as files write them; a scale is refused unless a threshold is named."""

import math
from typing import Any

from lib.records import FAIL, PASS

WORDS = {"pass": PASS, "good": PASS, "true": PASS, "yes": PASS, "1": PASS, "passed": PASS,
         "fail": FAIL, "bad": FAIL, "false": FAIL, "no": FAIL, "0": FAIL, "failed": FAIL}
MEANING = "pass, good, true, yes, 1, passed for pass; fail, bad, false, no, 0, failed for fail"


def text_of(cell: Any) -> str:
    """A cell as the word a person would read; nothing is the empty text."""
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell).strip()


def parse_outcome(cell: Any, threshold: float | None = None) -> str | None:
    """Pass, fail, or None for an empty cell; ValueError for anything else.

    With a threshold every number is compared with it: at or above it is a pass. Words still count.
    """
    word = text_of(cell)
    if not word:
        return None
    number = as_number(word)
    if threshold is not None and number is not None:
        return PASS if number >= threshold else FAIL
    if word.lower() in WORDS:
        return WORDS[word.lower()]
    if number in (0, 1):
        return PASS if number else FAIL
    raise ValueError(word)


def as_number(word: str) -> float | None:
    """The number a cell holds, or None; NaN and infinity are no numbers."""
    try:
        number = float(word)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def scale(cells: list[Any]) -> list[str]:
    """The values of a column that is a scale (a number besides 0 and 1 among them), else nothing."""
    words = sorted({text_of(cell) for cell in cells} - {""})
    numbers = [as_number(word) for word in words]
    return words if any(number is not None and number not in (0, 1) for number in numbers) else []

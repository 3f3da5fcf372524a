"""What people and machines said of a trace: labels stand under people in a row's cells, verdicts under judges.

Knows these cells and the columns a table declares for them; knows no tool.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lib.readers import user_feedback
from lib.readers.cells import text
from lib.readers.outcomes import as_number, parse_outcome, text_of
from lib.readers.table import FeedbackColumns, LabelColumns, Row, Unread, VerdictColumns
from lib.records import FAIL, PASS

NO_OUTCOME = "no outcome"  # the kind of error of a judge that gave none
EXPERT = "expert"  # where a file does not say which person it was
_PARTS = {"people": ("outcome", "critique", "created_at"), "judges": ("verdict", "critique", "model", "error")}
_OPTION = {"people": "--label", "judges": "--verdict"}
# Words of evaluators whose direction is beyond doubt; a number beside any other word may count good or bad.
_WORDS = {"correct": PASS, "passed": PASS, "success": PASS, "incorrect": FAIL, "failed": FAIL, "failure": FAIL}

Said = dict[str, Any]


@dataclass(frozen=True)
class Declared:
    """The columns of a table that hold what was said of its traces, and what was not taken of it."""

    columns: list[str]
    labels: tuple[LabelColumns, ...]
    verdicts: tuple[VerdictColumns, ...]
    feedback: tuple[FeedbackColumns, ...]
    unread: tuple[Unread, ...]


def declared(rows: list[Row]) -> Declared:
    """Looks through the cells of all rows; what is no outcome anywhere is kept as a plain column, and said."""
    unread = [*_set_aside(rows, "people"), *_set_aside(rows, "judges"), *_silent(rows)]
    people, judges = _found(rows, "people"), _found(rows, "judges")
    columns = [f"{kind}.{name}.{part}" for kind, found in (("people", people), ("judges", judges))
               for name, parts in found.items() for part in parts]
    labels = [LabelColumns(name, outcome, critique, created_at=at) for name, parts in people.items() if "outcome" in
              parts for outcome, critique, at in [_named("people", name, parts)]]
    verdicts = [VerdictColumns(name, *_named("judges", name, parts)) for name, parts in judges.items()
                if {"verdict", "error"} & set(parts)]
    more, of_users = user_feedback.declared(rows)
    return Declared([*columns, *more], tuple(labels), tuple(verdicts), of_users, tuple(unread))


def verdict(outcome: Any, critique: Any = "", model: Any = "", error: Any = "") -> Said:
    """The cells of one verdict; a judge that gave no outcome is an error."""
    word = outcome if text_of(outcome) else None
    kind = text(error) or (NO_OUTCOME if word is None else "")
    made = {"verdict": word, "critique": text(critique), "model": text(model), "error": kind}
    return {part: cell for part, cell in made.items() if cell not in (None, "")}


def label(outcome: Any, critique: Any = "", created_at: Any = None) -> Said:
    """The cells of one label."""
    made = {"outcome": outcome if text_of(outcome) else None, "critique": text(critique), "created_at": created_at}
    return {part: cell for part, cell in made.items() if cell not in (None, "")}


def outcome_of(word: Any, number: Any = None) -> Any:
    """The outcome a word says, or where there is none the number; what is no outcome stays as it is."""
    said = text_of(word)
    known = _WORDS.get(said.lower()) or _parsed(said)
    return known or (word if said else number)


def free(name: str, taken: Iterable[str]) -> str:
    """A name that is not taken: a second judge of one name gets a number."""
    known = set(taken)
    return next(made for made in (name, *(f"{name} {number}" for number in range(2, len(known) + 3)))
                if made not in known)


def _parsed(word: Any) -> str | None:
    try:
        return parse_outcome(word)
    except ValueError:
        return None


def _set_aside(rows: list[Row], kind: str) -> list[Unread]:
    """A name whose words are no outcome anywhere, or a scale: its words become a column called value."""
    part = _PARTS[kind][0]
    words: dict[str, list[Any]] = {}
    for row in rows:
        for name, said in row.cells.get(kind, {}).items():
            if part in said and "error" not in said:
                words.setdefault(name, []).append(said[part])
    odd = {name: found for name, found in words.items() if not any(map(_parsed, found)) or any(map(_is_scale, found))}
    for row in rows:
        for name, said in row.cells.get(kind, {}).items():
            if name in odd:
                said.pop("error", None)
                if part in said:
                    said["value"] = said.pop(part)
    return [Unread(f"{'words' if kind == 'people' else 'values'} of '{name}'", len(found), _why(kind, name, found))
            for name, found in odd.items()]


def _is_scale(word: Any) -> bool:
    number = as_number(text_of(word))
    return number is not None and number not in (0, 1)


def _why(kind: str, name: str, words: list[Any]) -> str:
    column = f"{_OPTION[kind]} '{name}={kind}.{name}.value'"
    if any(map(_is_scale, words)):
        return f"a scale, not pass and fail: to take it, name its column and a threshold, {column} --threshold NUMBER"
    return (f"'{text_of(words[0])[:40]}' is neither pass nor fail, and the file does not say which it counts as: write "
            f"pass and fail into the file, then take {column}")


def _silent(rows: list[Row]) -> list[Unread]:
    """A person's comment without an outcome is no label."""
    counts: dict[str, int] = {}
    for row in rows:
        for name, said in row.cells.get("people", {}).items():
            if "critique" in said and not {"outcome", "value"} & said.keys():
                said["note"] = said.pop("critique")
                counts[name] = counts.get(name, 0) + 1
    return [Unread(f"comments of '{name}' without an outcome", n, "a label says pass or fail")
            for name, n in counts.items()]


def _found(rows: list[Row], kind: str) -> dict[str, list[str]]:
    """Of each name the parts that any row has."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for name, said in row.cells.get(kind, {}).items():
            found.setdefault(name, set()).update(said)
    order = (*_PARTS[kind], "value", "note")
    # A judge that only ever failed has no word anywhere, but a table names the column of outcomes too.
    return {name: [part for part in order if part in have or (part == "verdict" and "error" in have)]
            for name, have in found.items()}


def _named(kind: str, name: str, have: list[str]) -> list[str | None]:
    return [f"{kind}.{name}.{part}" if part in have else None for part in _PARTS[kind]]

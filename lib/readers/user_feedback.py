"""Users' feedback in a file: which columns and names carry it, and which words mean a thumb up or down.

A word that is neither is a remark and never guessed at; a scale is refused unless a threshold is named. Knows cells;
whether a person's word is a label is decided elsewhere, and a label it stays.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from lib.readers import cells as read
from lib.readers.chat import opened
from lib.readers.outcomes import as_number, text_of
from lib.readers.table import MISSING, FeedbackColumns, Row, Table, resolve
from lib.records import DataError
from lib.records.feedback import DOWN, UP, Feedback

MEANING = "up, like, true, yes, 1, good, 👍 for up; down, dislike, false, no, 0, -1, bad, 👎 for down"
_UP = {"up", "thumb up", "thumbs up", "thumbsup", "like", "liked", "upvote", "upvoted", "true", "yes", "1", "+1",
       "good", "pass", "helpful", "heart", "satisfied"}
_DOWN = {"down", "thumb down", "thumbs down", "thumbsdown", "dislike", "disliked", "downvote", "downvoted", "false",
         "no", "0", "-1", "bad", "fail", "unhelpful", "not helpful", "unsatisfied"}
_THUMBS = (("👍", UP), ("👎", DOWN))  # in any colour of skin
_NEUTRAL = {"none", "null", "neutral", "n/a", "nan"}
# What users' feedback is called where people and machines speak too: it names the user, or the thumb.
_NAME = re.compile(r"(?:end )?(?:user|customer)s? (?:feedback|ratings?|thumbs?|votes?|reactions?|comments?|complaints?"
                   r"|satisfaction)|(?:user )?thumbs?(?: ?up| ?down| feedback)?|thumbs(?:up|down)|likes?|dislikes?"
                   r"|(?:up|down)vote|complaints?")
_COMPLAINT = re.compile(r"(?:user )?(?:thumbs? ?down|dislikes?|downvote|complaints?)")
# Columns of a plain table, the more telling name first.
_VALUES = ("user_feedback", "feedback", "user_thumbs", "thumbs", "thumb", "user_rating", "rating", "user_vote", "vote",
           "reaction", "liked", "like", "thumbs_up", "thumbs_down")
_COMMENTS = ("feedback_comment", "user_comment", "user_feedback_comment", "feedback_text", "feedback_reason",
             "complaint", "complaints")
_WHO = ("feedback_user", "feedback_by", "user_id")
_AT = ("feedback_at", "feedback_time", "feedback_created_at")
# The parts of an object that is one piece of feedback.
_PARTS = {"name": ("name", "key"), "value": ("value", "thumbs", "thumb", "vote", "rating"),
          "comment": ("comment", "text", "remark", "reason"), "who": ("who", "user", "user_id", "userId"),
          "at": ("at", "created_at", "timestamp")}
# Cells of readers: what users said; and what may be theirs and is read as labels, for a person of the tool gave it.
TAKEN, LABELLED = "feedback", "labelled_feedback"
_LOOKED_AT = 100  # rows whose objects tell what a column of objects holds


def is_called_so(name: str) -> bool:
    """Whether an entry of this name is what users said."""
    return bool(_NAME.fullmatch(_plain(name)))


def value_of(cell: Any, name: str = "", threshold: float | None = None, zero: str | None = DOWN) -> str | None:
    """Up, down, or None for an empty or neutral cell; ValueError for anything else.

    With a threshold every number is compared with it. `zero`: what 0 says, which beside -1 and 1 is neither.
    """
    word = text_of(cell).lower()
    number = as_number(word)
    if threshold is not None and number is not None:
        return UP if number >= threshold else DOWN
    found = {0: zero, 1: UP, -1: DOWN}[number] if number in (-1, 0, 1) else _of_word(word)
    if not _COMPLAINT.fullmatch(_plain(name)):
        return found
    # A yes to "thumbs down" is a thumb down, a no is nothing.
    return DOWN if found == UP else None if number == 0 or word in ("false", "no") else found


def _of_word(word: str) -> str | None:
    plain = re.sub(r"[\s_:-]+", " ", word).strip() if word not in ("-1", "+1") else word
    if not plain or plain in _NEUTRAL:
        return None
    for sign, value in _THUMBS:
        if plain.startswith(sign) and len(plain) <= 3:
            return value
    if plain in _UP or plain in _DOWN:
        return UP if plain in _UP else DOWN
    raise ValueError(word)


def is_scale(cells: Iterable[Any]) -> bool:
    """Whether numbers besides -1, 0 and 1 are among them: such a rating says up or down by a threshold alone."""
    return any(number not in (None, -1, 0, 1) for number in (as_number(text_of(cell)) for cell in cells))


def check(table: Table, columns: FeedbackColumns, threshold: float | None) -> None:
    """Refuses a scale without a threshold."""
    words = _words(table, columns.value)
    if threshold is None and is_scale(words):
        shown = ", ".join(sorted(words)[:8])
        error = DataError(f"{table.name}, column '{columns.value}' holds a scale ({shown}), not up and down. "
                          "Name a threshold: at or above it is a thumb up, below it a thumb down.")
        error.choice = "threshold"
        raise error


def _words(table: Table, column: str | None) -> set[str]:
    found = table.profile.of(column or "")
    return {*found.words, *found.odd, *found.numbers} if found.known else set(found.numbers)


def feedback_of(table: Table, row: Row, columns: FeedbackColumns, threshold: float | None) -> tuple[Feedback, ...]:
    """What users said of this row, each thing once."""
    cell = _cell(row, columns.value)
    parts, zero = list(_objects(cell)), _zero(table, columns)
    if not parts:
        parts = [{"value": cell, "comment": _cell(row, columns.comment), "who": _cell(row, columns.who),
                  "at": _cell(row, columns.at)}]
    where = f"{table.where(row)}, column '{columns.at or columns.value}'"
    made = (_made(part, columns.name, threshold, zero, where) for part in parts)
    return tuple(dict.fromkeys(one for one in made if one))


def _zero(table: Table, columns: FeedbackColumns) -> str | None:
    """What 0 says: beside -1 neither."""
    return None if "-1" in table.profile.of(columns.value or "").numbers else DOWN


def meaning(word: str, table: Table, columns: FeedbackColumns, threshold: float | None) -> str:
    """How a word of such a column is understood, in words."""
    try:
        value = value_of(word, columns.name, threshold, _zero(table, columns))
    except ValueError:
        return "a remark"
    return f"a thumb {value}" if value else "nothing"


def _made(part: dict[str, Any], name: str, threshold: float | None, zero: str | None, where: str) -> Feedback | None:
    said = {key: next((part[word] for word in words if part.get(word) not in (None, "")), None)
            for key, words in _PARTS.items()}
    called, remark = read.text(said["name"]).strip() or name, read.text(said["comment"]).strip()
    try:
        value = value_of(said["value"], called, threshold, zero)
    except ValueError:
        value, remark = None, "\n".join(filter(None, (read.text(said["value"]).strip(), remark)))
    if value is None and not remark:
        return None
    return Feedback(called, value, remark, read.text(said["who"]).strip(), read.moment(said["at"], where))


def is_list(rows: Iterable[Row], column: str) -> bool:
    """Whether a column holds pieces of feedback as objects, by its first rows."""
    return any(list(_objects(_cell(row, column))) for row in islice(rows, _LOOKED_AT))


def _objects(cell: Any) -> Iterator[dict[str, Any]]:
    """The objects of a cell, each of which is one piece of feedback; none where it is a plain word."""
    found = opened(cell)
    for part in found if isinstance(found, list) else [found]:
        if isinstance(part, dict) and any(word in part for key in ("value", "comment") for word in _PARTS[key]):
            yield part


def _cell(row: Row, column: str | None) -> Any:
    found = resolve(row.cells, column) if column else None
    return None if found is MISSING else found


def guessed(table: Table, lower: dict[str, str], taken: set[str | None]) -> tuple[FeedbackColumns, ...]:
    """The columns of a plain table that carry users' feedback by their name and what stands in them.

    `lower` are the table's columns by their plain names, `taken` those that mean something else.
    """
    taken = {*taken, *table.dimensions}

    def first(names: Iterable[str]) -> str | None:
        return next((lower[name] for name in names if name in lower and lower[name] not in taken), None)

    value = next((lower[name] for name in _VALUES
                  if name in lower and lower[name] not in taken and _says_thumbs(table, lower[name])), None)
    comment = first(_COMMENTS)
    if not value and not comment:
        return ()
    return (FeedbackColumns((value or comment).rpartition(".")[2], value, comment, first(_WHO), first(_AT)),)


def _says_thumbs(table: Table, column: str) -> bool:
    """Whether most words of a column are thumbs, or its objects are pieces of feedback."""
    found = table.profile.of(column)
    if is_list(table.rows, column):
        return True
    words = {word: n for kept in (found.odd, found.words) for word, (n, _) in kept.items()}
    if not found.known or found.nested or not words or is_scale(words):
        return False
    return sum(n for word, n in words.items() if _is_known(word, column)) * 2 > sum(words.values())


def _is_known(word: str, name: str) -> bool:
    try:
        value_of(word, name)
    except ValueError:
        return False
    return True


def put(row: Row, column: str, said: Feedback) -> None:
    """Adds a piece of feedback to the cells of a row."""
    row.cells.setdefault(column, []).append(said.plain)


def declared(rows: Iterable[Row]) -> tuple[list[str], tuple[FeedbackColumns, ...]]:
    """(the columns of feedback that these rows have, how what is users' is read)."""
    there = {column for row in rows for column in (TAKEN, LABELLED) if column in row.cells}
    return sorted(there), (FeedbackColumns("feedback", TAKEN),) if TAKEN in there else ()


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).strip().lower()

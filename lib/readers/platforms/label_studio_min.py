"""Label Studio's short forms, JSON_MIN, CSV and TSV: a row is an annotation, its answers stand beside the data.

Knows how these forms write choices, texts and annotators, and by what an answer can be told from the data of a task.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lib.readers import chat
from lib.readers.cells import text
from lib.readers.outcomes import text_of
from lib.readers.platforms.feedback import PERSON
from lib.readers.table import Content, Row
from lib.readers.tools import judged
from lib.records import OUTCOMES, DataError

_OWN = ("annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement")
_MOVED = "_data_"  # where an answer and a column of the data have one name, CSV calls the latter so
MODES = ("failure_modes", "failure_mode", "error_types", "error_type", "failure_categories")
_ANSWERS = ("outcome", "label", "verdict", "judgement", "judgment", "quality", "correct", "rating", "choice")
TEXTS = ("critique", "explanation", "comment", "note", "reason", "rationale", "remark", "feedback", "justification",
         "why")
_OF_A_TRACE = ("input", "question", "query", "prompt", "output", "answer", "response", "completion", "reply")
PARTS = ("choices", "text", "rating", "number")  # of a value that is read


@dataclass(frozen=True)
class Annotation:
    """What one person, or one model, said of a task: by the name of each field the values given there."""

    source: str
    by: str
    at: str
    results: dict[str, list[Any]]
    skipped: bool = False


@dataclass(frozen=True)
class Task:
    """One task: its data, and everything that was said of it."""

    line: int
    number: str
    data: dict[str, Any]
    annotations: list[Annotation] = field(default_factory=list)


def is_one(cells: dict[str, Any]) -> bool:
    """Whether a row is an annotation in one of the short forms."""
    return {"annotator", "annotation_id", "lead_time"} <= cells.keys()


def annotator(found: Any) -> str:
    """What an annotator is called: by address or name, where the export knows it, else by number."""
    if isinstance(found, dict):
        named = " ".join(text(found.get(part)) for part in ("first_name", "last_name")).strip()
        return text(found.get("email")) or named or annotator(found.get("id"))
    said = text(found)
    return f"annotator {said}" if said.isdecimal() else said


def plain(column: str) -> str:
    """The name of a column of the data as it was before CSV moved it, in small letters."""
    return column.removeprefix(_MOVED).lower().replace(" ", "_")


def tasks(content: Content) -> Iterator[Task]:
    """Each row as a task with one annotation."""
    answers = _answers(content)
    for row in content.rows:
        if not is_one(row.cells):
            raise DataError(f"{content.where(row)}: this is no annotation of Label Studio, it has no annotator and no "
                            "annotation_id. Export again as JSON, JSON_MIN, CSV or TSV.")
        number = text(row.cells.get("id"))
        data = {key.removeprefix(_MOVED): value for key, value in row.cells.items()
                if key not in (*_OWN, "id") and key not in answers}
        # CSV writes an id of the data in place of the task's number, JSON_MIN the number in place of the id.
        if number and not number.isdecimal():
            data = {"id": number, **data}
        results = {name: made for name, kind in answers.items() if (made := _values(row.cells.get(name), kind))}
        yield Task(row.line, number, data, [Annotation(
            PERSON, annotator(row.cells.get("annotator")), text(row.cells.get("created_at")), results)])


def _answers(content: Content) -> dict[str, str]:
    """Each column that is an answer -> whether its plain texts are choices or text; all others are data."""
    cells = {key: [(text(row.cells.get("id")), value) for row in content.rows
                   if (value := chat.opened(row.cells.get(key))) not in (None, "", [], {})]
             for key in dict.fromkeys(key for row in content.rows for key in row.cells)}
    data = {key for row in content.rows if content.container == "json" for key in _before_id(row)}
    if content.container == "json":
        _refuse_written_over(content, {key: cells[key] for key in cells if key in data or plain(key) in _OF_A_TRACE})
    free = [key for key in cells if key not in (*_OWN, "id", *data) and not key.startswith(_MOVED) and cells[key]]
    found = {key: _kind(key, cells[key], cells) for key in free}
    return {key: kind for key, kind in found.items() if kind}


def _before_id(row: Row) -> list[str]:
    """JSON_MIN writes the data first, then the number of the task, unless the data have an id themselves."""
    keys = list(row.cells)
    return keys[:keys.index("id")] if "id" in keys else []


def _kind(key: str, cells: list[tuple[str, Any]], every: dict[str, Any]) -> str:
    name, values = plain(key), [value for _, value in cells]
    parts = {part for value in values for one in (value if isinstance(value, list) else [value])
             if isinstance(one, dict) for part in PARTS if part in one}
    if name.rstrip("s") in TEXTS or "text" in parts:
        return "text"
    outcomes = [judged.outcome_of(value) in OUTCOMES for value in values if isinstance(value, str)]
    if parts or name in (*_ANSWERS, *MODES) or (outcomes and all(outcomes) and len(outcomes) == len(values)):
        return "choices"
    # Two people who say something else of one task; or the data's own column of this name was moved away.
    return "text" if _varies(cells) or _MOVED + key in every else ""


def _varies(cells: list[tuple[str, Any]]) -> bool:
    """Whether one task has several texts."""
    return len({text(list(cell)) for cell in cells}) > len({number for number, _ in cells})


def _refuse_written_over(content: Content, cells: dict[str, list[tuple[str, Any]]]) -> None:
    """JSON_MIN keeps no two columns of one name: what an annotator wrote takes the place of the data."""
    for key, found in cells.items():
        if _varies(found):
            raise DataError(f"{content.name}: '{key}' differs between annotations of one task, so an annotator's words "
                            "stand in place of the data. Export from Label Studio as JSON, which keeps both.")


def _values(cell: Any, kind: str) -> list[dict[str, Any]]:
    """A cell as a whole export writes the values of a field."""
    found = chat.opened(cell)
    if isinstance(found, (dict, list)):
        return [one for one in (found if isinstance(found, list) else [found])
                if isinstance(one, dict) and any(part in one for part in PARTS)]
    return [{kind: [found]}] if text_of(found) else []

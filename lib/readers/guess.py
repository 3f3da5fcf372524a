"""Guesses which column means what, from names and values; every guess can be edited."""

import re
from typing import Any

from lib.readers.cells import moment, names
from lib.readers.mapping import FIELDS, LabelColumns, Mapping, VerdictColumns
from lib.readers.outcomes import parse_outcome
from lib.readers.table import MISSING, Table, resolve
from lib.readers.tools import plumbline
from lib.records import SOURCES, DataError

# First match wins, so the more telling name comes first.
_NAMES = {
    "id": ("id", "trace_id", "traceid", "uuid", "key"),
    "input": ("input", "user_input", "question", "query", "prompt", "request"),
    "output": ("output", "ai_output", "answer", "response", "completion", "model_response", "reply"),
    "messages": ("messages", "conversation", "chat"),
    "system_version": ("system_version", "version", "app_version", "release"),
    "created_at": ("created_at", "timestamp", "time", "date", "created"),
    "session": ("session", "session_id", "conversation_id", "thread_id"),
    "steps": ("steps",),
}
_CONTEXT = re.compile(r"context|document|passage|reference|gold|retrieved|metadata|source_text", re.I)
_LABEL = re.compile(r"^(?:(?P<expert>.+?)_)?(?:label|outcome|judge?ment)$"
                    r"|^(?P<annotator>(?:annotator|reviewer|expert)_?\d+)$", re.I)
_CRITIQUE = ("critique", "explanation", "comment", "note", "reason")
_EXPERT = ("expert", "annotator", "reviewer", "labeller", "labeler")
_DIMENSION = re.compile(r"^(feature|scenario|persona|topic_category|category|assistants?|meeting|task|language|channel"
                        r"|model|intent|product)$", re.I)
_QUEUE = {"id", "queue", "expert", "outcome", "critique"}
_MODES = ("failure_modes", "failure_mode", "error_types", "error_type", "failure_categories")
MOST_VALUES = 200


def guess(table: Table) -> Mapping:
    """A whole mapping for a table; what cannot be guessed is left out."""
    if table.returns:
        return plumbline.returned(table)
    fields = {field: _named(table, field) for field in FIELDS}
    if fields["created_at"] and not _all_moments(table, fields["created_at"]):
        fields["created_at"] = None  # a column called "time" may hold seconds of latency
    labels, verdicts = table.labels or _labels(table), table.verdicts or _verdicts(table)
    taken = {*fields.values(), *(label.outcome for label in labels), *(label.critique for label in labels)}
    free = [column for column in table.columns if column not in taken and not column.startswith(("judges", "people"))]
    top = [column for column in free if not any(column.startswith(f"{other}.") for other in table.columns)]
    return Mapping(
        **fields, labels=labels, verdicts=verdicts, source_column=_source(table),
        assumptions=_first(table, ("assumptions",)),
        failure_modes=next((column for column in _MODES if column in free), None),
        context=tuple(column for column in top if _CONTEXT.search(column) and column not in table.dimensions),
        dimensions=tuple(column for column in top if column in table.dimensions
                         or (_DIMENSION.match(column) and _few(table, column))))


def _named(table: Table, field: str) -> str | None:
    return _first(table, _NAMES[field])


def _first(table: Table, words: tuple[str, ...]) -> str | None:
    lower = {column.lower().replace(" ", "_"): column for column in reversed(table.columns)}
    return next((lower[word] for word in words if word in lower), None)


def _source(table: Table) -> str | None:
    column = _first(table, ("source",))
    return column if column and {str(cell).strip().lower() for cell in _cells(table, column)} <= set(SOURCES) else None


def _labels(table: Table) -> tuple[LabelColumns, ...]:
    found, queue = [], _QUEUE <= set(table.columns)
    for column in table.columns:
        match = _LABEL.match(column)
        # In the file of a queue a wrong word must be refused, not passed over as no outcome at all.
        if match and (queue or _all_outcomes(table, column)):
            name = match["annotator"] or match["expert"] or "expert"
            # One outcome column for all: another column may name whose it is, as in our own export.
            by = None if match["annotator"] or match["expert"] else _first(table, _EXPERT)
            revised = None if match["annotator"] or match["expert"] else _first(table, ("revised_response",))
            found.append(LabelColumns(name, column, _critique_beside(table, match["expert"]), by, revised))
    return tuple(found)


def _critique_beside(table: Table, expert: str | None) -> str | None:
    wanted = [f"{expert}_{word}" if expert else word for word in _CRITIQUE]
    return next((column for word in wanted for column in table.columns if column.lower() == word.lower()), None)


def _verdicts(table: Table) -> tuple[VerdictColumns, ...]:
    found = []
    for column in table.columns:
        match = re.match(r"^(?:judges?)\.(.+)\.(verdict|outcome)$", column) or re.match(r"^(judge)_(verdict|outcome)$",
                                                                                       column)
        if match:
            stem = column[:-len(match[2])]
            critique = next((stem + word for word in _CRITIQUE if stem + word in table.columns), None)
            model = stem + "model" if stem + "model" in table.columns else None
            found.append(VerdictColumns(match[1], column, critique, model))
    return tuple(found)


def _all_outcomes(table: Table, column: str) -> bool:
    """Scales are guessed too: the refusal then names the column and asks for a threshold."""
    try:
        outcomes = [parse_outcome(cell, threshold=0) for cell in _cells(table, column)]
    except ValueError:
        return False
    return any(outcomes)


def _all_moments(table: Table, column: str) -> bool:
    try:
        return any([moment(cell, column) for cell in _cells(table, column)])
    except DataError:
        return False


def _few(table: Table, column: str) -> bool:
    values = {name for cell in _cells(table, column) for name in names(cell)}
    return 1 < len(values) <= min(MOST_VALUES, max(2, len(table.rows) * 2 // 3))


def _cells(table: Table, column: str) -> list[Any]:
    return [None if (cell := resolve(row.cells, column)) is MISSING else cell for row in table.rows]

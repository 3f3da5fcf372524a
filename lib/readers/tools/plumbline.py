"""Reads files that came out of Plumbline and were filled in: a queue, inputs, labels, codes; and whole traces.

A spreadsheet may have changed every cell of them but the mark of each row. What came back is of traces that are there
already: texts are for the reader of the file, and are neither needed nor compared.
"""

import re
from collections.abc import Iterator

from lib.readers import user_feedback
from lib.readers.formulas import MARK, unescape
from lib.readers.mapping import Mapping
from lib.readers.table import Content, Format, LabelColumns, Row, Table, Unread
from lib.records import REPEAT, DataError
from lib.records.sheets import CODES, FEEDBACK, INPUTS, LABELS, OURS, QUEUE, TRACES, could_be

_MARKED = re.compile(rf"({QUEUE}|{INPUTS}|{LABELS}|{CODES}|{TRACES}):(.+)", re.S)
# Columns by which a file of an older release, whose rows bore no mark, is known besides the mark of its header.
_OLDER = {QUEUE: {"id", "queue", "expert", "outcome", "critique"},
          LABELS: {"id", "expert", "outcome", "critique", "current", "label_created_at"},
          CODES: {"id", "failure_modes", "coder", "coded_at"}}
# What an old encoding makes of the mark.
_REMAINS = (MARK, "?", "\xef\xbb\xbf", "\xe2\x81\xa0", "\xe2\u20ac", "\xa0")
_NOT_DIMENSIONS = {"id", "input", "output", "messages", "context", "system_version", "created_at", "source", "split",
                   "assumptions", "session", "steps", OURS}


def _kind(content: Content) -> str | None:
    names = {column.removeprefix(MARK) for column in content.rows[0].cells} if content.rows else set()
    if OURS in names:
        return next((found[0] for row in content.rows if (found := _marked(row.cells))), None)
    ours = content.marked or any(column.startswith(MARK) for row in content.rows[:1] for column in row.cells)
    return next((kind for kind, columns in _OLDER.items() if ours and columns <= names), None)


def _marked(cells: dict) -> tuple[str, str] | None:
    """(kind of file, id) as the row's mark has them."""
    cell = cells.get(OURS)
    found = _MARKED.fullmatch(cell) if isinstance(cell, str) else None
    return (found[1], found[2]) if found else None


def _read(content: Content) -> Table:
    kind = _kind(content)
    if kind is None:
        raise DataError(f"{content.name} did not come out of Plumbline: no column '{OURS}' says of which trace a row "
                        "is. Export the queue, inputs or labels and fill that file in.")
    every = list(_rows(content, kind))
    rows = [row for row in every if kind != LABELS or row.cells.get("purpose") != REPEAT]
    columns = list(dict.fromkeys(column for row in every for column in row.cells))
    repeats = Unread("repeated labels", len(every) - len(rows), "they measure how an expert agrees with herself")
    return Table(content.name, "plumbline", columns, rows, content.unit,
                 dimensions=_dimensions(rows, columns) if kind == TRACES else (),
                 unread=(repeats,) if repeats.count else (), returns=None if kind == TRACES else kind,
                 labels=_labels(kind, columns))


def _dimensions(rows: list[Row], columns: list[str]) -> tuple[str, ...]:
    """All other columns; one called feedback too, in a file of a release that knew no users' feedback."""
    taken = {*_NOT_DIMENSIONS, *([FEEDBACK] if user_feedback.is_list(rows, FEEDBACK) else [])}
    return tuple(column for column in columns if column not in taken)


def _rows(content: Content, kind: str) -> Iterator[Row]:
    for row in content.rows:
        cells = _cleaned(content, row)
        found = _marked(cells)
        if found and found[0] != kind:
            raise DataError(f"{content.where(row)}: this row is of a file of {found[0]}, the others are of {kind}. "
                            "Import each file by itself.")
        if found:
            _refuse_two(content, row, cells.get("id"), found[1])
            cells["id"] = found[1]
        if found or any(cell not in (None, "") for cell in cells.values()):
            yield Row(row.line, cells)


def _cleaned(content: Content, row: Row) -> dict:
    """The cells as they went out, also where the mark of the header was moved, or is no longer itself.

    The mark stands before the id: another name may begin as its remains do, and is left alone.
    """
    worn = next((column for column in row.cells if column.startswith(_REMAINS)
                 and column.lstrip("".join(_REMAINS)) == "id"), None)
    if content.marked or worn is None:
        return dict(row.cells)
    return {"id" if column == worn else column: unescape(cell) if isinstance(cell, str) else cell
            for column, cell in row.cells.items()}


def _refuse_two(content: Content, row: Row, shown: object, name: str) -> None:
    """Where some columns were sorted without the others, no row says the truth any more."""
    said = "" if shown is None else str(shown)
    if said.strip() and not any(could_be(text, name) for text in (said, unescape(said))):
        raise DataError(f"{content.where(row)}: the id is '{said[:60]}', and the column '{OURS}' names '{name[:60]}'. "
                        "Columns were moved against each other: sort and paste whole rows.")


def _labels(kind: str, columns: list[str]) -> tuple[LabelColumns, ...]:
    if kind not in (QUEUE, LABELS) or "outcome" not in columns:
        return ()
    there = {name: name if name in columns else None
             for name in ("critique", "expert", "revised_response", "label_created_at", "mode")}
    return (LabelColumns("expert", "outcome", there["critique"], there["expert"], there["revised_response"],
                         there["label_created_at"], there["mode"]),)


def returned(table: Table) -> Mapping:
    """What is taken of a file that came back; no text of a trace counts here, so that the id takes its place."""
    def there(kind: str, column: str) -> str | None:
        return column if table.returns == kind and column in table.columns else None

    return Mapping(id="id", input="id", labels=table.labels, failure_modes=there(CODES, "failure_modes"),
                   output=there(INPUTS, "output"), system_version=there(INPUTS, "system_version"),
                   created_at=there(INPUTS, "created_at"))


FORMAT = Format("A file of Plumbline", f"the column {OURS}, or the mark in its header",
                "of a queue, inputs, labels and codes all that is there for the reader: texts, context, dimensions",
                lambda content: _kind(content) is not None, _read)

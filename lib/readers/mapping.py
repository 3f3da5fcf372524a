"""Which column means what, and rows turned into traces, labels and recorded verdicts by it.

All or nothing: the first cell that does not fit ends the import with file, line, column and cure.
"""

import difflib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from lib.readers import cells as read
from lib.readers import user_feedback
from lib.readers.judged import label_of, verdict_of
from lib.readers.outcomes import scale, text_of
from lib.readers.sampling import Sample, draw
from lib.readers.table import MISSING, FeedbackColumns, LabelColumns, Row, Table, VerdictColumns, resolve
from lib.records import REAL, SOURCES, DataError, ImportedRow, PlumblineError, Trace, UsageError

FIELDS = ("id", "input", "output", "messages", "system_version", "created_at", "session", "steps")


@dataclass(frozen=True)
class Mapping:
    """Every choice of an import; None or empty: the file has no such column."""

    id: str | None = None
    input: str | None = None
    output: str | None = None
    messages: str | None = None
    system_version: str | None = None
    created_at: str | None = None
    session: str | None = None  # the session or conversation a trace is part of
    steps: str | None = None  # a list of steps, as readers of spans and our own export write it
    context: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    labels: tuple[LabelColumns, ...] = ()
    verdicts: tuple[VerdictColumns, ...] = ()
    feedback: tuple[FeedbackColumns, ...] = ()  # of users; never a label
    failure_modes: str | None = None
    threshold: float | None = None  # numbers at or above it are a pass
    source: str = REAL
    source_column: str | None = None  # a column that says real or synthetic, in place of `source`
    assumptions: str | None = None  # what a reviewer must know of a synthetic input
    sample: Sample | None = None  # None: every trace of the file
    skip_bad_rows: bool = False  # what cannot be read is left out and listed, in place of refusing the file
    join_sessions: bool = False  # the traces of one session become one

    def to_json(self) -> str:
        """The mapping as the store keeps it."""
        return json.dumps(asdict(self))

    def with_expert(self, old: str, new: str) -> "Mapping":
        """The same mapping with an expert called by the right name, and first."""
        named = [replace(label, expert=new) if label.expert == old else label for label in self.labels]
        return replace(self, labels=tuple(sorted(named, key=lambda label: label.expert != new)))

    def columns(self) -> list[str]:
        """Every column the mapping names."""
        single = [getattr(self, field) for field in (*FIELDS, "failure_modes", "source_column", "assumptions")]
        judged = [column for found in self.labels
                  for column in (found.outcome, found.critique, found.by, found.revised, found.created_at, found.mode)]
        judged += [column for found in self.verdicts
                   for column in (found.outcome, found.critique, found.model, found.error)]
        judged += [column for found in self.feedback
                   for column in (found.value, found.comment, found.who, found.at)]
        return [column for column in [*single, *self.context, *self.dimensions, *judged] if column]


def check(table: Table, mapping: Mapping) -> None:
    """Refuses unknown columns, a mapping without input, and scales without a threshold."""
    known = set(table.columns)
    for column in mapping.columns():
        if column not in known:
            near = difflib.get_close_matches(column, table.columns, 3, 0.4) or table.columns[:8]
            raise UsageError(f"{table.name} has no column '{column}'. Near to it: {', '.join(near)}.")
    if not mapping.input and not mapping.messages:
        raise _cured_by("input", UsageError(f"{table.name}: say which column holds the input, or the messages. "
                                            f"Columns: {', '.join(table.columns[:20])}."))
    if not all(name.strip() for name in mapping.dimensions):
        raise UsageError(f"{table.name}: a dimension is a column without a name. Name the column first.")
    if mapping.threshold is None:
        for judged in (*mapping.labels, *mapping.verdicts):
            _refuse_scale(table, judged.outcome)
    for columns in mapping.feedback:
        user_feedback.check(table, columns, mapping.threshold)


def _refuse_scale(table: Table, column: str) -> None:
    found = table.profile.of(column)
    numbers = bool(found.numbers) if found.known else scale([resolved(row, column) for row in table.rows])
    if numbers:
        values = sorted({*found.words, *found.odd, *found.numbers})
        shown = ", ".join(values[:8]) + (", …" if len(values) > 8 else "")
        raise _cured_by("threshold", DataError(
            f"{table.name}, column '{column}' holds a scale ({shown}), not pass and fail. "
            "Name a threshold: at or above it is a pass, below it a fail."))


def _cured_by(choice: str, error: PlumblineError) -> PlumblineError:
    error.choice = choice
    return error


@dataclass(frozen=True)
class Skipped:
    """Something left out on request: a cell, whose trace comes without it, or a whole row."""

    line: int
    column: str  # "" where the whole row is left out
    cell: str
    why: str
    whole: bool  # the row is no trace without it


Leave = Callable[[Skipped], None]


def rows(table: Table, mapping: Mapping) -> list[ImportedRow]:
    """Every row as a trace with what people and judges said, or the sample of them; equal rows once."""
    found: dict[str, ImportedRow] = {}
    for made in stream(table, mapping):
        twin = found.setdefault(made.trace.id, made)
        if twin is not made:
            found[made.trace.id] = joined(table, mapping, twin, made)
    return draw(list(found.values()), mapping.sample) if mapping.sample else list(found.values())


def stream(table: Table, mapping: Mapping, skip: Leave | None = None) -> Iterator[ImportedRow]:
    """Row after row as it stands in the file, equal ones as often as they stand there.

    `skip` is told what is left out where the mapping says to; without that the first such cell ends the reading.
    """
    check(table, mapping)
    leave = (skip or _forget) if mapping.skip_bad_rows else None
    for row in table.rows:
        try:
            yield _row(table, mapping, row, leave)
        except DataError as error:
            if leave is None:
                raise
            leave(Skipped(row.line, "", "", _without_place(error, table, row), whole=True))


def _forget(_left_out: Skipped) -> None:
    """Nobody asks what was left out."""


def joined(table: Table, mapping: Mapping, twin: ImportedRow, made: ImportedRow) -> ImportedRow:
    """A trace on several rows is one, where each row names its expert; else the rows must say the same."""
    if any(columns.by for columns in mapping.labels):
        said = tuple(dict.fromkeys((*twin.labels, *made.labels)))
        twin, made = replace(twin, labels=said), replace(made, labels=said)
    # Several users may have spoken, each on a row of their own.
    of_users = tuple(dict.fromkeys((*twin.feedback, *made.feedback)))
    twin, made = replace(twin, feedback=of_users), replace(made, feedback=of_users)
    _refuse_unequal(table, twin, made)
    return twin


def _refuse_unequal(table: Table, twin: ImportedRow, made: ImportedRow) -> None:
    if twin.trace != made.trace:
        raise DataError(f"{table.name}, {table.place(made.line)}: the id '{made.trace.id}' stands on "
                        f"{table.place(twin.line)} too, with other text. Give each trace an id of its own.")
    if replace(made, line=twin.line) != twin:
        raise DataError(f"{table.name}, {table.place(made.line)}: trace '{made.trace.id}' stands on "
                        f"{table.place(twin.line)} too, with other outcomes or critiques. Put what each expert or "
                        "judge said into columns of its own, or say which column names the expert.")


def _row(table: Table, mapping: Mapping, row: Row, leave: Leave | None) -> ImportedRow:
    trace = _trace(table, mapping, row)
    labels = []
    for columns in mapping.labels:
        try:
            labels.append(label_of(table, row, columns, mapping.threshold, trace.id))
        except DataError as error:
            if leave is None:
                raise
            cell = text_of(resolved(row, columns.outcome))
            leave(Skipped(row.line, columns.outcome, cell, _without_place(error, table, row), whole=False))
    verdicts = tuple((columns.judge, verdict) for columns in mapping.verdicts
                     if (verdict := verdict_of(row, columns, mapping.threshold)))
    modes = read.names(resolved(row, mapping.failure_modes)) if mapping.failure_modes else ()
    of_users = tuple(said for columns in mapping.feedback
                     for said in user_feedback.feedback_of(table, row, columns, mapping.threshold))
    return ImportedRow(trace, row.line, tuple(label for label in labels if label), verdicts, modes, of_users)


def _without_place(error: DataError, table: Table, row: Row) -> str:
    return str(error).removeprefix(f"{table.where(row)}, ").removeprefix(f"{table.where(row)}: ")


def _trace(table: Table, mapping: Mapping, row: Row) -> Trace:
    def cell(column: str | None) -> Any:
        return resolved(row, column) if column else None

    def at(column: str | None) -> str:
        return f"{table.where(row)}, column '{column}'"

    messages = read.messages(cell(mapping.messages), at(mapping.messages)) if mapping.messages else None
    given, output = _ends(mapping, row, messages)
    trace = Trace(
        id=_id(mapping, row, at), input=given, output=output, messages=messages,
        context=_context(row, mapping.context),
        # Our own export calls a dimension so where a field has its name.
        dimensions={column.removeprefix("dimension "): names for column in mapping.dimensions
                    if (names := read.names(resolved(row, column)))},
        system_version=read.text(cell(mapping.system_version)) or None,
        created_at=read.moment(cell(mapping.created_at), at(mapping.created_at)) if mapping.created_at else None,
        source=_source(mapping, row, at),
        assumptions=read.text(cell(mapping.assumptions)), session=read.text(cell(mapping.session)) or None,
        steps=read.steps(cell(mapping.steps), at(mapping.steps)) if mapping.steps else None)
    if not trace.input.strip():
        raise DataError(f"{at(mapping.input or mapping.messages)}: the input is empty. Fill it in, take the row out, "
                        "or leave out what cannot be read.")
    return trace if mapping.id else replace(trace, id="h-" + trace.content_hash[:20])


def _ends(mapping: Mapping, row: Row, messages: list | None) -> tuple[str, str | None]:
    """Input and output; a row without an input that has messages is read as one of a file of messages."""
    asked, answered = read.ends(messages)
    given, output = read.text(resolved(row, mapping.input)), read.answer(resolved(row, mapping.output))
    if not mapping.output:
        output = answered
    if mapping.input and (given.strip() or not messages):
        return given, output
    return asked, (output or answered) if mapping.input else output


def _id(mapping: Mapping, row: Row, at) -> str:
    if not mapping.id:
        return ""  # until the content is known, whose hash it then is
    found = read.text(resolved(row, mapping.id))
    if not found:
        raise DataError(f"{at(mapping.id)}: the id is empty. Fill it in, or import without an id column.")
    return found


def _source(mapping: Mapping, row: Row, at) -> str:
    if not mapping.source_column:
        return mapping.source
    found = read.text(resolved(row, mapping.source_column)).strip().lower()
    if found not in SOURCES:
        raise DataError(f"{at(mapping.source_column)}: '{found[:40]}' is no source. Write {' or '.join(SOURCES)}.")
    return found


def _context(row: Row, columns: tuple[str, ...]) -> dict[str, Any]:
    if len(columns) == 1:
        whole = read.as_object(resolved(row, columns[0]))
        if whole is not None:
            return whole
    return {column: value for column in columns if (value := resolved(row, column)) not in (None, "", [])}


def resolved(row: Row, column: str | None) -> Any:
    """What stands in a column of a row; None where nothing does."""
    found = resolve(row.cells, column) if column else None
    return None if found is MISSING else found

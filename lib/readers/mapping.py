"""Which column means what, and rows turned into traces, labels and recorded verdicts by it.

All or nothing: the first cell that does not fit ends the import with file, line, column and cure.
"""

import difflib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from lib.readers import cells as read
from lib.readers.outcomes import MEANING, parse_outcome, scale, text_of
from lib.readers.sampling import Sample, draw
from lib.readers.table import MISSING, LabelColumns, Row, Table, VerdictColumns, resolve
from lib.records import (
    MODES,
    REAL,
    SOURCES,
    UNKNOWN,
    Circumstances,
    DataError,
    ImportedRow,
    Label,
    Trace,
    UsageError,
    Verdict,
)

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
    failure_modes: str | None = None
    threshold: float | None = None  # numbers at or above it are a pass
    source: str = REAL
    source_column: str | None = None  # a column that says real or synthetic, in place of `source`
    assumptions: str | None = None  # what a reviewer must know of a synthetic input
    sample: Sample | None = None  # None: every trace of the file

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
        return [column for column in [*single, *self.context, *self.dimensions, *judged] if column]


def check(table: Table, mapping: Mapping) -> None:
    """Refuses unknown columns, a mapping without input, and scales without a threshold."""
    for column in mapping.columns():
        if column not in table.columns:
            near = difflib.get_close_matches(column, table.columns, 3, 0.4) or table.columns[:8]
            raise UsageError(f"{table.name} has no column '{column}'. Near to it: {', '.join(near)}.")
    if not mapping.input and not mapping.messages:
        raise UsageError(f"{table.name}: say which column holds the input, or the messages. "
                         f"Columns: {', '.join(table.columns[:20])}.")
    if not all(name.strip() for name in mapping.dimensions):
        raise UsageError(f"{table.name}: a dimension is a column without a name. Name the column first.")
    if mapping.threshold is None:
        for judged in (*mapping.labels, *mapping.verdicts):
            _refuse_scale(table, judged.outcome)


def _refuse_scale(table: Table, column: str) -> None:
    values = scale([_cell(row, column) for row in table.rows])
    if values:
        shown = ", ".join(values[:8]) + (", …" if len(values) > 8 else "")
        raise DataError(f"{table.name}, column '{column}' holds a scale ({shown}), not pass and fail. "
                        "Name a threshold: at or above it is a pass, below it a fail.")


def rows(table: Table, mapping: Mapping) -> list[ImportedRow]:
    """Every row as a trace with what people and judges said, or the sample of them; equal rows once."""
    check(table, mapping)
    found: dict[str, ImportedRow] = {}
    for row in table.rows:
        made = _row(table, mapping, row)
        twin = found.setdefault(made.trace.id, made)
        if twin is not made:
            found[made.trace.id] = _joined(table, mapping, row, twin, made)
    return draw(list(found.values()), mapping.sample) if mapping.sample else list(found.values())


def _joined(table: Table, mapping: Mapping, row: Row, twin: ImportedRow, made: ImportedRow) -> ImportedRow:
    """A trace on several rows is one, where each row names its expert; else the rows must say the same."""
    if any(columns.by for columns in mapping.labels):
        said = tuple(dict.fromkeys((*twin.labels, *made.labels)))
        twin, made = replace(twin, labels=said), replace(made, labels=said)
    _refuse_unequal(table, row, twin, made)
    return twin


def _refuse_unequal(table: Table, row: Row, twin: ImportedRow, made: ImportedRow) -> None:
    if twin.trace != made.trace:
        raise DataError(f"{table.where(row)}: the id '{made.trace.id}' stands on {table.place(twin.line)} too, with "
                        "other text. Give each trace an id of its own.")
    if replace(made, line=twin.line) != twin:
        raise DataError(f"{table.where(row)}: trace '{made.trace.id}' stands on {table.place(twin.line)} too, with "
                        "other outcomes or critiques. Put what each expert or judge said into columns of its own, "
                        "or say which column names the expert.")


def _row(table: Table, mapping: Mapping, row: Row) -> ImportedRow:
    trace = _trace(table, mapping, row)
    labels = tuple(label for columns in mapping.labels if (label := _label(table, mapping, row, columns, trace.id)))
    verdicts = tuple((columns.judge, verdict) for columns in mapping.verdicts
                     if (verdict := _verdict(mapping, row, columns)))
    modes = read.names(_cell(row, mapping.failure_modes)) if mapping.failure_modes else ()
    return ImportedRow(trace, row.line, labels, verdicts, modes)


def _trace(table: Table, mapping: Mapping, row: Row) -> Trace:
    def cell(column: str | None) -> Any:
        return _cell(row, column) if column else None

    def at(column: str | None) -> str:
        return f"{table.where(row)}, column '{column}'"

    messages = read.messages(cell(mapping.messages), at(mapping.messages))
    asked, answered = read.ends(messages)
    trace = Trace(
        id=_id(mapping, row, at), input=read.text(cell(mapping.input)) if mapping.input else asked,
        output=read.answer(cell(mapping.output)) if mapping.output else answered, messages=messages,
        context=_context(row, mapping.context),
        # Our own export calls a dimension so where a field has its name.
        dimensions={column.removeprefix("dimension "): names for column in mapping.dimensions
                    if (names := read.names(_cell(row, column)))},
        system_version=read.text(cell(mapping.system_version)) or None,
        created_at=read.moment(cell(mapping.created_at), at(mapping.created_at)), source=_source(mapping, row, at),
        assumptions=read.text(cell(mapping.assumptions)), session=read.text(cell(mapping.session)) or None,
        steps=read.steps(cell(mapping.steps), at(mapping.steps)))
    if not trace.input.strip():
        raise DataError(f"{at(mapping.input or mapping.messages)}: the input is empty. "
                        "Fill it in, or take the row out.")
    return trace if mapping.id else replace(trace, id="h-" + trace.content_hash[:20])


def _id(mapping: Mapping, row: Row, at) -> str:
    if not mapping.id:
        return ""  # until the content is known, whose hash it then is
    found = read.text(_cell(row, mapping.id))
    if not found:
        raise DataError(f"{at(mapping.id)}: the id is empty. Fill it in, or import without an id column.")
    return found


def _source(mapping: Mapping, row: Row, at) -> str:
    if not mapping.source_column:
        return mapping.source
    found = read.text(_cell(row, mapping.source_column)).strip().lower()
    if found not in SOURCES:
        raise DataError(f"{at(mapping.source_column)}: '{found[:40]}' is no source. Write {' or '.join(SOURCES)}.")
    return found


def _context(row: Row, columns: tuple[str, ...]) -> dict[str, Any]:
    if len(columns) == 1:
        whole = read.as_object(_cell(row, columns[0]))
        if whole is not None:
            return whole
    return {column: value for column in columns if (value := _cell(row, column)) not in (None, "", [])}


def _label(table: Table, mapping: Mapping, row: Row, columns: LabelColumns, trace: str) -> Label | None:
    critique = read.text(_cell(row, columns.critique)) if columns.critique else ""
    revised = read.text(_cell(row, columns.revised)) if columns.revised else ""
    cell = _cell(row, columns.outcome)
    try:
        outcome = parse_outcome(cell, mapping.threshold)
    except ValueError as error:
        raise DataError(f"{table.where(row)}, column '{columns.outcome}': '{str(error)[:60]}' is neither pass nor fail."
                        f" Understood: {MEANING}.") from None
    if outcome is None and (critique.strip() or revised.strip()):
        what = "critique" if critique.strip() else "revised response"
        raise DataError(f"{table.where(row)}, column '{columns.outcome}': there is a {what} but no outcome. "
                        f"Say pass or fail, or empty the {what}.")
    if not outcome:
        return None
    given = read.moment(_cell(row, columns.created_at), f"{table.where(row)}, column '{columns.created_at}'")
    return Label(trace, _expert(table, row, columns), outcome, critique, given,
                 circumstances=Circumstances(mode=_mode(row, columns), revised_response=revised))


def _mode(row: Row, columns: LabelColumns) -> str:
    """What the expert knew of the judge, where the file says one of our words for it."""
    found = read.text(_cell(row, columns.mode)).strip().lower() if columns.mode else ""
    return found if found in MODES else UNKNOWN


def _expert(table: Table, row: Row, columns: LabelColumns) -> str:
    if not columns.by:
        return columns.expert
    found = read.text(_cell(row, columns.by)).strip()
    if not found:
        raise DataError(f"{table.where(row)}, column '{columns.by}': the expert's name is empty. Fill it in.")
    return found


def _verdict(mapping: Mapping, row: Row, columns: VerdictColumns) -> Verdict | None:
    critique = read.text(_cell(row, columns.critique)) if columns.critique else ""
    model = read.text(_cell(row, columns.model)) if columns.model else ""
    word, error = text_of(_cell(row, columns.outcome)), text_of(_cell(row, columns.error) if columns.error else None)
    if error:
        return Verdict(None, critique, error=error, raw=word or critique, model=model)
    if not word and not critique.strip():
        return None
    try:
        outcome = parse_outcome(word, mapping.threshold)
    except ValueError:
        outcome = None
    if outcome:
        return Verdict(outcome, critique, model=model)
    return Verdict(None, critique, error="no outcome", raw=word or critique, model=model)


def _cell(row: Row, column: str | None) -> Any:
    found = resolve(row.cells, column) if column else None
    return None if found is MISSING else found

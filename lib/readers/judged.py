"""What was said of a row: an expert's label, a judge's recorded verdict, or nothing.

Knows words for pass and fail and the columns they stand in; a word that is no outcome is never guessed at.
"""

from typing import Any

from lib.readers import cells as read
from lib.readers.outcomes import MEANING, parse_outcome, text_of
from lib.readers.table import MISSING, LabelColumns, Row, Table, VerdictColumns, resolve
from lib.records import MODES, UNKNOWN, Circumstances, DataError, Label, Verdict


def label_of(table: Table, row: Row, columns: LabelColumns, threshold: float | None, trace: str) -> Label | None:
    """What an expert said of this row, if anything; DataError for a word that is neither pass nor fail."""
    critique = read.text(_cell(row, columns.critique)) if columns.critique else ""
    revised = read.text(_cell(row, columns.revised)) if columns.revised else ""
    cell = _cell(row, columns.outcome)
    try:
        outcome = parse_outcome(cell, threshold)
    except ValueError as error:
        raise DataError(f"{table.where(row)}, column '{columns.outcome}': '{str(error)[:60]}' is neither pass nor fail."
                        f" Understood: {MEANING}.") from None
    if outcome is None and (critique.strip() or revised.strip()):
        what = "critique" if critique.strip() else "revised response"
        raise DataError(f"{table.where(row)}, column '{columns.outcome}': there is a {what} but no outcome. "
                        f"Say pass or fail, or empty the {what}.")
    if not outcome:
        return None
    given = read.moment(_cell(row, columns.created_at), f"{table.where(row)}, column '{columns.created_at}'") if (
        columns.created_at) else None
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


def verdict_of(row: Row, columns: VerdictColumns, threshold: float | None) -> Verdict | None:
    """What a judge said of this row, if anything; what cannot be read is an error, never a pass or a fail."""
    critique = read.text(_cell(row, columns.critique)) if columns.critique else ""
    model = read.text(_cell(row, columns.model)) if columns.model else ""
    word, error = text_of(_cell(row, columns.outcome)), text_of(_cell(row, columns.error) if columns.error else None)
    if error:
        return Verdict(None, critique, error=error, raw=word or critique, model=model)
    if not word and not critique.strip():
        return None
    try:
        outcome = parse_outcome(word, threshold)
    except ValueError:
        outcome = None
    if outcome:
        return Verdict(outcome, critique, model=model)
    return Verdict(None, critique, error="no outcome", raw=word or critique, model=model)


def _cell(row: Row, column: str | None) -> Any:
    found = resolve(row.cells, column) if column else None
    return None if found is MISSING else found

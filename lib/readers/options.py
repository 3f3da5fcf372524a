"""A mapping out of words typed on a command line: FIELD=COLUMN, EXPERT=COLUMN[:CRITIQUE_COLUMN].

EXPERT may be @COLUMN: then that column names the expert of each row. NAME= of feedback may be left out.

What is named replaces the guess of that kind; the rest of the guess stays.
"""

import difflib
from collections.abc import Sequence
from dataclasses import replace

from lib.readers.guess import guess
from lib.readers.mapping import FIELDS, LabelColumns, Mapping, VerdictColumns
from lib.readers.sampling import Sample
from lib.readers.table import FeedbackColumns, Table
from lib.readers.user_feedback import LABELLED
from lib.records import UsageError


def from_options(table: Table, fields: Sequence[str] = (), context: Sequence[str] = (), dimensions: Sequence[str] = (),
                 labels: Sequence[str] = (), verdicts: Sequence[str] = (), failure_modes: str | None = None,
                 threshold: float | None = None, sample: Sample | None = None,
                 feedback: Sequence[str] = ()) -> Mapping:
    """The guess for a table, with everything named put in its place."""
    named = {field: column for field, column in (_field(table, text) for text in fields)}
    chosen = {
        "context": tuple(_known(table, column) for column in context),
        "dimensions": tuple(_known(table, column) for column in dimensions),
        "labels": tuple(_label(table, text) for text in labels),
        "verdicts": tuple(VerdictColumns(*_judged(table, text, "--verdict")) for text in verdicts),
        "feedback": tuple(_feedback(table, text) for text in feedback)}
    given = {kind: found for kind, found in chosen.items() if found}
    mapping = replace(guess(table), **named, **given, threshold=threshold, sample=sample)
    if failure_modes:
        mapping = replace(mapping, failure_modes=_known(table, failure_modes))
    return _unseen(_one_word(mapping, given), given)


def _one_word(mapping: Mapping, given: dict[str, tuple]) -> Mapping:
    """A column that was named as verdicts is no guessed label, and so on for each two kinds."""
    said = {kind: {getattr(found, "value" if kind == "feedback" else "outcome") for found in given.get(kind, ())}
            for kind in ("labels", "verdicts", "feedback")}
    labels = tuple(found for found in mapping.labels
                   if "labels" in given or found.outcome not in said["verdicts"] | said["feedback"])
    if LABELLED in said["feedback"] and "labels" not in given:
        labels = ()  # the reader has put the same words there: of one of both they are
    verdicts = tuple(found for found in mapping.verdicts
                     if "verdicts" in given or found.outcome not in said["labels"] | said["feedback"])
    of_users = tuple(found for found in mapping.feedback
                     if "feedback" in given or found.value not in said["labels"] | said["verdicts"])
    return replace(mapping, labels=labels, verdicts=verdicts, feedback=of_users)


def _unseen(mapping: Mapping, given: dict[str, tuple]) -> Mapping:
    """A guessed context must not show the judge a column that was named as an outcome or a critique."""
    judged = {column for found in (*mapping.labels, *mapping.verdicts) for column in (found.outcome, found.critique)}
    judged |= {column for found in mapping.feedback for column in (found.value, found.comment)}
    return replace(mapping, **{kind: tuple(column for column in getattr(mapping, kind) if column not in judged)
                               for kind in ("context", "dimensions") if kind not in given})


def _field(table: Table, text: str) -> tuple[str, str | None]:
    field, equals, column = text.partition("=")
    if not equals or field not in FIELDS:
        raise UsageError(f"--map takes FIELD=COLUMN, FIELD one of {', '.join(FIELDS)}; got '{text}'.")
    return field, _known(table, column) if column else None


def _judged(table: Table, text: str, option: str) -> tuple[str, str, str | None]:
    name, equals, columns = text.partition("=")
    if not equals or not name or not columns:
        raise UsageError(f"{option} takes NAME=COLUMN or NAME=COLUMN:CRITIQUE_COLUMN; got '{text}'.")
    if columns in table.columns:
        return name, columns, None
    # A column's own name may hold a colon: the cut that leaves two known columns is the right one.
    for place, letter in enumerate(columns):
        if letter == ":" and columns[:place] in table.columns and columns[place + 1:] in table.columns:
            return name, columns[:place], columns[place + 1:]
    outcome, _, critique = columns.partition(":")
    return name, _known(table, outcome), _known(table, critique) if critique else None


def _label(table: Table, text: str) -> LabelColumns:
    name, outcome, critique = _judged(table, text, "--label")
    if name.startswith("@"):
        return LabelColumns("", outcome, critique, _known(table, name[1:]))
    return LabelColumns(name, outcome, critique)


def _feedback(table: Table, text: str) -> FeedbackColumns:
    named = text in table.columns or "=" not in text
    return FeedbackColumns(*_judged(table, f"feedback={text}" if named else text, "--feedback"))


def _known(table: Table, column: str) -> str:
    if column not in table.columns:
        near = difflib.get_close_matches(column, table.columns, 3, 0.4) or table.columns[:8]
        raise UsageError(f"{table.name} has no column '{column}'. Near to it: {', '.join(near)}.")
    return column

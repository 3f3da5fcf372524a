"""What an import would do, and what it did, as one record each: in sentences, with nothing left unsaid."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lib.readers import Mapping, Table
from lib.readers.mapping import FIELDS
from lib.readers.report import Report
from lib.records import DataError
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset.imports import ImportResult
from lib.workflow import rights
from lib.workflow.dataset import naming, reading
from lib.workflow.dataset.reading import Reading

_TITLES = {"system_version": "system version", "created_at": "time"}


@dataclass(frozen=True)
class Preview:
    """A reading and its report; `understood`: which column is what; `whose`: what it does in whose name, or ""."""

    reading: Reading
    said: Report
    understood: str
    whose: str


@dataclass(frozen=True)
class Imported:
    """What came of an import: `named` says who is principal now, where that is new; `waiting` in whose name."""

    result: ImportResult
    said: Report
    words: tuple[str, ...]
    named: str
    principal: str


def look(store: Store, found: Reading) -> Preview:
    """Everything a preview says; the store is only looked at."""
    return Preview(found, reading.report_of(store, found), understood(found.mapping), naming.before(store, found))


def without_bad_rows(store: Store, table: Table, mapping: Mapping) -> Report | None:
    """What is left once what cannot be read is left out, with its reasons; None where that is no way either."""
    try:
        return reading.report_of(store, reading.read(store, table, replace(mapping, skip_bad_rows=True)))
    except DataError:
        return None


def understood(mapping: Mapping) -> str:
    """Which column is read as what: "id, question = input, feature and persona = dimensions"."""
    found = [column if column == _TITLES.get(field, field) else f"{column} = {_TITLES.get(field, field)}"
             for field in FIELDS if (column := getattr(mapping, field))]
    found += _several(mapping.dimensions, "dimension") + _several(mapping.context, "context", "context")
    found += [f"{one.outcome} = labels of {one.expert or one.by}" for one in mapping.labels]
    found += [f"{one.outcome} = verdicts of {one.judge}" for one in mapping.verdicts]
    found += [f"{one.value or one.comment} = users' feedback" for one in mapping.feedback]
    return ", ".join(found + ([f"{mapping.failure_modes} = failure modes"] if mapping.failure_modes else []))


def _several(columns: tuple[str, ...], one: str, more: str = "") -> list[str]:
    if not columns:
        return []
    *first, last = columns
    return [f"{', '.join(first)} and {last} = {more or one + 's'}" if first else f"{last} = {one}"]


def keep(store: Store, shown: Preview, moved: reading.Told) -> Callable[[], Imported]:
    """Stores what was shown and tells `moved` how far it is; what it returns says what came of it, once it is asked."""
    told = naming.after(store, shown.reading)
    result = reading.keep(store, shown.reading, told=moved)[1]
    return lambda: Imported(result, shown.said, _words(result, shown.said), told(), rights.principal_words(store))


def _words(result: ImportResult, said: Report) -> tuple[str, ...]:
    """What was stored, a sentence each; a count of nothing is left out, but for the outputs of new traces."""
    brought = [counted(n, thing) for n, thing in (
        (result.labels, "label"), (result.verdicts, "verdict"), (result.failure_modes, "failure mode")) if n]
    if result.feedback:
        brought.append(counted(result.feedback, "piece of users' feedback", "pieces of users' feedback"))
    errors = f" {counted(result.error_verdicts, 'of the verdicts is an error', 'of the verdicts are errors')}."
    return (_traces(result, said), *filter(None, (
        f"{counted(result.answered, 'trace')} that waited for an output got it." if result.answered else "",
        f"{counted(result.identical, 'trace')} {'was' if result.identical == 1 else 'were'} stored already."
        if result.identical else "",
        f"With them {_and(brought)}.{errors if result.error_verdicts else ''}" if brought else "")))


def _traces(result: ImportResult, said: Report) -> str:
    new = f"{counted(result.traces, 'trace')} imported"
    without = sum(said.counts.unanswered.values())
    if not result.traces:
        return f"{new}."
    if result.traces == said.counts.traces:
        return f"{new}: {result.traces - without:,} with an output, {without:,} without."
    whole = said.counts.traces
    return (f"{new}. Of the {counted(whole, 'trace')} in the file {whole - without:,} "
            f"{'has' if whole - without == 1 else 'have'} an output.")


def _and(words: list[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last

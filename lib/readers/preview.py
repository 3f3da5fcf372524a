"""What an import would do, before it does it: how words were understood, how many of what, the first rows."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from lib.readers.mapping import Mapping, rows
from lib.readers.outcomes import parse_outcome, text_of
from lib.readers.sampling import draw
from lib.readers.table import MISSING, Table, resolve
from lib.records import ImportedRow


@dataclass(frozen=True)
class Preview:
    """Counts and first rows of an import that has not happened yet."""

    words: list[tuple[str, str, str, int]]  # (column, word in the file, understood as, how often)
    traces: int
    whole: int  # traces in the file, of which a sample may take a part
    repeated: int  # rows that stand in the file more than once
    labels: int
    verdicts: int
    error_verdicts: int
    first: list[dict[str, str]]


def preview(table: Table, mapping: Mapping, n: int = 20) -> Preview:
    """Reads the whole file through the mapping; raises what the import would raise."""
    every = rows(table, replace(mapping, sample=None))
    found = draw(every, mapping.sample) if mapping.sample else every
    verdicts = [verdict for row in found for _, verdict in row.verdicts]
    return Preview(
        words=_words(table, mapping), traces=len(found), whole=len(every),
        repeated=len(table.rows) - len(every),
        labels=sum(len(row.labels) for row in found), verdicts=len(verdicts),
        error_verdicts=sum(verdict.outcome is None for verdict in verdicts), first=[_plain(row) for row in found[:n]])


def _words(table: Table, mapping: Mapping) -> list[tuple[str, str, str, int]]:
    words = []
    for column in [judged.outcome for judged in (*mapping.labels, *mapping.verdicts)]:
        counts = Counter(text_of(_cell(row.cells, column)) for row in table.rows)
        words += [(column, word, _understood(word, mapping.threshold), n) for word, n in counts.most_common(12)]
    return words


def _understood(word: str, threshold: float | None) -> str:
    try:
        return parse_outcome(word, threshold) or "no outcome"
    except ValueError:
        return "error"


def _cell(cells: dict[str, Any], column: str) -> Any:
    found = resolve(cells, column)
    return None if found is MISSING else found


def _plain(row: ImportedRow) -> dict[str, str]:
    labels = {f"label of {label.expert}": label.outcome for label in row.labels}
    verdicts = {f"verdict of {judge}": verdict.outcome or "error" for judge, verdict in row.verdicts}
    dimensions = {name: ", ".join(values) for name, values in row.trace.dimensions.items()}
    return {"id": row.trace.id, "input": row.trace.input, "output": row.trace.output or "", **dimensions,
            **labels, **verdicts}

"""A part of what a source has becomes traces: a file of whole traces, imported as any other file is.

What cannot be read of it, or says otherwise than before, is left out and counted; it stops nothing.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lib.readers import guess
from lib.readers.spans.spans import DIMENSIONS
from lib.readers.table import Table
from lib.records import DataError
from lib.store import Store
from lib.store.dataset import sources
from lib.store.dataset.imports import ImportResult
from lib.store.dataset.sources import Source
from lib.systems.sources.kinds import Feedback, Kind, Whole
from lib.workflow.dataset import exchange, reading
from lib.workflow.dataset.reading import Reading

CHANGED = "traces whose text has changed since they were pulled"
CHANGED_VERDICTS = "verdicts that have changed since they were pulled"


@dataclass
class Part:
    """Whole traces under a name, and what came of them."""

    name: str
    traces: list[Whole] = field(repr=False)
    result: ImportResult = field(default_factory=ImportResult)
    left: Counter[str] = field(default_factory=Counter)


def question_of(feedback: Feedback, traces: Sequence[Whole]) -> str:
    """What people were asked most often here; "" where nobody said anything. A label answers one question."""
    asked = Counter(feedback.name(one) for trace in traces for said in trace.said for one in said
                    if feedback.person(one) and not feedback.ours(one))
    return max(sorted(asked), key=lambda name: asked[name], default="")


def sift(feedback: Feedback, question: str, part: Part) -> None:
    """Takes out of the traces what we have pushed ourselves, and what people said of another question."""
    for said in (said for trace in part.traces for said in trace.said):
        theirs = [one for one in said if not feedback.ours(one)]
        kept = [one for one in theirs if not feedback.person(one) or feedback.name(one) == question]
        part.left.update(f"what people said of '{feedback.name(one)[:60]}', for labels answer '{question[:60]}'"
                         for one in theirs if one not in kept)
        said[:] = kept


def store_part(store: Store, source: Source, kind: Kind, part: Part) -> None:
    """Imports a part; a trace that cannot be read is left out with its reason."""
    try:
        _import(store, source, kind, part)
    except DataError as error:
        if len(part.traces) == 1:
            part.left[f"traces that cannot be read ({str(error)[:200].rstrip('.')})"] += 1
            return
        middle = len(part.traces) // 2
        for traces in (part.traces[:middle], part.traces[middle:]):
            half = Part(part.name, traces)
            store_part(store, source, kind, half)
            part.left += half.left
            _add(part, half.result)


def _import(store: Store, source: Source, kind: Kind, part: Part) -> None:
    if not part.traces:
        return
    with tempfile.TemporaryDirectory() as folder:
        table = _table(kind, part, Path(folder) / "part.jsonl")
        # Which dimensions there are must not hang on where one part ends and the next begins.
        mapping = replace(guess(table), skip_bad_rows=True,
                          dimensions=tuple(name for name in DIMENSIONS if name in table.columns))
        found = reading.read(store, table, mapping)
    traces, verdicts = reading.leave_out_contradictions(store, found)
    if found.stage.traces():
        _add(part, reading.keep(store.by(None, f"source {source.name}"), found)[1])
    found.stage.remove()
    part.left.update({CHANGED: traces, CHANGED_VERDICTS: verdicts})
    part.left.update(_left_out(table, found))
    part.left = +part.left
    sources.came(store, source.key, [(trace.id, trace.node) for trace in part.traces])


def _table(kind: Kind, part: Part, path: Path) -> Table:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for trace in part.traces for row in trace.rows)
    return exchange.read_file(part.name, path, format=kind.reader)


def _left_out(table: Table, found: Reading) -> Counter[str]:
    left = Counter({f"{one.what} ({one.why})" if one.why else one.what: one.count for one in table.unread})
    left.update(f"traces that cannot be read ({one.why[:200].rstrip('.')})" if one.whole
                else f"words that are no outcome: '{one.cell[:40]}' in {one.column}" for one in found.skipped)
    return left


def _add(part: Part, result: ImportResult) -> None:
    part.result.add(vars(result))

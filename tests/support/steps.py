"""Short words for what many tests begin with: rows put into the store as an import puts them."""

from pathlib import Path

from lib.records import ImportedRow, Label, Trace, Verdict
from lib.store import Store, database, open_store
from lib.store.dataset import imports
from lib.store.dataset.imports import ImportResult
from lib.store.review import labels


def fresh(path: Path) -> Store:
    """Opens a file as another process would: nothing is remembered of it, no connection is left."""
    connection = database._connections.by_path.pop(path.resolve(), None)
    if connection is not None:
        connection.close()
    database._checked.discard(path.resolve())
    return open_store(path)


def close_files() -> None:
    """Closes every file that this thread has open."""
    while database._connections.by_path:
        database._connections.by_path.popitem()[1].close()


def row(trace: Trace, line: int = 1, modes: tuple[str, ...] = (), verdicts: dict[str, Verdict] | None = None,
        **outcomes: str) -> ImportedRow:
    """A row of a file: `row(trace, Ann="pass", verdicts={"judge": Verdict("fail")})`."""
    said = tuple(Label(trace.id, expert, outcome, f"why {outcome}") for expert, outcome in outcomes.items())
    return ImportedRow(trace, line, said, tuple((verdicts or {}).items()), modes)


def add(store: Store, *found: Trace | ImportedRow) -> ImportResult:
    """Imports traces, or whole rows."""
    whole = [row(one, line) if isinstance(one, Trace) else one for line, one in enumerate(found, 2)]
    return imports.add_rows(store, "t.csv", "csv", "{}", whole)


def say(store: Store, trace: str, outcome: str, expert: str = "Ann", critique: str = "because", **more) -> Label:
    """A label saved as the Review page saves it."""
    return labels.save(store, trace, expert, outcome, critique, **more)

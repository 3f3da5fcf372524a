"""A failure mode in other words: name and definition in one step, each with its entry in the history."""

from lib.store import Store
from lib.store.errors import mode_history


def rename(store: Store, mode: int, name: str, definition: str) -> None:
    """Names and defines it anew; UsageError where the name is taken. What it is counted for stays."""
    with store.transaction():
        found = mode_history.get(store, mode)
        mode_history.rename(store, mode, name)
        mode_history.redefine(store, mode, definition, found["kind"], found["impact"])

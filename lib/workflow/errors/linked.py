"""What a link to a failure mode leads to: links hold its number, those of earlier versions its name.

A name may have changed since, the failure mode may be merged or rejected: then a sentence says so.
"""

from dataclasses import dataclass
from typing import Any

from lib.store import Store
from lib.store.errors import mode_decisions, mode_history, mode_links


@dataclass(frozen=True)
class Linked:
    """The number of the failure mode that counts, None where there is none; and what the reader must know."""

    mode: int | None
    said: str = ""


def linked(store: Store, word: str) -> Linked:
    """Where this word of an address leads: a number, or a name as links had it earlier."""
    row = mode_links.meant(store, word)
    if row is None:
        number = f" number {word}" if word.isdecimal() else f" “{word}”"
        return Linked(None, f"There is no failure mode{number} in this project: the link may be of another project or "
                            "of another file. Below are those there are.")
    found = mode_history.get(store, row)
    if found["merged_into"]:
        into = mode_history.get(store, found["merged_into"])
        return Linked(into["id"], f"“{found['name']}” was merged into “{into['name']}”.")
    if not found["confirmed"]:
        return Linked(None, _not_counted(found))
    renamed = not word.isdecimal() and word.strip() != found["name"]
    return Linked(row, f"“{word}” is called “{found['name']}” now." if renamed else "")


def _not_counted(found: dict[str, Any]) -> str:
    if found["rejected_at"]:
        return f"“{found['name']}” was rejected and counts no more. “Name them” can take it up again."
    return f"“{found['name']}” was proposed by a model and waits for a person: “Name them” shows what is behind it."


def names(store: Store) -> dict[str, str]:
    """Number (as an address has it) -> name of every failure mode that counts, by name."""
    return {str(mode.key): mode.name for mode in mode_decisions.every(store)}

"""Deleting and taking back, as a story: what hangs on it is shown, the copy is offered, the name is typed, it is done.

Labels of the principal expert are that person's: what would delete them is asked for by anybody else, and waits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lib.records import UsageError
from lib.store import Store, create_backup, projects, sign_offs
from lib.store.dataset import imported, traces
from lib.store.judge import judges
from lib.store.removal import archive, counting, removing
from lib.store.removal.counting import Hanging
from lib.store.removal.removing import IMPORT, JUDGE, PROJECT, TRACES, Thing
from lib.store.sign_offs import SignOff
from lib.workflow import rights

_NAMED = 3  # traces that are called by their ids


@dataclass(frozen=True)
class Look:
    """What hangs on a thing, as it was looked at; `notes` are sentences on what is not as one may expect."""

    thing: Thing
    hanging: Hanging
    notes: tuple[str, ...]
    asks: str  # whose agreement it needs; "": nobody's

    @property
    def lines(self) -> list[str]:
        """Everything that goes, a line each."""
        return counting.lines(self.hanging)


def of_project(store: Store) -> Thing:
    """The project of this handle, whole."""
    found = projects.current(store)
    return Thing(PROJECT, (found.id,), found.name, found.name)


def of_import(store: Store, number: int) -> Thing:
    """One import, with all that it brought."""
    found = imported.get(store, number)
    return Thing(IMPORT, (number,), f"{number}, {found.called}", found.called)


def of_judge(store: Store, name: str) -> Thing:
    """A judge with its prompts, runs and verdicts."""
    return Thing(JUDGE, (judges.row_of(store, name),), name, name)


def of_traces(store: Store, keys: Sequence[int]) -> Thing:
    """Some traces; one is typed by its id, several by their number. UsageError for none."""
    if not keys:
        raise UsageError("No trace fits: there is nothing to delete.")
    names = [traces.by_key(store, key, dimensions=False).id for key in keys[:_NAMED]]
    more = f" and {len(keys) - _NAMED:,} more" if len(keys) > _NAMED else ""
    return Thing(TRACES, tuple(keys), ", ".join(names) + more, names[0] if len(keys) == 1 else str(len(keys)))


def look(store: Store, thing: Thing) -> Look:
    """What would go; nothing is changed. UsageError where a run, a job or an import is at work on it."""
    found = removing.look(store, thing)
    asks = "" if rights.principals(store) or not found.of_principal else rights.principal_words(store)
    return Look(thing, found, tuple(_notes(store, thing, found)), asks)


def _notes(store: Store, thing: Thing, found: Hanging) -> Iterator[str]:
    if thing.kind == IMPORT and imported.get(store, thing.keys[0]).labels is None:
        yield ("It was stored by an older version, which did not note what it brought: its traces go with all that was "
               "said of them. What it added to traces that were there before stays.")
    if found.counts.get("restored"):
        yield ("A trace that got its answer from this import waits for an answer again: what was said of that answer "
               "goes, whoever said it.")
    if found.counts.get("examples"):
        yield ("Prompt versions that stay lose these examples. Their verdicts stay, and no new run takes them over as "
               "equal.")
    if found.counts.get("test"):
        yield "The test split gets smaller: agreement on it rests on fewer pairs from then on."
    if copies := removing.copies(store):
        yield ("Copies beside the file still hold it: " + ", ".join(one.name for one in copies)
               + ". Delete them yourself where the text must be gone.")


def copy_first(store: Store) -> Path:
    """Copies the whole file beside it, under a name that says when and why; returns where."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    path = store.path.with_name(f"{store.path.stem}.before-deletion-{stamp}{store.path.suffix}")
    return create_backup(store, path)


def remove(store: Store, seen: Look, typed: str, reason: str = "") -> SignOff | None:
    """Deletes what was looked at, once its name was typed; what waits for the principal instead is returned.

    UsageError for another name, for somebody else than the principal without a reason, and where something else hangs
    on it now.
    """
    if " ".join(typed.split()) != " ".join(seen.thing.typed.split()):
        raise UsageError(f"Type '{seen.thing.typed}' to say that this is meant. Nothing was deleted.")
    if rights.principals(store) or not seen.hanging.of_principal:
        removing.remove(store, seen.thing, seen.hanging)
        return None
    store.check(removing.WRITTEN[seen.thing.kind])
    if not removing.same(removing.look(store, seen.thing), seen.hanging):
        raise UsageError("Somebody has changed something since this was counted: look at the new counts first.")
    return sign_offs.ask(store, sign_offs.REMOVAL, seen.thing.subject, {
        "thing": {**vars(seen.thing), "keys": list(seen.thing.keys)}, "hanging": seen.hanging.detail}, reason)


def agreed(store: Store, found: SignOff) -> None:
    """Does a deletion that was asked for; UsageError where something else hangs on it than the principal has read."""
    # Who asked was held to a role then; the principal's right is no matter of roles.
    removing.remove(store.program(), asked_thing(found), asked_counts(found))


def asked_thing(found: SignOff) -> Thing:
    """What a sign-off would delete."""
    told = found.detail["thing"]
    return Thing(told["kind"], tuple(told["keys"]), told["name"], told["typed"])


def asked_counts(found: SignOff) -> Hanging:
    """What hung on it when it was asked for."""
    return counting.hanging_of(found.detail["hanging"])


def archive_traces(store: Store, keys: Sequence[int]) -> tuple[int, int]:
    """Puts traces into the archive; returns how many, and how many places in queues they left."""
    return archive.put_away(store, keys, of_traces(store, keys).name) if keys else (0, 0)


def bring_back_traces(store: Store, keys: Sequence[int]) -> int:
    """Takes traces out of the archive; returns how many."""
    return archive.bring_back(store, keys, of_traces(store, keys).name) if keys else 0

"""Pushing: what people and judges said here goes to where the traces live, under our own names, each thing once.

A plan first, of which nothing is sent; then only what is new or has changed since it was sent. What somebody else
wrote there is never touched: each note has an identifier of this source's own.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from lib.records import PASS, UsageError
from lib.store import Store
from lib.store.dataset import sources
from lib.store.dataset.sources import Source, notes
from lib.store.dataset.sources.notes import Said
from lib.systems.sources import SOURCES, calls
from lib.systems.sources.kinds import OURS, Note, Place
from lib.workflow import addresses

LABELS, VERDICTS, MODES = "labels", "verdicts", "failure modes"


@dataclass(frozen=True)
class Chosen:
    """What a person chose to push: labels, the verdicts of a run or judge, failure modes; of the test split too."""

    labels: bool = False
    verdicts: str = ""
    modes: bool = False
    test: bool = False
    base: str = ""  # where colleagues open the app, for links


@dataclass(frozen=True)
class Counts:
    """Of one sort: how many are not there yet, have changed since, are there as they are; and are held back."""

    new: int = 0
    changed: int = 0
    same: int = 0
    held_back: int = 0  # of the test split


@dataclass(frozen=True)
class Plan:
    """What a push would send, and what it would not."""

    source: Source
    counts: dict[str, Counts]
    notes: list[tuple[int, Note, str]] = field(repr=False)  # (the trace's row, what is sent, its hash)


def plan(store: Store, name: str, chosen: Chosen) -> Plan:
    """What would be sent; nothing is. UsageError where nothing was chosen."""
    store.check("source_notes")
    source = sources.get(store, name)
    if not (chosen.labels or chosen.verdicts or chosen.modes):
        raise UsageError("Say what is pushed: --labels, --verdicts RUN or JUDGE, --failure-modes.")
    base, known = addresses.checked(chosen.base), notes.pushed(store, source.key)
    counts, send = {}, []
    for sort, every in _said(store, source, chosen):
        tally = {"new": 0, "changed": 0, "same": 0}
        allowed = list(every(chosen.test))
        for said in allowed:
            made = _note(source, sort, said)
            was, remote = known.get(made.identifier, (None, ""))
            state = "same" if was == _hash(made) else "changed" if was else "new"
            tally[state] += 1
            if state != "same":
                note = replace(made, remote=remote, doubtful=was == "", text=_linked(store, made, said, base))
                send.append((said.row, note, _hash(made)))
        counts[sort] = Counts(**tally, held_back=sum(1 for _ in every(True)) - len(allowed))
    return Plan(source, counts, send)


def _said(store: Store, source: Source, chosen: Chosen) -> Iterator[tuple[str, Callable[[bool], Iterable[Said]]]]:
    """What was chosen, each sort with a way to read it, without the test split or with it."""
    if chosen.labels:
        yield LABELS, lambda test: notes.labels(store, source.key, test)
    if chosen.verdicts:
        run = notes.run_of(store, chosen.verdicts)
        yield VERDICTS, lambda test: notes.verdicts(store, source.key, test, run)
    if chosen.modes:
        yield MODES, lambda test: notes.modes(store, source.key, test)


def _note(source: Source, sort: str, said: Said) -> Note:
    name = {LABELS: f"{OURS} label", VERDICTS: f"{OURS} verdict of {said.who}", MODES: f"{OURS} failure mode"}[sort]
    by = {LABELS: said.who, VERDICTS: f"{said.who}, {said.version}", MODES: OURS}[sort]
    return Note(f"{OURS} {source.token} {sort}: {said.who}, {said.trace}", said.trace, said.node, name, said.value,
                None if sort == MODES else said.value == PASS, said.text, sort != VERDICTS, by)


def _hash(note: Note) -> str:
    """Of what is said: where the app is reached, and so the link, may change without anything being said anew."""
    return sha256("\0".join((note.name, note.value, note.text, note.by)).encode("utf-8", "replace")).hexdigest()


def _linked(store: Store, note: Note, said: Said, base: str) -> str:
    link = addresses.of(base, store.project, "dataset", trace=said.trace)
    judge = f"({note.by})" if not note.human else ""
    return "\n".join(part for part in (note.text, judge, link) if part)


def send(store: Store, found: Plan, moved: Callable[[], None] = lambda: None) -> int:
    """Sends what a plan names, and keeps what was taken; returns how many. What broke off is sent by the next push."""
    return asyncio.run(_send(store, found, moved))


async def _send(store: Store, found: Plan, moved: Callable[[], None]) -> int:
    source, kind, sent = found.source, SOURCES[found.source.kind], 0
    async with calls.opened(source.address, source.keys, kind.headers) as door:
        for first in range(0, len(found.notes), kind.notes_at_once):
            some = found.notes[first:first + kind.notes_at_once]
            _begin(store, source, some)
            taken = await kind.push(door, Place(source.place, source.link), [note for _, note, _ in some])
            notes.keep(store, source.key, [{"identifier": note.identifier, "hash": hash,
                                            "remote": taken[note.identifier]} for _, note, hash in some])
            sent += len(some)
            for _ in some:
                moved()
    return sent


def _begin(store: Store, source: Source, some: Sequence[tuple[int, Note, str]]) -> None:
    notes.begin(store, source.key, [{"identifier": note.identifier, "trace": row} for row, note, _ in some])


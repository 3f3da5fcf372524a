"""Splits as a person draws them: what lies where, a balanced draw with its preview, and opening the sealed test."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from lib.records import QUEUED, RUNNING, TEST, Run, UsageError
from lib.sampling import near
from lib.sampling.splits import FEW, Member, Table, balanced, grouped, table
from lib.store import Store, sign_offs
from lib.store.judge import runs, splits, verdicts
from lib.store.judge.splits import Look
from lib.workflow import figures, rights
from lib.workflow.figures import Agreement

LISTED = 200  # pairs that are named; all are counted


@dataclass(frozen=True)
class Crossing:
    """Two labelled traces with nearly the same input that lie in different splits."""

    trace: str
    split: str
    other: str
    other_split: str


@dataclass(frozen=True)
class Drawn:
    """A balanced draw: passes and fails by split before and after, and what it does to what was seen before."""

    seed: int
    before: Table
    after: Table
    moves: dict[int, str]  # trace -> its new split
    crossing: int  # pairs that are nearly the same and lie across splits now
    still: int  # and after the draw
    named: tuple[Crossing, ...]  # some of those there are now
    read: int  # traces that come into test although a verdict on them was compared with the label before
    opened: int  # traces that leave an opened test split, because a prompt shows one that is nearly the same


@dataclass(frozen=True)
class Seal:
    """The test split of a run: its pairs, every look of the judge, and the figures where it is opened."""

    pairs: int
    looks: tuple[Look, ...]
    opened: Agreement | None


def standing(store: Store) -> Table:
    """Split -> (passes, fails) of the principal's labelled traces."""
    return table((row["split"], row["outcome"]) for row in splits.members(store))


def preview(store: Store, seed: int) -> Drawn:
    """What a balanced draw with this seed would do; nothing moves."""
    return _drawn(splits.members(store), seed)


def balance(store: Store, seed: int) -> Drawn:
    """Draws the splits of the labelled traces and moves what must move, all at once; verdicts stay as they are."""
    rows = splits.members(store)
    drawn = _drawn(rows, seed)  # takes seconds where labels are many, and nobody's label should wait for that
    with store.transaction():
        if (now := splits.members(store)) != rows:
            drawn = _drawn(now, seed)
        splits.move(store, seed, drawn.moves, {"before": drawn.before, "after": drawn.after, "read": drawn.read,
                                               "crossing": [drawn.crossing, drawn.still]})
    return drawn


def _drawn(rows: list[dict[str, Any]], seed: int) -> Drawn:
    if not rows:
        raise UsageError("No trace is labelled yet: label some on the Review page, then draw the splits.")
    same, alike = _same(rows), _alike(rows)
    names = [rows[place]["trace_id"] for place in grouped(same, [*_sessions(rows), *alike], len(rows))]
    goes = balanced([Member(row["key"], name, row["outcome"], row["split"], bool(row["shown"]), bool(row["looked"]),
                            bool(row["seen"])) for row, name in zip(rows, names, strict=True)], seed)
    across = [(rows[one], rows[other]) for one, other in [*same, *alike] if rows[one]["split"] != rows[other]["split"]]
    moved = [row for row in rows if goes[row["key"]] != row["split"]]
    return Drawn(
        seed, table((row["split"], row["outcome"]) for row in rows),
        table((goes[row["key"]], row["outcome"]) for row in rows), {row["key"]: goes[row["key"]] for row in moved},
        len(across), sum(goes[rows[one]["key"]] != goes[rows[other]["key"]] for one, other in [*same, *alike]),
        tuple(Crossing(one["trace_id"], one["split"], other["trace_id"], other["split"])
              for one, other in across[:LISTED]),
        sum(bool(row["seen"]) and goes[row["key"]] == TEST for row in moved), sum(bool(row["looked"]) for row in moved))


def _same(rows: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Neighbours among the traces with one input, or with answers to one trace's input."""
    found: dict[Any, list[int]] = {}
    for place, row in enumerate(rows):
        found.setdefault(row["input"], []).append(place)
        found.setdefault(row["root"], []).append(place)
    return sorted({pair for places in found.values() for pair in pairwise(places)})


def _sessions(rows: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Neighbours among the traces of one session, which are not independent."""
    found: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if row["session"]:
            found.setdefault(row["session"], []).append(place)
    return [pair for places in found.values() for pair in pairwise(places)]


def _alike(rows: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Traces whose inputs are nearly but not quite the same; each different input once."""
    first: dict[str, int] = {}
    for place, row in enumerate(rows):
        first.setdefault(row["input"], place)
    places = list(first.values())
    return [(places[one], places[other]) for one, other in near.alike(list(first))]


def seal(store: Store, run: Run) -> Seal:
    """What the page says of the test split beside a run's other figures."""
    person = figures.principal_name(store)
    opened = figures.test_agreement(store, run)
    pairs = opened.counts.n if opened else verdicts.measured(store, run.id, person).sealed.n
    return Seal(pairs, tuple(splits.looks(store, run.judge)), opened)


def open_test(store: Store, run: int, reason: str, token: str | None = None) -> Agreement:
    """Opens the sealed test split for a run, on purpose: the look is logged with its reason, then the figures stand.

    A run that was opened before is not looked at anew. Raises UsageError where there is nothing to open yet, or
    where somebody else than the principal would open it.
    """
    rights.check(store, "opens the test split")
    found = _openable(store, run, reason)
    splits.look(store, run, reason.strip(), token)
    return figures.test_agreement(store, found)


def ask_to_open(store: Store, run: int, reason: str) -> sign_offs.SignOff:
    """Asks the principal to open the test split for a run; nothing is opened by that."""
    _openable(store, run, reason)
    return sign_offs.ask(store, sign_offs.OPEN_TEST, f"run {run}", {"run": run}, reason)


def _openable(store: Store, run: int, reason: str) -> Run:
    found, person = runs.get(store, run), figures.principal_name(store)
    if found.prompt is None:
        raise UsageError("These verdicts were recorded elsewhere: no prompt was tuned on the labels, so nothing is "
                         "sealed.")
    if not splits.enough(store):
        raise UsageError(f"Nothing is sealed while fewer than {FEW} traces are labelled: every pair counts already.")
    if not reason.strip():
        raise UsageError("Say why the test split is opened now: the reason stands in the log beside the figures.")
    if found.status in (RUNNING, QUEUED):
        raise UsageError(f"Run {run} is still under way: open the test split when it has ended.")
    if not verdicts.measured(store, run, person, every=True).sealed.n:
        raise UsageError(f"Run {run} has judged no labelled trace of the test split: run the judge on '{TEST}' first.")
    return found

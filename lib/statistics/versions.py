"""Two prompt versions beside each other, how figures moved over versions, and a first choice of examples.

Pure. Knows nothing of files, SQL or screens.
"""

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lib.records import OUTCOMES, Counts, Example, PromptVersion

SAME, CHANGED, ADDED, REMOVED, MOVED = "same", "changed", "added", "removed", "moved"


@dataclass(frozen=True)
class Line:
    """A line of two texts: what it was, what it is, and how that changed."""

    change: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Change:
    """An example or a setting that two versions do not have in common."""

    change: str
    what: str
    old: str
    new: str


@dataclass(frozen=True)
class Measured:
    """A run of a prompt version against the expert, and the name of the set of traces it was measured on."""

    version: int
    run: int
    traces: str
    counts: Counts
    note: str = ""


def lines(old: str, new: str) -> list[Line]:
    """Both texts line by line, what belongs together side by side."""
    before, after = old.splitlines(), new.splitlines()
    found = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for place in range(max(b - a, d - c)):
            left = before[a + place] if a + place < b else None
            right = after[c + place] if c + place < d else None
            found.append(Line(SAME if kind == "equal" else ADDED if left is None else REMOVED if right is None
                              else CHANGED, left, right))
    return found


def hunks(found: Sequence[Line], around: int = 2) -> list[list[Line]]:
    """The stretches that hold a change, each with a few lines of what stands around it."""
    near = {at + offset for at, line in enumerate(found) if line.change != SAME
            for offset in range(-around, around + 1)}
    stretches: list[list[Line]] = []
    for at, line in enumerate(found):
        if at in near:
            if at == 0 or at - 1 not in near:
                stretches.append([])
            stretches[-1].append(line)
    return stretches


def example_changes(old: Sequence[Example], new: Sequence[Example]) -> list[Change]:
    """Examples added, removed, moved past another one, or with another label on the same trace."""
    before, after = ({one.trace.id: (place, one) for place, one in enumerate(side, 1)} for side in (old, new))
    kept = [trace for trace in before if trace in after]
    order = difflib.SequenceMatcher(None, kept, [trace for trace in after if trace in before], autojunk=False)
    still = {trace for a, _, size in order.get_matching_blocks() for trace in kept[a:a + size]}
    found = [Change(REMOVED, trace, _place(before[trace]), "") for trace in before if trace not in after]
    for trace, (place, example) in after.items():
        if trace not in before:
            found.append(Change(ADDED, trace, "", _place((place, example))))
        elif before[trace][1].label != example.label:
            found.append(Change(CHANGED, trace, _place(before[trace]), _place((place, example))))
        elif trace not in still:
            found.append(Change(MOVED, trace, f"place {before[trace][0]}", f"place {place}"))
    return found


def _place(found: tuple[int, Example]) -> str:
    place, example = found
    return f"place {place}, {example.label.outcome}: {example.label.critique}"


def setting_changes(old: PromptVersion, new: PromptVersion) -> list[Change]:
    """Model, parameters and note, where they differ."""
    sides = [{"model": one.model or "as the run names it", "note": one.note,
              **{f"parameter {name}": str(value) for name, value in one.parameters.items()}} for one in (old, new)]
    names = dict.fromkeys([*sides[0], *sides[1]])
    return [Change(CHANGED if name in sides[0] and name in sides[1] else ADDED if name in sides[1] else REMOVED, name,
                   sides[0].get(name, ""), sides[1].get(name, ""))
            for name in names if sides[0].get(name) != sides[1].get(name)]


@dataclass(frozen=True)
class Candidate:
    """A label that may become an example: its number, outcome, values of dimensions, and whether it can teach."""

    key: int
    outcome: str
    values: Mapping[str, Collection[str]]
    terse: bool = False


def diverse(candidates: Sequence[Candidate], most: int) -> list[int]:
    """Up to `most` labels that balance the outcomes and together show many values: each time the best next one.

    A terse critique is taken where its outcome has no other; of equals the earlier label, so that the same labels
    give the same set.
    """
    chosen: list[Candidate] = []
    left = list(candidates)
    while left and len(chosen) < most:
        seen = {(name, value) for one in chosen for name, values in one.values.items() for value in values}
        have = {outcome: sum(one.outcome == outcome for one in chosen) for outcome in OUTCOMES}
        best = max(left, key=lambda one: (-have[one.outcome], not one.terse, len(_values(one) - seen), -one.key))
        chosen.append(best)
        left.remove(best)
    return [one.key for one in chosen]


def _values(one: Candidate) -> set[tuple[str, str]]:
    return {(name, value) for name, values in one.values.items() for value in values}

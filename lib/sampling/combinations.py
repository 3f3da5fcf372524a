"""Combinations of dimension values to write inputs for: all, random, empty cells, pairwise.

Pure: choices are a dict dimension -> values in order. An impossible combination is a dict dimension -> value;
whatever holds all its pairs is impossible. Nothing here builds the full product in memory.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from math import prod

Choices = Mapping[str, Sequence[str]]
Combination = dict[str, str]
Impossible = list[Mapping[str, str]]
Missing = Mapping[frozenset[tuple[str, str]], None]


def every(choices: Choices, impossible: Iterable[Mapping[str, str]] = ()) -> Iterator[Combination]:
    """All possible combinations, one at a time, the last dimension changing fastest."""
    ruled_out = _relevant(choices, impossible)
    return _grown({}, dict(choices), ruled_out) if _counted(choices, ruled_out) else iter(())


def count(choices: Choices, impossible: Iterable[Mapping[str, str]] = ()) -> int:
    """How many combinations are possible, without listing them; 1 where there is no dimension."""
    return _counted(choices, _relevant(choices, impossible))


def empty(choices: Choices, impossible: Iterable[Mapping[str, str]],
          counts: Mapping[tuple[str, ...], int]) -> Iterator[Combination]:
    """The possible combinations without a trace; `counts` are by values in the order of the dimensions."""
    return (found for found in every(choices, impossible) if not counts.get(tuple(found.values())))


def sample(choices: Choices, impossible: Iterable[Mapping[str, str]], n: int, seed: int) -> list[Combination]:
    """Up to n different possible combinations, each equally likely; the same ones for the same seed."""
    ruled_out = _relevant(choices, impossible)
    total, chance = _counted(choices, ruled_out), random.Random(seed)
    places: dict[int, None] = {}
    while len(places) < min(n, total):
        places[chance.randrange(total)] = None
    return [_at(place, choices, ruled_out) for place in places]


def pairwise(choices: Choices, impossible: Iterable[Mapping[str, str]] = ()) -> list[Combination]:
    """Few combinations that hold every pair of values of two dimensions which can meet at all.

    Greedy: each starts from a pair that is still missing and takes the values that bring most missing pairs.
    """
    ruled_out, found = _relevant(choices, impossible), []
    if len(choices) < 2 or not _counted(choices, ruled_out):
        return list(every(choices, impossible))
    # A dict keeps the order, so that the same dimensions always give the same cover.
    missing = dict.fromkeys(frozenset(((one, a), (other, b))) for one, other in combinations(choices, 2)
                            for a, b in product(choices[one], choices[other]))
    while missing:
        pair = next(iter(missing))
        made = _completed({}, {**choices, **{name: [value] for name, value in pair}}, ruled_out, missing)
        if made is None:
            del missing[pair]  # these two values never meet
            continue
        found.append({name: made[name] for name in choices})
        for brought in combinations(made.items(), 2):
            missing.pop(frozenset(brought), None)
    return found


def possible(combination: Mapping[str, str], impossible: Iterable[Mapping[str, str]]) -> bool:
    """Whether a (perhaps partial) combination holds none of the impossible ones."""
    return not any(part and part.items() <= combination.items() for part in impossible)


def _relevant(choices: Choices, impossible: Iterable[Mapping[str, str]]) -> Impossible:
    """The impossible ones that these values can hold; one without pairs would rule out everything."""
    return [part for part in impossible if part and all(value in choices.get(name, ()) for name, value in part.items())]


def _left(impossible: Impossible, name: str, value: str) -> Impossible | None:
    """What remains to be avoided once a value is chosen; None where it completes an impossible combination."""
    left = [{other: wanted for other, wanted in part.items() if other != name}
            for part in impossible if part.get(name, value) == value]
    return None if {} in left else left


def _branches(name: str, choices: Choices, impossible: Impossible) -> Iterator[tuple[str, Choices, Impossible]]:
    """Each value that may be chosen, with the dimensions and the impossible ones that then remain."""
    rest = {other: values for other, values in choices.items() if other != name}
    for value in choices[name]:
        left = _left(impossible, name, value)
        if left is not None:
            yield value, rest, left


def _constrained(choices: Choices, impossible: Impossible) -> str | None:
    """A dimension that an impossible combination still speaks of: settled first, no dead end lies deep."""
    return next((name for name in choices if any(name in part for part in impossible)), None)


def _grown(begun: Combination, choices: Choices, impossible: Impossible) -> Iterator[Combination]:
    if not impossible:
        for values in product(*choices.values()):
            yield {**begun, **dict(zip(choices, values, strict=True))}
        return
    name = next(iter(choices))
    for value, rest, left in _branches(name, choices, impossible):
        yield from _grown({**begun, name: value}, rest, left)


def _counted(choices: Choices, impossible: Impossible) -> int:
    name = _constrained(choices, impossible)
    if name is None:
        return prod(map(len, choices.values()))
    return sum(_counted(rest, left) for _, rest, left in _branches(name, choices, impossible))


def _at(place: int, choices: Choices, impossible: Impossible) -> Combination:
    """The combination at this place in the order of `every`."""
    if not choices:
        return {}
    name = next(iter(choices))
    for value, rest, left in _branches(name, choices, impossible):
        here = _counted(rest, left)
        if place < here:
            return {name: value, **_at(place, rest, left)}
        place -= here
    raise IndexError("there are fewer combinations")


def _completed(begun: Combination, choices: Choices, impossible: Impossible, missing: Missing) -> Combination | None:
    """The combination that brings most missing pairs, a dimension at a time; None where none is possible."""
    if not choices:
        return begun
    name = _constrained(choices, impossible) or min(choices, key=lambda name: len(choices[name]))
    found = sorted(_branches(name, choices, impossible), key=lambda branch: -_gain(begun, (name, branch[0]), missing))
    made = (_completed({**begun, name: value}, rest, left, missing) for value, rest, left in found)
    return next((combination for combination in made if combination is not None), None)


def _gain(begun: Combination, new: tuple[str, str], missing: Missing) -> int:
    """How many missing pairs a value would bring."""
    return sum(frozenset((old, new)) in missing for old in begun.items())

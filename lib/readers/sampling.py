"""A sample of an import's traces: random by a seed, or stratified by a dimension. Pure: rows in, rows out.

Whether a trace is drawn depends on the seed and its id alone, not on the order of the file nor on rows added to it; a
larger sample holds the smaller one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from lib.records import ImportedRow, UsageError


@dataclass(frozen=True)
class Sample:
    """What is taken of a file; the mapping keeps it."""

    n: int
    seed: int = 0
    by: str | None = None  # a dimension: every value gets its share
    each: bool = False  # n of every value, in place of n in all


def draw(rows: Sequence[ImportedRow], sample: Sample) -> list[ImportedRow]:
    """The rows of the sample, in their order."""
    if sample.n < 1:
        raise UsageError(f"A sample of {sample.n} traces is none: name a number of 1 or more.")
    strata: dict[tuple[str, ...], list[ImportedRow]] = {}
    for row in rows:
        strata.setdefault(row.trace.dimensions.get(sample.by or "", ()), []).append(row)
    if sample.by and strata.keys() <= {()}:
        raise UsageError(f"No trace has the dimension '{sample.by}'. Name one that the import reads.")
    sizes = {value: len(found) for value, found in strata.items()}
    shares = dict.fromkeys(sizes, sample.n) if sample.each else proportional(sizes, sample.n)
    kept = {row.trace.id for value, found in strata.items() for row in _ranked(found, sample.seed)[:shares[value]]}
    return [row for row in rows if row.trace.id in kept]


def proportional(sizes: dict[tuple[str, ...], int], n: int) -> dict[tuple[str, ...], int]:
    """n shared out by size: whole parts first, then one more to each of the largest remainders."""
    total = sum(sizes.values())
    n = min(n, total)
    shares = {value: n * size // total for value, size in sizes.items()}
    most_left = sorted(sizes, key=lambda value: (-(n * sizes[value] % total), value))
    return shares | {value: shares[value] + 1 for value in most_left[:n - sum(shares.values())]}


def _ranked(rows: list[ImportedRow], seed: int) -> list[ImportedRow]:
    return sorted(rows, key=lambda row: hashlib.sha256(
        f"{seed}:{row.trace.id}".encode("utf-8", "surrogatepass")).digest())

"""A sample of an import's traces: random by a seed, or stratified by a dimension. Pure: rows in, rows out.

Whether a trace is drawn depends on the seed and its id alone, not on the order of the file nor on rows added to it; a
larger sample holds the smaller one.
"""

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
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
    kept = chosen(((row.trace.id, row.trace.dimensions.get(sample.by or "", ())) for row in rows), sample)
    return [row for row in rows if row.trace.id in kept]


def chosen(traces: Iterable[tuple[str, tuple[str, ...]]], sample: Sample) -> set[str]:
    """The ids of the sample, out of (id, values of the dimension it is shared out by); only those are held."""
    if sample.n < 1:
        raise UsageError(f"A sample of {sample.n} traces is none: name a number of 1 or more.")
    strata: dict[tuple[str, ...], list[tuple[int, str]]] = {}
    sizes: Counter[tuple[str, ...]] = Counter()
    for name, values in traces:
        sizes[values] += 1
        # The smallest ranks are drawn: the heap's first is the largest of those kept so far.
        kept, rank = strata.setdefault(values, []), (-_rank(name, sample.seed), name)
        if len(kept) < sample.n:
            heapq.heappush(kept, rank)
        else:
            heapq.heappushpop(kept, rank)
    if sample.by and sizes.keys() <= {()}:
        raise UsageError(f"No trace has the dimension '{sample.by}'. Name one that the import reads.")
    shares = dict.fromkeys(sizes, sample.n) if sample.each else proportional(sizes, sample.n)
    return {name for values, kept in strata.items() for _, name in heapq.nlargest(shares[values], kept)}


def proportional(sizes: dict[tuple[str, ...], int], n: int) -> dict[tuple[str, ...], int]:
    """n shared out by size: whole parts first, then one more to each of the largest remainders."""
    total = sum(sizes.values())
    n = min(n, total)
    shares = {value: n * size // total for value, size in sizes.items()}
    most_left = sorted(sizes, key=lambda value: (-(n * sizes[value] % total), value))
    return shares | {value: shares[value] + 1 for value in most_left[:n - sum(shares.values())]}


def _rank(name: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode("utf-8", "surrogatepass")).digest())

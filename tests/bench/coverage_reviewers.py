"""How often the 95 % intervals of alpha and AC1 hold: reviewers whose errors are known label traces, again and again.

    python -m tests.bench.coverage_reviewers [DATASETS]      1,000 of each setting where none is named; ten minutes

Each trace is a pass with the prevalence named, and each reviewer says so with the accuracy named. Prints for each
setting what is true, how often the interval holds it, and its mean width. An alpha that is undefined claims nothing, so
it misses nothing; how many are is printed, and beside it the coverage of those that were shown.
"""

import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import product

import numpy as np

from lib.records import Figure
from lib.statistics.reviewers import ac1, alpha

TRACES, PREVALENCE, ACCURACY = (20, 40, 100), (0.5, 0.8, 0.95), (0.95, 0.8)
REVIEWERS = ((3, 0.0), (2, 0.0), (5, 0.0), (3, 0.3))  # how many, and which share of their labels is missing
WANTED = 0.92


def main(datasets: int) -> None:
    """Measures and prints."""
    print(f"{datasets:,} datasets a setting\nreviewers missing traces prevalence accuracy  figure  true   held  shown "
          "undefined  width")
    for (reviewers, missing), n, rate, right in product(REVIEWERS, TRACES, PREVALENCE, ACCURACY):
        drawn = _drawn(reviewers, missing, n, rate, right, datasets)
        for name, figure_of, truth in zip(("alpha", "AC1"), (alpha, ac1), true_of(rate, right), strict=True):
            held, shown, undefined, width = _held(drawn, figure_of, truth)
            print(f"{reviewers:>9}{missing:>8.0%}{n:>7}{rate:>11.0%}{right:>9.0%}{name:>8}{truth:>6.2f}{held:>7.3f}"
                  f"{shown:>7.3f}{undefined:>10.1%}{width:>7.2f}{'' if held >= WANTED else '  below'}", flush=True)


def true_of(rate: float, right: float) -> tuple[float, float]:
    """(alpha, AC1) of endlessly many traces; neither depends on how many reviewers there are."""
    passes = rate * right + (1 - rate) * (1 - right)
    unlike, chance = 2 * right * (1 - right), 2 * passes * (1 - passes)
    return 1 - unlike / chance, (1 - unlike - chance) / (1 - chance)


def _drawn(reviewers: int, missing: float, n: int, rate: float, right: float, datasets: int) -> list[tuple]:
    """Of each dataset its traces by how many of their labels are pass and fail."""
    rng = np.random.default_rng([reviewers, round(missing * 100), n, round(rate * 100), round(right * 100)])
    shape = (datasets, n, reviewers)
    said = (rng.random((datasets, n, 1)) < rate) == (rng.random(shape) < right)
    there = rng.random(shape) >= missing
    passes, fails = (said & there).sum(axis=2), (~said & there).sum(axis=2)
    return [tuple(sorted(Counter(kind for kind in zip(p.tolist(), f.tolist(), strict=True) if sum(kind)).items()))
            for p, f in zip(passes, fails, strict=True)]


def _held(drawn: list[tuple], figure_of: Callable[[dict], Figure], truth: float) -> tuple[float, float, float, float]:
    """(coverage, coverage of what was shown, share undefined, mean width)."""
    found = cache(lambda table: figure_of(dict(table)))
    shown = [one for one in map(found, drawn) if one.value is not None]
    missed = sum(not one.low - 1e-12 <= truth <= one.high + 1e-12 for one in shown)
    return (1 - missed / len(drawn), 1 - missed / max(1, len(shown)), 1 - len(shown) / len(drawn),
            float(np.mean([one.high - one.low for one in shown])))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)

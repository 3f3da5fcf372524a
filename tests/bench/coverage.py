"""How often the 95 % intervals hold: labelled sets are drawn from judges whose errors are known, again and again.

    python -m tests.bench.coverage [DATASETS]      2,000 of each setting where none is named; about two minutes

Prints for each kind of interval and each number of labels the least coverage over prevalence, judge and unlabelled
traces, how many settings stay below 93 %, and the mean width. A figure that is refused claims nothing, so it misses
nothing; how many are is printed, and beside it the least coverage of those that were shown.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import numpy as np

from lib.records import Counts, Figure
from lib.statistics.corrected import corrected_rate
from lib.statistics.metrics import agreement, kappa, tnr, tpr

LABELS, PREVALENCE, UNLABELLED = (10, 20, 40, 100, 400), (0.5, 0.8, 0.95), (100, 1_000, 10_000)
JUDGES = ((0.98, 0.98), (0.9, 0.9), (0.7, 0.7), (0.98, 0.7), (0.7, 0.98))  # TPR, TNR
WANTED, SOFT = 0.92, 0.93


def main(datasets: int) -> None:
    """Measures and prints."""
    found: dict[tuple[str, int], list[tuple[float, float, float, float]]] = defaultdict(list)
    for n, rate, judge in product(LABELS, PREVALENCE, JUDGES):
        for name, truth, figures in _simulated(n, rate, judge, datasets):
            given = [one for one in figures if one.value is not None]
            if given:
                missed = sum(not one.low - 1e-12 <= truth <= one.high + 1e-12 for one in given)
                width = np.mean([one.high - one.low for one in given])
                found[name, n].append((1 - missed / len(figures), float(width), 1 - len(given) / len(figures),
                                       1 - missed / len(given)))
    print(f"{datasets:,} datasets a setting\n{'interval':<12}{'n':>5}{'settings':>10}{'least':>8}{'<.92':>6}{'<.93':>6}"
          f"{'width':>8}{'refused':>9}{'shown':>8}")
    for (name, n), rows in sorted(found.items()):
        held, width, refused, shown = zip(*rows, strict=True)
        print(f"{name:<12}{n:>5}{len(rows):>10}{min(held):>8.3f}{sum(one < WANTED for one in held):>6}"
              f"{sum(one < SOFT for one in held):>6}{np.mean(width):>8.3f}{np.mean(refused):>9.1%}"
              f"{min(shown):>8.3f}")


def _simulated(n: int, rate: float, judge: tuple[float, float], datasets: int) -> Iterator[
        tuple[str, float, list[Figure]]]:
    """(kind, what is true, the figure of each dataset) of one setting."""
    rng = np.random.default_rng([n, round(rate * 100), *(round(share * 100) for share in judge)])
    cells = np.array([rate * judge[0], rate * (1 - judge[0]), (1 - rate) * (1 - judge[1]), (1 - rate) * judge[1]])
    drawn = [Counts(*map(int, row)) for row in rng.multinomial(n, cells, size=datasets)]
    agrees, passes = cells[0] + cells[3], cells[0] + cells[2]
    chance = rate * passes + (1 - rate) * (1 - passes)
    yield "agreement", agrees, [agreement(counts) for counts in drawn]
    yield "tpr", judge[0], [tpr(counts) for counts in drawn]
    yield "tnr", judge[1], [tnr(counts) for counts in drawn]
    yield "kappa", (agrees - chance) / (1 - chance), [kappa(counts) for counts in drawn[:max(100, datasets // 10)]]
    for judged in UNLABELLED:
        seen = rng.binomial(judged, passes, size=datasets)
        yield "corrected", rate, [corrected_rate(counts, int(passed), judged)
                                  for counts, passed in zip(drawn, seen, strict=True)]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)

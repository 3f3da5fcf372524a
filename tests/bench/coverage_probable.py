"""How often the interval of the corrected pass rate from probabilities holds the true rate, simulated.

    python -m tests.bench.coverage_probable [datasets]    default 300; a quarter of an hour

Labelled and unseen traces are drawn with a known rate and a judge of a known AUC whose level is off; the unseen ones
also with another rate. Printed for each number of labels: the least coverage of the figures shown, the mean width, and
the share that was refused.
"""

import sys
from itertools import product
from statistics import mean

import numpy as np
from scipy.stats import norm

from lib.statistics.probable import probable_rate

LABELS, RATES, AUCS = (20, 40, 80, 200), (0.3, 0.5, 0.8, 0.95), (0.65, 0.8, 0.95)
LEVELS, UNSEEN, DRIFTS = (-2.5, 1.5), (100, 1_000), (0.0, 0.2, -0.2)
RAREST = 8  # labels of the rarer outcome, in the mean: below it nearly all are refused
SLOPE, WANTED, LEAST_SHOWN = 1.5, 0.93, 0.05


def drawn(chance: np.random.Generator, n: int, rate: float, auc: float, level: float) -> list[tuple[float, bool]]:
    """Probabilities of two normal humps as far apart as the AUC says, steeper and higher or lower than is true."""
    passed = chance.random(n) < rate
    z = chance.normal(size=n) + norm.ppf(auc) * np.sqrt(2) * (passed - 0.5)
    return list(zip((1 / (1 + np.exp(-(SLOPE * z + level)))).tolist(), passed.tolist(), strict=True))


def main(datasets: int) -> None:
    """Measures and prints."""
    for n in LABELS:
        rows = [one for setting in product(RATES, AUCS, LEVELS, UNSEEN, DRIFTS) if (one := measured(
            datasets, n, *setting))]
        enough = [held for held, share, _ in rows if share >= LEAST_SHOWN]
        print(f"{n} labels\t{len(rows)} settings\tleast coverage {min(enough):.3f}\tmean {mean(enough):.3f}\tunder "
              f"{WANTED} in {sum(one < WANTED for one in enough)}\tmean width {mean(row[2] for row in rows):.2f}\t"
              f"refused {1 - mean(row[1] for row in rows):.0%}", flush=True)


def measured(datasets: int, n: int, rate: float, auc: float, level: float, unseen: int,
             drift: float) -> tuple[float, float, float] | None:
    """(how often the figures shown held, the share that was shown, their mean width); None for too rare an outcome."""
    if not 0 < rate + drift < 1 or n * min(rate, 1 - rate) < RAREST:
        return None
    chance = np.random.default_rng(1)
    figures = [probable_rate(
        [(p, passed, f"l{at}") for at, (p, passed) in enumerate(drawn(chance, n, rate, auc, level))],
        [(p, f"u{at}") for at, (p, _) in enumerate(drawn(chance, unseen, rate + drift, auc, level))])
        for _ in range(datasets)]
    shown = [one for one in figures if one.value is not None]
    held = [one.low <= rate + drift <= one.high for one in shown]
    return (mean(held) if held else 1.0, len(shown) / datasets,
            mean(one.high - one.low for one in shown) if shown else 0.0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)

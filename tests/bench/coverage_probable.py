"""How often the rate from probabilities holds what is true: `python -m tests.bench.coverage_probable [datasets]`.

Labelled and unseen traces are drawn with a known pass rate, by a judge of a known AUC whose probabilities are at a
wrong level; among the unseen passes are as frequent as among the labelled, or rarer. Printed a line for each AUC and
number of labels: the least coverage of what was shown over all settings, the mean width, and the share refused, beside
the rate from verdicts. At the end the same where the judge's level moves between labelled and unseen traces, which no
figure of these labels can see. Not part of the tests: it takes minutes.
"""

import sys
from collections import defaultdict
from itertools import product

import numpy as np
from scipy.special import ndtri

from lib.records import Counts, Figure
from lib.records.rating import Tally
from lib.statistics.corrected import corrected_rate
from lib.statistics.probable import probable_rate

AUCS, LABELS, RATES, DRIFTS, LEVELS = (0.7, 0.85, 0.95), (20, 40, 80, 200), (0.5, 0.8), (0.0, -0.2), (-2.0, 0.0)
UNSEEN, STEEP, FEWEST, WANTED, LEAST_SHOWN = (100, 400), 1.5, 8, 0.93, 0.05
MOVED = 0.5  # on the logit
Row = tuple[Figure, float]


def main(datasets: int) -> None:
    """Measures and prints."""
    print("AUC, labels: least coverage of what is shown, mean width, share refused; from probabilities | from verdicts")
    least = 1.0
    for auc, n in product(AUCS, LABELS):
        found: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
        for rate, drift, level, unseen in product(RATES, DRIFTS, LEVELS, UNSEEN):
            if n * min(rate, 1 - rate) >= FEWEST:
                for name, rows in simulated(datasets, (auc, n, rate, drift, level, unseen), 0.0).items():
                    found[name].append(measured(rows))
        shown = [held for held, _, refused in found["probabilities"] if 1 - refused >= LEAST_SHOWN]
        least = min([least, *shown])
        print(f"{auc}, {n}: {said(found['probabilities'])} | {said(found['verdicts'])}", flush=True)
    print(f"Of what was shown at least {least:.3f} held ({WANTED} wanted)")
    for auc, n in product(AUCS, LABELS[1:]):
        rows = simulated(datasets, (auc, n, 0.5, 0.0, 0.0, UNSEEN[-1]), MOVED)
        print(f"level moved by {MOVED}: {auc}, {n}: {said([measured(rows['probabilities'])])} | "
              f"{said([measured(rows['verdicts'])])}", flush=True)


def measured(rows: list[Row]) -> tuple[float, float, float]:
    """(coverage of what is shown, mean width, share refused)."""
    given = [(one, truth) for one, truth in rows if one.value is not None]
    if not given:
        return 1.0, 0.0, 1.0
    held = sum(one.low - 1e-9 <= truth <= one.high + 1e-9 for one, truth in given) / len(given)
    return held, float(np.mean([one.high - one.low for one, _ in given])), 1 - len(given) / len(rows)


def said(found: list[tuple[float, float, float]]) -> str:
    """The least coverage where at least one of twenty is shown, and the means."""
    held = [one[0] for one in found if 1 - one[2] >= LEAST_SHOWN]
    widths = [one[1] for one in found if one[1]]
    return (f"{min(held):.3f}" if held else "–") + (f", {np.mean(widths):.2f}" if widths else "") + (
        f", {np.mean([one[2] for one in found]):.0%}")


def simulated(datasets: int, setting: tuple[float, ...], moved: float) -> dict[str, list[Row]]:
    """Both figures of each dataset, with what is true."""
    auc, n, rate, drift, level, unseen = setting
    rng, found = np.random.default_rng([int(100 * abs(one)) for one in (*setting, moved)]), defaultdict(list)
    apart = ndtri(auc) * np.sqrt(2)
    for _ in range(datasets):
        passed, seen = rng.random(int(n)) < rate, rng.random(int(unseen)) < rate + drift
        known, others = (1 / (1 + np.exp(-STEEP * (rng.normal(size=len(one)) + apart * (one - 0.5)) - level - by))
                         for one, by in ((passed, 0.0), (seen, moved)))
        found["probabilities"].append((probable_rate(
            [(p, bool(good), f"k{place}") for place, (p, good) in enumerate(zip(known.tolist(), passed, strict=True))],
            [(p, f"u{place}") for place, p in enumerate(others.tolist())]), rate + drift))
        found["verdicts"].append((_by_verdicts(known, passed, others), rate + drift))
    return found


def _by_verdicts(known: np.ndarray, passed: np.ndarray, others: np.ndarray) -> Figure:
    says, n = known >= 0.5, int((others >= 0.5).sum())
    return corrected_rate(Counts(*(int(((passed == a) & (says == b)).sum()) for a in (True, False)
                                   for b in (True, False))), Tally(0, 0, n, len(others) - n))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)

"""How far probabilities can be believed in each slice: their level, their Brier and their ranking, each with interval.

Pure functions of calibrated probabilities, labels and groups.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.records import Figure
from lib.statistics import calibration, metrics
from lib.statistics.probable import Known

FEWEST = 10  # traces of a slice: with fewer its figures say nothing


@dataclass(frozen=True)
class Believed:
    """A slice of n traces: mean probability, share of passes, the gap of the two, Brier, AUC."""

    value: str
    n: int
    mean: float
    passes: Figure
    gap: Figure  # mean probability less share of passes: above 0 the probabilities are too high
    brier: Figure
    auc: Figure

    @property
    def off(self) -> bool:
        """Whether its level is surely wrong: the interval of the gap holds no 0."""
        return self.gap.low is not None and not self.gap.low <= 0 <= self.gap.high


def believed(slices: Mapping[str, Sequence[Known]]) -> list[Believed]:
    """The slices, the widest gap first and those with too few traces last."""
    found = [_of(value, known) for value, known in slices.items() if known]
    return sorted(found, key=lambda one: (one.gap.value is None, -abs(one.gap.value or 0.0), one.value))


def _of(value: str, known: Sequence[Known]) -> Believed:
    pairs = [(p, passed) for p, passed, _ in known]
    passes = sum(passed for _, passed in pairs)
    return Believed(value, len(known), sum(p for p, _ in pairs) / len(pairs), metrics.wilson(passes, len(pairs)),
                    mean([(p - passed, group) for p, passed, group in known], -1.0),
                    mean([((p - passed) ** 2, group) for p, passed, group in known], 0.0), calibration.auc(pairs))


def mean(found: Sequence[tuple[float, str]], least: float) -> Figure:
    """A mean with Student's t over groups, cut at `least` and 1; undefined with fewer than 10 traces or 2 groups."""
    if len(found) < FEWEST:
        return Figure(None, why=f"it takes {FEWEST} traces, and there are {len(found)}")
    value, added = sum(one for one, _ in found) / len(found), {}
    for one, group in found:
        added[group] = added.get(group, 0.0) + (one - value) / len(found)
    groups = len(added)
    if groups < 2:
        return Figure(None, why="all its traces share one input or session")
    from scipy.special import stdtrit  # here, not above: few projects need it, and it takes a moment to load

    spread = math.sqrt(sum(one * one for one in added.values()) * groups / (groups - 1))
    away = float(stdtrit(groups - 1, 0.975)) * spread
    return Figure(value, max(least, value - away), min(1.0, value + away), n=len(found))

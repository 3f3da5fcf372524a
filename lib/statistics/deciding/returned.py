"""Is a fixed failure back? How many of its traces fail again, read by a judge who errs in both directions.

Pure. The judge's errors come from labelled pairs; what the expert has looked at himself is taken as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lib.records import Counts, Figure
from lib.records.rating import Tally
from lib.statistics import effective
from lib.statistics.effective import deflated
from lib.statistics.metrics import PLACES

MOST = 0.5  # share of a failure mode's traces that may fail again, where nobody chooses another
_CHANCE, _END = 0.0125, 0.00625  # of one side: of the count, and of either end of TPR and TNR; together 0.025
_STEPS = 30  # halvings
_MORE = 2_000  # traces; a failure mode has no more
NOT_BETTER = "the judge is not surely better than chance"


@dataclass(frozen=True)
class Again:
    """Answers to the traces of a failure mode: how many fail, and of how many, by the judge and by the expert."""

    failed: int = 0
    judged: int = 0
    failed_by_label: int = 0
    labelled: int = 0

    @classmethod
    def of(cls, tally: Tally) -> "Again":
        """From outcomes, the expert's and the judge's; those that are not independent count as fewer."""
        n = tally.labelled + tally.judged
        part = effective.of_share(tally, (1, 3), (0, 1, 2, 3)) / n if n else 1.0
        return cls(*deflated(tally.judged_fails, tally.judged, part * tally.judged),
                   *deflated(tally.fails, tally.labelled, part * tally.labelled))

    @property
    def n(self) -> int:
        """All with an outcome."""
        return self.judged + self.labelled


@dataclass(frozen=True)
class Judge:
    """How seldom and how often a judge fails what passes, and what fails: the ends of both shares, surely."""

    wrong: tuple[float, float]  # of passes that it fails: 1 - TPR
    right: tuple[float, float]  # of fails that it fails: TNR
    point: tuple[float, float]

    @property
    def useful(self) -> bool:
        """Whether a fail is surely failed more often than a pass."""
        return self.right[0] > self.wrong[1]


def judge_of(pairs: Counts) -> Judge | None:
    """From labelled pairs, by the exact ends of Clopper and Pearson (1934, Biometrika 26:404-413); None without both.

    Pairs that are not independent count as fewer.
    """
    passes, fails = pairs.pass_pass + pairs.pass_fail, pairs.fail_pass + pairs.fail_fail
    if not passes or not fails:
        return None
    tpr, tnr = (_ends(*deflated(k, n, effective.of_share(pairs, *PLACES[name]))) for name, k, n in (
        ("tpr", pairs.pass_pass, passes), ("tnr", pairs.fail_fail, fails)))
    return Judge((1 - tpr[1], 1 - tpr[0]), tnr, (pairs.pass_fail / passes, pairs.fail_fail / fails))


def _ends(k: int, n: int) -> tuple[float, float]:
    from scipy.special import betaincinv  # here, not above: few commands need it, and it takes a moment to load

    return (float(betaincinv(k, n - k + 1, _END)) if k else 0.0,
            float(betaincinv(k + 1, n - k, 1 - _END)) if k < n else 1.0)


def share(again: Again, judge: Judge | None) -> Figure:
    """The share of the traces that truly fail again, with an interval that a true share lies outside of at most
    2.5 times in 100 on either side.

    The value is that of Rogan and Gladen (1978), within 0 to 1. The ends invert the exact test of the count, at the
    worst TPR and TNR within their own exact ends (Berger and Boos 1994, Journal of the American Statistical Association
    89:1012-1016). Undefined without an answer, and where the judge is not surely better than chance.
    """
    if not again.n:
        return Figure(None, why="none of its traces has a new answer with an outcome")
    if again.judged and (judge is None or not judge.useful):
        return Figure(None, why=NOT_BETTER if judge else "the judge was never measured on passes and on fails")
    wrong, right = (judge.wrong, judge.right) if judge else ((0.0, 0.0), (1.0, 1.0))
    k = again.failed + again.failed_by_label
    high = _end(lambda true: _tail(again, true, wrong[0], right[0], k, below=True))
    low = 1 - _end(lambda true: _tail(again, 1 - true, wrong[1], right[1], k, below=False))
    value = min(max(_point(again, judge), low), high)
    return Figure(value, low, high, n=again.n)


def _point(again: Again, judge: Judge | None) -> float:
    true = again.failed_by_label
    if again.judged:
        wrong, right = judge.point
        true += again.judged * min(1.0, max(0.0, (again.failed / again.judged - wrong) / (right - wrong)))
    return true / again.n


def _end(chance: Callable[[float], float]) -> float:
    """The smallest share from which on the chance, which falls, is small enough; 1 where it never is."""
    if chance(1.0) > _CHANCE:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if chance(middle) <= _CHANCE else (middle, high)
    return high


def _tail(again: Again, true: float, wrong: float, right: float, k: int, below: bool) -> float:
    """How often so few, or so many, fail where this share truly does; of what is labelled it fails as it is."""
    import numpy as np  # here, not above: pages start faster without it

    chances = np.convolve(_binomial(again.judged, true * right + (1 - true) * wrong), _binomial(again.labelled, true))
    return float(chances[:k + 1].sum() if below else chances[k:].sum())


def _binomial(n: int, share: float):
    import numpy as np
    from scipy.special import bdtr

    return np.diff(bdtr(np.arange(n + 1), n, share), prepend=0.0) if n else np.ones(1)


def more(again: Again, judge: Judge | None, most: float) -> int | None:
    """How many traces more, judged, would decide it if the share that fails stays; None: nobody can say."""
    if not again.n or judge is None or not judge.useful:
        return None
    failing = (again.failed + again.failed_by_label) / again.n

    def decided(extra: int) -> bool:
        judged = again.n + extra
        found = share(Again(round(failing * judged), judged), judge)
        return found.high <= most or found.low > most

    extra = 1
    while not decided(extra):
        extra *= 2
        if extra > _MORE:
            return None
    low = extra // 2
    while low + 1 < extra:
        middle = (low + extra) // 2
        low, extra = (low, middle) if decided(middle) else (middle, extra)
    return extra

"""Coverage and risk: on how much a judge may decide alone, and how often it is right there.

Pure functions of answers, each with how sure the judge is of it. An undefined figure is None with its reason.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from lib.records import Figure
from lib.statistics import metrics
from lib.statistics.calibration import CLIP, logit, sigmoid

SHARES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.4, 0.3, 0.2, 0.1)


@dataclass(frozen=True)
class Answer:
    """What a judge said of a labelled trace: how far from its cut, and whether it and a second one were right."""

    distance: float  # 0 or more; `distance` gives it
    right: bool
    second: bool | None = None  # None: the second judge has said nothing of this trace


@dataclass(frozen=True)
class Row:
    """What follows where the second is asked up to a distance: shares of n labelled traces, with Wilson intervals."""

    within: float  # the second is asked up to this distance; below 0 of none
    n: int
    alone: int  # traces that the first judge decides
    agreement: Figure  # of those: how often it says what the expert says
    left: Figure  # the same of the rest, were it to decide them too
    second: Figure  # of the second judge on the rest
    whole: Figure  # of both together on all traces
    by_expert: Figure  # on all traces, where the expert decides the rest

    @property
    def share(self) -> float:
        """The share of traces that the first judge decides alone."""
        return self.alone / self.n


def distance(probability: float, cut: float) -> float:
    """How far a probability of pass lies from the cut, on the logit scale: alike on both sides, whatever its level."""
    return abs(logit(probability) - logit(cut))


def band(within: float, cut: float) -> tuple[float, float]:
    """The lowest and highest probability within a distance of the cut; (1, 0), which holds none, below 0."""
    if within < 0:
        return 1.0, 0.0
    at = logit(cut)
    # Beyond the clip all probabilities are alike: a band that reaches it reaches the end.
    low, high = sigmoid(at - within), sigmoid(at + within)
    return (0.0 if low <= CLIP else low), (1.0 if high >= 1 - CLIP else high)


def curve(answers: Sequence[Answer]) -> list[Row]:
    """A row for each share in SHARES that the answers can give, the largest first; [] without answers.

    Answers of one distance are decided alike, so that a row may leave fewer alone than its share.
    """
    rows = [at_share(answers, share) for share in SHARES] if answers else []
    return list({row.alone: row for row in rows if row.alone}.values())


def at_share(answers: Sequence[Answer], share: float) -> Row:
    """The row that leaves at most this share of the answers alone, and as near to it as their ties allow."""
    ordered = _surest(answers)
    return _row(answers, _within(ordered, math.floor(share * len(ordered) + 1e-9)))


def at_target(answers: Sequence[Answer], target: float) -> Row | None:
    """The row that leaves most alone where the lower end of their agreement reaches the target; None where none does.

    Many rows are looked at, so the end is a little too high: only other labels can confirm it.
    """
    ordered = _surest(answers)
    right = list(accumulate(one.right for one in ordered))
    for n in range(len(ordered), 0, -1):
        tied = n < len(ordered) and ordered[n].distance == ordered[n - 1].distance
        if not tied and metrics.wilson(right[n - 1], n).low >= target:
            return _row(answers, _within(ordered, n))
    return None


def _surest(answers: Sequence[Answer]) -> list[Answer]:
    return sorted(answers, key=lambda one: -one.distance)


def _within(ordered: list[Answer], alone: int) -> float:
    """Up to where the second is asked, so that at most so many of the surest are decided alone."""
    if alone >= len(ordered):
        return -1.0
    within = ordered[alone].distance
    while alone and ordered[alone - 1].distance == within:
        alone -= 1
    # Between the two neighbours, so that a new answer nearly as far as the last one alone is alone too.
    return (within + ordered[alone - 1].distance) / 2 if alone else within


def _row(answers: Sequence[Answer], within: float) -> Row:
    alone = [one for one in answers if one.distance > within]
    rest = [one for one in answers if one.distance <= within]
    known = [one for one in rest if one.second is not None]
    right = sum(one.right for one in alone)
    whole = metrics.wilson(right + sum(one.second for one in known), len(answers)) if len(known) == len(rest) else (
        Figure(None, why="the second judge has not judged all of the rest"))
    return Row(within, len(answers), len(alone), metrics.wilson(right, len(alone)),
               metrics.wilson(sum(one.right for one in rest), len(rest)),
               metrics.wilson(sum(one.second for one in known), len(known)), whole,
               metrics.wilson(right + len(rest), len(answers)))

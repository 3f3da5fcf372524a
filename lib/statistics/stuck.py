"""Agreement that stands still: whether it does, what the data say of the three causes, and what to do about each.

Pure. The causes are the method's own: the expert and the process, the data and the examples, the expectation and the
scope. Knows no store and no screen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lib.prompting.lint import Remark
from lib.records import Figure
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.breakdowns import Slice
from lib.statistics.versions import Measured

VERSIONS = 3  # so many in a row without a difference are no accident
SPREAD = 0.02  # shares this near to each other are the same for whoever decides
CHANCE = 0.05
_PAIRS = 3  # of three versions
LOW = 0.8  # below it a TPR or TNR is low
SAME = 0.05  # a rate that moved by less over the versions stands still
SLICES_APART = 0.2  # between the best and the worst slice: the AI system is judged on too much at once
MOSTLY, SOME = 0.8, 0.3  # shares of labels by the principal, of critiques too short to teach
EXPERT, DATA, SCOPE = "the expert and the process", "the data and the examples", "the expectation and the scope"
LIKELY, CLEAR, UNKNOWN = "likely", "not it", "not known"
_OF_EXAMPLES = ("no critiques", "terse critiques", "one outcome", "few situations", "missing context",
                "examples not shown")


@dataclass(frozen=True)
class Flat:
    """Whether the agreement stands still, the versions that is said of, and why."""

    points: tuple[Measured, ...]
    flat: bool
    why: str


@dataclass(frozen=True)
class Facts:
    """What the causes are checked against."""

    principal: str
    stands_in: bool  # for the expert: a developer, a proxy
    by_principal: Figure  # share of all labels
    terse: Figure  # share of the principal's newest critiques that are too short to teach
    own: Figure  # how often the expert gives the same outcome again
    target: float
    examples: int
    remarks: Sequence[Remark]
    slices: Sequence[tuple[str, Slice]]  # (dimension, slice), only those with enough pairs
    points: Sequence[Measured]


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: the cause it belongs to, what the data say, and whether that speaks for it."""

    cause: str
    state: str
    text: str


def comparable(points: Sequence[Measured]) -> tuple[Measured, ...]:
    """The newest three versions measured on one set of traces; fewer where no set has three."""
    sets: dict[str, list[Measured]] = {}
    for point in sorted(points, key=lambda one: one.version):
        sets.setdefault(point.traces, []).append(point)
    best = max(sets.values(), key=lambda found: (min(len(found), VERSIONS), found[-1].version, found[-1].counts.n),
               default=[])
    return tuple(best[-VERSIONS:])


def extremes(points: Sequence[Measured]) -> tuple[Measured, Measured]:
    """The version that agrees least and the one that agrees most."""
    ordered = sorted(points, key=_agreement)
    return ordered[0], ordered[-1]


def _agreement(point: Measured) -> float:
    return metrics.agreement(point.counts).value or 0.0


def flatness(points: Sequence[Measured], target: float, p: Callable[[Measured, Measured], float]) -> Flat:
    """Flat: the best of three versions is below the target, and within two points of the worst or of chance.

    `p` gives the exact test of the flips between two versions: both judged the same traces, so what flipped is all
    that tells them apart, and intervals of each alone would overlap much too easily. Worst and best are picked by
    looking, out of three pairs: p is taken three times (Bonferroni), so that of three equal versions at most 1 in 20
    are said to move.
    """
    kept = tuple(points)
    if len(kept) < VERSIONS:
        return Flat(kept, False, f"It takes {VERSIONS} versions measured on the same set of traces to say whether the "
                                 f"agreement stands still; there are {len(kept)}.")
    worst, best = extremes(kept)
    low, high = _agreement(worst), _agreement(best)
    numbers = ", ".join(str(point.version) for point in kept)
    between = f"Versions {numbers} agree on {low:.0%} to {high:.0%} of the same {counted(best.counts.n, 'trace')}"
    if high >= target:
        return Flat(kept, False, f"{between}: the target of {target:.0%} is reached.")
    if high - low < SPREAD:
        return Flat(kept, True, f"{between}: less than {SPREAD * 100:.0f} points apart.")
    if (chance := min(1.0, _PAIRS * p(worst, best))) >= CHANCE:
        return Flat(kept, True, f"{between}, and that may well be chance (p = {chance:.2f}, exact test of the flips, "
                                "for the three pairs together).")
    return Flat(kept, False, f"{between}: it still moves.")


def findings(facts: Facts) -> list[Finding]:
    """Every check of every cause, in the order of the causes."""
    return [_principal(facts), _labels(facts), _terse(facts), _consistent(facts), _examples(facts), _context(facts),
            _slices(facts), _expectation(facts), _scope(facts)]


def _principal(facts: Facts) -> Finding:
    if facts.stands_in:
        return Finding(EXPERT, LIKELY, f"{facts.principal} only stands in for the expert: the judge is brought into "
                                       "line with somebody who does not know the domain best.")
    return Finding(EXPERT, CLEAR, f"One principal expert is named: {facts.principal}.")


def _labels(facts: Facts) -> Finding:
    share = facts.by_principal
    if share.value is None:
        return Finding(EXPERT, UNKNOWN, f"Labels by the principal: {share.why}.")
    return Finding(EXPERT, CLEAR if share.value >= MOSTLY else LIKELY,
                   f"{share.value:.0%} of all labels are by {facts.principal}; no others count here.")


def _terse(facts: Facts) -> Finding:
    share = facts.terse
    if share.value is None:
        return Finding(EXPERT, UNKNOWN, f"Length of the critiques: {share.why}.")
    return Finding(EXPERT, LIKELY if share.value >= SOME else CLEAR,
                   f"{share.value:.0%} of the newest critiques are too short to teach a new colleague, or a judge.")


def _consistent(facts: Facts) -> Finding:
    own = facts.own
    if own.value is None:
        return Finding(EXPERT, UNKNOWN, f"The expert's own consistency: {own.why}.")
    return Finding(EXPERT, LIKELY if own.value < facts.target else CLEAR,
                   f"{facts.principal} gave the same outcome again on {own.value:.0%} of the traces that came back "
                   f"({metrics.format_interval('agreement', own)}).")


def _examples(facts: Facts) -> Finding:
    found = [one for one in facts.remarks if one.name in _OF_EXAMPLES and one.name != "missing context"]
    if found:
        return Finding(DATA, LIKELY, " ".join(one.text for one in found))
    return Finding(DATA, CLEAR, f"The {counted(facts.examples, 'example shows', 'examples show')} both outcomes and "
                                "different situations.")


def _context(facts: Facts) -> Finding:
    found = next((one for one in facts.remarks if one.name == "missing context"), None)
    return Finding(DATA, LIKELY, found.text) if found else Finding(DATA, CLEAR, "The judge sees what the expert saw.")


def _slices(facts: Facts) -> Finding:
    if not facts.slices:
        return Finding(DATA, UNKNOWN, "By slice: no value of a dimension has enough pairs yet.")
    lowest = sorted(facts.slices, key=lambda one: one[1].agreement.value)[:3]
    words = "; ".join(f"{name} = {one.value}: {one.agreement.value:.0%} of {one.counts.n:,}" for name, one in lowest)
    low = lowest[0][1].agreement.high < facts.target
    return Finding(DATA, LIKELY if low else CLEAR, f"Lowest agreement by slice: {words}.")


def _expectation(facts: Facts) -> Finding:
    own = facts.own
    if own.value is None:
        return Finding(SCOPE, UNKNOWN, f"Whether {facts.target:.0%} can be reached at all: {own.why}.")
    above = facts.target > own.value
    return Finding(SCOPE, LIKELY if above else CLEAR, f"The target is {facts.target:.0%}, and the expert agrees with "
                   f"themselves on {own.value:.0%}" + (": no judge can be expected to do better." if above else "."))


def _scope(facts: Facts) -> Finding:
    spread = _spread(facts.slices)
    if spread is None:
        return Finding(SCOPE, UNKNOWN, "Whether the AI system is judged on too much at once: it takes a dimension with "
                                       "two values that have enough pairs.")
    name, apart = spread
    return Finding(SCOPE, LIKELY if apart >= SLICES_APART else CLEAR,
                   f"Between the best and the worst value of {name} lie {apart * 100:.0f} points of agreement.")


def _spread(slices: Sequence[tuple[str, Slice]]) -> tuple[str, float] | None:
    values: dict[str, list[float]] = {}
    for name, one in slices:
        values.setdefault(name, []).append(one.agreement.value)
    apart = {name: max(found) - min(found) for name, found in values.items() if len(found) > 1}
    return max(apart.items(), key=lambda one: one[1], default=None)


def advice(facts: Facts) -> list[str]:
    """What helps by the rates: labels that differ from themselves first, for no other cure works before that one."""
    found = []
    if facts.own.value is not None and facts.own.value < facts.target:
        found.append("The labels are not consistent: revisit them with the criteria before another edit of the prompt.")
    if not facts.points:
        return found
    tpr, tnr = metrics.tpr(facts.points[-1].counts).value, metrics.tnr(facts.points[-1].counts).value
    if tpr is None or tnr is None:
        return found
    if tpr < LOW and tnr < LOW:
        found.append(f"TPR ({tpr:.0%}) and TNR ({tnr:.0%}) are both low: try a stronger model, not another wording.")
    elif _still(facts.points, metrics.tpr) and _still(facts.points, metrics.tnr):
        found.append(f"TPR ({tpr:.0%}) and TNR ({tnr:.0%}) both stand still: the criterion is more than one. Split it, "
                     "and give each part a judge of its own.")
    return found


def _still(points: Sequence[Measured], rate: object) -> bool:
    values = [rate(point.counts).value for point in points]
    return len(values) >= VERSIONS and None not in values and max(values) - min(values) < SAME

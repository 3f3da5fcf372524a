"""The corrected pass rate: what a judge's verdicts say of the true rate, once its own errors are taken off.

Pure functions of counts, expert first. Closed forms, no draws: the same counts always give the same figure.
"""

import math

from lib.records import Counts, Figure
from lib.records.rating import Tally
from lib.statistics import effective
from lib.statistics.metrics import PLACES, Z, share, tnr, tpr

ENOUGH = 10  # labelled passes, and labelled fails: with fewer, TPR and TNR say too little to correct anything
_Z2 = Z * Z
# The cells of a Tally: what the expert passed and failed, what a judge alone did.
_PASSES, _LABELLED, _JUDGED_PASSES, _JUDGED = (0,), (0, 1), (2,), (2, 3)


def corrected_rate(counts: Counts, rated: Tally) -> Figure:
    """The pass rate of some traces, corrected for the judge's own errors (Rogan and Gladen 1978).

    `counts` are labelled pairs, which give TPR and TNR. What is labelled of the rated traces stays as it is and only
    the rest is corrected. The interval is that of Lang and Reiczigel (2014, Preventive Veterinary Medicine 113:13-22),
    each size the effective one. Undefined with fewer than 10 labels of either outcome, without judged traces, and where
    the judge is not surely better than chance.
    """
    if (rated.judged or not rated.labelled) and (why := _uncorrectable(counts, rated.judged)):
        return Figure(None, why=why)
    if not rated.judged:
        return share(rated, _PASSES, _LABELLED)
    return of_enough(counts, rated)


def of_enough(counts: Counts, rated: Tally) -> Figure:
    """The same without asking whether the labels are enough: two outcomes, and a judge better than chance, are."""
    point, middle, spread = rogan_gladen(counts, rated), *_lang_reiczigel(counts, rated)
    if rated.labelled:
        part = rated.judged / (rated.judged + rated.labelled)
        its_middle, its_variance = effective.widened(rated, _PASSES, _LABELLED, by=_Z2 / 2)
        point = part * point + (1 - part) * rated.passes / rated.labelled
        middle = part * middle + (1 - part) * its_middle
        spread = math.hypot(part * spread, (1 - part) * math.sqrt(its_variance))
    low, high = max(0.0, middle - Z * spread), min(1.0, middle + Z * spread)
    return Figure(point, min(low, point), max(high, point))


def _lang_reiczigel(counts: Counts, rated: Tally) -> tuple[float, float]:
    """The middle of the interval and its standard error; each share with the successes and failures that widen it.

    TPR and TNR with one of each, the observed rate with z²/2 of each (Agresti and Coull 1998).
    """
    (right, of_passes), (wrong, of_fails) = (effective.widened(counts, *PLACES[name], by=1) for name in ("tpr", "tnr"))
    observed, by_judge = effective.widened(rated, _JUDGED_PASSES, _JUDGED, by=_Z2 / 2)
    youden = right + wrong - 1
    if youden <= 0:
        return 0.5, 0.5
    rate = (observed + wrong - 1) / youden
    shift = 2 * _Z2 * (rate * of_passes - (1 - rate) * of_fails)
    variance = by_judge + rate**2 * of_passes + (1 - rate) ** 2 * of_fails
    return rate + shift, math.sqrt(variance) / youden


def missing(counts: Counts) -> str:
    """Why there are not enough labels to correct a judge's rates, or nothing: the one rule for all of them."""
    passes, fails = counts.pass_pass + counts.pass_fail, counts.fail_pass + counts.fail_fail
    if passes >= ENOUGH and fails >= ENOUGH:
        return ""
    return (f"not enough labels: it takes {ENOUGH} passes and {ENOUGH} fails of the expert on judged traces, "
            f"and there are {passes} and {fails}")


def _uncorrectable(counts: Counts, judged: int) -> str:
    """Why there is no corrected rate, or nothing."""
    if why := missing(counts):
        return why
    if not judged:
        return "judged traces without a label are needed, and there are none"
    passes, fails = counts.pass_pass + counts.pass_fail, counts.fail_pass + counts.fail_fail
    # Whole numbers, so that 1 is met exactly.
    if counts.pass_pass * fails + counts.fail_fail * passes <= passes * fails:
        return "TPR and TNR add up to 1 or less: the judge is no better than chance"
    sides = tpr(counts), tnr(counts)
    if sides[0].value + sides[1].value - 1 <= math.hypot(*(side.value - side.low for side in sides)):
        return (f"by so few labels the judge may be no better than chance: TPR {sides[0].value:.0%} (from "
                f"{sides[0].low:.0%}), TNR {sides[1].value:.0%} (from {sides[1].low:.0%})")
    return ""


def rogan_gladen(counts: Counts, rated: Tally) -> float:
    """(observed + TNR - 1) / (TPR + TNR - 1) of what a judge alone has said, cut at 0 and 1."""
    return min(1.0, max(0.0, _uncut(counts, rated)))


def _uncut(counts: Counts, rated: Tally) -> float:
    right, wrong = tpr(counts).value, tnr(counts).value
    return (rated.judged_passes / rated.judged + wrong - 1) / (right + wrong - 1)


def remarks(counts: Counts, rated: Tally) -> list[str]:
    """What a reader of the corrected rate must know, in sentences: that it was cut, or stands on unlike labels.

    The judge can pass no less than 1 - TNR and no more than TPR of any traces; an observed rate beyond that by more
    than chance (two-sided z test at 5 %) says that it errs otherwise on these traces than on the labelled ones.
    """
    if not rated.judged or _uncorrectable(counts, rated.judged):
        return []
    said, observed = [], rated.judged_passes / rated.judged
    if not 0 <= _uncut(counts, rated) <= 1:
        said.append("The rate was cut at its end: by its TPR and TNR the judge could not pass "
                    f"{'so few' if _uncut(counts, rated) < 0 else 'so many'}.")
    judged = effective.of_share(rated, _JUDGED_PASSES, _JUDGED)
    for bound, n, beyond in (
            (tpr(counts).value, effective.of_share(counts, *PLACES["tpr"]), observed - tpr(counts).value),
            (1 - tnr(counts).value, effective.of_share(counts, *PLACES["tnr"]), 1 - tnr(counts).value - observed)):
        if judged and n and beyond > Z * math.sqrt(observed * (1 - observed) / judged + bound * (1 - bound) / n):
            said.append("The labelled traces do not stand for these: the judge passes "
                        f"{observed:.0%}, and by its TPR and TNR it passes {1 - tnr(counts).value:.0%} to "
                        f"{tpr(counts).value:.0%} of any traces.")
    return said

"""The corrected pass rate: what a judge's verdicts say of the true rate, once its own errors are taken off.

Pure functions of counts, expert first. Closed forms, no draws: the same counts always give the same figure.
"""

import math
from collections.abc import Sequence

from lib.records import FAIL, PASS, Counts, Figure
from lib.statistics.metrics import Z, tnr, tpr, wilson

_Z2 = Z * Z


def corrected_rate(counts: Counts, judged_pass: int, judged: int) -> Figure:
    """The pass rate of unlabelled traces, corrected for the judge's own errors (Rogan and Gladen 1978).

    `counts` are labelled pairs; of `judged` traces without a label the judge passed `judged_pass`. The interval is that
    of Lang and Reiczigel (2014, Preventive Veterinary Medicine 113:13-22). Undefined when an outcome is missing, or the
    judge is not surely better than chance.
    """
    return corrected_rates(counts, [(judged_pass, judged, 0, 0)])[0]


def corrected_rates(counts: Counts, cells: Sequence[tuple[int, int, int, int]]) -> list[Figure]:
    """The same for several sets of traces, each (judged pass, judged, labelled pass, labelled).

    What is labelled stays as it is and only the rest is corrected.
    """
    return [_of_cell(counts, cell) for cell in cells]


def _of_cell(counts: Counts, cell: tuple[int, int, int, int]) -> Figure:
    passed, judged, labelled_pass, labelled = cell
    if (judged or not labelled) and (why := _uncorrectable(counts, judged)):
        return Figure(None, why=why)
    if not judged:
        return wilson(labelled_pass, labelled)
    point, middle, spread = rogan_gladen(counts, passed, judged), *_lang_reiczigel(counts, passed, judged)
    if labelled:
        share, its_middle, its_spread = judged / (judged + labelled), *_wald(labelled_pass, labelled)
        point = share * point + (1 - share) * labelled_pass / labelled
        middle = share * middle + (1 - share) * its_middle
        spread = math.hypot(share * spread, (1 - share) * its_spread)
    low, high = max(0.0, middle - Z * spread), min(1.0, middle + Z * spread)
    return Figure(point, min(low, point), max(high, point))


def _lang_reiczigel(counts: Counts, passed: int, judged: int) -> tuple[float, float]:
    """The middle of the interval and its standard error; each share with the successes and failures that widen it."""
    passes, fails = _sides(counts)
    right, wrong = (counts.pass_pass + 1) / (passes + 2), (counts.fail_fail + 1) / (fails + 2)
    observed, by_judge = _wald(passed, judged)
    of_passes, of_fails = right * (1 - right) / (passes + 2), wrong * (1 - wrong) / (fails + 2)
    youden = right + wrong - 1
    if youden <= 0:
        return 0.5, 0.5
    rate = (observed + wrong - 1) / youden
    shift = 2 * _Z2 * (rate * of_passes - (1 - rate) * of_fails)
    variance = by_judge**2 + rate**2 * of_passes + (1 - rate) ** 2 * of_fails
    return rate + shift, math.sqrt(variance) / youden


def _wald(k: int, n: int) -> tuple[float, float]:
    """A share with z²/2 successes and as many failures added (Agresti and Coull 1998), and its standard error."""
    share = (k + _Z2 / 2) / (n + _Z2)
    return share, math.sqrt(share * (1 - share) / (n + _Z2))


def _sides(counts: Counts) -> tuple[int, int]:
    return counts.pass_pass + counts.pass_fail, counts.fail_pass + counts.fail_fail


def _uncorrectable(counts: Counts, judged: int) -> str:
    """Why there is no corrected rate, or nothing."""
    passes, fails = _sides(counts)
    if not passes or not fails:
        missing = "pass and no fail" if not passes and not fails else FAIL if passes else PASS
        return f"labels of both outcomes are needed, and the judged traces have no {missing} that counts"
    if not judged:
        return "judged traces without a label are needed, and there are none"
    # Whole numbers, so that 1 is met exactly.
    if counts.pass_pass * fails + counts.fail_fail * passes <= passes * fails:
        return "TPR and TNR add up to 1 or less: the judge is no better than chance"
    sides = tpr(counts), tnr(counts)
    if sides[0].value + sides[1].value - 1 <= math.hypot(*(side.value - side.low for side in sides)):
        return (f"by so few labels the judge may be no better than chance: TPR {sides[0].value:.0%} (from "
                f"{sides[0].low:.0%}), TNR {sides[1].value:.0%} (from {sides[1].low:.0%})")
    return ""


def rogan_gladen(counts: Counts, passed: int, judged: int) -> float:
    """(observed + TNR - 1) / (TPR + TNR - 1), cut at 0 and 1."""
    return min(1.0, max(0.0, _uncut(counts, passed, judged)))


def _uncut(counts: Counts, passed: int, judged: int) -> float:
    right, wrong = tpr(counts).value, tnr(counts).value
    return (passed / judged + wrong - 1) / (right + wrong - 1)


def remarks(counts: Counts, passed: int, judged: int) -> list[str]:
    """What a reader of the corrected rate must know, in sentences: that it was cut, or stands on unlike labels.

    The judge can pass no less than 1 - TNR and no more than TPR of any traces; an observed rate beyond that by more
    than chance (two-sided z test at 5 %) says that it errs otherwise on these traces than on the labelled ones.
    """
    if _uncorrectable(counts, judged):
        return []
    said, observed = [], passed / judged
    if not 0 <= _uncut(counts, passed, judged) <= 1:
        said.append("The rate was cut at its end: by its TPR and TNR the judge could not pass "
                    f"{'so few' if _uncut(counts, passed, judged) < 0 else 'so many'}.")
    passes, fails = _sides(counts)
    for bound, n, beyond in ((tpr(counts).value, passes, observed - tpr(counts).value),
                             (1 - tnr(counts).value, fails, 1 - tnr(counts).value - observed)):
        error = math.sqrt(observed * (1 - observed) / judged + bound * (1 - bound) / n)
        if beyond > Z * error:
            said.append("The labelled traces do not stand for these: the judge passes "
                        f"{observed:.0%}, and by its TPR and TNR it passes {1 - tnr(counts).value:.0%} to "
                        f"{tpr(counts).value:.0%} of any traces.")
    return said

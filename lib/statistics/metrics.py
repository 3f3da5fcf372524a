"""Counts in, figures out: agreement, kappa, TPR, TNR, precision, intervals.

Pure functions of the 2×2 counts, expert first. Knows nothing of traces, files or screens.
An undefined figure is None with its reason, never 0.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import mul

from lib.records import FAIL, PASS, Counts, Figure
from lib.records.pairs import Cells
from lib.records.words import counted
from lib.statistics import effective
from lib.statistics.effective import Z

DRAWS = 10_000
SEED = 20241029  # fixed, so that the same counts always show the same interval
IMBALANCE = 0.4  # below this share of the rarer outcome, agreement flatters
FEW = 20  # pairs: with fewer, counts come first
FINE = 100  # cases: with fewer, a share has no decimals: one case more moves it by a whole per cent
# Which of the four cells each share of pairs counts, and of which: the one place that knows.
PLACES = {"agreement": ((0, 3), (0, 1, 2, 3)), "tpr": ((0,), (0, 1)), "tnr": ((3,), (2, 3)),
          "precision_pass": ((0,), (0, 2)), "precision_fail": ((3,), (1, 3))}
_POISSON = 0.0512932943875505, 0.355361510698662, 0.817691447135293  # half the 5th percentiles of chi² with 2, 4, 6


@dataclass(frozen=True)
class Metric:
    """One row of the table of figures: its name, its words, and how it comes from the counts."""

    name: str
    label: str
    help: str
    figure: Callable[[Counts], Figure]
    sentence: Callable[[Counts], str]
    of: Callable[[Counts], int] = lambda counts: counts.n  # how many pairs it is a share of


def count_pairs(pairs: Iterable[tuple[str, str | None]]) -> Counts:
    """Counts of (expert outcome, judge outcome); a judge outcome of None is an error."""
    return Counts.of(Counter(pairs))


def wilson(k: int, n: int, why: str = "there is nothing to count", worth: float | None = None) -> Figure:
    """The share k/n with its 95 % Wilson interval (Wilson 1927); undefined for n = 0.

    Within three of an end it is too narrow there (at 8 traces and a true share of 98 % it held in 85 of 100): the near
    end is then that of a Poisson count (the modified interval of Brown, Cai and DasGupta 2001, Statistical Science
    16:101-133). `worth` is the effective size where the n are not independent (Franco, Little, Louis and Slud 2019,
    Journal of Survey Statistics and Methodology 7:334-364).
    """
    if n == 0:
        return Figure(None, why=why)
    share, size, z2 = k / n, n if worth is None else worth, Z * Z
    if not size:
        return Figure(share, 0.0, 1.0, n=n)
    middle = share + z2 / (2 * size)
    half = Z * math.sqrt(share * (1 - share) / size + z2 / (4 * size * size))
    low, high = ((middle - half) / (1 + z2 / size), (middle + half) / (1 + z2 / size))
    if size == n:
        low, high = min(low, _near_end(k, n)), max(high, 1 - _near_end(n - k, n))
    return Figure(share, max(0.0, min(low, share)), min(1.0, max(high, share)), n=n)


def _near_end(k: int, n: int) -> float:
    """The lower end for a count of 1 to 3 (of up to 50: 1 or 2): half the 5th percentile of chi² with 2 k, over n."""
    return _POISSON[k - 1] / n if 1 <= k <= min(n - 1, 3 if n > 50 else 2) else 1.0


def share(counts: Cells, among: Sequence[int], within: Sequence[int], why: str = "there is nothing to count") -> Figure:
    """The share of the cells `among` (their places) in the cells `within`, its interval by the effective size."""
    k, n = (sum(counts.cells[cell] for cell in places) for places in (among, within))
    return wilson(k, n, why, effective.of_share(counts, among, within) if counts.tied else None)


def others(figure: Figure) -> Figure:
    """The share of all the others: of a pass rate the failure rate, and the other way round."""
    return figure if figure.value is None else Figure(1 - figure.value, 1 - figure.high, 1 - figure.low, n=figure.n)


def agreement(counts: Counts) -> Figure:
    """Share of pairs in which both outcomes are equal."""
    return share(counts, *PLACES["agreement"], "no trace has both a label and a readable verdict")


def tpr(counts: Counts) -> Figure:
    """Share of expert passes that the judge passes."""
    return share(counts, *PLACES["tpr"], "the expert passed none of these traces")


def tnr(counts: Counts) -> Figure:
    """Share of expert fails that the judge fails."""
    return share(counts, *PLACES["tnr"], "the expert failed none of these traces")


def precision_pass(counts: Counts) -> Figure:
    """Share of judge passes that the expert passes."""
    return share(counts, *PLACES["precision_pass"], "the judge passed none of these traces")


def precision_fail(counts: Counts) -> Figure:
    """Share of judge fails that the expert fails."""
    return share(counts, *PLACES["precision_fail"], "the judge failed none of these traces")


def kappa(counts: Counts) -> Figure:
    """Cohen's kappa (Cohen 1960) with a 95 % interval from 10,000 multinomial resamples of the counts + ½ each.

    The half (Jeffreys' prior for a share, and Agresti's advice for small tables) keeps an empty cell possible: without
    it ten pairs that all agree would leave nothing open. Resampled are as many pairs as they are worth, where they are
    not independent.
    """
    value = kappa_alone(*counts.cells)
    if value is None:
        return Figure(None, why="both sides gave a single outcome, so chance explains all" if counts.n
                      else "no trace has both a label and a readable verdict")
    worth = round(effective.of_figure(counts, _influence)) if counts.tied else counts.n
    low, high = _resampled(counts, max(2, worth))
    return Figure(value, min(low, value), max(high, value), n=counts.n)


def _resampled(counts: Counts, worth: int) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of kappa over draws of so many pairs."""
    import numpy as np  # here, not above: pages start faster without it

    cells = np.array(counts.cells) * (worth / counts.n) + 0.5
    draws = np.random.default_rng(SEED).multinomial(worth, cells / cells.sum(), size=DRAWS) / worth
    observed = draws[:, 0] + draws[:, 3]
    chance = ((draws[:, 0] + draws[:, 1]) * (draws[:, 0] + draws[:, 2])
              + (draws[:, 2] + draws[:, 3]) * (draws[:, 1] + draws[:, 3]))
    usable = chance < 1
    low, high = np.percentile((observed[usable] - chance[usable]) / (1 - chance[usable]), [2.5, 97.5])
    return float(low), float(high)


def _influence(shares: Sequence[float]) -> list[float]:
    """What a pair of each cell adds to kappa: its derivative by the shares of the four cells."""
    first, second, agreed = shares[0] + shares[1], shares[0] + shares[2], shares[0] + shares[3]
    chance = first * second + (1 - first) * (1 - second)
    found = [(same - agreed) / (1 - chance) - (1 - agreed) / (1 - chance) ** 2
             * ((2 * second - 1) * (one - first) + (2 * first - 1) * (other - second))
             for one, other, same in ((1, 1, 1), (1, 0, 0), (0, 1, 0), (0, 0, 1))]
    mean = sum(map(mul, shares, found))
    return [each - mean for each in found]


def kappa_alone(pass_pass: int, pass_fail: int, fail_pass: int, fail_fail: int) -> float | None:
    """Kappa of four counts without an interval; None where chance explains all, and without pairs."""
    n = pass_pass + pass_fail + fail_pass + fail_fail
    # Whole numbers, so that "chance explains all" is an exact comparison.
    by_chance = (pass_pass + pass_fail) * (pass_pass + fail_pass) + (fail_pass + fail_fail) * (pass_fail + fail_fail)
    if by_chance == n * n:
        return None
    return (n * (pass_pass + fail_fail) - by_chance) / (n * n - by_chance)


def _of(whole: int, side: str, outcome: str, part: int, other: str) -> str:
    return f"Of {whole:,} {'trace' if whole == 1 else 'traces'} the {side} {outcome}, the {other} {outcome} {part:,}."


_ROWS = (
    Metric("agreement", "Agreement",
           "How often expert and judge give the same outcome. Flatters when one outcome is rare.", agreement,
           lambda c: f"Both give the same outcome on {c.pass_pass + c.fail_fail:,} of {counted(c.n, 'trace')}."),
    Metric("tpr", "TPR", "Of the traces the expert passed, the share the judge passed. Low: the judge is too strict.",
           tpr, lambda c: _of(c.pass_pass + c.pass_fail, "expert", "passed", c.pass_pass, "judge"),
           lambda c: c.pass_pass + c.pass_fail),
    Metric("tnr", "TNR", "Of the traces the expert failed, the share the judge failed. Low: the judge is too lenient.",
           tnr, lambda c: _of(c.fail_pass + c.fail_fail, "expert", "failed", c.fail_fail, "judge"),
           lambda c: c.fail_pass + c.fail_fail),
    Metric("kappa", "Kappa", "Agreement beyond what chance would give.", kappa,
           lambda c: "0 is what chance would give, 1 is always the same outcome."),
    Metric("precision_pass", "Precision of pass", "When the judge says pass, how often the expert does too.",
           precision_pass, lambda c: _of(c.pass_pass + c.fail_pass, "judge", "passed", c.pass_pass, "expert"),
           lambda c: c.pass_pass + c.fail_pass),
    Metric("precision_fail", "Precision of fail", "When the judge says fail, how often the expert does too.",
           precision_fail, lambda c: _of(c.pass_fail + c.fail_fail, "judge", "failed", c.fail_fail, "expert"),
           lambda c: c.pass_fail + c.fail_fail),
)
METRICS: dict[str, Metric] = {metric.name: metric for metric in _ROWS}


def all_figures(counts: Counts) -> dict[str, Figure]:
    """Every row of METRICS for these counts."""
    return {name: metric.figure(counts) for name, metric in METRICS.items()}


def headline(counts: Counts) -> tuple[list[str], str]:
    """Which metrics to show large, and why: agreement, or TPR and TNR when one outcome is rare."""
    passes = counts.pass_pass + counts.pass_fail
    rarer = min(passes, counts.n - passes)
    if counts.n and rarer / counts.n < IMBALANCE:
        word = PASS if passes == rarer else FAIL
        return ["tpr", "tnr"], (f"Only {rarer / counts.n:.0%} of the labels are {word}, "
                                "so agreement alone would flatter: read TPR and TNR.")
    return ["agreement"], "Passes and fails are balanced enough for agreement to speak."


def few(figure: Figure) -> bool:
    """Whether a figure is of so few that its counts must come first."""
    return figure.n is not None and figure.n < FEW


def format_figure(name: str, figure: Figure) -> str:
    """The value for the screen: a share in per cent, kappa as a number, a dash where undefined.

    A share of fewer than 20 is its counts, "7 of 11": decimals would pretend what so few cannot tell.
    """
    if figure.value is None:
        return "–"
    if name == "kappa":
        return _plain(figure.value, 1 if few(figure) else 2)
    return f"{round(figure.value * figure.n):,} of {figure.n:,}" if few(figure) else format_share(figure)


def _plain(value: float, digits: int) -> str:
    """A number with so many digits; what rounds to nothing has no sign."""
    return f"{round(value, digits) + 0.0:.{digits}f}"


def format_share(figure: Figure) -> str:
    """The share in per cent, for where its counts stand beside it; a decimal only of 100 cases and more."""
    return "–" if figure.value is None else f"{figure.value:.{digits(figure.n)}%}"


def digits(n: int | None) -> int:
    """How many decimals a per cent of so many cases has; none where it is not known of how many it is."""
    return int(n is not None and n >= FINE)


def format_of(name: str, figure: Figure, counts: Counts) -> str:
    """What stands right behind a figure: of how many pairs it is, and how many errors it leaves out, if any.

    Of five traces that agree and five errors: " (100%), 5 errors", so that nobody takes 100 % for all of them. "" where
    it is not defined: then its reason stands there.
    """
    if figure.value is None:
        return ""
    return format_beside(name, figure, METRICS[name].of(counts)) + format_errors(counts.errors)


def format_beside(name: str, figure: Figure, n: int) -> str:
    """Behind a figure: of how many it is, " of 200"; behind one that is counts already the share, " (64%)"."""
    if figure.value is None or (few(figure) and name != "kappa"):
        return "" if figure.value is None else f" ({figure.value:.0%})"
    return f" of {n:,}"


def format_errors(errors: int) -> str:
    """The errors that figures leave out, behind a number of pairs: ", 5 errors"; "" where there are none."""
    return f", {counted(errors, 'error')}" if errors else ""


def format_interval(name: str, figure: Figure) -> str:
    """The 95 % interval for the screen, or the reason why there is none."""
    return ("" if figure.value is None else "95 % interval ") + format_ends(name, figure)


def format_ends(name: str, figure: Figure) -> str:
    """The ends of the 95 % interval alone, or the reason why there is none."""
    if figure.value is None:
        return f"not defined: {figure.why}"
    low, high = (_plain(end, 1 if few(figure) else 2) if name == "kappa" else f"{end:.0%}"
                 for end in (figure.low, figure.high))
    return f"{low} to {high}"


def format_cell(name: str, figure: Figure) -> str:
    """The value with its 95 % interval in one cell of a table; where it is not defined a dash and the reason."""
    if figure.value is None:
        return f"– ({figure.why})"
    return f"{format_figure(name, figure)} ({format_ends(name, figure)})"

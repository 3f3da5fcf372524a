"""How far reviewers agree beyond chance: Krippendorff's alpha for any number of them, and Gwet's AC1.

Pure. A trace is here how many of its labels are pass and how many fail; who gave them makes no difference to either.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lib.records import FAIL, PASS, Counts, Figure
from lib.statistics.metrics import DRAWS, SEED, digits

if TYPE_CHECKING:
    import numpy as np

Kinds = Mapping[tuple[int, int], int]  # (labels pass, labels fail) of a trace -> how many traces are so
# Where less than this share of the outcomes is of one kind, two who pass and fail by habit alone agree on 68 %.
RARE = 0.2
NOBODY = "no trace has labels of two reviewers"


@dataclass(frozen=True)
class Beside:
    """What is read beside kappa or alpha where one outcome is rare."""

    ac1: Figure
    rare: str  # the outcome that is; "" where none
    why: str  # why kappa or alpha is low there; "" where no outcome is rare, or no two labels differ


def of_pair(counts: Counts) -> Kinds:
    """The traces of a 2×2 table by how many of their two labels are pass and fail."""
    return {(2, 0): counts.pass_pass, (1, 1): counts.pass_fail + counts.fail_pass, (0, 2): counts.fail_fail}


def paired(kinds: Kinds) -> Kinds:
    """The traces that have two labels or more: no other one can agree or disagree."""
    return {kind: n for kind, n in kinds.items() if sum(kind) > 1 and n}


def alpha(kinds: Kinds, worth: float = 1.0) -> Figure:
    """Krippendorff's alpha for nominal data with missing labels (Krippendorff 2011) with its 95 % interval.

    1 − observed disagreement / that of labels dealt out at random; traces with one label are passed over. `worth` is
    what one trace counts for the interval, below 1 where they are not independent.
    """
    kinds = paired(kinds)
    passes, fails = (sum(kind[side] * n for kind, n in kinds.items()) for side in (0, 1))
    if not passes or not fails:
        return Figure(None, why=f"every label is {PASS if passes else FAIL}, so chance explains all" if kinds
                      else NOBODY)
    return _with_interval(kinds, _alpha, worth)


def ac1(kinds: Kinds, worth: float = 1.0) -> Figure:
    """Gwet's AC1 (Gwet 2008; with missing labels Gwet 2014) with its 95 % interval.

    (p − e) / (1 − e), p the mean over traces with two labels or more of the share of pairs that are equal, e =
    2 π (1 − π), π the mean over all traces of the share that is pass: traces with one label count there alone.
    """
    return _with_interval(kinds, _ac1, worth) if paired(kinds) else Figure(None, why=NOBODY)


def beside(kinds: Kinds, name: str, figure: Figure, worth: float = 1.0) -> Beside:
    """AC1 and, where one outcome is rare, a sentence on why `figure` (kappa or alpha, by this name) is low there."""
    found = paired(kinds)
    sums = [sum(kind[side] * n for kind, n in found.items()) for side in (0, 1)]
    side = int(sums[1] < sums[0])
    share = sums[side] / sum(sums) if found else RARE
    rare, other = (FAIL, PASS) if side else (PASS, FAIL)
    made = ac1(kinds, worth)
    if share >= RARE:
        return Beside(made, "", "")
    agree = 1 - _unlike(found)
    if figure.value is None or figure.value <= 0 or agree == 1:
        return Beside(made, rare, "")
    chance = (agree - figure.value) / (1 - figure.value)
    return Beside(made, rare, (
        f"{name} ({figure.value:.2f}) is lower than the agreement ({agree:.0%}) because only "
        f"{share:.{digits(sum(sums))}%} of the outcomes are {rare}: where so many are {other}, chance alone gives "
        f"{chance:.0%}. AC1 ({made.value:.2f}) takes less for chance, and tells little of the "
        f"{('passes', 'fails')[side]}: {_on_the_rare(found, side)}"))


def _on_the_rare(kinds: Kinds, side: int) -> str:
    some, every = (sum(n for kind, n in kinds.items() if has(kind)) for has in (
        lambda kind: kind[side] > 0, lambda kind: kind[1 - side] == 0))
    did = ("passed", "failed")[side]
    return f"of {some:,} {'trace' if some == 1 else 'traces'} that somebody {did}, everybody {did} {every:,}."


def _unlike(kinds: Kinds) -> float:
    """Krippendorff's observed disagreement: of all pairs within traces, each label counted alike, the share unlike."""
    return sum(2 * p * f * n / (p + f - 1) for (p, f), n in kinds.items()) / sum(
        (p + f) * n for (p, f), n in kinds.items())


def _with_interval(kinds: Kinds, value_of: "Callable[[np.ndarray, np.ndarray], np.ndarray]", worth: float) -> Figure:
    """A value with the percentiles of 10,000 seeded resamples of the traces, those in which it is undefined left out.

    As in kappa half a trace is added for each kind: all pass, all fail, and one against the others either way, with as
    many labels as most traces have. Two labels give kappa's four cells.
    """
    import numpy as np  # here, not above: pages start faster without it

    most = max((sum(n for kind, n in kinds.items() if sum(kind) == labels), labels)
               for labels in {sum(kind) for kind in paired(kinds)})[1]
    added = [(most, 0), (most - 1, 1), (1, most - 1), (0, most)]
    rows = np.array([*kinds, *added])
    given = np.array([*kinds.values(), 0, 0, 0, 0])
    value = float(value_of(rows, given[None, :])[0])
    size = max(2, round(given.sum() * worth))
    weights = given * (size / given.sum()) + np.array([0.0] * len(kinds) + [0.5] * 4)
    draws = np.random.default_rng(SEED).multinomial(size, weights / weights.sum(), size=DRAWS)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = value_of(rows, draws)
    low, high = np.percentile(found[np.isfinite(found)], [2.5, 97.5])
    return Figure(value, min(float(low), value), max(float(high), value), n=int(given.sum()))


def _alpha(rows: "np.ndarray", draws: "np.ndarray") -> "np.ndarray":
    passes, fails = rows.T
    apart = draws @ (passes * fails / (passes + fails - 1))
    passed, failed = draws @ passes, draws @ fails
    return 1 - (passed + failed - 1) * apart / (passed * failed)


def _ac1(rows: "np.ndarray", draws: "np.ndarray") -> "np.ndarray":
    passes, labels = rows[:, 0], rows.sum(axis=1)
    several = (labels > 1).astype(int)
    unlike = 2 * passes * (labels - passes) / (labels * (labels - 1) + (labels == 1))
    agree = 1 - (draws @ unlike) / (draws @ several)
    share = (draws @ (passes / labels)) / draws.sum(axis=1)
    chance = 2 * share * (1 - share)
    return (agree - chance) / (1 - chance)

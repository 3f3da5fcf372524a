"""How often the 95 % intervals hold what is true: every figure, simulated, at many sizes, beside judgy and ppi-python.

    python -m tests.bench.coverage [datasets] [of judgy]    default 2,000 and 100; judgy draws, so it is slow

It takes ten minutes. ppi-python is too heavy for the tests' own list: `pip install ppi-python==0.2.3` before.

Labelled pairs are drawn with a known pass rate and a known judge, unlabelled traces are judged by the same one. Printed
for each kind of interval and number of labels: the least coverage of its settings, the mean width, and the share that
was refused. What is refused claims nothing, so it misses nothing; the least coverage of the corrected rates that were
shown stands below. At the end: the targets.
"""

import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import product

import numpy as np

from lib.records import Counts, Figure
from lib.records.pairs import Flips
from lib.records.rating import Tally
from lib.statistics.corrected import corrected_rate
from lib.statistics.deciding.replacements import difference
from lib.statistics.metrics import agreement, kappa, tnr, tpr, wilson
from lib.statistics.stopping import unseen_mass
from lib.statistics.two_phase import two_phase_rate

LABELS, PREVALENCE, UNLABELLED = (10, 20, 40, 100, 400), (0.5, 0.8, 0.95), (100, 1_000, 10_000)
JUDGES = ((0.98, 0.98), (0.9, 0.9), (0.7, 0.7), (0.98, 0.7), (0.7, 0.98))  # TPR, TNR
WANTED, SOFT, MOST_SOFT, LEAST_SHOWN = 0.92, 0.93, 1 / 50, 0.05
CLUSTERS = ((20, 5), (25, 8), (10, 10), (50, 2), (8, 5))  # how many inputs, and traces of each
ALIKE = (0.1, 0.3, 0.6)  # intraclass correlation of being right
MODES, FLIPS = (8, 20, 60), ((0.05, 0.02), (0.2, 0.1), (0.02, 0.02), (0.3, 0.05))
SHARES = 20  # times as many datasets for a share
DRAWN = 10  # of so many datasets, one where a figure draws
OTHERS = ("judgy", "ppi-python")
APPROXIMATE = {("unseen mass", "10"), ("unseen mass", "20")}  # by its formula; the guide says so


@dataclass(frozen=True)
class Measured:
    """One setting: how often the interval held, of all datasets and of those with a figure, its width, the refused."""

    held: float
    width: float
    refused: float
    shown: float


def main(datasets: int, of_judgy: int) -> None:
    """Measures and prints."""
    found: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    for n, rate, judge in product(LABELS, PREVALENCE, JUDGES):
        for name, truth, figures in _simulated(n, rate, judge, datasets, of_judgy):
            _note(found[name, f"{n}"], truth, figures)
    for (groups, size), rate, alike in product(CLUSTERS, PREVALENCE, ALIKE):
        for name, truth, figures in _conversations(groups, size, rate, alike, max(200, datasets // DRAWN)):
            _note(found[name, f"{groups} x {size}"], truth, figures)
    for n, modes in product(LABELS, MODES):
        _note(found["unseen mass", f"{n}"], *_unseen(n, modes, datasets))
    for n, (fixed, broken) in product(LABELS, FLIPS):
        _note(found["difference of two models", f"{n}"], *_difference(n, fixed, broken, datasets))
    _print(found, datasets)


def _note(rows: list[Measured], truth: float | list[float], figures: list[Figure]) -> None:
    truths = truth if isinstance(truth, list) else [truth] * len(figures)
    given = [(one, true) for one, true in zip(figures, truths, strict=True) if one.value is not None]
    if given:
        missed = sum(not one.low - 1e-12 <= true <= one.high + 1e-12 for one, true in given)
        rows.append(Measured(1 - missed / len(figures), float(np.mean([one.high - one.low for one, _ in given])),
                             1 - len(given) / len(figures), 1 - missed / len(given)))


def _print(found: dict[tuple[str, str], list[Measured]], datasets: int) -> None:
    if not find_spec("ppi_py"):
        print("ppi-python is not installed, so its row is missing: pip install ppi-python==0.2.3")
    print(f"{datasets:,} datasets a setting; in each cell the least coverage of all its settings, the mean width, and "
          "the share that was refused")
    for sizes in ([str(n) for n in LABELS], [f"{groups} x {size}" for groups, size in CLUSTERS]):
        print(f"\n| interval | {' | '.join(sizes)} |\n|---|{'---|' * len(sizes)}")
        for name in dict.fromkeys(name for name, size in found if size in sizes):
            print(f"| {name} | {' | '.join(_cell(found.get((name, size), [])) for size in sizes)} |")
    ours = [one for (name, n), rows in found.items() if name not in OTHERS and (name, n) not in APPROXIMATE
            for one in rows]
    low, soft = (sum(one.held < bound for one in ours) for bound in (WANTED, SOFT))
    print(f"\nOf {len(ours):,} settings of ours {low} lie below {WANTED}, {soft} below {SOFT} (at most "
          f"{MOST_SOFT * len(ours):.0f} wanted): {'met' if not low and soft <= MOST_SOFT * len(ours) else 'not met'}")
    shown = [one.shown for (name, _), rows in found.items() if name.startswith("corrected") for one in rows
             if 1 - one.refused >= LEAST_SHOWN]
    print(f"Of the corrected rates that were shown at least {min(shown):.3f} held, in every setting that shows 1 of "
          f"{1 / LEAST_SHOWN:.0f}")


def _cell(rows: list[Measured]) -> str:
    if not rows:
        return "–"
    refused = float(np.mean([one.refused for one in rows]))
    return (f"{min(one.held for one in rows):.3f}, {np.mean([one.width for one in rows]):.2f}"
            + (f", {refused:.0%}" if refused >= 0.005 else ""))


def _simulated(n: int, rate: float, judge: tuple[float, float], datasets: int, of_judgy: int) -> Iterator[
        tuple[str, float, list[Figure]]]:
    """(kind, what is true, the figure of each dataset) of one setting of independent labels."""
    rng = np.random.default_rng([n, round(rate * 100), *(round(share * 100) for share in judge)])
    cells = np.array([rate * judge[0], rate * (1 - judge[0]), (1 - rate) * (1 - judge[1]), (1 - rate) * judge[1]])
    drawn = [Counts(*map(int, row)) for row in rng.multinomial(n, cells, size=datasets)]
    agrees, passes = cells[0] + cells[3], cells[0] + cells[2]
    chance = rate * passes + (1 - rate) * (1 - passes)
    for name, within, truth in (("agreement", 1.0, agrees), ("TPR", rate, judge[0]), ("TNR", 1 - rate, judge[1]),
                                ("precision of pass", passes, cells[0] / passes),
                                ("precision of fail", 1 - passes, cells[3] / (1 - passes))):
        yield name, truth, _shares(rng, n, within, truth, SHARES * datasets)
    yield "kappa", (agrees - chance) / (1 - chance), [kappa(counts) for counts in drawn[:max(200, datasets // 4)]]
    for judged in UNLABELLED:
        seen = [int(one) for one in rng.binomial(judged, passes, size=datasets)]
        yield "corrected rate", rate, [corrected_rate(counts, Tally(0, 0, passed, judged - passed))
                                       for counts, passed in zip(drawn, seen, strict=True)]
        yield "two-phase rate", rate, [_two_phase(counts, passed, judged)
                                       for counts, passed in zip(drawn, seen, strict=True)]
        few = list(zip(drawn, seen, strict=True))[:of_judgy]
        yield "judgy", rate, [_judgy(counts, passed, judged) for counts, passed in few]
        if find_spec("ppi_py"):
            yield "ppi-python", rate, [_ppi(counts, passed, judged) for counts, passed in few]


def _shares(rng: np.random.Generator, n: int, within: float, truth: float, datasets: int) -> list[Figure]:
    """A share of those of n that it is about, and these are some: so cheap that more datasets are drawn."""
    among = rng.binomial(n, within, datasets)
    found = {}
    return [found.get(pair) or found.setdefault(pair, wilson(*pair))
            for pair in zip(rng.binomial(among, truth).tolist(), among.tolist(), strict=True)]


def _unseen(n: int, modes: int, datasets: int) -> tuple[list[float], list[Figure]]:
    """The chance that a failure mode drawn next was never met, of modes as often as 1, 1/2, 1/3 …"""
    rng = np.random.default_rng([n, modes])
    chances = 1 / np.arange(1, modes + 1)
    chances /= chances.sum()
    drawn = rng.choice(modes, size=(datasets, n), p=chances)
    return ([float(chances.sum() - chances[np.unique(row)].sum()) for row in drawn],
            [unseen_mass([str(mode)] for mode in row) for row in drawn])


def _difference(n: int, fixed: float, broken: float, datasets: int) -> tuple[float, list[Figure]]:
    rng = np.random.default_rng([n, round(fixed * 100), round(broken * 100)])
    drawn = rng.multinomial(n, (fixed, broken, 1 - fixed - broken), size=datasets)
    return fixed - broken, [difference(Flips(*map(int, row))) for row in drawn]


def _two_phase(counts: Counts, passed: int, judged: int) -> Figure:
    """The labelled ones are a random draw of all."""
    both = counts.pass_pass + counts.fail_pass + passed
    return two_phase_rate(counts, Tally(0, 0, both, counts.n + judged - both))


def _rows(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    """Each labelled pair as 0 and 1: of the expert, of the judge."""
    return np.repeat([1, 1, 0, 0], counts.cells), np.repeat([1, 0, 1, 0], counts.cells)


def _judgy(counts: Counts, passed: int, judged: int) -> Figure:
    from judgy import estimate_success_rate

    np.random.seed(8)  # it draws from the global state
    try:
        value, low, high = estimate_success_rate(*_rows(counts), np.arange(judged) < passed, bootstrap_iterations=500)
    except ValueError as error:
        return Figure(None, why=str(error))
    return Figure(value, low, high)


def _ppi(counts: Counts, passed: int, judged: int) -> Figure:
    from ppi_py import ppi_mean_ci

    said, seen = _rows(counts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        low, high = ppi_mean_ci(said.astype(float), seen.astype(float), (np.arange(judged) < passed).astype(float),
                                alpha=0.05)
    return Figure(float(np.mean((low, high))), float(np.squeeze(low)), float(np.squeeze(high)))


def _conversations(groups: int, size: int, rate: float, alike: float, datasets: int) -> Iterator[
        tuple[str, float, list[Figure]]]:
    """The same where the traces of one input are alike: in whether the judge is right, and in what the expert says."""
    rng = np.random.default_rng([groups, size, round(rate * 100), round(alike * 100)])
    found = [_grouped(rng, groups, size, rate, alike) for _ in range(datasets)]
    right = 0.9
    kinds: dict[str, tuple[Callable[[Counts], Figure], float]] = {
        "agreement, groups": (agreement, right), "TPR, groups": (tpr, right), "TNR, groups": (tnr, right)}
    passes = rate * right + (1 - rate) * (1 - right)
    chance = rate * passes + (1 - rate) * (1 - passes)
    kinds["kappa, groups"] = (kappa, (right - chance) / (1 - chance))
    for name, (figure, truth) in kinds.items():
        yield name, truth, [figure(counts) for counts in found]
    judged = [_grouped(rng, 4 * groups, size, rate, alike) for _ in range(datasets)]
    yield "corrected rate, groups", rate, [corrected_rate(counts, _as_tally(others))
                                           for counts, others in zip(found, judged, strict=True)]


def _grouped(rng: np.random.Generator, groups: int, size: int, rate: float, alike: float) -> Counts:
    """Pairs of a judge with TPR and TNR .9, beta-binomial within each input."""
    passing, right = (rng.beta(share * (1 - alike) / alike, (1 - share) * (1 - alike) / alike, groups)
                      for share in (rate, 0.9))
    passed = rng.binomial(size, passing)
    hits, rejects = rng.binomial(passed, right), rng.binomial(size - passed, right)
    cells = np.stack([hits, passed - hits, size - passed - rejects, rejects], axis=1)
    return Counts(*map(int, cells.sum(axis=0)),
                  tied=tuple((None, number, *map(int, one)) for number, one in enumerate(cells)))


def _as_tally(counts: Counts) -> Tally:
    return Tally(0, 0, counts.pass_pass + counts.fail_pass, counts.pass_fail + counts.fail_fail, tuple(
        (session, text, 0, 0, a + c, b + d) for session, text, a, b, c, d in counts.tied))


if __name__ == "__main__":
    main(*(int(one) for one in (*sys.argv[1:], *("2000", "100")[len(sys.argv) - 1:])))

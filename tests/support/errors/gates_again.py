"""How often a gate that asks again is wrong: `python -m tests.support.errors.gates_again` prints both tables.

A judge that stayed the same and one that moved; a failure that is back and one that is not. Each draw also draws the
labelled pairs that the judge's errors come from.
"""

from dataclasses import dataclass
from random import Random

from lib.records import FAIL, PASS, Counts
from lib.statistics.deciding import moved, returned
from lib.statistics.deciding.moved import MOVED, STILL, Reread
from lib.statistics.deciding.returned import Again

MARGIN = 0.1
_SETS = [(n, readings, noise, shift) for n in (40, 100, 200) for readings in (1, 3) for noise in (0.0, 0.1, 0.3)
         for shift in (0.0, 0.1, 0.2)]
_MODES = [(pairs, tpr, tnr, n, true, most) for pairs in (20, 100) for tpr, tnr in ((1.0, 1.0), (0.9, 0.85), (0.8, 0.7))
          for n in (5, 12, 40) for true, most in ((0.0, 0.5), (0.5, 0.5), (0.2, 0.2), (0.8, 0.5))]


@dataclass(frozen=True)
class JudgeRow:
    """A frozen set of so many traces and earlier readings, a judge's noise and shift; how often it is called what."""

    n: int
    readings: int
    noise: float
    shift: float
    changed: float
    same: float


@dataclass(frozen=True)
class ModeRow:
    """A judge measured on so many passes and fails, a failure mode's traces, the true share; how often it is what."""

    pairs: int
    tpr: float
    tnr: float
    n: int
    true: float
    most: float
    passed: float
    failed: float


def judges(chance: Random, draws: int, sizes: tuple[int, ...] = (40, 100, 200)) -> list[JudgeRow]:
    """A judge that is right on 85 % but for its noise; shifted it fails this share of all traces that it passed."""
    made = []
    for n, readings, noise, shift in (one for one in _SETS if one[0] in sizes):
        states = [moved.found(_set(chance, n, readings, noise, shift), MARGIN).state for _ in range(draws)]
        made.append(JudgeRow(n, readings, noise, shift, states.count(MOVED) / draws, states.count(STILL) / draws))
    return made


def _set(chance: Random, n: int, readings: int, noise: float, shift: float) -> list[Reread]:
    rows = []
    for _ in range(n):
        label = PASS if chance.random() < 0.6 else FAIL
        sure = label if chance.random() < 0.85 else FAIL if label == PASS else PASS

        def says(turned: float, sure: str = sure) -> str:
            said = sure if chance.random() >= noise else chance.choice((PASS, FAIL))
            # Of the passes alone: half of all or a little more, so that the pass rate moves by the shift.
            return FAIL if said == PASS and chance.random() < turned else said

        before = {number: says(0.0) for number in range(readings)}
        passing = (1 - noise) * (0.6 * 0.85 + 0.4 * 0.15) + noise / 2
        rows.append(Reread(label, before[0], before, says(shift / passing)))
    return rows


def failures(chance: Random, draws: int) -> list[ModeRow]:
    """Of each failure mode this share truly fails again, on average; the judge errs as its TPR and TNR say."""
    made = []
    for pairs, tpr, tnr, n, true, most in _MODES:
        passed = failed = 0
        for _ in range(draws):
            right, caught = (sum(chance.random() < share for _ in range(pairs)) for share in (tpr, tnr))
            sure = returned.judge_of(Counts(right, pairs - right, pairs - caught, caught))
            again = sum(chance.random() < (tnr if chance.random() < true else 1 - tpr) for _ in range(n))
            found = returned.share(Again(again, n), sure)
            passed += found.value is not None and found.high <= most
            failed += found.value is not None and found.low > most
        made.append(ModeRow(pairs, tpr, tnr, n, true, most, passed / draws, failed / draws))
    return made


def main(draws: int = 1_000) -> None:
    """Prints both tables, the same each time."""
    for title, table in (("traces readings noise shift changed same", judges(Random(1), draws)),
                         ("pairs TPR TNR traces true at_most pass fail", failures(Random(1), draws))):
        print(title.replace(" ", "\t"))
        for row in table:
            print("\t".join(f"{value:g}" for value in vars(row).values()))


if __name__ == "__main__":
    main()

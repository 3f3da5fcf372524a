"""Is a judge still the one it was? A frozen set of traces read once more, beside what it said of them before.

Pure. Where the judge is the same, the newest reading of a trace is any one of its readings, each as likely: so its own
noise is in the test, and nothing is assumed of how large it is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lib.records import FAIL, PASS, Figure
from lib.records.pairs import Flips
from lib.statistics.corrected import ENOUGH
from lib.statistics.deciding.replacements import CHANCE, difference
from lib.statistics.over_time.judge_moves import MOVED, STILL, UNKNOWN

TESTS = 3  # of the outcomes, of how many are right, and of how far the newest reading stands apart


@dataclass(frozen=True)
class Reread:
    """One trace: its label, its outcome at the freeze, all outcomes before today by their reading, and today's."""

    label: str
    first: str
    before: dict[int, str]
    now: str
    session: int | None = None  # the first trace of its session; None: it shares none
    input: int | None = None  # the first trace with its input; None: it shares none


@dataclass(frozen=True)
class Found:
    """What a frozen set says of its judge: the state, the exact p, and how far its outcomes and its agreement shifted.
    """

    state: str  # moved, did not move, not known
    n: int
    to_fail: int
    to_pass: int
    right: Flips  # fixed: wrong at the freeze, right today
    p: float
    shift: Figure  # of the pass rate on this set, in shares
    agreement: Figure  # of the agreement, in shares
    readings: int  # before today, of the trace that was read most often
    noisy: int  # traces of which the readings before today differ
    repeated: int  # traces that were read more than once before today
    few: str = ""  # which outcome has too few labels


def found(rows: Sequence[Reread], margin: float) -> Found:
    """Moved where an exact test says so (p < 0.05 for three); did not move where both shifts lie within ± margin.

    The margin is a share. Not known: anything else, and fewer than 10 labels of either outcome.
    """
    outcomes = [_change(row.now == PASS, row.first == PASS) for row in rows]
    right = [_change(row.now == row.label, row.first == row.label) for row in rows]
    flips, agreed = _flips(rows, outcomes), _flips(rows, right)
    p, shift, agreement = chance(rows), difference(flips), difference(agreed)
    few = " and ".join(f"fewer than {ENOUGH} {word}" for outcome, word in ((PASS, "passes"), (FAIL, "fails"))
                       if sum(row.label == outcome for row in rows) < ENOUGH)
    state = MOVED if p < CHANCE else STILL if not few and _within(shift, margin) and _within(agreement, margin) else (
        UNKNOWN)
    again = [row for row in rows if len(row.before) > 1]
    return Found(state, len(rows), flips.broken, flips.fixed, agreed, p, shift, agreement,
                 max((len(row.before) for row in rows), default=0),
                 sum(len(set(row.before.values())) > 1 for row in again), len(again), few)


def _change(now: bool, first: bool) -> int:
    return 2 if now == first else 0 if now else 1


def _flips(rows: Sequence[Reread], changes: Sequence[int]) -> Flips:
    table: dict[tuple[int | None, int | None, int], int] = defaultdict(int)
    for row, change in zip(rows, changes, strict=True):
        table[row.session, row.input, change] += 1
    return Flips.of(table)


def _within(figure: Figure, margin: float) -> bool:
    return figure.value is not None and -margin < figure.low and figure.high < margin


def chance(rows: Sequence[Reread]) -> float:
    """The smallest exact p of three, × 3: were the judge the same, as extreme a reading would come so often.

    A permutation test (Fisher 1935; Pesarin 2001, Multivariate Permutation Tests): whichever of a trace's readings is
    called the newest, the sum over all traces is looked up in the exact distribution of all choices. With one reading
    before today the first two are McNemar's exact test (1947). Traces that share a session or an input choose together;
    of single traces, sessions and inputs the larger p counts.
    """
    several = [[[row] for row in rows], _groups(rows, lambda row: row.session), _groups(rows, lambda row: row.input)]
    tests = ((lambda row, out, others: out == PASS, True), (lambda row, out, others: out == row.label, True),
             (lambda row, out, others: sum(one != out for one in others), False))
    return min(1.0, TESTS * min(max(_p(groups, value, both) for groups in several) for value, both in tests))


def _groups(rows: Iterable[Reread], key: Callable[[Reread], int | None]) -> list[list[Reread]]:
    found: dict[object, list[Reread]] = defaultdict(list)
    for place, row in enumerate(rows):
        shared = key(row)
        found[("alone", place) if shared is None else shared].append(row)
    return list(found.values())


def _p(groups: Sequence[Sequence[Reread]], value: Callable[[Reread, str, list[str]], int], both: bool) -> float:
    """The exact share of all choices whose sum is as large as the one there is; `both`: twice that of either side."""
    import numpy as np  # here, not above: pages start faster without it

    chances, seen, offset = np.ones(1), 0, 0
    for group in groups:
        sums = _sums(group, value)
        seen += sums[-1]
        low = min(sums)
        offset += low
        if max(sums) > low:
            one = np.bincount([each - low for each in sums]) / len(sums)
            chances = np.convolve(chances, one)
    place = seen - offset
    up, down = float(chances[place:].sum()), float(chances[:place + 1].sum())
    return min(1.0, 2 * min(up, down) if both else up)


def _sums(group: Sequence[Reread], value: Callable[[Reread, str, list[str]], int]) -> list[int]:
    """What the group would add were each of its readings the newest, the newest itself last.

    Only readings of all its traces can be turned together.
    """
    common = sorted(set.intersection(*(set(row.before) for row in group)))
    readings = [[*(row.before[number] for number in common), row.now] for row in group]
    return [sum(int(value(row, outs[at], outs[:at] + outs[at + 1:])) for row, outs in zip(group, readings, strict=True))
            for at in range(len(common) + 1)]

"""Whose a changed pass rate is, in words: the system's, or that of a judge who reads the same traces otherwise now."""

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lib.records import FAIL, PASS, Run
from lib.records.rating import Reading
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.comparison import format_p
from lib.statistics.corrected import ENOUGH
from lib.statistics.over_time import judge_moves
from lib.statistics.over_time.changes import LABELS, Change
from lib.statistics.over_time.judge_moves import MOVED, STILL, UNKNOWN, Again
from lib.store import Store, projects
from lib.store.judge import judges

OF_LABELS, ONE_RUN = "labels", "one run"
_SYSTEM = "So the system changed, or what it is asked."
Read = tuple[int, int, float]  # a run, how many of the verdicts it read, and their mean moment
_RECORDED = "these verdicts were recorded elsewhere, and when the judge read each trace is not told"


@dataclass(frozen=True)
class Explained:
    """Whose a change may be: labels, one run, moved, did not move or not known, and why in sentences."""

    state: str
    words: str
    again: Again | None = None  # the labelled traces this rests on
    command: str = ""  # what would tell, where it is not known


@dataclass(frozen=True)
class Judged:
    """A judge through time: its readings of labelled traces, and how the command that reads them again is typed."""

    run: Run  # its newest
    readings: list[Reading]
    sealed: int  # labelled traces that are left out: of the sealed test split
    command: str

    @property
    def recorded(self) -> bool:
        """Whether its verdicts come from elsewhere."""
        return self.run.prompt is None


def command(store: Store, run: Run) -> str:
    """What is typed to have the judge of a run read the labelled traces once more, in the same words."""
    several = len(projects.every(store, archived=True)) > 1
    which = f" --project {shlex.quote(projects.current(store).name)}" if several else ""
    newest = run.prompt is not None and judges.newest_prompt(store, run.judge).key == run.prompt
    rest = (f"run --judge {shlex.quote(run.judge)} --split all --labelled --anew --model {shlex.quote(run.model)} "
            f"--endpoint {run.endpoint}" if newest else f"noise {run.id} --repeat 1")
    return f".venv/bin/python -m lib{which} {rest}"


def throughout(judged: Judged) -> Explained:
    """Whether a judge moved between its first and its newest reading of the labelled traces."""
    if judged.recorded:
        return Explained(UNKNOWN, f"Not known whether the judge moved: {_RECORDED}.")
    found = judge_moves.again(judged.readings)
    state = found.state()
    if state == UNKNOWN:
        return _unknown(f"Not known whether the judge moved: {_few(found, 'twice')}.", found, judged)
    said = "The judge moved" if state == MOVED else "The judge did not move beyond chance"
    return Explained(state, f"{said}: {_flips(found, 'twice')}.{_sealed(judged)}", found)


def of_change(change: Change, judged: Judged | None, here: Sequence[Read], before: Sequence[Read]) -> Explained:
    """Whose one change is; `here` and `before` say when the verdicts were read."""
    if change.of == LABELS or judged is None:
        return Explained(OF_LABELS, "It is a change of labels, with no judge in it. So the system changed, what it is "
                                    "asked, or the expert's standard.")
    if judged.recorded:
        return Explained(UNKNOWN, f"Not known whose it is: {_RECORDED}.")
    main = max(here, key=lambda one: one[1])
    others = [one for one in before if one[0] != main[0]] or [one for one in here if one[0] != main[0]]
    if not others:
        return Explained(ONE_RUN, f"Run {main[0]} read all of these traces, before and after, so it is not the judge. "
                                  f"{_SYSTEM}")
    near = min(others, key=lambda one: abs(one[2] - main[2]))
    return _compared(change, judged, (main[2] + near[2]) / 2, main[2] < near[2])


def _compared(change: Change, judged: Judged, cut: float, backwards: bool) -> Explained:
    """By the labelled traces read on both sides of a moment; `backwards`: what changed was read first."""
    found = judge_moves.again(judged.readings, cut)
    first = change.here if backwards else change.before
    moved = -change.shift if backwards else change.shift, first[0] / first[1]
    state, flips = found.state(moved), f"{_flips(found)}.{_sealed(judged)}"
    if state == STILL:
        return Explained(state, f"The judge did not move beyond chance: {flips} {_SYSTEM}", found)
    if state == MOVED:
        return Explained(state, f"The judge moved: {flips} {_shift(found, *moved)}. {_whole(found, *moved)}", found)
    if not found.enough:
        return _unknown(f"Not known whether it is the judge's: {_few(found)}.", found, judged, cut)
    return _unknown("Not known whether it is the judge's: it did not move beyond chance on "
                    f"{counted(found.n, 'labelled trace')} read before and after, but they are few. "
                    f"{_shift(found, *moved)}.",
                    found, judged, cut, True)


def _whole(found: Again, change: float, passing: float) -> str:
    """How much of a change a judge that moved may have brought."""
    if found.covers(change, passing):
        return "The change may be the judge's."
    if found.shift(passing).value * change > 0:
        return "Part of the change is the judge's; the rest is the system's, or of what it is asked."
    return f"The judge moved the other way. {_SYSTEM}"


def _shift(found: Again, change: float, passing: float) -> str:
    """What the flips would do to the rate, beside what it did."""
    fine, shift = f"+.{metrics.digits(found.n)}f", found.shift(passing)
    moved = f"the rate moved by {change * 100:{fine}}"
    if shift.value is None:
        return f"How far that shifts the rate is not known ({shift.why}), and {moved} points"
    return (f"By that the rate would shift by {shift.value * 100:{fine}} points (95 % interval "
            f"{shift.low * 100:{fine}} to {shift.high * 100:{fine}}), and {moved}")


def _unknown(why: str, found: Again, judged: Judged, cut: float | None = None, more: bool = False) -> Explained:
    """With what would tell; `more` labels, also where too few of them are on traces that were read before."""
    early = {one.trace: one.label for one in judged.readings if cut is None or one.at < cut}
    labels = Counter(early.values())
    cure = "Judge the labelled traces again."
    if more or min(labels[PASS], labels[FAIL]) < ENOUGH:
        cure = "Label more of the traces that it has read before, then judge the labelled ones again."
    return Explained(UNKNOWN, f"{why}{_sealed(judged)} {cure}", found, judged.command)


def _flips(found: Again, how: str = "before and after") -> str:
    return (f"of {counted(found.n, 'labelled trace')} read {how}, {found.to_fail:,} turned from pass to fail and "
            f"{found.to_pass:,} from fail to pass; by the labels {found.right.fixed:,} fixed, {found.right.broken:,} "
            f"broken ({format_p(found.p)} for two tests)")


def _few(found: Again, how: str = "both before and after") -> str:
    if not found.n:
        return f"the judge has read no labelled trace {how}"
    return (f"the judge has read {counted(found.passes, 'pass', 'passes')} and {counted(found.fails, 'fail')} of the "
            f"expert {how}, and it takes {ENOUGH} of each")


def _sealed(judged: Judged) -> str:
    left = counted(judged.sealed, "labelled trace of the sealed test split is",
                   "labelled traces of the sealed test split are")
    return f" ({left} left out.)" if judged.sealed else ""

"""Splits of the labelled traces: balanced by outcome, with what is nearly the same kept together; and few labels.

Pure. Knows nothing of files, SQL or screens: a trace is a Member, and a draw says where each one belongs.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lib.records import FAIL, PASS, SPLIT_SHARES, SPLITS, TEST, TRAIN, Counts, Figure
from lib.records.words import counted
from lib.statistics import metrics

# Below it a test split of 40 % holds fewer than 24 labels: of 12 fails a TNR of 90 % is known to ± 17 points at best,
# so nothing is put aside, every label counts, and the figures are provisional.
FEW = 60
LEAST = 0.8  # what TPR and TNR need at the least on the test split, whatever the target
TIED = 0.1  # of all traces: so many stay together at most because they are nearly the same


@dataclass(frozen=True)
class Member:
    """A labelled trace as a draw sees it; `group` names those that stay together."""

    key: int
    group: str
    outcome: str
    split: str
    shown: bool = False  # some prompt version shows it as an example
    looked: bool = False  # it was in an opened test split
    seen: bool = False  # a judge's verdict on it was compared with its label outside the test split


def grouped(same: Iterable[tuple[int, int]], alike: Iterable[tuple[int, int]], n: int) -> list[int]:
    """For each of n traces the first of those it stays with: the same input always, a nearly equal one as a rule.

    `alike` has the most alike first: no more than a tenth of all traces are tied together by that, or in a chain of
    likenesses all would end in one split.
    """
    first, sizes, most = list(range(n)), [1] * n, max(10, n * TIED)

    def root(place: int) -> int:
        while first[place] != place:
            first[place] = place = first[first[place]]
        return place

    for pairs, bound in ((same, n), (alike, most)):
        for one, other in pairs:
            low, high = sorted((root(one), root(other)))
            if low != high and sizes[low] + sizes[high] <= bound:
                first[high], sizes[low] = low, sizes[low] + sizes[high]
    return [root(place) for place in range(n)]


def balanced(members: Sequence[Member], seed: int) -> dict[int, str]:
    """Trace -> split: of each outcome 20, 40 and 40 %, every group in one split, and as few moved as that takes.

    A group that a prompt shows is of train, one that was looked at in test stays there. The same traces and seed give
    the same splits, and drawing again moves nothing.
    """
    groups: dict[str, list[Member]] = {}
    for member in members:
        groups.setdefault(member.group, []).append(member)
    order = sorted(groups.values(), key=lambda group: _place(seed, group))
    return {member.key: split for group, split in zip(order, _settled(order), strict=True) for member in group}


Room = dict[str, Counter[str]]  # split -> outcome -> so many traces too few, or below 0 too many


def _settled(groups: list[list[Member]]) -> list[str]:
    """The split of each group: where most of it is, but for those whose move brings the splits nearer to their share.

    What a judge was seen on comes into test only where nothing else would do: the unseen is the better test.
    """
    splits = [_bound(group) or _home(group) for group in groups]
    room, free = _room(groups, splits), [place for place, group in enumerate(groups) if not _bound(group)]
    for spared in (True, False):
        moved = True
        while moved:
            moved = False
            for place in free:
                group, now = groups[place], splits[place]
                best = max((split for split in SPLITS if not (spared and split == TEST and _seen(group))),
                           key=lambda split: _gain(room, group, now, split))
                if _gain(room, group, now, best) > 0:
                    _put(room, group, now, -1)
                    _put(room, group, best, 1)
                    splits[place], moved = best, True
    return splits


def _room(groups: list[list[Member]], splits: list[str]) -> Room:
    """What each split still lacks of each outcome."""
    room: Room = {split: Counter() for split in SPLITS}
    for outcome, n in Counter(one.outcome for group in groups for one in group).items():
        for split, wanted in _targets(n).items():
            room[split][outcome] = wanted
    for group, split in zip(groups, splits, strict=True):
        _put(room, group, split, 1)
    return room


def _put(room: Room, group: list[Member], split: str, times: int) -> None:
    for one in group:
        room[split][one.outcome] -= times


def _gain(room: Room, group: list[Member], old: str, new: str) -> int:
    """By how many traces the splits come nearer to what they should hold when a group moves."""
    if old == new:
        return 0
    return sum(abs(room[old][outcome]) - abs(room[old][outcome] + n) + abs(room[new][outcome])
               - abs(room[new][outcome] - n) for outcome, n in Counter(one.outcome for one in group).items())


def _seen(group: list[Member]) -> bool:
    return any(one.seen for one in group)


def _bound(group: list[Member]) -> str:
    return TRAIN if any(one.shown for one in group) else TEST if any(one.looked for one in group) else ""


def _home(group: list[Member]) -> str:
    """The split that most of a group are in."""
    seen = Counter(one.split for one in group)
    return max(SPLITS, key=seen.__getitem__)


def _place(seed: int, group: list[Member]) -> bytes:
    return hashlib.sha256(f"{seed} {group[0].group}".encode("utf-8", "backslashreplace")).digest()


def _targets(n: int) -> dict[str, int]:
    """So many of n for each split; what is left over by rounding goes to the largest remainders."""
    exact = {split: n * share / 100 for split, share in SPLIT_SHARES}
    whole = {split: int(value) for split, value in exact.items()}
    for split in sorted(exact, key=lambda name: whole[name] - exact[name])[:n - sum(whole.values())]:
        whole[split] += 1
    return whole


Table = dict[str, tuple[int, int]]


def table(places: Iterable[tuple[str, str]]) -> Table:
    """Split -> (passes, fails), of (split, outcome)."""
    seen = Counter(places)
    return {split: (seen[split, PASS], seen[split, FAIL]) for split in SPLITS}


def reading(counts: Counts, target: float) -> list[str]:
    """The test figures in words, worst first: which of TPR and TNR miss the target, and what that asks for."""
    sides = (("TNR", metrics.tnr(counts), counts.fail_pass, "passed {n:,} that the expert failed: it is too lenient. "
              "Name these faults in the guidelines, and show fails as examples."),
             ("TPR", metrics.tpr(counts), counts.pass_fail, "failed {n:,} that the expert passed: it is too strict. "
              "Say what is good enough, and show passes with reservations as examples."))
    found = []
    for name, figure, wrong, advice in sorted(sides, key=lambda side: side[1].value is not None and side[1].value):
        if figure.value is None:
            found.append(f"{name} is not defined: {figure.why}.")
        elif _reaches(figure, target):
            found.append(f"{name} is above the target of {target:.0%}.")
        else:
            reach = "short of the target" if figure.value >= LEAST else "below the least that is of use"
            found.append(f"{name} is {reach} ({target if figure.value >= LEAST else LEAST:.0%}). The judge "
                         + advice.format(n=wrong))
    return found


def holds(counts: Counts, target: float) -> bool | None:
    """Whether TPR and TNR are both above the target, as `reading` reads them; None where one of them is not defined."""
    sides = metrics.tpr(counts), metrics.tnr(counts)
    return None if any(side.value is None for side in sides) else all(_reaches(side, target) for side in sides)


def _reaches(figure: Figure, target: float) -> bool:
    return figure.value > max(target, LEAST)


def spent(looks: int) -> str:
    """What so many looks of one judge at the test split mean for its figure."""
    if looks < 2:
        return "The first look: nobody has chosen a prompt by these traces."
    return (f"The test split is partly spent: {looks} looks of this judge. Each look lets the next version be chosen "
            "by it, so the more looks, the more the figure flatters. Label new traces and draw the splits again.")


def provisional(labelled: int) -> str:
    """Why figures are provisional while labels are few."""
    return (f"Provisional: {counted(labelled, 'labelled trace')}, and a test split worth its name needs {FEW}. Until "
            "then every pair counts and nothing is sealed, so these figures were seen while the prompt was written.")

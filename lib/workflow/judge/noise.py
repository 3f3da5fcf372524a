"""The judge's own noise: the same asked again, and on how many traces it then contradicts itself."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import fmean

from lib.records import FAIL, PASS, QUEUED, RUNNING, Figure, Run, UsageError
from lib.records.fit import HALF
from lib.records.rating import Tally
from lib.records.words import counted
from lib.statistics import metrics
from lib.store import Store
from lib.store.judge import caps, runs
from lib.store.judge import noise as stored
from lib.workflow.judge import judging

MOST = 10  # repeats at once


@dataclass(frozen=True)
class Noise:
    """What the runs of one prompt version, model and parameters say of each other."""

    runs: tuple[int, ...]  # that ask the same, oldest first
    repeated: int  # traces judged more than once
    noisy: frozenset[str]  # those on which the outcomes differ
    share: Figure  # of the repeated ones
    under_way: tuple[int, ...] = ()  # of the runs: those that have not ended


@dataclass(frozen=True)
class Moved:
    """How far the probability of pass moved between a run and another one that asks the same, or in another order."""

    run: int
    version: int
    same_order: bool
    traces: int
    mean: float  # of the absolute change
    most: float
    flips: int  # traces on which the two lie on different sides of .5

    @property
    def said(self) -> str:
        """In a sentence."""
        asked = "asked the same again" if self.same_order else "its options in the other order"
        return (f"{asked} (run {self.run}, version {self.version}): the probability moves by {self.mean:.3f} on "
                f"average over {counted(self.traces, 'trace')}, at most {self.most:.2f}; "
                f"{counted(self.flips, 'verdict flips', 'verdicts flip')} at .5")


def moved(store: Store, run: int) -> list[Moved]:
    """How far the probability moves between a run and its repeats, and under the other order of the options."""
    found = defaultdict(list)
    for other, version, same, one, two in stored.moved(store, run):
        found[other, version, same].append((one, two))
    return [Moved(*which, len(pairs), fmean(abs(one - two) for one, two in pairs),
                  max(abs(one - two) for one, two in pairs),
                  sum((one >= HALF) != (two >= HALF) for one, two in pairs))
            for which, pairs in found.items()]


def of(store: Store, run: int) -> Noise:
    """How far the judge contradicts itself where it was asked what this run asks."""
    alike = stored.alike(store, runs.get(store, run).id)
    # A run asks each trace once: alone it cannot contradict itself, and need not be read.
    found = stored.repeated(store, run) if alike[1:] else []
    noisy = frozenset(trace for trace, differs, *_ in found if differs)
    tally = Tally.of(Counter((session, text, FAIL if differs else PASS) for _, differs, session, text in found))
    going = tuple(number for number in alike if runs.status(store, number) in (QUEUED, RUNNING))
    return Noise(tuple(alike), len(found), noisy,
                 metrics.share(tally, (1,), (0, 1), "no trace was judged twice in the same words"), going)


def repeat(store: Store, run: int, times: int, token: str | None = None) -> list[Run]:
    """Queues so many runs that ask all this run has asked once more, within its caps; a token sent twice does it once.

    UsageError where it cannot be asked again: recorded elsewhere, or at an address that is no longer set.
    """
    found = runs.get(store, run)
    if found.prompt is None:
        raise UsageError("These verdicts were recorded elsewhere: only a judge with a prompt can be asked again.")
    if not 1 <= times <= MOST:
        raise UsageError(f"A run is repeated between 1 and {MOST} times at once, not {times}.")
    if found.address != judging.address_of(found.endpoint):
        raise UsageError(f"Run {run} was asked at {found.address or 'an address that was not noted'}, and another one "
                         "is set now: what differs would not be the judge's own noise.")
    with store.transaction():
        made = [runs.again(store, run, token and f"{token}-{number}") for number in range(times)]
        for number in made:
            caps.begin(store, number, caps.of(store, run))
    return [runs.get(store, number) for number in made]


def start(store: Store, found: list[Run]) -> None:
    """Sets repeats going in a process of their own, one after the other, so that they do not slow each other down."""
    judging.start_process(store, *(run.id for run in found))

"""What became of a cascade's newest run: who decided, how often each was right, and what the expert is asked."""

import math
import random
from dataclasses import dataclass

from lib.records import Cascade, Figure, PromptVersion, Run, UsageError
from lib.records.decision import FIRST, SECOND
from lib.sampling import queues
from lib.sampling.queues import QueueItem
from lib.statistics import coverage_risk, metrics
from lib.store import Store, experts
from lib.store.judge import judges, runs
from lib.store.judge.fits import seconds
from lib.store.review import draws
from lib.store.review import queues as stored

MOST = 50  # traces the expert is asked at once


@dataclass(frozen=True)
class State:
    """A cascade and its newest run: how many outcomes each judge gave, and how often it said what the expert says."""

    version: PromptVersion
    run: Run | None
    decided: dict[str, int]
    agreement: dict[str, Figure]  # on labelled traces that may be seen

    @property
    def cascade(self) -> Cascade:
        """The band and the second judge."""
        return self.version.cascade


@dataclass(frozen=True)
class Asked:
    """What was put into the expert's queue, and what of the band waits for another time."""

    batch: int
    unsure: int
    at_random: int
    left: int


def state(store: Store, judge: str) -> State:
    """The newest version of a cascade with its newest run; UsageError for a judge that is none."""
    judges.row_of(store, judge)
    found = judges.prompts(store, judge)
    if not found or not found[0].cascade:
        raise UsageError(f"'{judge}' is no cascade: 'cascade new NAME --first A --then B --share 0.8' makes one.")
    run = next((run for run in runs.every(store, judge) if run.prompt == found[0].key and run.done), None)
    person = experts.principal(store)
    agreed = seconds.agreed(store, run.id, person.name) if run and person else {}
    return State(found[0], run, seconds.decided(store, run.id) if run else {},
                 {who: metrics.wilson(*agreed.get(who, (0, 0)), "no labelled trace") for who in (FIRST, SECOND)})


def queue(store: Store, judge: str, most: int = MOST, seed: int | None = None) -> Asked:
    """Puts what the first judge is unsure of into the principal's queue, the least sure first, and a share at random.

    What is labelled, or waits already, is left out. UsageError where nothing was judged or nothing is left.
    """
    if not 2 <= most <= queues.MOST:
        raise UsageError(f"Between 2 and {queues.MOST:,} traces can be asked at once, not {most:,}.")
    found, person = state(store, judge), experts.principal(store)
    if person is None:
        raise UsageError("There is no expert yet to be asked. Name one on Settings, Experts.")
    if found.run is None:
        raise UsageError(f"The cascade {judge} has judged nothing yet: 'run --judge {judge}' first.")
    seed = random.SystemRandom().randrange(2**31) if seed is None else seed
    free = set(draws.open_traces(store, [person.name])) & seconds.judged(store, found.run.id)
    band = _least_sure(seconds.asked_second(store, found.run.id), found.cascade, free)
    share = math.ceil(most * found.cascade.at_random)
    at_random = queues.shuffled(sorted(free), seed)[:share if band else 0]
    unsure = [key for key in band if key not in set(at_random)][:most - len(at_random)]
    if not unsure:
        raise UsageError("Nothing is left to be asked: each trace in the band is labelled or waits in the queue.")
    batch = _put(store, person.name, at_random, unsure, seed)
    return Asked(batch, len(unsure), len(at_random), len(set(band) - set(at_random)) - len(unsure))


def _least_sure(asked: dict[int, float], of: Cascade, free: set[int]) -> list[int]:
    return sorted((key for key in asked if key in free),
                  key=lambda key: coverage_risk.distance(asked[key], of.threshold))


def _put(store: Store, person: str, at_random: list[int], unsure: list[int], seed: int) -> int:
    """Mixed, so that whoever stops halfway has seen some of both."""
    kinds = {**dict.fromkeys(unsure, queues.UNSURE), **dict.fromkeys(at_random, queues.RANDOM)}
    order = queues.shuffled(list(kinds), seed) if at_random else unsure
    names = draws.ids(store, order)
    items = [QueueItem(names[key], kinds[key], queues.unbiased(kinds[key]), position=place, expert=person)
             for place, key in enumerate(order, 1)]
    return stored.create(store, {queues.UNSURE: len(unsure), queues.RANDOM: len(at_random)}, items, seed)

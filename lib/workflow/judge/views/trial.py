"""A judge run for somebody without a key: how many traces it reads, how long that takes, and what came of it.

It is for seeing a run from start to end. What it reads is bounded to two minutes, so it builds no judge, and nothing
that is to be mended first holds it up.
"""

from dataclasses import dataclass

from lib.engine.runner import EMBEDDED
from lib.models import local_model
from lib.records import DONE, Figure, Run
from lib.records.words import counted
from lib.statistics.baselines import by_chance
from lib.store import Store
from lib.workflow import endpoints
from lib.workflow.judge import budget, pace
from lib.workflow.judge.baselines import Baselines
from lib.workflow.judge.views import bench


@dataclass(frozen=True)
class Trial:
    """What a press of Run does where no endpoint is set."""

    judge: str
    model: str
    small: bool  # the model that comes along: far too small to judge
    traces: int
    seconds: float
    measured: bool  # on this machine; else a cautious guess

    @property
    def said(self) -> str:
        """The same in words, before the press."""
        time = pace.words(self.seconds)
        with_what = ("the small model that comes along. It is far too small to judge, so expect chance" if self.small
                     else f"{self.model}, a bigger model that is here already. Expect less than of a strong judge")
        guess = "" if self.measured else (" The number is a cautious guess: the press measures the model first, in a "
                                          "few seconds, and there may be more.")
        long = f"{time[0].lower()}{time[1:]} on this machine"
        return f"{counted(self.traces, 'trace')} of dev: {long} with {with_what}.{guess}"


def only_tries(store: Store) -> bool:
    """Whether a press of Run asks the embedded model, for want of an endpoint, and so for two minutes at most."""
    first = endpoints.endpoints(store)[0]
    return first.name == EMBEDDED and first.ready


def offered(store: Store, judge: str) -> Trial | None:
    """What a press of Run would do without a key; None where there is one, or where nothing is to be asked."""
    if not only_tries(store):
        return None
    picked = bench.model_of(store, judge)
    offer = pace.in_two_minutes(store, judge, picked.model, bench.LABELLED_DEV)
    if offer is None:
        return None
    found = budget.estimate(store, judge, picked.model, where=bench.LABELLED_DEV, limit=offer.at_most,
                            endpoint=EMBEDDED)
    small = local_model.bundled()
    return Trial(judge, picked.model, small is not None and picked.model == small.name, found.calls,
                 pace.seconds(store, picked.model, found), pace.measured(store, picked.model))


def ended(run: Run | None) -> bool:
    """Whether this is a run of the embedded model that has come to its end."""
    return run is not None and run.endpoint == EMBEDDED and run.status == DONE


@dataclass(frozen=True)
class Beside:
    """What a run agreed, beside the free local classifier and chance on the same traces: a row each, and a sentence."""

    rows: tuple[tuple[str, Figure], ...]
    n: int
    said: str


def beside(found: Baselines) -> Beside:
    """The judge of a run beside the classifier and chance, on the pairs outside train."""
    judge, free = found.lines[0], found.lines[-1]
    chance = by_chance(judge.counts)
    rows = (("this judge", judge.figures["agreement"]), ("the free local classifier", free.figures["agreement"]),
            ("chance", chance))
    return Beside(rows, judge.counts.n, _said(judge.figures["agreement"], free.figures["agreement"], chance,
                                             judge.counts.n))


def _said(judge: Figure, free: Figure, chance: Figure, n: int) -> str:
    if judge.value is None or chance.value is None:
        return f"Nothing can be said beside chance: {judge.why or chance.why}."
    traces = counted(n, "trace")
    if judge.low > chance.value:
        return f"On {traces} the judge agrees more than chance would."
    if judge.high < chance.value:
        return f"On {traces} the judge agrees less than chance would."
    more = ", while the classifier costs nothing" if free.value is not None and free.value > judge.value else ""
    tell = "tells" if n == 1 else "tell"
    return f"The judge's interval holds chance, {chance.value:.0%}: as far as {traces} {tell}, it guesses{more}."

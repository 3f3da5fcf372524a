"""When to stop: the two meters of a project, and the next ten traces that would teach most.

Advisory. What is short decides which traces come next; none of them is one the expert has labelled.
"""

from dataclasses import dataclass

from lib.records import FAIL, OUTCOMES, Figure, Trace
from lib.sampling import queues
from lib.sampling.queues import QueueItem
from lib.statistics import stopping
from lib.store import Store, experts
from lib.store.dataset import traces
from lib.store.errors import distributions
from lib.store.judge import runs
from lib.store.review import labels, meters
from lib.workflow.review import queueing

NEXT = 10
WIDTHS = (0.05, 0.1, 0.15)


@dataclass(frozen=True)
class Drying:
    """How likely the next one is new: the estimate, from what, and what it was at half of the way."""

    figure: Figure
    n: int
    from_modes: bool  # from failure modes; else from the expert's ticks
    reading: str
    before: Figure  # after half of the coded fails


@dataclass(frozen=True)
class Next:
    """The next ten traces, why these, and with what they are drawn."""

    rule: str
    items: list[QueueItem]
    mix: dict[str, float]
    seed: int
    judge: str | None


@dataclass(frozen=True)
class Advice:
    """All the view "When to stop" shows: both meters of one expert, and what the viewer might read next."""

    whose: str
    labelled: int
    drying: Drying
    width: float
    needs: list[stopping.Need]
    left_out: int
    next: Next
    traces: list[Trace]  # of `next`, in its order


def look(store: Store, viewer: str, width: float) -> Advice:
    """Both meters of the principal expert (where there is none, of the viewer), for an exactness of ± width.

    A width that is not offered is the middle one.
    """
    width = width if width in WIDTHS else WIDTHS[1]
    principal = experts.principal(store)
    whose, coming = principal.name if principal else viewer, next_traces(store, viewer, width)
    return Advice(whose, labels.tally(store, whose)["labelled"], drying(store, whose), width,
                  enough(store, whose, width), left_out(store, whose), coming,
                  [traces.get(store, item.trace) for item in coming.items])


def drying(store: Store, expert: str) -> Drying:
    """Whether new failure modes dry up: from the modes given, or before there are any from the expert's ticks."""
    codings = [modes for modes in distributions.as_read(store, expert) if modes]
    n = sum(map(len, codings))
    if n:
        figure = stopping.unseen_mass(codings)
        return Drying(figure, n, True, stopping.reading(figure, n), stopping.unseen_mass(codings[:len(codings) // 2]))
    ticks = meters.showed_new(store, expert, stopping.LATEST)
    figure = stopping.ticked(ticks)
    return Drying(figure, len(ticks), False, stopping.reading(figure, len(ticks)), Figure(None))


def enough(store: Store, expert: str, width: float) -> list[stopping.Need]:
    """For passes and for fails: how many labels an agreement counts, and how many TPR and TNR need for ± width."""
    found = meters.outcomes(store, expert)
    return [stopping.need(outcome, found[outcome][0], width) for outcome in OUTCOMES]


def left_out(store: Store, expert: str) -> int:
    """Labels that the meter does not count: given in shadow mode, or on traces drawn by an outcome."""
    return sum(whole - counted for counted, whole in meters.outcomes(store, expert).values())


def next_traces(store: Store, expert: str, width: float) -> Next:
    """The next ten: half of them from a judge's fails where fails are short, else what fewest labels speak of."""
    found = meters.outcomes(store, expert)
    judge = next((run.judge for run in runs.every(store) if run.done), None)
    # All fails count here: else those a judge found, which no figure may use, would be asked for without end.
    short = stopping.need(FAIL, found[FAIL][1], width).more
    seed = sum(whole for _, whole in found.values())
    spread = queues.COVERAGE if len(traces.dimensions(store)) > 1 else queues.RANDOM
    if short and judge:
        mix, rule = {queues.JUDGE_FAILS: 50, queues.RANDOM: 50}, (
            f"Your fails are short by {short:,}, so half of these are traces that judge {judge} failed; the others are "
            "drawn at random, so that rates and TNR can rest on them.")
    elif spread == queues.COVERAGE:
        mix, rule = {spread: 90, queues.RANDOM: 10}, (
            "Combinations of the first two dimensions that fewest labels speak of, and one at random.")
    else:
        judge, mix, rule = None, {spread: 100}, "At random: every trace without your label has the same chance."
    return Next(rule, queueing.preview(store, expert, NEXT, mix, seed, judge), mix, seed, judge)


def queue(store: Store, expert: str, chosen: Next, token: str | None = None) -> queueing.Drawn:
    """Puts the next ten into the expert's queue, each with its own reason; the same token twice does it once."""
    return queueing.draw(store, [expert], NEXT, chosen.mix, seed=chosen.seed, token=token, judge=chosen.judge)

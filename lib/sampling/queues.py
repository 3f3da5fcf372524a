"""Queues: why a trace is shown to an expert, how a batch is mixed of them, and in what order each is drawn.

Pure: knows names, shares and orders; nothing of the store. What is unbiased is decided here, once.
"""

import heapq
import random
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

RANDOM, STRATIFIED, COVERAGE, NEWEST = "random", "stratified", "coverage", "newest"
OUTLIER, CLUSTER = "outlier", "cluster"
JUDGE_FAILS, JUDGE_EXPERT, JUDGE_VERSIONS, SIMILAR = "judge_fails", "judge_expert", "judge_versions", "similar"
# Unsure: a judge's probability lies near its threshold, or in the band of a cascade.
UNSURE, FEEDBACK = "unsure", "feedback"
# Words of labels that no queue brought: reached in order, or picked by what the expert knew of the trace.
IN_ORDER, CHOSEN = "", "chosen"
FIX = "fix"  # answered again by the version that carries a fix, because of how it was labelled
CRITERIA = "criteria"  # labelled before the criteria changed, and brought back to be read again
# Of a watch, out of what it judged: checks disagree, or a fail is like none before it.
WATCHED_CHECK, WATCHED_JUDGES, WATCHED_NEW = "watched_check", "watched_judges", "watched_new"
WATCHED = (WATCHED_CHECK, WATCHED_JUDGES, WATCHED_NEW)
WAITING = "waiting"  # no queue of its own: what waits for a label in any of them

LEAST_RANDOM = 10  # per cent of a batch that holds anything else
MOST = 5_000  # traces in one batch


@dataclass(frozen=True)
class Queue:
    """A reason to show a trace; unbiased where its labels may give a rate.

    What was drawn by an outcome may not, nor what was drawn for being extreme or rare.
    """

    name: str
    label: str
    help: str
    unbiased: bool
    by_outcome: bool = False


QUEUES = {queue.name: queue for queue in (
    Queue(RANDOM, "Random", "Every open trace has the same chance, so rates from these hold for all of them.", True),
    Queue(STRATIFIED, "Stratified", "Random, with each value of a dimension in the share it has.", True),
    Queue(COVERAGE, "Least reviewed", "Combinations of two dimensions that fewest labels speak of.", True),
    Queue(NEWEST, "Newest from production", "Real traces, the latest first.", True),
    Queue(OUTLIER, "Stands out",
          "Length, latency, tokens, tool calls or errors far from the others'; extremes are no fair sample.", False),
    Queue(CLUSTER, "One of each group",
          "Traces of like words are a group: one of each, then the next; so small groups come too often for a rate.",
          False),
    Queue(JUDGE_FAILS, "Judge says fail",
          "Most fails are found here; a rate from these would count fails too often.", False, True),
    Queue(JUDGE_EXPERT, "Judge and expert disagree",
          "Labelled traces come back to be read again; they are the ones a rate is most wrong about.", False, True),
    Queue(JUDGE_VERSIONS, "Judge's runs disagree",
          "Two runs of one judge gave different outcomes; such hard traces are no fair sample.", False, True),
    Queue(SIMILAR, "Similar to one trace",
          "Inputs most like that of a trace you name; it was named for its outcome, so these are no fair sample.",
          False, True),
    Queue(UNSURE, "Judge is unsure",
          "A judge's probability of pass is nearest to its threshold; a label there teaches most.", False, True),
    Queue(FEEDBACK, "Users' feedback",
          "Thumbs down and complaints first, thumbs up last; users who complain are no fair sample.", False, True),
)}

_WORDS = {IN_ORDER: "in order", CHOSEN: "chosen by hand", CRITERIA: "criteria changed", FIX: "run again after a fix",
          WAITING: "waiting for a label", WATCHED_CHECK: "judge and assertion disagree",
          WATCHED_JUDGES: "two judges disagree", WATCHED_NEW: "a failure of a new kind"}
FOUND_BY = (WAITING, *QUEUES, CRITERIA, FIX, *WATCHED)  # what traces may be listed by


@dataclass(frozen=True)
class QueueItem:
    """A trace that stands in a queue: why, in which batch and where; `expert` None: whoever claims it first."""

    trace: str
    queue: str
    unbiased: bool
    batch: int = 0
    position: int = 0
    expert: str | None = None
    why: str = ""  # why this very trace, where its queue alone does not say it


def words(queue: str) -> str:
    """A queue, or what a label says instead of one, in words for the screen."""
    return QUEUES[queue].label if queue in QUEUES else _WORDS.get(queue, queue)


def unbiased(queue: str) -> bool:
    """Whether labels with this word may be used for rates; a word nobody knows may not."""
    return QUEUES[queue].unbiased if queue in QUEUES else queue == IN_ORDER


def mixed(shares: Mapping[str, float], size: int) -> tuple[dict[str, int], bool]:
    """(traces for each queue, whether random was raised): shares of any sum, random never below a tenth."""
    wanted = {name: share for name, share in shares.items() if share > 0 and name != RANDOM}
    if not wanted:
        return {RANDOM: size}, False
    whole = sum(wanted.values()) + max(0.0, shares.get(RANDOM, 0))
    asked = round(size * max(0.0, shares.get(RANDOM, 0)) / whole)
    floor = -(-size * LEAST_RANDOM // 100)
    rest = size - max(asked, floor)
    return {RANDOM: size - rest, **_split(wanted, rest)}, asked < floor


def _split(shares: Mapping[str, float], size: int) -> dict[str, int]:
    """Largest remainders: whole numbers that add up to the size."""
    whole = sum(shares.values())
    exact = {name: size * share / whole for name, share in shares.items()}
    counts = {name: int(number) for name, number in exact.items()}
    for name in sorted(exact, key=lambda name: counts[name] - exact[name])[:size - sum(counts.values())]:
        counts[name] += 1
    return counts


def filled(counts: Mapping[str, int], found: Mapping[str, Sequence[int]], shuffled: Sequence[int],
           size: int) -> dict[str, list[int]]:
    """Which traces each queue gives: each trace once, and what a queue is short of comes from random.

    Random takes the beginning of the shuffled traces before any other queue does: whatever the others look at,
    nothing is picked out of it.
    """
    random_count = counts.get(RANDOM, 0)
    while True:
        taken = {RANDOM: list(shuffled[:random_count])}
        seen = set(taken[RANDOM])
        for name, wanted in counts.items():
            if name != RANDOM:
                taken[name] = _first(found.get(name, ()), wanted, seen)
        short = size - len(seen)
        if short <= 0 or random_count >= len(shuffled):
            return taken
        random_count = min(random_count + short, len(shuffled))


def _first(traces: Sequence[int], wanted: int, seen: set[int]) -> list[int]:
    picked = []
    for trace in traces:
        if len(picked) == wanted:
            break
        if trace not in seen:
            picked.append(trace)
            seen.add(trace)
    return picked


def shuffled(traces: Sequence[int], seed: int) -> list[int]:
    """The traces in a random order, the same for the same seed."""
    return random.Random(seed).sample(traces, len(traces))


def stratified(strata: Mapping[int, Hashable], seed: int) -> list[int]:
    """Traces in an order of which every beginning holds each stratum in about the share it has of all."""
    chance = random.Random(seed)
    members: dict[Hashable, list[int]] = {}
    for trace, stratum in strata.items():
        members.setdefault(stratum, []).append(trace)
    placed = []
    for found in members.values():
        chance.shuffle(found)
        start = chance.random()
        placed += [((place + start) / len(found), trace) for place, trace in enumerate(found)]
    return [trace for _, trace in sorted(placed)]


def least_reviewed(cells: Mapping[int, Hashable], reviewed: Mapping[Hashable, int], n: int, seed: int) -> list[int]:
    """Up to n traces, each from the cell that then has fewest labels; the ones picked before it count as labels."""
    members: dict[Hashable, list[int]] = {}
    for trace in shuffled(list(cells), seed):
        members.setdefault(cells[trace], []).append(trace)
    heap = [(reviewed.get(cell, 0), number, cell) for number, cell in enumerate(members)]
    heapq.heapify(heap)
    picked: list[int] = []
    while heap and len(picked) < n:
        count, number, cell = heapq.heappop(heap)
        picked.append(members[cell].pop())
        if members[cell]:
            heapq.heappush(heap, (count + 1, number, cell))
    return picked


def shared_out(traces: Sequence[int], experts: Sequence[str], overlap: int, seed: int) -> dict[int, list[str | None]]:
    """For each trace who gets it: everybody for the overlap set, drawn at random; None: whoever claims it first."""
    if len(experts) == 1:
        return {trace: [experts[0]] for trace in traces}
    for_all = set(random.Random(seed).sample(list(traces), min(overlap, len(traces))))
    return {trace: list(experts) if trace in for_all else [None] for trace in traces}

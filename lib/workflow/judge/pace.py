"""How long a run will take and how long it still takes, and how many traces the embedded model does in two minutes.

Knows what earlier verdicts took, and of the embedded model how fast it was when it was measured; starts no run.
"""

from dataclasses import dataclass
from statistics import median
from typing import Any

from lib.engine.runner import EMBEDDED
from lib.models import local_model, local_speed
from lib.models.local_model import Weights
from lib.records import QUEUED, Estimate, Run, UsageError, time_left
from lib.records.time_left import words
from lib.records.words import counted
from lib.store import Store, projects
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, runs
from lib.workflow.judge import budget

TWO_MINUTES = 120  # seconds: as long as somebody who tries the path may be asked to wait
AT_ONCE = 32  # calls of a run, where nobody says otherwise


@dataclass(frozen=True)
class Offer:
    """How many traces are judged in two minutes, and how many of a run those are with what is taken over before."""

    traces: int
    at_most: int


def seconds(store: Store, model: str, found: Estimate) -> float:
    """About how long the embedded model takes for what an estimate counts.

    By its newest replies in the project, else by its speed as it was measured here, else by a cautious guess.
    """
    took = runs.took(store, model, EMBEDDED)
    if took:
        return found.calls * median(took) / 1_000 / local_model.PARALLEL
    weights = local_model.find_weights(projects.setting(store, "gguf"))
    factor = local_speed.known(weights) or _heavier(weights)
    return local_speed.guess(found.prompt_tokens, found.completion_tokens) * factor


def before(store: Store, model: str, endpoint: str, calls: int, at_once: int = AT_ONCE) -> float | None:
    """About how many seconds so many calls take, by what this model's newest replies took; None where none came yet."""
    took = runs.took(store, model, endpoint)
    if not took or not calls:
        return None
    most = local_model.PARALLEL if endpoint == EMBEDDED else at_once
    return max(median(took), calls * median(took) / min(most, calls)) / 1_000


def left(store: Store, run: Run) -> str:
    """About how long a run that goes on still takes, in words; a dash with its reason where nothing is known yet.

    By its own pace of late; before its first replies by what this model's earlier ones took.
    """
    missing = run.total - run.done
    pace = runs.rate(store, run.id)
    wanted = missing / pace if pace else before(store, run.model, run.endpoint, missing, run.concurrency)
    said = time_left.said(run.done, run.total, missing / wanted if wanted else None)
    return f"{said}, once it has begun" if said and wanted and run.status == QUEUED else said


def measured(store: Store, model: str) -> bool:
    """Whether the time of the embedded model rests on anything it has done on this machine."""
    return bool(runs.took(store, model, EMBEDDED)
                or local_speed.known(local_model.find_weights(projects.setting(store, "gguf"))))


def measure(store: Store, model: str) -> None:
    """Measures the embedded model in a few seconds, where nothing is known of its speed on this machine."""
    if not measured(store, model):
        local_speed.measure(local_model.find_weights(projects.setting(store, "gguf")))


def _heavier(used: Weights) -> float:
    """How many times as long as with the small model: each token is worked out with all the bytes of the weights."""
    small = local_model.bundled()
    return max(1.0, used.path.stat().st_size / small.path.stat().st_size) if small else 1.0


def in_two_minutes(store: Store, judge: str, model: str, where: Filter) -> Offer | None:
    """What the embedded model judges of these traces in two minutes; None where nothing is to be asked."""
    try:
        found = budget.estimate(store, judge, model, where=where, endpoint=EMBEDDED)
        every = budget.in_order(store, judges.newest_prompt(store, judge), model, where, endpoint=EMBEDDED)
    except UsageError:
        return None
    if not found.calls:
        return None
    traces = max(1, int(TWO_MINUTES * found.calls / seconds(store, model, found)))
    asked = [place for place, (_, there) in enumerate(every, 1) if not there]
    return Offer(traces, asked[traces] - 1 if traces < len(asked) else traces + found.reused)


def forecast(store: Store, judge: str, model: str, endpoint: str, **which: Any) -> str:
    """What a run will take, in sentences: traces, calls, tokens, cost, and the time where anything is known of it.

    `which` are the options of `budget.estimate`; UsageError where they leave no trace.
    """
    found = budget.estimate(store, judge, model, endpoint=endpoint, **which)
    time = _time(store, model, endpoint, found)
    return f"{counted(found.n_traces, 'trace')}. {budget.words(found)}{time}"


def _time(store: Store, model: str, endpoint: str, found: Estimate) -> str:
    if not found.calls or found.batch:
        return ""
    if endpoint == EMBEDDED:
        return f" {words(seconds(store, model, found))} on this machine."
    wanted = before(store, model, endpoint, found.calls)
    return "" if wanted is None else f" {words(wanted)}, as fast as its newest replies came."

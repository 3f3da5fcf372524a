"""How long a run will take and how long it still takes, and how many traces the embedded model does in two minutes.

Knows what earlier verdicts took, and of the embedded model a cautious guess where there are none; starts nothing.
"""

from dataclasses import dataclass
from statistics import median
from typing import Any

from lib.engine.runner import EMBEDDED
from lib.models import local_model
from lib.records import QUEUED, Estimate, Run, UsageError
from lib.records.words import counted
from lib.store import Store, projects
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, runs
from lib.workflow.judge import budget

TWO_MINUTES = 120  # seconds: as long as somebody who tries the path may be asked to wait
# The guess before the first verdict: tokens a second of the small model, all calls at once together. On two cores that
# others kept busy too, 5,355 were read and 615 written in 82 seconds; the guess says 130.
READ, WRITTEN = 60, 15
AT_ONCE = 32  # calls of a run, where nobody says otherwise


@dataclass(frozen=True)
class Offer:
    """How many traces are judged in two minutes, and how many of a run those are with what is taken over before."""

    traces: int
    at_most: int


def seconds(store: Store, model: str, found: Estimate) -> float:
    """About how long the embedded model takes for what an estimate counts."""
    took = runs.took(store, model, EMBEDDED)
    if took:
        return found.calls * median(took) / 1_000 / local_model.PARALLEL
    return (found.prompt_tokens / READ + found.completion_tokens / WRITTEN) * _heavier(store)


def before(store: Store, model: str, endpoint: str, calls: int, at_once: int = AT_ONCE) -> float | None:
    """About how many seconds so many calls take, by what this model's newest replies took; None where none came yet."""
    took = runs.took(store, model, endpoint)
    if not took or not calls:
        return None
    most = local_model.PARALLEL if endpoint == EMBEDDED else at_once
    return max(median(took), calls * median(took) / min(most, calls)) / 1_000


def left(store: Store, run: Run) -> str:
    """About how long a run that goes on still takes, in words; "" where nothing is known of that.

    By its own pace of late; before its first replies by what this model's earlier ones took.
    """
    missing = run.total - run.done
    pace = runs.rate(store, run.id)
    wanted = missing / pace if pace else before(store, run.model, run.endpoint, missing, run.concurrency)
    if wanted is None or not missing:
        return ""
    waits = ", once it has begun" if run.status == QUEUED else ""
    said = words(wanted)
    return f"{said[0].lower()}{said[1:]} left{waits}"


def _heavier(store: Store) -> float:
    """How many times as long as with the small model: each token is worked out with all the bytes of the weights."""
    small = local_model.bundled()
    used = local_model.find_weights(projects.setting(store, "gguf"))
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
    n = found.calls + found.reused
    return f"{counted(n, 'trace')}. {budget.words(found)}{time}"


def _time(store: Store, model: str, endpoint: str, found: Estimate) -> str:
    if not found.calls:
        return ""
    if endpoint == EMBEDDED:
        return f" {words(seconds(store, model, found))} on this machine."
    wanted = before(store, model, endpoint, found.calls)
    return "" if wanted is None else f" {words(wanted)}, as fast as its newest replies came."


def words(wanted: float) -> str:
    """A stretch of time as people say it."""
    for unit, long in (("hour", 3_600), ("minute", 60)):
        if wanted >= 1.5 * long:
            return f"About {round(wanted / long):,} {unit}s"
    return f"About {max(2, round(wanted))} seconds" if wanted < 55 else "About a minute"

"""How long a run of the embedded model will take on this machine, and how many traces it does in two minutes.

Knows what earlier verdicts took, and a cautious guess where there are none; starts nothing.
"""

from dataclasses import dataclass
from statistics import median
from typing import Any

from lib.engine.runner import EMBEDDED
from lib.models import local_model
from lib.records import Estimate, UsageError
from lib.store import Store, projects
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, runs
from lib.workflow.judge import budget

TWO_MINUTES = 120  # seconds: as long as somebody who tries the path may be asked to wait
# The guess before the first verdict: tokens a second of the small model, all calls at once together. On two cores that
# others kept busy too, 5,355 were read and 615 written in 82 seconds; the guess says 130.
READ, WRITTEN = 60, 15


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
    """What a run will take, in sentences: traces, calls, tokens, cost, and the time where the model is on this machine.

    `which` are the options of `budget.estimate`; UsageError where they leave no trace.
    """
    found = budget.estimate(store, judge, model, endpoint=endpoint, **which)
    time = f" {words(seconds(store, model, found))} on this machine." if endpoint == EMBEDDED and found.calls else ""
    n = found.calls + found.reused
    return f"{n:,} {'trace' if n == 1 else 'traces'}. {budget.words(found)}{time}"


def words(wanted: float) -> str:
    """A stretch of time as people say it."""
    for unit, long in (("hour", 3_600), ("minute", 60)):
        if wanted >= 1.5 * long:
            return f"About {round(wanted / long):,} {unit}s"
    return f"About {max(2, round(wanted))} seconds" if wanted < 55 else "About a minute"

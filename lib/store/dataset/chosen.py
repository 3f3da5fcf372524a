"""A filter in words: what a run was started over, or why nothing was found. Pure, and the same words everywhere."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from lib.records import FAIL, Run
from lib.records.rating import RATE_SOURCES, runs_in_words
from lib.sampling import queues

Chosen = Mapping[str, Any]

_LABELS = {"any": "labelled", "none": "not labelled", "incomplete": "labelled without a critique"}


def _label(chosen: Chosen) -> str:
    said = _LABELS.get(chosen["label"], f"labelled {chosen['label']}")
    return f"{said} by {chosen['expert']}" if chosen.get("expert") else said


def _dimension(chosen: Chosen) -> str:
    return f"{chosen['dimension']}: {chosen.get('value') or 'any value'}"


def _combination(chosen: Chosen) -> str:
    return ", ".join(f"{name}: {value}" for name, value in json.loads(chosen["combination"]).items())


def _in_run(chosen: Chosen) -> str:
    if chosen.get("rated"):
        return runs_in_words(chosen["in_run"])
    verdict = chosen.get("verdict")
    return f"{verdict or 'judged'} in run {chosen['in_run']}"


def _transition(chosen: Chosen) -> str:
    good, failing = json.loads(chosen["transition"])
    return f"failed first at step {failing}, after {good or 'no good step'}"


# Fields that only say more of another one (value, expert, verdict, seen, checked, dated) have no line of their own.
_SAY: dict[str, Callable[[Chosen], str]] = {
    "split": lambda chosen: chosen["split"],
    "shard": lambda chosen: f"shard {chosen['shard']}",
    "label": _label,
    "source": lambda chosen: chosen["source"],
    "since": lambda chosen: f"since {chosen['since']}",
    "until": lambda chosen: f"until {chosen['until']}",
    "system_version": lambda chosen: f"system version {chosen['system_version']}",
    "dimension": _dimension,
    "combination": _combination,
    "failure_mode": lambda chosen: f"failure mode {chosen['failure_mode']}",
    "queue": lambda chosen: f"queue {queues.words(chosen['queue'])}",
    "unjudged": lambda chosen: f"not yet judged by {chosen['unjudged']}",
    "in_run": _in_run,
    "rated": lambda chosen: f"counted as fails: {RATE_SOURCES[chosen['rated']]}",
    "transition": _transition,
    "assertion": lambda chosen: f"assertion {chosen['assertion']}: {chosen.get('checked') or FAIL}",
    "archived": lambda chosen: "archived",
    "deferred": lambda chosen: "put off" if chosen["deferred"] else "not put off",
    "answered": lambda chosen: "with an output" if chosen["answered"] else "without an output",
    "search": lambda chosen: f"with the text '{chosen['search']}'",
}


def words(chosen: Chosen) -> str:
    """The fields of a filter in words; fields that are None say nothing."""
    return ", ".join(say(chosen) for name, say in _SAY.items() if chosen.get(name) is not None) or "all splits"


def of_run(run: Run) -> str:
    """What a run was started over, in words; runs of earlier days know their split alone."""
    return words({"split": run.split, **run.chosen})


def nothing_left(chosen: Chosen) -> str:
    """Why a run has nothing to judge: the choices that leave no trace."""
    if chosen.get("since") and chosen.get("until") and chosen["since"] > chosen["until"]:
        return (f"There is no trace to judge: the last day, {chosen['until']}, lies before the first, "
                f"{chosen['since']}.")
    if chosen:
        return (f"There is no trace to judge: these choices leave none that has an output: {words(chosen)}. Take one "
                "away (the prompt's own examples are set aside), or import traces.")
    return ("There is no trace to judge: none has an output once the prompt's own examples are set aside. "
            "Import traces.")

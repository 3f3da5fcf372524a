"""Assertions at work: tried on recent traces before they are kept, then run over every answered trace in batches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.assertions import KINDS, Answered, Checked, checker
from lib.records import FAIL, PASS, UsageError
from lib.store import Store, experts
from lib.store.errors import assertions, failure_modes
from lib.store.errors.assertions import Assertion, Result, Tally, Waiting

BATCH = 1_000
PREVIEWED = 200  # of the newest traces
SLOW = 20  # outputs on which a pattern may run out of time before the whole run is stopped
SLOW_AT_FIRST = 3  # the same for a preview, for which somebody waits
SHOWN = 3  # examples of a preview, for each outcome
ENOUGH_CODED = 20  # fails with failure modes, before a test is written for one without a reason
_TOO_SLOW = ("Stopped: on {slow} of {tried:,} outputs the pattern took more time than it may. Make it simpler, and "
             "try it again.")


@dataclass
class Preview:
    """What an assertion would say of the newest traces: counts, and some of each with the reason."""

    counts: dict[str | None, int] = field(default_factory=lambda: dict.fromkeys((PASS, FAIL, None), 0))
    examples: dict[str | None, list[tuple[str, str, str]]] = field(
        default_factory=lambda: {PASS: [], FAIL: [], None: []})  # (trace, output, why)
    stopped: str = ""


def settings(kind: str, words: Mapping[str, str]) -> dict[str, Any]:
    """Settings as they are typed, with bounds as numbers; UsageError where one is none."""
    fields = KINDS[kind].fields if kind in KINDS else {}
    return {name: _number(word) if name in fields and fields[name].default is None else word
            for name, word in words.items()}


def _number(word: str) -> float:
    try:
        return float(word) if "." in word else int(word)
    except ValueError:
        raise UsageError(f"'{word}' is no number.") from None


def preview(store: Store, kind: str, config: Mapping[str, Any], limit: int = PREVIEWED) -> Preview:
    """What it would say of the newest answered traces; nothing is stored."""
    check, found, slow = checker(kind, config), Preview(), 0
    for tried, one in enumerate(assertions.newest(store, limit), 1):
        said = _said(check, one)
        found.counts[said.outcome] += 1
        if len(found.examples[said.outcome]) < SHOWN:
            found.examples[said.outcome].append((one.trace, one.output, said.detail))
        slow += said.slow
        if slow == SLOW_AT_FIRST:
            found.stopped = _TOO_SLOW.format(slow=slow, tried=tried)
            break
    return found


def _said(check: Callable[[Answered], Checked], one: Waiting) -> Checked:
    return check(Answered(one.output, one.milliseconds))


def early(store: Store) -> str:
    """Why it is too early to write tests for failure modes; empty where error analysis has come far enough."""
    person = experts.principal(store)
    coded = failure_modes.progress(store, person.name)[0] if person else 0
    if coded >= ENOUGH_CODED and failure_modes.every(store):
        return ""
    return (f"Error analysis has only begun: {coded:,} fails have been looked through for failure modes. From "
            f"{ENOUGH_CODED} on you know which ones are worth a test. Before that, say why this one cannot wait.")


def add(store: Store, name: str, kind: str, config: Mapping[str, Any], mode: str | None = None,
        reason: str = "") -> Assertion:
    """A new assertion whose settings make sense; before error analysis it needs a reason."""
    checker(kind, config)
    if not reason.strip() and (why := early(store)):
        raise UsageError(why)
    return assertions.add(store, name, kind, dict(config), mode, reason)


def run(store: Store, assertion: Assertion, moved: Callable[[int], object] = lambda done: None) -> str:
    """Tries an assertion on every answered trace it has not been tried on; `moved` hears how many were done.

    Returns why it was stopped, or nothing. What was checked until then is kept.
    """
    check, after, tried, slow, stopped = checker(assertion.kind, assertion.config), 0, 0, 0, False
    while not stopped and (batch := assertions.waiting(store, assertion.key, after, BATCH)):
        found = []
        for one in batch:
            said = _said(check, one)
            tried += 1
            found.append(Result(one.key, one.content_hash, said.outcome, said.detail))
            slow += said.slow
            if stopped := slow >= SLOW and slow * 10 >= tried:
                break
        assertions.save(store, assertion.key, found)
        after = batch[-1].key
        moved(tried)
    return _TOO_SLOW.format(slow=slow, tried=tried) if stopped else ""


def mostly_unchecked(tally: Tally) -> bool:
    """Whether what was tried could mostly not be checked: then it is not tried further without being asked to."""
    tried = tally.passed + tally.failed + tally.unchecked
    return tally.unchecked >= SLOW and tally.unchecked * 10 >= tried

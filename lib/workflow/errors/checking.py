"""Assertions at work: tried on recent traces before they are kept, then run over every answered trace in batches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.assertions import KINDS, Answered, Checked, refuse_long
from lib.assertions.bounded import Check, NeverReady, bounded
from lib.records import FAIL, PASS, UsageError
from lib.records.words import counted
from lib.store import Store, experts
from lib.store.errors import assertions, failure_modes
from lib.store.errors.assertions import Assertion, Result, Tally, Waiting

BATCH = 1_000
PREVIEWED = 200  # of the newest traces
SLOW = 20  # outputs on which a check may take too long before the whole run is stopped
ENDED = 3  # outputs on which it may end its process
AT_FIRST = 3  # both, for a preview, for which somebody waits
SHOWN = 3  # examples of a preview, for each outcome
ENOUGH_CODED = 20  # fails with failure modes, before a test is written for one without a reason


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


@dataclass
class _Watch:
    """Of a check that goes on: how many outputs it was tried on, and how many were too much for it."""

    tried: int = 0
    slow: int = 0
    ended: int = 0
    last: str = ""

    def count(self, said: Checked) -> None:
        """One more."""
        self.tried, self.slow, self.ended = self.tried + 1, self.slow + said.slow, self.ended + said.ended
        self.last = said.detail if said.ended else self.last

    def stop(self, slow: int, ended: int, share: float) -> str:
        """Why it is stopped: so many, and no smaller share of all, were too much; empty where it goes on."""
        if self.ended >= ended and (self.ended >= share * self.tried or self.ended >= slow):
            return (f"Stopped: on {self.ended:,} of {counted(self.tried, 'output')} the check did not finish. "
                    f"{self.last} Make it simpler, and try it again.")
        if self.slow >= slow and self.slow >= share * self.tried:
            return (f"Stopped: on {self.slow:,} of {counted(self.tried, 'output')} the check took more time than it "
                    "may. Make it simpler, and try it again.")
        return ""


def preview(store: Store, kind: str, config: Mapping[str, Any], limit: int = PREVIEWED) -> Preview:
    """What it would say of the newest answered traces; nothing is stored."""
    store.check("assertions")  # it takes the machine's time
    _refuse_long(kind, config)
    found, watch, newest = Preview(), _Watch(), assertions.newest(store, limit)
    with bounded(kind, config) as check:
        for one, said in zip(newest, check(map(_answered, newest)), strict=True):
            found.counts[said.outcome] += 1
            if len(found.examples[said.outcome]) < SHOWN:
                found.examples[said.outcome].append((one.trace, one.output, said.detail))
            watch.count(said)
            if why := watch.stop(AT_FIRST, AT_FIRST, 0):
                found.stopped = why
                break
    return found


def _answered(one: Waiting) -> Answered:
    return Answered(one.output, one.milliseconds)


def _refuse_long(kind: str, config: Mapping[str, Any]) -> None:
    fields = KINDS[kind].fields if kind in KINDS else {}
    refuse_long(**{fields[name].label if name in fields else name: value for name, value in config.items()})


def early(store: Store) -> str:
    """Why it is too early to write tests for failure modes; empty where error analysis has come far enough."""
    person = experts.principal(store)
    coded = failure_modes.progress(store, person.name)[0] if person else 0
    if coded >= ENOUGH_CODED and failure_modes.every(store):
        return ""
    return (f"Error analysis has only begun: {counted(coded, 'fail has', 'fails have')} been looked through for "
            f"failure modes. From {ENOUGH_CODED} on you know which ones are worth a test. Before that, say why this "
            "one cannot wait.")


def add(store: Store, name: str, kind: str, config: Mapping[str, Any], mode: str | None = None,
        reason: str = "") -> Assertion:
    """A new assertion whose settings make sense; before error analysis it needs a reason."""
    refuse_long(name=name, reason=reason)
    _refuse_long(kind, config)
    with bounded(kind, config):
        pass
    if not reason.strip() and (why := early(store)):
        raise UsageError(why)
    return assertions.add(store, name, kind, dict(config), mode, reason)


def run(store: Store, assertion: Assertion, moved: Callable[[int], object] = lambda done: None) -> str:
    """Tries an assertion on every answered trace it has not been tried on; `moved` hears how many were done.

    Returns why it was stopped, or nothing, and keeps that. What was checked until then is kept.
    """
    store = store.program()  # what a check says follows from the outputs, whoever opens the page
    try:
        with bounded(assertion.kind, assertion.config) as check:
            why = _on_what_waits(store, assertion.key, check, moved)
    except NeverReady as error:
        why = f"Not tried: {error}"
    assertions.note_stopped(store, assertion.key, why)
    return why


def _on_what_waits(store: Store, key: int, check: Check, moved: Callable[[int], object]) -> str:
    watch, after, why = _Watch(), 0, ""
    while not why and (batch := assertions.waiting(store, key, after, BATCH)):
        found = []
        for one, said in zip(batch, check(map(_answered, batch)), strict=True):
            found.append(Result(one.key, one.content_hash, said.outcome, said.detail))
            watch.count(said)
            if why := watch.stop(SLOW, ENDED, 0.1):
                break
        assertions.save(store, key, found)
        after = batch[-1].key
        moved(watch.tried)
    return why


def waits_for_a_word(assertion: Assertion, tally: Tally) -> str:
    """Why it is not tried further without being asked to; empty where it goes on by itself."""
    tried = tally.passed + tally.failed + tally.unchecked
    if not assertion.stopped and tally.unchecked >= SLOW and tally.unchecked * 10 >= tried:
        return "Most of what was tried could not be checked."
    return assertion.stopped

"""An expert's labels held against what users said of the same traces: how far they agree, where not, and when next.

A stand-in for the domain expert is asked for it on a schedule: users are the only other word on the product. What
comes of it is noted as a cycle. It moves no label and no rate: a user is asked something else than the expert.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lib.records import STAND_INS, Counts, Figure, UsageError
from lib.records.feedback import mixed, outcome
from lib.records.words import counted
from lib.statistics import metrics
from lib.store import Store, cycles, experts
from lib.store import feedback as stored
from lib.store.feedback import Check, Held
from lib.workflow import figures

DAYS = 28  # between two looks, where a stand-in decides and nobody has said


@dataclass(frozen=True)
class Compared:
    """Labels of one expert, and users' thumbs on the same traces; words alone and users at odds stand in no cell."""

    expert: str
    counts: Counts  # the expert first; a thumb up counts as pass
    agreement: Figure
    kappa: Figure
    differing: tuple[Held, ...]  # also those that do not count
    wordy: int  # traces of which users said words alone
    mixed: int  # traces on which users contradict each other
    left_out: int  # drawn by an outcome, or begun with a judge's words

    @property
    def left_out_words(self) -> str:
        """What stands in no cell, in words; "" where nothing does."""
        parts = [f"{counted(n, 'trace')} {why}" for n, why in (
            (self.left_out, "drawn for an outcome, for standing out, or labelled in shadow mode"),
            (self.wordy, "with words alone"), (self.mixed, "on which users contradict each other")) if n]
        return f"Left out: {', '.join(parts)}." if parts else ""

    @property
    def sentence(self) -> str:
        """The figures in a sentence."""
        if not self.counts.n:
            return f"No trace has both a label of {self.expert} that counts and a thumb of users."
        share, kappa = self.agreement, self.kappa
        same = self.counts.pass_pass + self.counts.fail_fail
        return (f"Labels of {self.expert} and users' thumbs agree on {same:,} of {counted(self.counts.n, 'trace')} "
                f"({share.value:.0%}, {metrics.format_interval('agreement', share)}); kappa "
                f"{metrics.format_figure('kappa', kappa)} ({metrics.format_interval('kappa', kappa)})")

    @property
    def figures(self) -> dict[str, Any]:
        """What a cycle keeps of it."""
        return {"expert": self.expert, "n": self.counts.n, "cells": list(self.counts.cells),
                "agreement": self.agreement.value, "low": self.agreement.low, "high": self.agreement.high,
                "kappa": self.kappa.value, "differing": len(self.differing), "left_out": self.left_out}


@dataclass(frozen=True)
class Schedule:
    """How often it is done, when it was last done, and by when again; due None: it is not asked for."""

    days: int
    said: bool  # whether somebody has set the days
    stand_in: str  # why this person decides, where that is in place of the domain expert; "" else
    last: Check | None
    due: date | None

    @property
    def overdue(self) -> bool:
        """Whether it should be done by now."""
        return self.due is not None and self.due <= cycles.today()

    @property
    def words(self) -> str:
        """When the last one was, and that a next one is due."""
        if self.last is None:
            never = "Labels were never held against users' feedback"
            return f"{never}: a first check is due." if self.due else f"{never}. No check is asked for."
        last = f"Labels were last held against users' feedback on {self.last.at[:10]}."
        if self.due is None:
            return f"{last} No next check is asked for."
        return f"{last} The next check {'has been due since' if self.overdue else 'is due on'} {self.due.isoformat()}."


@dataclass(frozen=True)
class Looked:
    """All the view Feedback shows."""

    there: int  # things users said of traces of this project
    compared: Compared
    schedule: Schedule
    checks: tuple[Check, ...]


def look(store: Store, viewer: str, every: bool = False) -> Looked:
    """The viewer's labels, and of somebody who has given none the principal expert's."""
    principal = experts.principal(store)
    own = stored.held(store, viewer) if viewer in {one.name for one in experts.every(store)} else []
    expert = viewer if own or principal is None else principal.name
    return Looked(stored.count(store), compare(store, expert, every), schedule(store), tuple(stored.checks(store)))


def compare(store: Store, expert: str | None = None, every: bool = False) -> Compared:
    """Holds labels against users' thumbs; None: of the principal expert.

    Labels that no rate counts are left out unless `every` is asked for: a queue of complaints would make it too low.
    """
    name = figures.expert_named(store, expert)
    found = stored.held(store, name)
    thumbed = [(one, outcome(one.said)) for one in found]
    counting = [(one, said) for one, said in thumbed if said and (every or one.counts)]
    counts = Counts.of_tied(Counter((*one.tie, one.outcome, said) for one, said in counting))
    at_odds = sum(mixed(one.said) for one in found)
    none = Figure(None, why="no trace has both a label that counts and a thumb")
    return Compared(name, counts, *((metrics.agreement(counts), metrics.kappa(counts)) if counts.n else (none, none)),
                    tuple(one for one, said in thumbed if said and said != one.outcome),
                    sum(said is None for _, said in thumbed) - at_odds, at_odds,
                    sum(said is not None for _, said in thumbed) - len(counting))


def schedule(store: Store) -> Schedule:
    """When labels are to be held against users' feedback; without a word of the team, every four weeks of a stand-in.

    Before any feedback is there, none is due.
    """
    principal, said = experts.principal(store), stored.days(store)
    basis = principal.basis if principal and principal.basis in STAND_INS else ""
    days = (DAYS if basis else 0) if said is None else said
    last = next(iter(stored.checks(store)), None)
    due = None
    if days and stored.count(store):
        due = date.fromisoformat(last.at[:10]) + timedelta(days=days) if last else cycles.today()
    return Schedule(days, said is not None, basis, last, due)


def reminder(store: Store) -> str:
    """What is said on every page that names overdue cycles; "" where nothing is due."""
    found = schedule(store)
    return found.words if found.overdue else ""


def note(store: Store, found: Compared, remark: str = "") -> int:
    """Notes as a cycle, done, that labels were held against users' feedback; returns its number."""
    if not found.counts.n and not found.differing:
        raise UsageError(f"{found.sentence} Import users' feedback on labelled traces, or label traces that have some: "
                         "then there is something to note.")
    return stored.note(store, ". ".join(filter(None, (found.sentence, remark.strip()))), found.figures)

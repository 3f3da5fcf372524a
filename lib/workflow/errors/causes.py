"""Why it fails, in figures: failure modes over the fails that were coded, cut by groups, and whether new ones come.

Brings counts from the store to the pure functions in breakdowns and stopping.
"""

from dataclasses import dataclass

from lib.records import Figure
from lib.records.rating import Tally
from lib.statistics import breakdowns, stopping
from lib.statistics.breakdowns import Distribution, Rate
from lib.statistics.mode_pages import Ranked
from lib.store import Store, experts
from lib.store.errors import distributions, failure_modes
from lib.workflow import figures
from lib.workflow.errors import what_to_fix


@dataclass(frozen=True)
class Causes:
    """The confirmed failure modes in order of frequency × impact, or of frequency; what waits stands apart."""

    modes: list[Ranked]
    coded: int
    uncoded: int
    note: str
    expert: str | None
    proposed: list[tuple[str, int]]  # by a model, undecided: (failure mode, fails)
    waiting: int  # groups that a model proposed and no person has decided on


@dataclass(frozen=True)
class Cut:
    """Failure modes by groups of fails; each share is of the group's coded fails."""

    modes: list[str]  # the most frequent first
    groups: list[tuple[str, int, int]]  # (group, coded, not coded) in order
    counts: dict[tuple[str, str], int]  # (failure mode, group) -> fails

    def rates(self, mode: str) -> list[Rate]:
        """The share of each group's coded fails that have a failure mode, in order of the groups."""
        triples = [(group, self.counts.get((mode, group), 0), coded) for group, coded, _ in self.groups]
        found = {rate.value: rate for rate in breakdowns.rate_by((group, Tally(have, coded - have))
                                                                 for group, have, coded in triples)}
        return [found[group] for group, *_ in triples]


@dataclass(frozen=True)
class Saturation:
    """How many failure modes had been found after each coded fail, and the chance that the next one is new."""

    curve: list[int]
    unseen: Figure
    given: int
    reading: str


def causes(store: Store, by_impact: bool = True) -> Causes:
    """The distribution of failure modes among the principal's coded fails."""
    person = experts.principal(store)
    found: Distribution = figures.modes(store)
    ranked = [mode for mode in what_to_fix.ranking(store) if mode.name in {one.name for one in found.modes}]
    order = ranked if by_impact else sorted(ranked, key=lambda mode: (-mode.fails, mode.name))
    return Causes(order, found.coded, found.uncoded, found.note, person and person.name,
                  distributions.proposed(store, person.name) if person else [], len(failure_modes.unconfirmed(store)))


def cut(store: Store, dimension: str | None = None, period: str | None = None) -> Cut:
    """Failure modes by the values of a dimension, or by week, month or system version."""
    figures.check_dimension(store, dimension)
    expert = figures.principal_name(store)
    counts = {(mode, group): n for mode, group, n in distributions.counts(store, expert, dimension, period)}
    totals: dict[str, int] = {}
    for (mode, _), n in counts.items():
        totals[mode] = totals.get(mode, 0) + n
    return Cut(sorted(totals, key=lambda mode: (-totals[mode], mode)),
               distributions.groups(store, expert, dimension, period), counts)


def saturation(store: Store) -> Saturation:
    """The saturation curve over the coded fails in the order they were read, with the Good-Turing estimate."""
    codings = distributions.as_read(store, figures.principal_name(store))
    unseen, given = stopping.unseen_mass(codings), sum(map(len, codings))
    return Saturation(breakdowns.saturation(codings), unseen, given, stopping.reading(unseen, given))

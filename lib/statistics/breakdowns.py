"""Tables for error analysis: pass rate and agreement by dimension value, failure modes, saturation.

Pure functions from counts to rows; the counting itself is done in the store.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from lib.records import Counts, Figure
from lib.records.pairs import Tied
from lib.records.rating import Tally
from lib.statistics import metrics
from lib.statistics.metrics import share

SMALL_N = 20  # below this a 95 % interval spans 40 points or more: read it as a hint


@dataclass(frozen=True)
class Rate:
    """The pass rate of one value of a dimension."""

    value: str
    n: int
    passes: int
    fails: int
    rate: Figure
    small: bool


OF_A_SLICE = ("agreement", "tpr", "tnr")  # the figures of a Slice


@dataclass(frozen=True)
class Slice:
    """How far a judge agrees with the expert on the traces of one value of a dimension."""

    value: str
    counts: Counts
    agreement: Figure
    tpr: Figure
    tnr: Figure
    small: bool


@dataclass(frozen=True)
class ModeShare:
    """How many fails have a failure mode, as a share of the fails that were coded."""

    name: str
    count: int
    share: Figure


@dataclass(frozen=True)
class Distribution:
    """Failure modes in order of frequency; fails that nobody coded yet stand apart."""

    modes: list[ModeShare]
    coded: int
    uncoded: int
    note: str


def rate_by(found: Iterable[tuple[str, Tally]]) -> list[Rate]:
    """Rates from (value, passes and fails), lowest pass rate first: where to look comes on top."""
    rates = [Rate(value, tally.labelled, tally.passes, tally.fails,
                  share(tally, (0,), (0, 1), "no trace has an outcome"), tally.labelled < SMALL_N)
             for value, tally in found]
    return sorted(rates, key=lambda rate: (2.0 if rate.rate.value is None else rate.rate.value, rate.value))


def agreement_by(counts: Iterable[tuple[str, Counts]]) -> list[Slice]:
    """Slices from (value, counts), lowest agreement first; those of few pairs last, for there it may be chance."""
    slices = [Slice(value, one, metrics.agreement(one), metrics.tpr(one), metrics.tnr(one), one.n < SMALL_N)
              for value, one in counts]
    return sorted(slices, key=lambda one: (
        one.small, 2.0 if one.agreement.value is None else one.agreement.value, one.value))


def by_date(found: Iterable[tuple[str, Tally]]) -> list[Rate]:
    """Rates from (date, so many that do, so many that do not) in the order of the dates: how a share drifts."""
    return sorted(rate_by(found), key=lambda rate: rate.value)


def days(period: str) -> tuple[str, str]:
    """First and last day of a month (2026-11), or of a week named by its Monday (2026-11-23)."""
    first = date.fromisoformat(period if period.count("-") == 2 else f"{period}-01")
    length = 7 if period.count("-") == 2 else monthrange(first.year, first.month)[1]
    return first.isoformat(), (first + timedelta(length - 1)).isoformat()


def mode_distribution(counts: Mapping[str, int], coded: int, uncoded: int,
                      tied: Mapping[str, Tied] | None = None) -> Distribution:
    """Shares of the coded fails; a fail may have several failure modes, which the note says.

    `tied` are those of fails that share an input or a session: of each failure mode (session, input, have it, not).
    """
    modes = [ModeShare(name, count, share(Tally(count, coded - count, tied=(tied or {}).get(name, ())), (0,), (0, 1),
                                          "no fail is coded yet"))
             for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    total = sum(counts.values())
    note = "A fail may have several failure modes, so the shares add up to more than 100 %." if total > coded else ""
    return Distribution(modes, coded, uncoded, note)


def saturation(codings: Iterable[Iterable[str]]) -> list[int]:
    """Distinct failure modes seen after each fail, in the order they were read."""
    seen: set[str] = set()
    curve = []
    for modes in codings:
        seen.update(modes)
        curve.append(len(seen))
    return curve

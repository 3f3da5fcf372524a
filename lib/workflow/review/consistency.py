"""How far an expert agrees with themselves: blind repeats in figures, and the drift by month.

The agreement is the ceiling of every judge: nobody can agree with an expert more than the expert does.
"""

from dataclasses import dataclass

from lib.records import PASS, Counts, Figure
from lib.records.rating import Tally
from lib.statistics import breakdowns, metrics
from lib.store import Store, experts, people
from lib.store.review import labels, repeats


@dataclass(frozen=True)
class Consistency:
    """An expert's repeats: counts of (label, repeat), figures, both drifts, and where the two differ."""

    expert: str
    counts: Counts
    agreement: Figure
    kappa: Figure
    by_month: list[breakdowns.Rate]  # share of repeats that agree
    passes_by_month: list[breakdowns.Rate]  # share of labels that are pass
    differing: list[repeats.Repeat]


@dataclass(frozen=True)
class Shown:
    """All the view Consistency shows: the figures of one expert, and when an earlier trace comes back."""

    found: Consistency
    principals: bool  # of the principal expert, since who looks stands in no list
    share: float  # of labels that are repeats, 0 to 1
    hours: float  # before a trace comes back
    missing: int  # labels before the first one can


def look(store: Store, viewer: str) -> Shown:
    """The viewer's own consistency; for somebody who stands in no list the principal expert's."""
    principal = experts.principal(store) if people.get(store, viewer) is None else None
    expert = principal.name if principal else viewer
    share, hours = repeats.settings(store)
    missing = repeats.APART + 1 - labels.tally(store, expert)["labelled"]
    return Shown(of(store, expert), principal is not None, share, hours, max(0, missing))


def of(store: Store, expert: str) -> Consistency:
    """All figures of an expert's repeats."""
    found = repeats.pairs(store, expert)
    counts = _counts(found)
    return Consistency(expert, counts, _agreement(counts), metrics.kappa(counts) if found else _agreement(counts),
                       breakdowns.by_date(_months(found)),
                       breakdowns.by_date((month, Tally(passes, fails))
                                          for month, passes, fails in repeats.outcomes_by_month(store, expert)),
                       [pair for pair in found if pair.first.outcome != pair.second.outcome])


def ceiling(store: Store, expert: str) -> Figure:
    """The share of repeats on which this expert gave the same outcome again; undefined before the first repeat."""
    return _agreement(_counts(repeats.pairs(store, expert)))


def _counts(found: list[repeats.Repeat]) -> Counts:
    return metrics.count_pairs((pair.first.outcome, pair.second.outcome) for pair in found)


def _agreement(counts: Counts) -> Figure:
    return metrics.wilson(counts.pass_pass + counts.fail_fail, counts.n, "no earlier trace has come back yet")


def _months(found: list[repeats.Repeat]) -> list[tuple[str, Tally]]:
    """(month of the repeat, repeats that agree and that do not)"""
    months: dict[str, list[int]] = {}
    for pair in found:
        months.setdefault(pair.second.created_at[:7], [0, 0])[pair.first.outcome != pair.second.outcome] += 1
    return [(month, Tally(same, other)) for month, (same, other) in months.items()]


def moved(found: Consistency) -> str:
    """In a sentence, which way the expert moved where label and repeat differ; "" where they never do."""
    stricter, milder = found.counts.pass_fail, found.counts.fail_pass
    if not stricter + milder:
        return ""
    return (f"Of {stricter + milder:,} that differ, {stricter:,} went from {PASS} to fail and {milder:,} from fail to "
            f"{PASS}.")

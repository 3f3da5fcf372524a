"""A cascade: a decision judge alone where it is sure, a second judge where it is not, measured as one judge.

The band of the unsure is chosen on labelled traces of dev, by how often the first judge is right outside it; test is
never looked at. Where the two stand in the order of help: the expert first, the second judge until they have answered.
"""

from dataclasses import dataclass
from typing import Any

from lib.records import Cascade, Figure, PromptVersion, UsageError
from lib.records.decision import TEXT
from lib.records.words import counted
from lib.sampling.queues import LEAST_RANDOM
from lib.statistics import coverage_risk
from lib.statistics.coverage_risk import Answer, Row
from lib.store import Store, experts
from lib.store.judge import costs, fits, judges, runs
from lib.store.judge.fits import seconds
from lib.workflow.judge import fitting

AT_RANDOM = LEAST_RANDOM / 100  # of what the expert is asked: drawn from all traces, wherever the judge is sure
FEW = 30  # labelled traces of dev: below it a band is chosen on chance


@dataclass(frozen=True)
class Table:
    """How far a first judge can be left alone, and what a second one is worth on the rest."""

    first: PromptVersion
    then: str  # the second judge; "" where none was named
    model: str  # whose probabilities these are, as it names itself
    cut: float  # in force
    fitted: bool
    answers: tuple[Answer, ...]
    rows: tuple[Row, ...]
    costs: tuple[float, float] | None  # of a trace, by the first and by the second judge
    costs_in: str  # what they are counted in; "" where they are not known

    def cost(self, row: Row) -> float | None:
        """What a row costs beside the second judge on every trace, as a share; None where it is not known."""
        if not self.costs or not self.costs[1]:
            return None
        return (self.costs[0] + (1 - row.share) * self.costs[1]) / self.costs[1]

    def said(self, row: Row) -> tuple[str, ...]:
        """A row in sentences."""
        cost = self.cost(row)
        spent = f"; {cost:.0%} of what {self.then} on every trace costs, in {self.costs_in}" if cost is not None else ""
        rest = row.n - row.alone
        second = f"{self.then} there: {_share(row.second)}. With it: {_share(row.whole)} of all. " if self.then else ""
        return tuple(filter(None, (
            f"Alone on {row.share:.0%} of {counted(row.n, 'labelled trace')} of dev at {_share(row.agreement)} "
            f"agreement{spent}.",
            f"On the other {rest:,} it would agree on {_share(row.left)}. {second}With the expert there: "
            f"{_share(row.by_expert)} of all." if rest else "",
            f"Provisional: with fewer than {FEW} labelled traces of dev a band is chosen on chance."
            if row.n < FEW else "",
            "" if self.fitted else f"Cut at .5: no threshold was learnt from labels. 'threshold {self.first.judge}' "
                                   "learns one.")))


def table(store: Store, first: str, then: str = "") -> Table:
    """The coverage-risk table of a decision judge, with what a second one has said on dev.

    UsageError where the first gives no probability, or none on a labelled trace of dev.
    """
    version = _version(store, first)
    if then:
        _check_second(store, first, then)
    person, model = experts.principal(store), fits.model(store, version.key)
    if person is None:
        raise UsageError("There is no expert yet: a band is chosen by labels.")
    if model is None:
        raise UsageError(f"Version {version.number} of '{first}' has answered nothing yet: run it on dev first.")
    fit, said = fitting.on_dev(store, version, model, person.name)
    answers = _answers(store, said, then, person.name)
    if not answers:
        raise UsageError(f"'{first}' has judged no labelled trace of dev: 'run --judge {first} --split dev' first.")
    both, unit = _costs(store, version, then)
    return Table(version, then, model, fit.threshold if fit else fitting.HALF, fit is not None, answers,
                 tuple(coverage_risk.curve(answers)), both, unit)


def seconds_of(store: Store, first: str) -> dict[str, bool]:
    """The judges that can stand behind this one -> whether they can be run, or have recorded verdicts alone."""
    special, runnable = judges.special(store), judges.with_prompt(store)
    return {name: name in runnable for name in judges.every(store)
            if name != first and name not in special and judges.kind_of(store, name) == TEXT}


def chosen(found: Table, share: float | None, target: float | None) -> Row:
    """The row for a share decided alone, or the widest at an agreement; UsageError where there is none."""
    if (share is None) == (target is None):
        raise UsageError("Name either the share that the first judge decides alone, or the agreement to be reached.")
    if share is not None:
        if not 0 < share < 1:
            raise UsageError(f"A share lies between 0 and 1, not at {share:g}: with all decided alone it is one judge.")
        row = coverage_risk.at_share(found.answers, share)
        if not row.alone:
            raise UsageError("Too many of its probabilities on dev are alike to tell so few apart: it decides nothing "
                             "alone there.")
        return row
    if not 0 < target < 1:
        raise UsageError(f"An agreement to be reached lies between 0 and 1, not at {target:g}.")
    row = coverage_risk.at_target(found.answers, target)
    if row is None:
        raise UsageError(f"It decides nothing alone yet: on no share of {counted(len(found.answers), 'trace')} of dev "
                         f"does the lower end of its agreement reach {target:.0%}. Label more of dev, or better its "
                         "words.")
    return row


def make(store: Store, name: str, first: str, then: str, share: float | None = None, target: float | None = None,
         at_random: float = AT_RANDOM) -> tuple[PromptVersion, Table, Row]:
    """A new version of a cascade, the judge made where there is none; UsageError for what cannot be one."""
    if not AT_RANDOM <= at_random <= 1:
        raise UsageError(f"The share at random is between {AT_RANDOM:g} and 1, not {at_random:g}: without it nobody "
                         "would see where the first judge is sure and wrong.")
    _version(store, first)
    second = _runnable(store, then)
    found = table(store, first, then)
    row = chosen(found, share, target)
    _check_name(store, name, first)
    low, high = coverage_risk.band(row.within, found.cut)
    model = _model(store, found.first) or found.model
    cascade = Cascade(first, found.first.number, then, second.number, low, high, found.cut, found.model,
                      second.template, second.model or _model(store, second) or model, len(found.first.examples),
                      row.share, at_random, second.parameters)
    examples = [one.label.key for one in (*found.first.examples, *second.examples)]
    note = f"{first}, version {found.first.number}, then {then}, version {second.number}"
    return judges.save_prompt(store, name, found.first.template, examples, model, found.first.parameters, note,
                              decision=found.first.decision, cascade=cascade), found, row


def _version(store: Store, judge: str) -> PromptVersion:
    judges.row_of(store, judge)
    found = judges.prompts(store, judge)
    if not found or found[0].decision is None or found[0].cascade:
        raise UsageError(f"'{judge}' gives no probability of its own: the first judge is one that "
                         "'judge-new NAME --kind decision' made.")
    return found[0]


def _runnable(store: Store, then: str) -> PromptVersion:
    found = judges.newest_prompt(store, then)
    if found.decision:
        raise UsageError(f"'{then}' answers with a probability: the second judge is one that writes its verdict.")
    return found


def _check_second(store: Store, first: str, then: str) -> None:
    judges.row_of(store, then)
    if then == first:
        raise UsageError("The second judge is another one than the first.")
    if then in judges.special(store):
        raise UsageError(f"'{then}' judges one failure mode alone: the second judge is one of the whole question.")


def _check_name(store: Store, name: str, first: str) -> None:
    known = judges.prompts(store, name.strip()) if name.strip() in judges.every(store, archived=True) else None
    if known is not None and not (known and known[0].cascade):
        raise UsageError(f"There is a judge '{name.strip()}' that is no cascade: choose another name.")


def _answers(store: Store, said: list[tuple[fits.Said, float]], then: str, expert: str) -> tuple[Answer, ...]:
    """On traces that neither prompt shows."""
    right = seconds.right(store, then, expert) if then else {}
    shown = seconds.shown(store, then) if then else set()
    return tuple(Answer(coverage_risk.distance(one.probability, cut),
                        (one.probability >= cut) == (one.label == "pass"),
                        None if (second := right.get(one.trace)) is None else bool(second))
                 for one, cut in said if one.trace not in shown)


def _model(store: Store, version: PromptVersion) -> str | None:
    """The model that the newest run of a version asked."""
    return next((run.model for run in runs.every(store, version.judge) if run.prompt == version.key and run.done), None)


def _costs(store: Store, first: PromptVersion, then: str) -> tuple[tuple[float, float] | None, str]:
    """What a trace takes of either judge: money where both have a price, else seconds; None where neither is known."""
    second = next(iter(judges.prompts(store, then)), None) if then else None
    if second is None:
        return None, ""
    took = [[cost for number, cost in costs.of(store, [run.id for run in runs.every(store, version.judge)
                                                       if run.prompt == version.key]).items() if cost.traces]
            for version in (first, second)]
    for unit, amounts, n in (("money", "cost", "traces"), ("time", "seconds", "replies")):
        known = [[(getattr(one, amounts), getattr(one, n)) for one in side if getattr(one, amounts)] for side in took]
        if all(known):
            one, two = (sum(amount for amount, _ in side) / sum(count for _, count in side) for side in known)
            return (one, two), unit
    return None, ""


def _share(figure: Figure) -> str:
    if figure.value is None:
        return "–"
    return f"{figure.value:.0%} [{figure.low:.0%}, {figure.high:.0%}]"


def plain(found: Table, row: Row) -> dict[str, Any]:
    """A row as plain data."""
    names = ("agreement", "left", "second", "whole", "by_expert")
    low, high = coverage_risk.band(row.within, found.cut)
    return {"share": row.share, "n": row.n, "alone": row.alone, "asked": row.n - row.alone,
            "band": [low, high] if row.within >= 0 else None, "cost": found.cost(row), "cost_in": found.costs_in,
            **{name: {"value": one.value, "low": one.low, "high": one.high, "n": one.n}
               for name in names for one in (getattr(row, name),)}}

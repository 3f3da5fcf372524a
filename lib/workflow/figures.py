"""Steps 5 and 6 in figures: agreement of a run with an expert, rates, failure modes.

Brings counts from the store to the pure functions in metrics and breakdowns.
"""

from dataclasses import dataclass, replace

from lib import breakdowns, metrics
from lib.records import Counts, Figure, LeftOut, Run, UsageError
from lib.store import Store, experts, failure_modes, judges, labels, runs, traces, verdicts
from lib.store import rates as stored_rates


@dataclass(frozen=True)
class Agreement:
    """How far a judge (or a second expert) agrees with an expert: counts first, figures from them."""

    judge: str
    expert: str
    counts: Counts
    figures: dict[str, Figure]
    run: Run | None
    validated: bool
    why: str  # where not validated: what is missing
    left_out: LeftOut  # pairs that are not counted, for each reason
    every: bool  # they are counted after all, because that was asked for


@dataclass(frozen=True)
class Standing:
    """A judge and how far it is: its newest agreement, or what is missing before there is one."""

    judge: str
    agreement: Agreement | None
    validated: bool
    why: str


@dataclass(frozen=True)
class RateTable:
    """Pass rates by the values of a dimension, with their source named."""

    rates: list[breakdowns.Rate]
    overall: breakdowns.Rate
    by: str | None
    source: str
    source_text: str
    run: Run | None
    validated: bool
    corrected: Figure | None = None  # of traces without a label, where a judge is the source
    left_out: int = 0  # labels on traces that were drawn by looking at an outcome


@dataclass(frozen=True)
class Corrected:
    """The pass rate of a run's traces without a label: as the judge sees it, and corrected by the judge's errors."""

    run: Run
    expert: str | None  # None where nobody has labelled yet
    observed: Figure
    corrected: Figure
    pairs: Counts  # with an unbiased label: they give TPR and TNR
    unlabelled: int  # readable verdicts on traces without one: they give the observed rate


def principal_name(store: Store) -> str:
    """The principal expert's name; UsageError where nobody is named yet."""
    found = experts.principal(store)
    if found is None:
        raise UsageError("This project has no expert yet: label a trace on the Review page, or import labels.")
    return found.name


def agreement(store: Store, judge: str | None = None, run: int | None = None, expert: str | None = None,
              every: bool = False) -> Agreement:
    """Agreement of a run, or of a judge's newest run, with an expert (default: the principal).

    Shadow labels, and labels on traces drawn by looking at an outcome, count only where `every` is asked for.
    """
    found = runs.get(store, run) if run is not None else _newest(store, judge)
    person = expert or principal_name(store)
    counts = verdicts.counts(store, found.id, person, every)
    left_out = verdicts.left_out(store, found.id, person)
    return Agreement(found.judge, person, counts, metrics.all_figures(counts), found,
                     *_validation(counts, person, left_out), left_out, every)


def _newest(store: Store, judge: str | None) -> Run:
    if judge is None:
        raise UsageError("Say which judge or which run.")
    found = runs.newest(store, judge)
    if found is None:
        raise UsageError(f"Judge '{judge}' has not been run yet: run it first.")
    return found


def _validation(counts: Counts, expert: str, left_out: LeftOut) -> tuple[bool, str]:
    if counts.n:
        return True, ""
    if left_out.n:
        return False, f"{left_out.n:,} of its verdicts meet a label of {expert}, but none of these labels is counted."
    return False, f"None of its readable verdicts is on a trace that {expert} has labelled."


def between(store: Store, first: str, second: str, every: bool = False) -> Agreement:
    """Agreement of two experts on the traces both labelled independently; the first takes the expert's side."""
    counts = verdicts.counts_between(store, first, second, every)
    left_out = verdicts.left_out_between(store, first, second)
    why = "" if counts.n else f"{first} and {second} have labelled no trace in common."
    return Agreement(second, first, counts, metrics.all_figures(counts), None, bool(counts.n), why, left_out, every)


def validated(store: Store, judge: str) -> bool:
    """Whether any run of a judge was ever measured against labels of the principal expert."""
    person = experts.principal(store)
    return person is not None and any(verdicts.counts(store, run.id, person.name).n for run in runs.every(store, judge))


def standing(store: Store) -> list[Standing]:
    """Every judge of the project with its newest agreement with the principal expert."""
    return [_standing(store, name) for name in judges.every(store)]


def _standing(store: Store, judge: str) -> Standing:
    try:
        found = agreement(store, judge)
    except UsageError as error:
        return Standing(judge, None, False, str(error))
    return Standing(judge, found, validated(store, judge), found.why)


def rates(store: Store, by: str | None = None, source: str = "expert", judge: str | None = None,
          run: int | None = None, expert: str | None = None) -> RateTable:
    """Pass rates overall and by a dimension, from an expert's unbiased labels or from a judge's run."""
    check_dimension(store, by)
    if source == "expert":
        person = expert or principal_name(store)
        experts.row_of(store, person)
        table = _table(lambda value: stored_rates.by_expert(store, person, value), by, source,
                       f"labels of {person}", None, True)
        return replace(table, left_out=stored_rates.left_out(store, person))
    if source != "judge":
        raise UsageError(f"A source is 'expert' or 'judge', not '{source}'.")
    found = runs.get(store, run) if run is not None else _newest(store, judge or _only_judge(store))
    table = _table(lambda value: stored_rates.by_run(store, found.id, value), by, source,
                   f"verdicts of {found.judge}, run {found.id}", found, validated(store, found.judge))
    return replace(table, corrected=_corrected(store, found).corrected)


def corrected(store: Store, judge: str | None = None, run: int | None = None, expert: str | None = None) -> Corrected:
    """The corrected pass rate of a run, or of a judge's newest run, by an expert's labels (default: the principal's).

    Shadow labels, and labels on traces drawn by looking at an outcome, never correct a rate.
    """
    return _corrected(store, runs.get(store, run) if run is not None else _newest(store, judge or _only_judge(store)),
                      expert)


def _corrected(store: Store, run: Run, expert: str | None = None) -> Corrected:
    principal = experts.principal(store)
    person = expert or (principal and principal.name)
    pairs = verdicts.counts(store, run.id, person) if person else Counts()
    passed, judged = stored_rates.unlabelled_by_run(store, run.id, person or "")
    return Corrected(run, person, metrics.wilson(passed, judged, "no trace without a label has a readable verdict"),
                     metrics.corrected_rate(pairs, passed, judged) if person
                     else Figure(None, why="nobody has labelled a trace yet"), pairs, judged)


def check_dimension(store: Store, name: str | None) -> None:
    """UsageError with the known names where the project has no such dimension; None is no dimension at all."""
    known = list(traces.dimensions(store))
    if name is not None and name not in known:
        raise UsageError(f"There is no dimension '{name}'. Dimensions of this project: "
                         f"{', '.join(known) or 'none yet'}.")


def _table(count, by, source, text, run, valid) -> RateTable:
    overall = breakdowns.rate_by(count(None))[0]
    return RateTable(breakdowns.rate_by(count(by)) if by else [], overall, by, source, text, run, valid)


def judged_by(store: Store) -> list[str]:
    """The judges that have verdicts, oldest first."""
    return [name for name in judges.every(store) if any(run.done for run in runs.every(store, name))]


def _only_judge(store: Store) -> str:
    judged = judged_by(store)
    if len(judged) == 1:
        return judged[0]
    if not judged:
        raise UsageError("No judge has a verdict yet: run one on the Judge page, or import recorded verdicts.")
    raise UsageError(f"Several judges have verdicts: name one with --judge ({', '.join(judged)}).")


def modes(store: Store) -> breakdowns.Distribution:
    """Failure modes among the principal expert's fails: count, share, and the fails not coded yet."""
    person = experts.principal(store)
    if person is None:
        return breakdowns.mode_distribution({}, 0, 0)
    return breakdowns.mode_distribution(*failure_modes.distribution(store, person.name))


def saturation(store: Store) -> tuple[int, int, int]:
    """(failure modes found, the coded fail that brought the last new one, coded fails) in the order read."""
    person = experts.principal(store)
    curve = breakdowns.saturation(failure_modes.in_order_read(store, person.name)) if person else []
    return (curve[-1], curve.index(curve[-1]) + 1, len(curve)) if curve else (0, 0, 0)


def progress(store: Store, expert: str) -> dict[str, int]:
    """How far an expert is: traces, labelled, pass, fail, complete."""
    return labels.tally(store, expert)

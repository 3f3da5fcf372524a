"""Step 5 in figures: agreement of a run with an expert, and failure modes; rates are in errors/rates.py.

Brings counts from the store to the pure functions in metrics and breakdowns.
"""

from dataclasses import dataclass

from lib.records import Counts, Figure, LeftOut, Run, UsageError
from lib.records.words import counted
from lib.sampling.splits import provisional
from lib.statistics import breakdowns, effective, metrics
from lib.store import Store, experts
from lib.store.dataset import traces
from lib.store.errors import failure_modes
from lib.store.judge import judges, runs, splits, verdicts
from lib.store.review import labels
from lib.workflow.live import Look


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
    sealed: int = 0  # pairs of the test split, which is opened on purpose or not at all
    provisional: str = ""  # why the figures are no more than that

    @property
    def ties(self) -> str:
        """A sentence where pairs are of traces that share an input or a session: intervals count fewer then."""
        return effective.sentence(self.counts, "pairs")


@dataclass(frozen=True)
class Standing:
    """A judge and how far it is: its newest agreement, or what is missing before there is one."""

    judge: str
    agreement: Agreement | None
    validated: bool
    why: str
    special: bool = False  # of one criterion: it speaks of a failure mode, not of pass and fail as a whole

    @property
    def measured(self) -> bool:
        """Whether there is a figure of it."""
        return self.agreement is not None and self.agreement.counts.n > 0


def principal_name(store: Store) -> str:
    """The principal expert's name; UsageError where nobody is named yet."""
    found = experts.principal(store)
    if found is None:
        raise UsageError("This project has no expert yet: label a trace on the Review page, or import labels.")
    return found.name


def expert_named(store: Store, name: str | None) -> str:
    """The expert this name means, called as first spelt; the principal where none is named."""
    return experts.called(store, name) if name else principal_name(store)


def agreement(store: Store, judge: str | None = None, run: int | None = None, expert: str | None = None,
              every: bool = False, seen: Look | None = None) -> Agreement:
    """Agreement of a run, or of a judge's newest run, with an expert (default: the principal), but for sealed pairs.

    Shadow labels, and labels on traces drawn by looking at an outcome, count only where `every` is asked for. `seen`
    is a look at this run, which has read it already.
    """
    found = run_of(store, judge, run)
    person = expert_named(store, expert)
    read = seen.read if seen else verdicts.measured(store, found.id, person, every)
    shown = seen.figures if seen else metrics.all_figures(read.counts)
    return Agreement(found.judge, person, read.counts, shown, found,
                     *_validation(read.counts, person, read.left_out, read.sealed.n), read.left_out, every,
                     read.sealed.n, _provisional(store, found))


def test_agreement(store: Store, run: Run, every: bool = False) -> Agreement | None:
    """Agreement with the principal on the test split alone; None unless it was opened for this run."""
    if not splits.looked(store, run.id):
        return None
    person = principal_name(store)
    counts = verdicts.measured(store, run.id, person, every).sealed
    return Agreement(run.judge, person, counts, metrics.all_figures(counts), run,
                     *_validation(counts, person, LeftOut(), 0), LeftOut(), every)


def _provisional(store: Store, run: Run) -> str:
    """Why a run's figures are provisional, or nothing; verdicts recorded elsewhere were tuned on no label of ours."""
    return "" if run.prompt is None or splits.enough(store) else provisional(splits.labelled(store))


def run_of(store: Store, judge: str | None = None, run: int | None = None) -> Run:
    """The run of this number, or the judge's newest one; UsageError where there is none."""
    return runs.get(store, run) if run is not None else _newest(store, judge)


def _newest(store: Store, judge: str | None) -> Run:
    if judge is None:
        raise UsageError("Say which judge or which run.")
    found = runs.newest(store, judge)
    if found is None:
        raise UsageError(f"Judge '{judge}' has not been run yet: run it first.")
    return found


def _validation(counts: Counts, expert: str, left_out: LeftOut, sealed: int) -> tuple[bool, str]:
    if counts.n:
        return True, ""
    if sealed:
        pairs = counted(sealed, f"pair with labels of {expert} is", f"pairs with labels of {expert} are")
        return False, f"{pairs} of the sealed test split: run it on dev."
    if left_out.n:
        return False, f"{left_out.n:,} of its verdicts meet a label of {expert}, but none of these labels is counted."
    return False, f"None of its readable verdicts is on a trace that {expert} has labelled."


def between(store: Store, first: str, second: str, every: bool = False) -> Agreement:
    """Agreement of two experts on the traces both labelled independently; the first takes the expert's side."""
    first, second = experts.called(store, first), experts.called(store, second)
    if first == second:
        raise UsageError(f"{first} is one person: name two. How {first} agrees with earlier labels of their own stands "
                         "on Review, view Consistency.")
    counts = verdicts.counts_between(store, first, second, every)
    left_out = verdicts.left_out_between(store, first, second)
    why = "" if counts.n else f"{first} and {second} have labelled no trace in common."
    return Agreement(second, first, counts, metrics.all_figures(counts), None, bool(counts.n), why, left_out, every)


def validated(store: Store, judge: str) -> bool:
    """Whether any run of a judge was ever measured against labels of the principal expert."""
    person = experts.principal(store)
    return person is not None and any(verdicts.any_pair(store, number, person.name)
                                      for number in runs.numbers(store, judge))


def standing(store: Store) -> list[Standing]:
    """Every judge of the project with its agreement with the principal expert, by its newest run that was measured."""
    special = judges.special(store)
    return [_standing(store, name, name in special) for name in judges.every(store)]


def _standing(store: Store, judge: str, special: bool) -> Standing:
    try:
        run = _measured(store, judge)
        found = agreement(store, judge, run)
    except UsageError as error:
        return Standing(judge, None, False, str(error), special)
    return Standing(judge, found, run is not None, found.why, special)


def _measured(store: Store, judge: str) -> int | None:
    """The newest run of a judge with a pair that counts: one on unlabelled traces alone takes no figure away."""
    person = experts.principal(store)
    return person and next((number for number in runs.numbers(store, judge)
                            if verdicts.any_pair(store, number, person.name)), None)


def ranked(found: list[Standing]) -> list[Standing]:
    """The judges that agree most first; what has no figure after them, and judges of one criterion last.

    The one way to say which judge is best: the first of these, where it is `measured` and not `special`.
    """
    return sorted(found, key=lambda one: (one.special, -_agrees(one)))


def _agrees(one: Standing) -> float:
    value = one.agreement.figures["agreement"].value if one.agreement else None
    return -1.0 if value is None else value


def best(found: list[Standing]) -> Standing | None:
    """The judge of pass and fail as a whole that agrees most; None where none was measured."""
    return next((one for one in ranked(found) if one.measured and not one.special), None)


def first_judge(store: Store) -> str | None:
    """The judge that a page begins with: whose version this person saved last, else the best, else the one run last."""
    mine = [version for name in judges.every(store) for version in judges.prompts(store, name)
            if store.person and version.author == store.person]
    if mine:
        return max(mine, key=lambda one: one.key).judge
    found = best(standing(store))
    return found.judge if found else next((run.judge for run in runs.every(store) if run.done), None)


def check_dimension(store: Store, name: str | None) -> None:
    """UsageError with the known names where the project has no such dimension; None is no dimension at all."""
    known = list(traces.dimensions(store))
    if name is not None and name not in known:
        raise UsageError(f"There is no dimension '{name}'. Dimensions of this project: "
                         f"{', '.join(known) or 'none yet'}.")


def judged_by(store: Store) -> list[str]:
    """The judges that have verdicts, oldest first."""
    return [name for name in judges.every(store) if any(run.done for run in runs.every(store, name))]


def only_judge(store: Store) -> str:
    """The one judge that has verdicts; UsageError where there is none or where there are several."""
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
    return breakdowns.mode_distribution(*failure_modes.distribution(store, person.name),
                                        failure_modes.tied(store, person.name))


def progress(store: Store, expert: str) -> dict[str, int]:
    """How far an expert is: traces, labelled, pass, fail, complete."""
    return labels.tally(store, expert)

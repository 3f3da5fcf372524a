"""Step 6: failure rates by up to three dimensions, from labels, from verdicts, or from both.

Brings counts from the store to the pure functions in pivots; whose outcomes count is chosen and named here.
"""

from dataclasses import dataclass, replace

from lib.records import Counts, Figure, Run, UsageError
from lib.records.rating import BOTH, EXPERT, JUDGE, NotRated, Rated, Tally
from lib.statistics import effective, metrics, pivots
from lib.statistics.corrected import corrected_rate, missing, remarks
from lib.statistics.pivots import PivotCell, Unlike
from lib.store import Store, experts
from lib.store.errors import pivots as stored
from lib.store.judge import judges, splits, verdicts
from lib.workflow import figures
from lib.workflow.errors import probable, two_phase
from lib.workflow.errors.probable import Probable
from lib.workflow.errors.two_phase import TwoPhase

MOST_DIMENSIONS = 3


@dataclass(frozen=True)
class Asked:
    """Whose outcomes a rate is of, with the source named."""

    rated: Rated
    source_text: str
    run: Run | None  # None where no judge is in it
    expert: str | None  # None where a judge is rated and nobody has labelled yet
    validated: bool


@dataclass(frozen=True)
class RateTable:
    """Failure rates overall and by dimensions, with their source named."""

    by: tuple[str, ...]
    overall: PivotCell
    cells: list[PivotCell]  # the highest failure rate first
    rated: Rated
    source_text: str
    run: Run | None
    expert: str | None
    validated: bool
    left_out: NotRated
    several: int  # traces with several values of a dimension: they count in several cells
    without: int  # traces without a value of one of the dimensions: they count in no cell
    unlike: list[Unlike]  # cells in which the judge errs differently than elsewhere
    remarks: tuple[str, ...]  # that the corrected rate was cut, or stands on unlike labels
    two_phase: TwoPhase | None  # None where no judge is in it
    probable: Probable | None  # None where no judge is in it that tells probabilities

    @property
    def ties(self) -> str:
        """A sentence where traces share their inputs or sessions."""
        return effective.sentence(self.overall.tally)

    @property
    def borrowed(self) -> bool:
        """Whether any cell is corrected by the labels of all cells, for want of its own."""
        return any(cell.by == pivots.OVERALL for cell in self.cells)


@dataclass(frozen=True)
class Corrected:
    """The pass rate of a run's traces without a label: as the judge sees it, and corrected by the judge's errors."""

    run: Run
    expert: str | None  # None where nobody has labelled yet
    observed: Figure
    corrected: Figure
    pairs: Counts  # with an unbiased label: they give TPR and TNR
    unlabelled: int  # readable verdicts on traces without one: they give the observed rate
    seen: int  # more of them, on traces that the judge's prompt has seen
    remarks: tuple[str, ...]  # that the rate was cut, or that the labelled traces do not stand for these
    two_phase: TwoPhase
    probable: Probable | None  # the same from its probabilities; None where it tells none


def table(store: Store, by: tuple[str, ...] = (), source: str = EXPERT, judge: str | None = None,
          run: int | None = None, expert: str | None = None, seen: bool = False) -> RateTable:
    """Failure rates overall and by one to three dimensions.

    Labels on traces drawn by an outcome never count; verdicts on traces that the judge's prompt has seen count only
    where `seen` is asked for. Rates of a judge are corrected for its errors on labelled traces.
    """
    _check(store, by)
    asked = asked_for(store, source, judge, run, expert, seen)
    chosen, person, rated = asked.run, asked.expert, asked.rated
    groups = stored.groups(store, rated, by)
    found, unlike, said, likely = pivots.spread(groups), [], [], None
    cells = pivots.pivot(found.cells) if by else []
    # Each trace is in one group, whatever its values.
    [overall] = pivots.pivot({(): Tally.total(tally for _, tally in groups)})
    if chosen:
        pairs, sealed = _pairs(store, chosen, person)
        own = stored.pairs(store, chosen.id, person, sealed, by) if by and person else {}
        [overall], cells = pivots.corrected([overall], pairs), pivots.corrected(cells, pairs, own)
        unlike, said = pivots.unlike(own), remarks(pairs, overall.tally)
        likely = probable.of(store, chosen, replace(rated, expert=person), sealed, overall.tally)
    return RateTable(by, overall, cells, rated, asked.source_text, chosen, person, asked.validated,
                     stored.left_out(store, rated), found.several, found.without, unlike, tuple(said),
                     chosen and two_phase.of(store, rated), likely)


def asked_for(store: Store, source: str, judge: str | None = None, run: int | None = None, expert: str | None = None,
              seen: bool = False) -> Asked:
    """Whose outcomes these words ask for, before any is counted; UsageError where there is no such judge or expert."""
    if source not in (EXPERT, JUDGE, BOTH):
        raise UsageError(f"A source is 'expert', 'judge' or 'both', not '{source}'.")
    chosen = _run(store, judge, run) if source != EXPERT else None
    _check_criterion(store, source, chosen)
    person = _person(store, source, expert)
    return Asked(Rated(source, person, chosen and chosen.id, seen), _words(source, person, chosen), chosen, person,
                 chosen is None or figures.validated(store, chosen.judge))


def _check(store: Store, by: tuple[str, ...]) -> None:
    for name in by:
        figures.check_dimension(store, name)
    if len(by) > MOST_DIMENSIONS:
        raise UsageError(f"Rates go by {MOST_DIMENSIONS} dimensions at most, not {len(by)}.")
    if len(set(by)) < len(by):
        raise UsageError("Name each dimension once.")


def _check_criterion(store: Store, source: str, run: Run | None) -> None:
    if run and source == BOTH and run.judge in judges.special(store):
        raise UsageError(f"Judge '{run.judge}' has one failure mode as its criterion, the expert's labels do not: "
                         "take one source or the other.")


def _run(store: Store, judge: str | None, run: int | None) -> Run:
    return figures.run_of(store, judge or (None if run is not None else figures.only_judge(store)), run)


def _person(store: Store, source: str, expert: str | None) -> str | None:
    """Whose labels count, and correct a judge; a judge alone needs nobody."""
    if expert is None and source == JUDGE:
        principal = experts.principal(store)
        return principal and principal.name
    person = figures.expert_named(store, expert)
    experts.row_of(store, person)
    return person


def _pairs(store: Store, run: Run, expert: str | None) -> tuple[Counts, bool]:
    """What corrects a judge: the test split once it was opened and holds enough (True), else what is outside of it."""
    if expert is None:
        return Counts(), False
    found = verdicts.measured(store, run.id, expert)
    sealed = splits.looked(store, run.id) and not missing(found.sealed)
    return (found.sealed if sealed else found.counts), sealed


def _words(source: str, expert: str | None, run: Run | None) -> str:
    judged = f"verdicts of {run.judge}, run {run.id}" if run else ""
    return {EXPERT: f"labels of {expert}", JUDGE: judged,
            BOTH: f"labels of {expert}, and where there is none {judged}"}[source]


def corrected(store: Store, judge: str | None = None, run: int | None = None, expert: str | None = None,
              seen: bool = False) -> Corrected:
    """The corrected pass rate of a run, or of a judge's newest run, by an expert's labels (default: the principal's).

    Shadow labels, and labels on traces drawn by looking at an outcome, never correct a rate.
    """
    found, person = _run(store, judge, run), _person(store, JUDGE, expert)
    pairs, sealed = _pairs(store, found, person)
    counting = Rated(JUDGE, person, found.id, seen)
    rated, left = stored.unlabelled(store, counting)
    fair = corrected_rate(pairs, rated) if person else Figure(None, why="nobody has labelled a trace yet")
    said = (*(remarks(pairs, rated) if person else ()), effective.sentence(rated))
    return Corrected(found, person,
                     metrics.share(rated, (2,), (2, 3), "no trace without a label has a readable verdict"), fair, pairs,
                     rated.judged, left, tuple(filter(None, said)), two_phase.of(store, counting),
                     probable.of(store, found, counting, sealed))

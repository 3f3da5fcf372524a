"""Step 6 in time: pass rates by day, week, month or version, where they changed beyond chance, and whose it is."""

from dataclasses import dataclass, replace

from lib.records import Counts, Figure, UsageError
from lib.records.rating import EXPERT, JUDGE, NotRated, Rated, Tally
from lib.records.words import counted
from lib.statistics import effective, metrics, pivots
from lib.statistics.comparison import format_p
from lib.statistics.corrected import missing, remarks
from lib.statistics.over_time.changes import Change, changes, comparisons
from lib.statistics.over_time.judge_moves import MOVED, UNKNOWN
from lib.statistics.pivots import PivotCell
from lib.store import Store
from lib.store.errors import over_time as stored
from lib.store.errors import pivots as stored_pivots
from lib.store.errors.over_time import OVER
from lib.store.judge import judges, runs, splits
from lib.workflow.errors import judge_moves, rates
from lib.workflow.errors.judge_moves import Explained, Judged
from lib.workflow.errors.rates import Asked

# What the points are, in words.
WORDS = {"day": "day", "week": "week", "month": "month", "version": "system version"}
_UNDATED = "No trace with an outcome says when the AI answered: import the column that does as created_at."
NO_POINT = {"day": _UNDATED, "week": _UNDATED, "month": _UNDATED,
            "version": "No trace with an outcome names a system version: import the column that does."}


@dataclass(frozen=True)
class Point:
    """One day, week, month or system version: its rate, its test against the points before, and whose a change is."""

    name: str
    first_day: str | None  # None: of a version whose traces do not say when they were answered
    cell: PivotCell  # of failures, as everywhere in error analysis
    change: Change | None = None  # None: nothing before to compare with
    whose: Explained | None = None  # of a change beyond chance


@dataclass(frozen=True)
class OverTime:
    """Pass rates in the order of time, with their source named and what is left out."""

    over: str
    points: list[Point]
    overall: PivotCell  # outcomes on traces without a period too
    rated: Rated
    source_text: str
    source_in_short: str  # for a chart, above which it stands whole
    validated: bool
    left_out: NotRated
    without: int  # outcomes on traces without a date, or without a version: they are in no point
    tests: int  # what p is adjusted for
    said: tuple[str, ...] = ()  # what must be known of the figures: that traces are not independent, or labels unlike
    judge: Explained | None = None  # whether the judge moved from its first to its newest reading; None without one
    other_runs: int = 0  # of this judge, by another version or model: not counted

    @property
    def judge_apart(self) -> Explained | None:
        """Whether the judge moved, where no change has said it already: asked to be read again, or not to be known."""
        told = [point.whose for point in self.changed if point.whose]
        said = any(one.again for one in told) or (
            self.judge and self.judge.state == UNKNOWN and any(one.state == UNKNOWN for one in told))
        return None if said else self.judge

    @property
    def changed(self) -> list[Point]:
        """The points that are lower or higher than those before, beyond chance."""
        return [point for point in self.points if point.change and point.change.direction]


def series(store: Store, over: str, source: str = EXPERT, judge: str | None = None, run: int | None = None,
           expert: str | None = None, seen: bool = False) -> OverTime:
    """Pass rates over time; what counts is what `rates.table` counts, and the same is refused.

    Unless a run is named, the newest verdict on each trace counts, of all runs by the version and model of the judge's
    newest run: each week's traces have a run of their own.
    """
    if over not in OVER:
        raise UsageError(f"Rates go over {', '.join(OVER[:-1])} or {OVER[-1]}, not over '{over}'.")
    asked = rates.asked_for(store, source, judge, run, expert, seen)
    of = [] if asked.run is None else [asked.run.id] if run is not None else stored.same_judge(store, asked.run.id)
    rated = replace(asked.rated, run=None, runs=tuple(of)) if len(of) > 1 else asked.rated
    found = stored.periods(store, rated, over)
    named = [one for one in found if one.name is not None]
    judged = _judged(store, asked)
    moved = judged and judge_moves.throughout(judged)
    cells, said = _cells(store, asked, rated, moved, found)
    tallies = [one.tally for one in named]
    points = [Point(one.name, one.first_day, cell, change)
              for one, cell, change in zip(named, cells[1:], changes(tallies), strict=True)]
    return OverTime(over, _explained(store, points, rated, over, judged), cells[0], rated,
                    *_words(store, asked, of), asked.validated, stored_pivots.left_out(store, rated),
                    sum(one.tally.n for one in found if one.name is None), comparisons(tallies), said, moved,
                    stored.other_runs(store, asked.run.judge, of) if asked.run and run is None else 0)


def _judged(store: Store, asked: Asked) -> Judged | None:
    """The judge that is rated, with every reading of labelled traces by all its runs; None for labels alone."""
    if asked.run is None:
        return None
    readings, sealed = stored.readings(store, stored.same_judge(store, asked.run.id), asked.expert) if (
        asked.expert) else ([], 0)
    return Judged(asked.run, readings, sealed, judge_moves.command(store, asked.run))


def _cells(store: Store, asked: Asked, rated: Rated, moved: Explained | None,
           found: list[stored.Period]) -> tuple[list[PivotCell], tuple[str, ...]]:
    """The rate of all, then those of the points in their order, those of a judge corrected; and what to say of them."""
    whole = Tally.total(one.tally for one in found)
    named = [((one.name,), one.tally) for one in found if one.name is not None]
    cells = [pivots.pivot({name: tally})[0] for name, tally in [((), whole), *named]]
    ties = effective.sentence(whole)
    if asked.run is None:
        return cells, (ties,)
    if moved.state == MOVED and rated.runs:  # one run has one TPR and TNR
        why = "the judge moved, so one TPR and TNR do not hold for all of these traces"
        return [replace(cell, corrected=Figure(None, why=why)) for cell in cells], (ties,)
    pairs = _pairs(store, asked, rated)
    return pivots.corrected(cells, pairs), (*remarks(pairs, whole), ties)


def _pairs(store: Store, asked: Asked, rated: Rated) -> Counts:
    """What corrects the judge: the test split once it was opened and holds enough, else what is outside of it."""
    if asked.expert is None:
        return Counts()
    outside, sealed = stored.pairs(store, rated, asked.expert)
    of = {*(rated.runs or (rated.run,))}
    opened = any(look.run in of for look in splits.looks(store, asked.run.judge))
    return sealed if opened and not missing(sealed) else outside


def _explained(store: Store, points: list[Point], rated: Rated, over: str, judged: Judged | None) -> list[Point]:
    """The points, each change beyond chance with whose it is."""
    marked = [place for place, point in enumerate(points) if point.change and point.change.direction]
    read = stored.read_in(store, rated, over) if judged and marked else []
    told, since = list(points), 0
    for place in marked:
        names = [point.name for point in points[since:place]]
        here = [row[1:] for row in read if row[0] == points[place].name]
        before = [row[1:] for row in read if row[0] in names]
        told[place] = replace(points[place],
                              whose=judge_moves.of_change(points[place].change, judged, here, before))
        since = place
    return told


def _words(store: Store, asked: Asked, of: list[int]) -> tuple[str, str]:
    """Whose outcomes count, whole and in short; of several runs which, and that the newest verdict stands."""
    if len(of) < 2:
        return asked.source_text, asked.source_text
    run = runs.get(store, of[-1])
    short = f"verdicts of {run.judge}, version {judges.prompt_by_key(store, run.prompt).number}"
    judged = f"{short} with {run.model}, the newest on each trace of {counted(len(of), 'run')} ({of[0]} to {of[-1]})"
    if asked.rated.source == JUDGE:
        return judged, short
    return tuple(f"labels of {asked.expert}, and where there is none {one}" for one in (judged, short))


def words(change: Change) -> str:
    """A change in words, with what was tested."""
    return (f"{change.direction} than before by {change.of}, {_share(*change.here)} against {_share(*change.before)} "
            f"({format_p(change.adjusted)})")


def _share(passes: int, n: int) -> str:
    found = metrics.wilson(passes, n)
    return metrics.format_figure("rate", found) + metrics.format_beside("rate", found, n)


def steady(found: OverTime) -> str:
    """What is said where no point changed beyond chance."""
    if not found.tests:
        return "With one point there is nothing to compare."
    return f"No point is lower or higher than those before it beyond chance ({found.tests:,} tested)."


def rule(found: OverTime) -> str:
    """How a change is told from chance."""
    return ("Each point is tested against all since the last change, by Fisher's exact test; p is multiplied by the "
            f"number of tests in the series ({found.tests:,}), and below 0.05 it is a change.")


def left_out(found: OverTime) -> list[str]:
    """What the rates leave out or count too, a sentence each; why a judge's are not corrected."""
    too, why = "counted too" if found.rated.seen else "left out", found.overall.corrected
    return [*(text for n, text in (
        (found.left_out.drawn, f"{counted(found.left_out.drawn, 'label')} left out: drawn by looking at an outcome"),
        (found.left_out.seen, f"{counted(found.left_out.seen, 'verdict')} {too}: the judge's prompt has seen their "
                              "traces")
    ) if n), *in_no_point(found), *([f"not corrected: {why.why}"] if why and why.why else ())]


def in_no_point(found: OverTime) -> list[str]:
    """What stands in no point, for each reason."""
    lacks = "name no system version" if found.over == "version" else "do not say when the AI answered"
    return [text for n, text in (
        (found.without, f"{counted(found.without, 'outcome')} in no point: their traces {lacks}"),
        (found.other_runs, f"{counted(found.other_runs, 'run')} of this judge not counted: by another version or "
                           "model, or asked otherwise")) if n]

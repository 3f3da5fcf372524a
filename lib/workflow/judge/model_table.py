"""One prompt version with several models side by side, or judges recorded elsewhere, on the same labelled traces."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.records import DONE, RECORDED, Counts, LeftOut, Run, RunCost, UsageError
from lib.records.pairs import Flips
from lib.records.words import counted
from lib.sampling import splits
from lib.statistics.comparison import chance_of, format_p
from lib.statistics.costs import Candidate, PerHundred, cheapest, per_hundred
from lib.store import Store, experts
from lib.store.dataset import chosen
from lib.store.judge import comparisons, costs, decisions, judges, runs, verdicts
from lib.workflow import retirement
from lib.workflow.figures import principal_name

_TAKEN = "all of it was taken over from earlier runs"


@dataclass(frozen=True)
class Beside:
    """Runs that were measured on the same labelled traces: of each model the newest, the oldest model first."""

    words: str
    runs: tuple[Run, ...]
    left: tuple[str, ...] = ()  # judges that share no labelled trace with the others


@dataclass(frozen=True)
class Line:
    """A model: how far it agrees, what it takes, and what it fixed and broke against the reference."""

    name: str
    run: Run
    counts: Counts
    took: RunCost
    holds: bool | None  # the target; None where TPR or TNR is not defined
    fixed: int
    broken: int
    p: float | None  # exact, McNemar's; None for the reference itself
    mark: str  # where its provider shuts it down

    @property
    def each(self) -> PerHundred:
        """What 100 traces take."""
        return per_hundred(self.took)

    @property
    def why(self) -> str:
        """There is no cost of 100 traces."""
        return self.took.why or ("" if self.took.traces else _TAKEN)

    @property
    def why_no_time(self) -> str:
        """There is no time of 100 traces."""
        return "recorded elsewhere" if self.run.prompt is None else "not measured" if self.took.traces else _TAKEN

    @property
    def against(self) -> str:
        """What it fixed and broke against the reference, in words; a dash for the reference itself."""
        return "–" if self.p is None else f"{self.fixed:,} fixed, {self.broken:,} broken, {format_p(self.p)}"


@dataclass(frozen=True)
class ModelTable:
    """The models of one set of traces, and which of those that hold the target is the cheapest."""

    lines: tuple[Line, ...]
    reference: Line
    target: float
    cheapest: str | None
    sentence: str
    sealed: int  # pairs of the sealed test split, which stand in no figure
    left_out: LeftOut


def measured(store: Store, judge: str, every: bool = False) -> dict[int, list[Beside]]:
    """Prompt version -> its sets of traces, those of most models first, of as many the newest; newest version first.

    A run counts once it is done; two runs are of one set where the very same labelled traces were judged, by the same
    question and criteria.
    """
    person = experts.principal(store)
    if person is None:
        return {}
    numbers = {version.key: version.number for version in judges.prompts(store, judge)}
    ended = {run.id: run for run in runs.every(store, judge) if run.status == DONE and run.prompt in numbers}
    found: dict[int, dict[tuple[str, ...], list[Run]]] = {}
    for number, counts, traces in verdicts.tables(store, judge, list(ended), person.name, every):
        run = ended[number]
        if counts.n:
            sets = found.setdefault(numbers[run.prompt], {})
            sets.setdefault((traces, run.question, run.criteria), []).append(run)
    return {version: [_beside(name, kept) for name, kept in sorted(
        ((f"{chosen.of_run(kept[0])}, {counted(key[0].count(',') + 1, 'labelled trace')}", newest(kept))
         for key, kept in found[version].items()), key=lambda one: (-len(one[1]), -max(run.id for run in one[1])))]
        for version in sorted(found, reverse=True)}


def newest(found: Sequence[Run]) -> list[Run]:
    """Of each model, at each address, the newest run; the model that was run first comes first."""
    kept: dict[tuple[str, str, str], Run] = {}
    for run in sorted(found, key=lambda one: one.id):
        kept[run.model, run.endpoint, run.address] = run
    return list(kept.values())


def _beside(words: str, found: Sequence[Run]) -> Beside:
    return Beside(words, tuple(found))


def recorded(store: Store, judge: str, every: bool = False) -> Beside | None:
    """The judge's recorded verdicts and those of other judges on the traces they share; None where it has none.

    Judges of one criterion are left aside, and so is whoever shares no labelled trace with those before it.
    """
    special = judges.special(store)
    found = [run for run in runs.every(store) if run.status == RECORDED and run.judge not in special and run.done]
    kept = [run for run in found if run.judge == judge]
    person = experts.principal(store)
    if not kept or person is None:
        return None
    left = []
    for run in sorted((run for run in found if run.judge != judge), key=lambda one: (-one.done, one.id)):
        tables, _ = comparisons.together(store, [one.id for one in (*kept, run)], run.id, person.name, every)
        (kept if tables[run.id][0].n else left).append(run)
    kept.sort(key=lambda one: one.id)
    return Beside("judges recorded elsewhere, on the traces they share", tuple(kept), tuple(run.judge for run in left))


def table(store: Store, found: Beside, against: str | None = None, every: bool = False) -> ModelTable:
    """These runs side by side, each tested against the model called `against` (None: the first one).

    UsageError where there is no such model among them.
    """
    expert, target = principal_name(store), decisions.target(store)
    names = named(found.runs)
    reference = _called(names, against)
    tables, sealed = comparisons.together(store, list(names), reference, expert, every)
    took, marks = costs.of(store, list(names)), retirement.known(store)
    lines = {run.id: _line(names[run.id], run, tables[run.id], took[run.id], target, run.id == reference,
                           marks.of_run(run)) for run in found.runs}
    best, sentence = cheapest([Candidate(line.name, line.holds, line.each.cost, line.why) for line in lines.values()])
    return ModelTable(tuple(lines.values()), lines[reference], target, best, sentence, sealed,
                      verdicts.left_out(store, reference, expert))


def named(found: Sequence[Run]) -> dict[int, str]:
    """Run -> what it is called beside the others: its judge or model, with the address where two have one name."""
    words = [run.judge if run.prompt is None else run.model for run in found]
    return {run.id: name if words.count(name) == 1 else f"{name} at {run.address or run.endpoint}"
            for run, name in zip(found, words, strict=True)}


def _called(names: dict[int, str], against: str | None) -> int:
    if against is None:
        return next(iter(names))
    for run, name in names.items():
        if name == against:
            return run
    raise UsageError(f"'{against}' is not among these models: {', '.join(names.values())}.")


def _line(name: str, run: Run, found: tuple[Counts, Flips], took: RunCost, target: float, reference: bool,
          mark: str) -> Line:
    counts, flips = found
    return Line(name, run, counts, took, splits.holds(counts, target), flips.fixed, flips.broken,
                None if reference else chance_of(flips), mark)

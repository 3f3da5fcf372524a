"""The bench of a judge as one record: what its strip shows, which runs there are, and a run on dev with one press.

Knows which version a figure is of and what it is compared with; ui draws it and sends back what was pressed.
"""

from contextlib import suppress
from dataclasses import dataclass

from lib.engine.runner import EMBEDDED
from lib.records import (
    CANCELLED,
    DEV,
    QUEUED,
    RUNNING,
    Caps,
    Decision,
    LeftOut,
    PromptVersion,
    Run,
    UsageError,
    minute,
)
from lib.records.words import counted
from lib.sampling.splits import reading
from lib.statistics import metrics
from lib.store import Store, experts
from lib.store.dataset import chosen
from lib.store.dataset.traces import Filter
from lib.store.judge import decisions, judges, prompt_drafts, runs, verdicts
from lib.workflow import endpoints, figures, live, retirement
from lib.workflow.endpoints import Choice
from lib.workflow.figures import Agreement
from lib.workflow.judge import batches, budget, comparing, judging, kinds, pace, versions
from lib.workflow.live import Look

TILES = ("agreement", "tpr", "tnr", "kappa")
LABELLED_DEV = Filter(split=DEV, label="any")


@dataclass(frozen=True)
class Change:
    """What a run did against the newest run of the version before, on the traces both judged."""

    version: int
    run: int
    points: float  # of agreement, -100 to 100
    fixed: int
    broken: int
    n: int

    @property
    def words(self) -> str:
        """The change in a few words."""
        n = f"{abs(self.points):.0f}"
        sign = "" if n == "0" else "+" if self.points > 0 else "−"
        return f"{sign}{n} point{'s' * (n != '1')} against version {self.version}"


@dataclass(frozen=True)
class Bench:
    """What the bench shows but for what moves: the run that is looked at, its version, and what stands beside it."""

    judge: str
    expert: str | None
    versions: dict[int, int]  # key of a prompt version -> its number; empty: recorded elsewhere
    runs: dict[str, str]  # number of each run -> its title, newest first
    unrun: bool  # the newest version has no run
    run: Run | None
    left_out: LeftOut
    every: bool  # they are counted all the same
    change: Change | None
    validated: bool

    @property
    def newest(self) -> int | None:
        """The number of the newest version; None where there is no prompt."""
        return max(self.versions.values(), default=None)

    @property
    def version(self) -> int | None:
        """The number of the version that the run measured."""
        return self.versions.get(self.run.prompt) if self.run else None


@dataclass(frozen=True)
class Moving:
    """What moves while a run goes on: how far it is, its agreement, and about how long it still takes."""

    run: Run
    going: bool
    agreement: Agreement | None  # None: there is no expert yet
    seen: Look | None
    left: str  # time left in words, "" where nothing is known of it
    advice: tuple[str, ...]  # what the figures ask for, of a run that has ended
    batch: str = ""  # how its files stand, of a run that is asked in batches


@dataclass(frozen=True)
class Known:
    """The runs of a judge by their number, newest first, with their titles, and the numbers of its versions by key."""

    titles: dict[str, str]
    runs: dict[str, Run]
    versions: dict[int, int]


def known_of(store: Store, judge: str) -> Known:
    """What the picker of runs offers, and what is looked at is chosen from."""
    numbers = {one.key: one.number for one in judges.prompts(store, judge)}
    found, marks = {str(run.id): run for run in runs.every(store, judge)}, retirement.known(store)
    titles = {number: _title(run, numbers.get(run.prompt), marks.of_run(run)) for number, run in found.items()}
    return Known(titles, found, numbers)


def _title(run: Run, version: int | None, mark: str) -> str:
    # Only what hardly ever changes: the picker keeps showing the words it was drawn with.
    of = f"version {version}, " if version else ""
    return (f"{run.id}: {of}{run.model}, {chosen.of_run(run)}, {counted(run.total, 'trace')}, "
            f"{minute(run.created_at)}" + (f", {mark}" if mark else ""))


def of(store: Store, judge: str, known: Known, number: str | None, every: bool = False) -> Bench:
    """The bench of a judge for the run of this number (None: it was not run yet)."""
    run, principal, numbers = known.runs.get(number or ""), experts.principal(store), known.versions
    person = principal.name if principal else None
    out = verdicts.left_out(store, run.id, person) if run and person else LeftOut()
    change = _change(store, known, run, person, every) if run and person and not goes_on(store, run) else None
    ran = {numbers.get(one.prompt) for one in known.runs.values()}
    return Bench(judge, person, numbers, known.titles, bool(numbers) and max(numbers.values()) not in ran, run, out,
                 every, change, figures.validated(store, judge))


def _change(store: Store, known: Known, run: Run, person: str, every: bool) -> Change | None:
    """Against the newest version before it that a run on the same split has measured on some of the same traces."""
    numbers = known.versions
    mine = numbers.get(run.prompt, 0)
    older = [one for one in known.runs.values()
             if 0 < numbers.get(one.prompt, 0) < mine and one.done and one.split == run.split]
    for other in sorted(older, key=lambda one: (-numbers[one.prompt], -one.id)):
        try:
            found = comparing.compare(store, other.id, run.id, person, every)
        except UsageError:  # no trace in common
            continue
        if found.n:
            return Change(numbers[other.prompt], other.id, 100 * (found.fixed - found.broken) / found.n, found.fixed,
                          found.broken, found.n)
    return None


def moving(store: Store, number: int, every: bool, seen: Look | None = None) -> Moving:
    """How a run stands now; continues from what was `seen` of it before, so that a look costs what is new."""
    judging.settle(store)
    run, principal = runs.get(store, number), experts.principal(store)
    going = goes_on(store, run)
    # A batch comes when the service has done it: no pace of its own says when.
    left = pace.left(store, run) if going and not batches.by_service(store, number) else ""
    if principal is None:
        return Moving(run, going, None, None, left, (), _batch(store, number))
    look = live.look(store, run, principal.name, every, seen)
    found = figures.agreement(store, run=number, every=every, seen=look)
    return Moving(run, going, found, look, left, _advice(store, run, found, going), _batch(store, number))


def _batch(store: Store, run: int) -> str:
    standing = batches.of(store, run)
    return standing.words if standing else ""


def _advice(store: Store, run: Run, found: Agreement, going: bool) -> tuple[str, ...]:
    """What TPR and TNR ask for while it can still be used: before the test split is opened."""
    if going or run.prompt is None or found.counts.n < metrics.FEW:
        return ()
    return tuple(reading(found.counts, decisions.target(store)))


def goes_on(store: Store, run: Run) -> bool:
    """A cancelled run still takes the replies that were under way: until then its count moves."""
    return run.status in (RUNNING, QUEUED) or (run.status == CANCELLED and judging.RUNS.alive(store, run.id))


def typed_over(store: Store, judge: str, number: int) -> bool:
    """Whether something is typed over this version and not saved."""
    return prompt_drafts.of_version(store, version_of(store, judge, number).key) is not None


def save(store: Store, judge: str, number: int, decision: Decision | None = None) -> PromptVersion:
    """What is typed over a version as a new version, asked by another `decision` where one is typed.

    UsageError where nothing is typed over it, or what is typed cannot be asked.
    """
    start = version_of(store, judge, number)
    if decision is None and prompt_drafts.of_version(store, start.key) is None:
        raise UsageError(f"Nothing has changed since version {number}: there is nothing to save.")
    return versions.save(store, start, versions.draft(store, start), decision and kinds.checked(decision))


def version_of(store: Store, judge: str, number: int) -> PromptVersion:
    """One version of a judge by its number."""
    return next(one for one in judges.prompts(store, judge) if one.number == number)


def model_of(store: Store, judge: str) -> Choice:
    """What a press of Run asks: the model the newest version names, else that of the newest run, else the default."""
    version, ran = judges.newest_prompt(store, judge), runs.every(store, judge)
    reachable = {one.name for one in endpoints.endpoints(store) if one.ready}
    before = next((run for run in ran if run.endpoint in reachable and run.prompt is not None), None)
    if version.model is None and before is not None:
        with suppress(UsageError):  # its endpoint may not list it any more
            return endpoints.choice(store, before.endpoint, before.model)
    return endpoints.choice(store, prompt=version)


def on_dev(store: Store, judge: str, token: str | None = None) -> tuple[Run, str]:
    """A queued run of the newest version on the labelled traces of dev, and what it takes in words.

    The embedded model is measured first where it never was, and gets as many as it judges in two minutes.
    UsageError where nothing can be asked.
    """
    picked = model_of(store, judge)
    if picked.endpoint == EMBEDDED:
        pace.measure(store, picked.model)
    offer = pace.in_two_minutes(store, judge, picked.model, LABELLED_DEV) if picked.endpoint == EMBEDDED else None
    options = {"where": LABELLED_DEV, "limit": offer.at_most if offer else None}
    said = pace.forecast(store, judge, picked.model, picked.endpoint, **options)
    return budget.queued(store, judge, Caps(), token=token, endpoint=picked.endpoint, model=picked.model,
                         **options), said

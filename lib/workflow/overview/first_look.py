"""The overview as one record: the next step, the judges beside the expert, what one of them did differently, cases.

Each is read once; ui draws it and asks the store for nothing.
"""

from contextlib import suppress
from dataclasses import dataclass

from lib.records import Run, UsageError
from lib.records.disagreements import Case
from lib.statistics.comparison import Comparison
from lib.store import Store, experts, projects
from lib.store.cycles import Cycle
from lib.store.judge import judges, rulings, runs
from lib.store.review import labels
from lib.workflow import figures, retirement
from lib.workflow.dataset import exchange
from lib.workflow.figures import Standing
from lib.workflow.judge import comparing
from lib.workflow.judge.views import trial
from lib.workflow.judge.views.trial import Trial
from lib.workflow.overview import cycles, process
from lib.workflow.overview.cycles import Headline
from lib.workflow.overview.process import Step

CASES = 3


@dataclass(frozen=True)
class Change:
    """Two measured runs side by side: the one before, the one after, and what was fixed and broken."""

    before: str
    after: str
    found: Comparison


@dataclass(frozen=True)
class FirstLook:
    """What the first screen shows; `judges` the one that agrees most first, `cases` of that one's newest run."""

    example: bool
    steps: list[Step]
    judges: list[Standing]
    change: Change | None
    cases: list[Case]
    trial: Trial | None  # a run that can be seen without a key, where no judge was measured yet
    tally: dict[str, int] | None  # of the principal's labels
    read: Headline
    urgent: list[Cycle]
    retiring: list[tuple[Run, str]]

    @property
    def next(self) -> Step:
        """The one thing to do now."""
        return process.next_step(self.steps)

    @property
    def measured(self) -> list[Standing]:
        """The judges of which there is a figure."""
        return [one for one in self.judges if one.measured]


def first_look(store: Store) -> FirstLook:
    """The record of the first screen, read once."""
    standing = figures.ranked(figures.standing(store))
    best, person = figures.best(standing), experts.principal(store)
    titles = {example.title for example in exchange.EXAMPLES.values()}
    return FirstLook(
        projects.current(store).name in titles, process.steps(store, standing), standing,
        _change(store, standing, best) if best else None, _cases(store, best) if best else [],
        None if best else _trial(store), labels.tally(store, person.name) if person else None,
        cycles.headline(store), cycles.urgent(store), retirement.of_judges(store))


def _trial(store: Store) -> Trial | None:
    """Of the first judge that can be run; None where nothing can be asked."""
    special = judges.special(store)
    name = next((one for one in judges.with_prompt(store) if one not in special), None)
    with suppress(UsageError):
        return name and trial.offered(store, name)
    return None


def _change(store: Store, standing: list[Standing], best: Standing) -> Change | None:
    """The best judge's newest run against its measured run of another version, else against the next judge's."""
    now = best.agreement.run
    earlier = [run for run in runs.every(store, now.judge) if run.done and run.prompt != now.prompt and run.id < now.id]
    others = [(_version(store, run), _version(store, now), run) for run in earlier] + [
        (one.judge, now.judge, one.agreement.run) for one in standing
        if one.measured and not one.special and one.judge != best.judge]
    for before, after, run in others:
        try:
            return Change(before, after, comparing.compare(store, run.id, now.id))
        except UsageError:
            continue  # no trace in common
    return None


def _version(store: Store, run: Run) -> str:
    return f"version {judges.prompt_by_key(store, run.prompt).number}" if run.prompt else run.model


def _cases(store: Store, best: Standing) -> list[Case]:
    run, expert = best.agreement.run, best.agreement.expert
    listed = rulings.cases(store, run.id, expert)[:CASES]
    return [rulings.case(store, run.id, expert, one.trace) for one in listed]

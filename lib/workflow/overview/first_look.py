"""The overview at a glance: the judges beside the expert, what one of them did differently, and cases to open."""

from dataclasses import dataclass

from lib.records import Run, UsageError
from lib.records.disagreements import Case
from lib.statistics.comparison import Comparison
from lib.store import Store, projects
from lib.store.judge import judges, rulings, runs
from lib.workflow import figures
from lib.workflow.dataset import exchange
from lib.workflow.figures import Standing
from lib.workflow.judge import comparing

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
    judges: list[Standing]
    change: Change | None
    cases: list[Case]

    @property
    def measured(self) -> list[Standing]:
        """The judges of which there is a figure."""
        return _measured(self.judges)


def first_look(store: Store) -> FirstLook:
    """The record of the first screen, read once."""
    standing = sorted(figures.standing(store), key=_agreement, reverse=True)
    measured = _measured(standing)
    titles = {example.title for example in exchange.EXAMPLES.values()}
    return FirstLook(projects.current(store).name in titles, standing, _change(store, measured) if measured else None,
                     _cases(store, measured[0]) if measured else [])


def _measured(judges: list[Standing]) -> list[Standing]:
    return [one for one in judges if one.agreement and one.agreement.counts.n]


def _agreement(one: Standing) -> float:
    value = one.agreement.figures["agreement"].value if one.agreement else None
    return -1.0 if value is None else value


def _change(store: Store, measured: list[Standing]) -> Change | None:
    """The best judge's newest run against its measured run of another version, else against the next judge's."""
    now = measured[0].agreement.run
    earlier = [run for run in runs.every(store, now.judge) if run.done and run.prompt != now.prompt and run.id < now.id]
    others = [(_version(store, run), _version(store, now), run) for run in earlier] + [
        (one.judge, now.judge, one.agreement.run) for one in measured[1:]]
    for before, after, run in others:
        try:
            return Change(before, after, comparing.compare(store, run.id, now.id))
        except UsageError:
            continue  # no trace in common, or another criterion
    return None


def _version(store: Store, run: Run) -> str:
    return f"version {judges.prompt_by_key(store, run.prompt).number}" if run.prompt else run.model


def _cases(store: Store, best: Standing) -> list[Case]:
    run, expert = best.agreement.run, best.agreement.expert
    listed = rulings.cases(store, run.id, expert)[:CASES]
    return [rulings.case(store, run.id, expert, one.trace) for one in listed]

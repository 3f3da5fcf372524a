"""The versions of a judge with what their newest runs measured, changed and took: a list that can be scanned."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.records import QUEUED, RUNNING, PromptVersion, Run, RunCost
from lib.statistics import metrics
from lib.statistics.versions import Measured
from lib.store import Store, experts
from lib.store.judge import costs, judges, runs
from lib.workflow import retirement
from lib.workflow.judge import versions

NOT_RUN = "not run"


@dataclass(frozen=True)
class Line:
    """A version with a run of it; None of both where it has no run that was measured."""

    version: int
    note: str
    created_at: str
    author: str
    state: str  # why nothing was measured; "" where something was
    point: Measured | None = None
    run: Run | None = None
    model: str = ""
    took: RunCost | None = None
    change: float | None = None  # points of agreement against the version before on the same traces
    against: int | None = None  # which version that is


@dataclass(frozen=True)
class History:
    """All of it: the lines, newest version first, and the points in the order of the versions."""

    lines: tuple[Line, ...]
    points: tuple[Measured, ...]
    going: bool = False  # a run of one of them goes on


def of(store: Store, judge: str, every: bool = False) -> History:
    """Every version of a judge; one that was measured on several sets of traces has a line for each."""
    principal, found = experts.principal(store), judges.prompts(store, judge)
    points = versions.trend(store, judge, principal.name, every) if principal else []
    ran, marks = {run.id: run for run in runs.every(store, judge)}, retirement.known(store)
    took = costs.of(store, [point.run for point in points])
    lines = []
    for version in sorted(found, key=lambda one: -one.number):
        mine = [point for point in points if point.version == version.number]
        for point in sorted(mine, key=lambda one: -one.run):
            run = ran[point.run]
            lines.append(Line(version.number, version.note, version.created_at or "", version.author, "", point, run,
                              marks.beside(run), took[point.run], *_change(point, points)))
        if not mine:
            lines.append(Line(version.number, version.note, version.created_at or "", version.author,
                              _state(version, ran.values())))
    going = any(run.status in (QUEUED, RUNNING) for run in ran.values() if run.prompt in {one.key for one in found})
    return History(tuple(lines), tuple(points), going)


def _change(point: Measured, points: Sequence[Measured]) -> tuple[float | None, int | None]:
    """Against the newest earlier version that was measured on the very same traces."""
    before = next((one for one in reversed(points) if one.traces == point.traces and one.version < point.version), None)
    now, then = (metrics.agreement(one.counts).value if one else None for one in (point, before))
    return (None, None) if now is None or then is None else (100 * (now - then), before.version)


def _state(version: PromptVersion, ran: Sequence[Run]) -> str:
    mine = [run for run in ran if run.prompt == version.key]
    if any(run.status in (QUEUED, RUNNING) for run in mine):
        return "its run goes on"
    return "no pair yet" if mine else NOT_RUN

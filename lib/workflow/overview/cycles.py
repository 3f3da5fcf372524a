"""Review cycles as the team sees them: opened with fresh traces to read, followed, closed; what was learnt, to a file.

A cycle in which nobody reads anything has to say why: the sample people read is never set to zero silently.
"""

from dataclasses import dataclass
from datetime import timedelta

from lib import writers
from lib.records import UsageError
from lib.sampling import queues
from lib.store import Store, cycles, projects
from lib.store.cycles import Cycle
from lib.store.errors import insights
from lib.store.review import draws
from lib.workflow import figures
from lib.workflow.review import queueing
from lib.writers.markdown import cell, quote

FRESH = 100  # traces a cycle begins with


@dataclass(frozen=True)
class Headline:
    """How many traces people have read, in the open cycle or where there is none ever."""

    cycle: Cycle | None
    read: int


def headline(store: Store) -> Headline:
    """The number that stands above every pass rate."""
    current = cycles.current(store)
    return Headline(current, cycles.read(store, current and current.opened_at))


@dataclass(frozen=True)
class Cycles:
    """The view of the cycles: all of them, newest first, and how many traces people have read in each."""

    every: list[Cycle]
    read: dict[int, int]  # number of a cycle -> traces
    unlabelled: int  # traces that could be drawn afresh for the principal

    @property
    def going(self) -> list[Cycle]:
        """Those that are open."""
        return [one for one in self.every if one.closed_at is None]

    @property
    def done(self) -> list[Cycle]:
        """Those that are closed."""
        return [one for one in self.every if one.closed_at is not None]


def look(store: Store) -> Cycles:
    """Everything the view Cycles shows, read once."""
    found = cycles.every(store)
    return Cycles(found, {one.id: cycles.read(store, one.opened_at, one.closed_at) for one in found},
                  open_for_the_principal(store))


def urgent(store: Store) -> list[Cycle]:
    """The cycles to be told of: those overdue, and the open one where a change of model or version opened it."""
    found, today = cycles.every(store), cycles.today()
    current = next((cycle for cycle in found if cycle.closed_at is None), None)
    return [cycle for cycle in found if cycle.overdue(today)
            or (cycle == current and cycle.trigger == cycles.MODEL_CHANGE)]


def begin(store: Store, trigger: str, reason: str = "", due_on: str | None = None, fresh: int = FRESH) -> Cycle:
    """Opens a cycle and puts so many fresh random traces into the principal's queue, as far as there are any.

    Without any a reason has to be given. The same again, while that one is open, is the cycle there is.
    """
    if fresh < 0 or fresh > queues.MOST:
        raise UsageError(f"A cycle begins with 0 to {queues.MOST:,} fresh traces, not {fresh:,}.")
    if not fresh and not reason.strip():
        raise UsageError("Without fresh traces nobody reads anything new in this cycle: say why.")
    with store.transaction():
        same = _same(store, trigger, reason, due_on)
        number = same.id if same else cycles.begin(store, trigger, reason, due_on)
    if not same and fresh:
        _draw(store, fresh, f"cycle {store.project} {number}")
    return next(cycle for cycle in cycles.every(store) if cycle.id == number)


def _same(store: Store, trigger: str, reason: str, due_on: str | None) -> Cycle | None:
    due = due_on or (cycles.today() + timedelta(weeks=cycles.WEEKS)).isoformat()
    return next((cycle for cycle in cycles.every(store) if cycle.closed_at is None
                 and (cycle.trigger, cycle.reason, cycle.due_on) == (trigger, reason.strip(), due)), None)


def _draw(store: Store, fresh: int, token: str) -> None:
    expert = figures.principal_name(store)
    left = len(draws.open_traces(store, [expert]))
    if left:
        queueing.draw(store, [expert], min(fresh, left), {queues.RANDOM: 100}, token=token)


def open_for_the_principal(store: Store) -> int:
    """How many traces could be drawn afresh; 0 where nobody is named yet."""
    try:
        return len(draws.open_traces(store, [figures.principal_name(store)]))
    except UsageError:
        return 0


SHOWN = 200  # insights on the page; the files hold all


@dataclass(frozen=True)
class Log:
    """The view of the insights: those that fit what was searched for, and whether there is any at all."""

    found: list[insights.Insight]
    any: bool

    @property
    def cut(self) -> bool:
        """Whether there may be more of them."""
        return len(self.found) == SHOWN


def log(store: Store, search: str = "", kind: str | None = None) -> Log:
    """Everything the view Insights shows, read once."""
    found = insights.every(store, search, kind, SHOWN)
    return Log(found, bool(found) or bool(insights.every(store, limit=1)))


INSIGHT_COLUMNS = ["id", "kind", "insight", "author", "noted_at", "traces"]


def insight_file(store: Store, ending: str, search: str = "", kind: str | None = None) -> bytes:
    """The log of insights as a file: .md, or an ending of WRITERS."""
    found = insights.every(store, search, kind, limit=-1)
    if ending == "md":
        return _markdown(projects.current(store).name, found).encode()
    if ending not in writers.WRITERS:
        raise UsageError(f"Files ending in .{ending} cannot be written. Endings: md, {', '.join(writers.WRITERS)}.")
    return writers.write(ending, (dict(zip(INSIGHT_COLUMNS, (
        one.id, one.kind, one.text, one.author, one.created_at, list(one.traces)), strict=True)) for one in found),
                         INSIGHT_COLUMNS)


def _markdown(title: str, found: list[insights.Insight]) -> str:
    parts = [f"# What we learnt: {cell(title)}"]
    for one in found:
        parts += [f"**{one.created_at[:10]}, {one.kind}**, {cell(one.author or 'nobody named')}", quote(one.text)]
        if one.traces:
            parts.append(f"Traces: {', '.join(map(cell, one.traces))}")
    return "\n\n".join(parts) + "\n"

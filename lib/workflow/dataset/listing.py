"""The table of traces as one record: its columns and a page of rows in order; and one trace with all said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lib.records import Trace, UsageError
from lib.records.feedback import Feedback
from lib.store import Store, experts, feedback, roles
from lib.store.dataset import answers, listed, sources, traces
from lib.store.dataset.traces import Filter
from lib.store.errors import assertions, failure_modes
from lib.store.removal import archive
from lib.store.review import labels, pins

PAGE = 100
# The columns that every project has; what each is called on the screen.
PLAIN = {"id": "id", "label": "label", "input": "input", "output": "output", "critique": "critique", "split": "split",
         "modes": "failure modes", "version": "system version", "source": "source", "session": "session",
         "answered": "answered on", "imported": "imported on", "length": "length of output"}
FIRST = ("label", "input", "output", "critique", "id", "split")  # as long as nobody has chosen


@dataclass(frozen=True)
class Listing:
    """One page of the table of traces.

    `offered` are all columns by their words, `columns` those shown; `page` counts from 1.
    """

    total: int
    archived: int
    rows: tuple[dict[str, Any], ...]
    offered: dict[str, str]
    columns: tuple[str, ...]
    by: str
    down: bool
    page: int
    pages: int
    remembers: bool  # whether a choice of columns is kept for who is at the page


@dataclass(frozen=True)
class Detail:
    """One trace, and what experts, assertions and other versions of the AI system said of it and of its input."""

    trace: Trace
    labels: tuple[Any, ...]
    modes: tuple[str, ...]
    checks: tuple[tuple[str, str | None, str], ...]
    answers: tuple[dict[str, Any], ...]
    pinned: tuple[str, ...]
    archived: bool
    feedback: tuple[Feedback, ...]  # of users of the product
    homes: tuple[tuple[str, str], ...] = ()  # where it lives: (the source, the address of its page there)


def empty(store: Store) -> bool:
    """Whether the project has no trace at all, the archived ones counted too."""
    return not traces.count(store) + traces.archived(store)


def look(store: Store, where: Filter, columns: Sequence[str] = (), by: str = "", down: bool = False,
         page: int = 1) -> Listing:
    """The page of this number, or the last one; columns that there are not (any more) are passed over.

    Without columns those that who is at the page has chosen, else the first ones.
    """
    offered = titles(store)
    wanted = [name for name in (columns or listed.chosen(store) or ()) if name in offered] or list(FIRST)
    by = by if by in offered else ""
    total = traces.count(store, where)
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    keys = listed.page(store, where, by, down, PAGE, (page - 1) * PAGE)
    return Listing(total, traces.archived(store), tuple(listed.cells(store, keys)), offered, tuple(wanted), by, down,
                   page, pages, _remembers(store))


def keys(store: Store, where: Filter, ticked: Sequence[int] = ()) -> list[int]:
    """Row numbers of the ticked traces, else of all that the filter leaves."""
    return list(ticked) or traces.keys(store, where)


def titles(store: Store) -> dict[str, str]:
    """What every column of this project is called: each title once, so that a column is told by it."""
    principal = experts.principal(store)
    found = {**PLAIN, **({"label": f"label of {principal.name}"} if principal else {})}
    words = {"d": "{}", "e": "label of {}", "j": "verdict of {}"}
    for column, name in listed.named(store).items():
        title = words[column[0]].format(name)
        found[column] = f"{title} ({column})" if title in found.values() else title
    return found


def choose(store: Store, columns: Sequence[str]) -> bool:
    """Remembers the columns for who is at the page, where that is known; returns whether. UsageError for none."""
    if not columns:
        raise UsageError("Leave at least one column in the table.")
    if not _remembers(store):
        return False
    listed.choose(store, columns)
    return True


def _remembers(store: Store) -> bool:
    return bool(store.person) and roles.may(store.role, "trace_columns")


def detail(store: Store, trace_id: str) -> Detail:
    """One whole trace; UsageError where there is none of this id."""
    trace = traces.get(store, trace_id)
    return Detail(trace, tuple(labels.history(store, trace_id)), tuple(failure_modes.of_trace(store, trace_id)),
                  tuple(assertions.of_trace(store, trace_id)), tuple(answers.of_input(store, trace_id)),
                  tuple(pins.every(store)), archive.holds(store, trace.key),
                  tuple(feedback.of_trace(store, trace_id)), tuple(sources.homes(store, trace.id)))

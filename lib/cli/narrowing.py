"""The options that say which traces, the same for every command, and the filter they make."""

from collections.abc import Callable
from typing import Any

import click

from lib.cli.parts import day
from lib.records import SOURCES, UsageError
from lib.sampling.queues import FOUND_BY
from lib.store import Store
from lib.store.dataset.traces import Filter
from lib.store.errors import failure_modes
from lib.store.judge import judges
from lib.workflow import figures

_OPTIONS = (
    click.option("--source", type=click.Choice(SOURCES)),
    click.option("--since", metavar="DATE", callback=day, help="The first day, in UTC: when the AI answered, where "
                 "the trace says so, else when it was labelled."),
    click.option("--until", metavar="DATE", callback=day, help="The last day."),
    click.option("--system-version", metavar="NAME", help="Only answers of this version of the AI system."),
    click.option("--dimension", metavar="NAME=VALUE", help="Only traces with this value."),
    click.option("--failure-mode", metavar="NAME", help="Only traces with this failure mode."),
    click.option("--queue", type=click.Choice(FOUND_BY), help="Only traces that this queue drew, for whichever "
                 "expert; waiting: of any queue, those without their label yet."),
    click.option("--unjudged", metavar="JUDGE", help="Only traces on whose text of today this judge has no outcome."),
    click.option("--search", metavar="TEXT", help="A text in id, input or output."),
)


def narrowing(command: Callable[..., None]) -> Callable[..., None]:
    """The options by which traces are narrowed; `filter_of` takes them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def filter_of(store: Store, options: dict[str, Any], **more: str | None) -> Filter:
    """Takes the options of `narrowing` out of a command's and returns the filter; UsageError for an unknown name."""
    taken = {name: options.pop(name) for name in ("source", "since", "until", "system_version", "dimension",
                                                  "failure_mode", "queue", "unjudged", "search")}
    name, _, value = (taken.pop("dimension") or "").partition("=")
    figures.check_dimension(store, name or None)
    _check(store, taken["failure_mode"], taken["unjudged"])
    return Filter(**taken, **more, dimension=name or None, value=value or None)


def _check(store: Store, mode: str | None, judge: str | None) -> None:
    known = list(failure_modes.every(store))
    if mode is not None and mode not in known:
        raise UsageError(f"There is no failure mode '{mode}'. Failure modes of this project: "
                         f"{', '.join(known) or 'none yet'}.")
    if judge is not None:
        judges.row_of(store, judge)

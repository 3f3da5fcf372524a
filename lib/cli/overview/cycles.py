"""Commands for what was learnt, and for review cycles."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from lib.cli.parts import AS_JSON, pass_store, print_list
from lib.records.words import counted
from lib.store import Store, experts
from lib.store import cycles as stored
from lib.store.cycles import SCHEDULED, TRIGGERS
from lib.store.errors import insights as noted
from lib.workflow.dataset import exchange
from lib.workflow.overview import cycles as verbs


@click.group()
def insights() -> None:
    """What was learnt about the product, its users or the AI."""


@insights.command()
@click.argument("text")
@click.option("--kind", type=click.Choice(noted.KINDS), required=True)
@click.option("--author", default="", help="Who learnt it.")
@click.option("--trace", "linked", multiple=True, help="A trace that taught it; may be repeated.")
@pass_store
def add(store: Store, text: str, kind: str, author: str, linked: tuple[str, ...]) -> None:
    """Note an insight."""
    author = author or store.person or ""
    click.echo(f"insight {noted.add(store, kind, text, author and experts.called(store, author), linked)}")


@insights.command("list")
@click.option("--search", default="", help="A text in insight, author or trace.")
@click.option("--kind", type=click.Choice(noted.KINDS))
@click.option("--file", type=click.Path(dir_okay=False, path_type=Path), help="Write a file: .md, .csv or .jsonl.")
@AS_JSON
@pass_store
def list_insights(store: Store, search: str, kind: str | None, file: Path | None, as_json: bool) -> None:
    """List insights, newest first."""
    if file:
        exchange.write(file, [verbs.insight_file(store, file.suffix.lstrip(".").lower(), search, kind)])
        return
    print_list("insights", noted.every(store, search, kind), lambda one: (
        f"{one.id}\t{one.created_at[:10]}\t{one.kind}\t{one.author or '-'}\t{' '.join(one.text.split())}\t"
        f"{', '.join(one.traces)}"), as_json)


@click.group()
def cycles() -> None:
    """Review cycles: when fresh traces are read again, and why."""


@cycles.command("list")
@AS_JSON
@pass_store
def list_cycles(store: Store, as_json: bool) -> None:
    """List cycles, newest first, with the traces people have read in each."""
    today = stored.today()
    found = [{**asdict(cycle), "overdue": cycle.overdue(today),
              "read": stored.read(store, cycle.opened_at, cycle.closed_at)} for cycle in stored.every(store)]
    print_list("cycles", found, _line, as_json)


def _line(one: dict[str, Any]) -> str:
    state = "done" if one["closed_at"] else "overdue" if one["overdue"] else "open"
    return (f"{one['id']}\t{state}\t{one['trigger']}\tdue {one['due_on'] or '-'}\t{counted(one['read'], 'trace')} "
            f"read\t{one['reason']}")


@cycles.command("open")
@click.option("--trigger", type=click.Choice(TRIGGERS), default=SCHEDULED, show_default=True)
@click.option("--reason", default="", help="What happened.")
@click.option("--due", "due_on", metavar="DATE", help="Year-month-day [default: in two weeks].")
@click.option("--fresh", type=click.IntRange(0), default=verbs.FRESH, show_default=True,
              help="So many unlabelled traces are drawn for the principal expert; 0 needs a reason.")
@pass_store
def open_cycle(store: Store, trigger: str, reason: str, due_on: str | None, fresh: int) -> None:
    """Open a cycle."""
    cycle = verbs.begin(store, trigger, reason, due_on, fresh)
    click.echo(f"cycle {cycle.id}: {cycle.trigger}, due {cycle.due_on}")


@cycles.command("close")
@click.argument("cycle", type=int)
@pass_store
def close(store: Store, cycle: int) -> None:
    """Close a CYCLE; open the next one with 'cycles open'."""
    stored.close(store, cycle)


COMMANDS = (insights, cycles)

"""Commands for what to fix: the page of a failure mode, decisions, fixes, and whether they worked."""

import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click

from lib.cli.errors.causes import modes_table
from lib.cli.jobs import execute
from lib.cli.parts import AS_JSON, CALLABLE, json_of, pass_store, print_json, print_list
from lib.records import UsageError
from lib.records.words import counted
from lib.store import Store
from lib.store.errors import fixes, mode_decisions
from lib.store.errors.mode_decisions import DECISIONS, IMPACTS, KINDS, STATUSES
from lib.workflow import addresses
from lib.workflow.dataset import exchange
from lib.workflow.errors import fixing, what_to_fix


@click.group("modes")
def modes() -> None:
    """Failure modes for the PM: ranked, one in full, and what was decided."""


modes.add_command(modes_table)


@modes.command("report")
@click.argument("name", required=False)
@click.option("--csv", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write a CSV file instead.")
@click.option("--address", "base", default="", metavar="URL",
              help="Where colleagues open the app, for the links in it.")
@pass_store
def report(store: Store, name: str | None, file: Path | None, base: str) -> None:
    """Print the page of failure mode NAME as Markdown; without a NAME, the ranking of all."""
    ending, link = "csv" if file else "md", partial(addresses.of, addresses.checked(base), store.project)
    if name:
        data = what_to_fix.page_file(store, name, ending, link=link)
    else:
        data = what_to_fix.overview_file(store, ending, link=link("errors", view="What to fix"))
    if file:
        exchange.write(file, [data])
    else:
        click.echo(data.decode(), nl=False)


@modes.command("list")
@AS_JSON
@pass_store
def list_modes(store: Store, as_json: bool) -> None:
    """List failure modes by frequency × impact."""
    found = what_to_fix.ranking(store)
    if as_json:
        print_json({"modes": [{**asdict(mode), "weight": mode.weight, "untested": mode.untested} for mode in found]})
        return
    for mode in found:
        click.echo(f"{mode.rank}\t{mode.name}\t{mode.fails} fails\t{mode.impact}\t{mode.status}\t{mode.decision or '-'}"
                   f"\t{mode.owner or '-'}\t{mode.due_on or '-'}")


@modes.command("decide")
@click.argument("name")
@click.option("--status", type=click.Choice(STATUSES))
@click.option("--impact", type=click.Choice(IMPACTS))
@click.option("--kind", type=click.Choice([kind for kind in KINDS if kind]))
@click.option("--decision", type=click.Choice([decision for decision in DECISIONS if decision]))
@click.option("--owner")
@click.option("--due", "due_on", metavar="DATE", help="Year-month-day.")
@pass_store
def decide(store: Store, name: str, **new: str | None) -> None:
    """Decide on failure mode NAME; what is not named stays as it is."""
    now = mode_decisions.get(store, name).decided
    mode_decisions.decide(store, name, mode_decisions.Decision(**asdict(now) | {
        field: value for field, value in new.items() if value is not None}))


@click.command("fixes")
@AS_JSON
@pass_store
def list_fixes(store: Store, as_json: bool) -> None:
    """List fixes, newest first."""
    print_list("fixes", fixes.every(store), lambda one: (
        f"{one.id}\t{one.status}\t{one.system_version or '-'}\t{one.title}\t{', '.join(one.modes)}\t"
        f"{one.traces} traces"), as_json)


@click.group("fix")
def fix() -> None:
    """Record a fix, run its inputs on the version that carries it, and see whether it worked."""


@fix.command("new")
@click.argument("title")
@click.option("--mode", "names", multiple=True, required=True, help="A failure mode it fixes; may be repeated.")
@click.option("--system", "version", default="", help="The version of the AI system that carries it.")
@click.option("--text", default="", help="What was changed, in full.")
@click.option("--limit", "most", type=click.IntRange(1), help="At most so many fails, newest first [default: all].")
@click.option("--control", type=click.IntRange(0), default=fixing.CONTROL, show_default=True,
              help="So many passes beside them, which show what the fix breaks.")
@pass_store
def new(store: Store, title: str, names: tuple[str, ...], **more: Any) -> None:
    """Record a fix called TITLE."""
    made = fixing.create(store, title, names, **more)
    click.echo(f"fix {made.id}: {made.title}, {counted(made.traces, 'trace')}")


@fix.command("run")
@click.argument("number", metavar="N", type=int)
@click.option("--system", "version", help="Name the version that carries it first.")
@CALLABLE
@pass_store
def run(store: Store, number: int, version: str | None) -> None:
    """Have the new version answer the inputs of fix N; the answers wait in the principal expert's queue."""
    if version is not None:
        fixes.carry(store, fixes.get(store, number).id, version)
    job = fixing.run(store, number)
    click.echo(f"job {job.id}: {counted(job.total, 'input')}", file=sys.stderr)
    execute(store, job)


@fix.command("queue")
@click.argument("number", metavar="N", type=int)
@pass_store
def queue(store: Store, number: int) -> None:
    """Put imported answers of fix N into the principal expert's queue."""
    click.echo(f"{counted(fixing.queue(store, fixes.get(store, number).id), 'answer waits', 'answers wait')}")


@fix.command("show")
@click.argument("number", metavar="N", type=int)
@AS_JSON
@pass_store
def show(store: Store, number: int, as_json: bool) -> None:
    """Show fix N: before and after on the same inputs."""
    found, effect = fixes.get(store, number), fixing.effect(store, number)
    if as_json:
        print_json({"fix": asdict(found), **_counts(effect), "p": effect.p if effect.read else None,
                    "before": json_of(effect.before), "after": json_of(effect.after),
                    "rows": [asdict(row) for row in effect.rows]})
        return
    click.echo(f"{found.id}: {found.title}, {found.status}, version {found.system_version or 'not named'}")
    click.echo(", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in _counts(effect).items()))
    click.echo(f"{fixing.reading(effect)} Exact test of the flips: p = {effect.p:.4g}" if effect.read
               else fixing.reading(effect))


def _counts(effect: fixing.Effect) -> dict[str, int]:
    return {name: getattr(effect, name) for name in ("fixed", "still_failing", "broken", "still_passing", "unread",
                                                     "unanswered")}


@fix.command("verify")
@click.argument("number", metavar="N", type=int)
@click.option("--reopen", is_flag=True, help="Its failure is back.")
@pass_store
def verify(store: Store, number: int, reopen: bool) -> None:
    """Note that the expert has looked at every new answer of fix N."""
    if reopen:
        if fixes.get(store, number).status != "verified":
            raise UsageError(f"Fix {number} is not verified: there is nothing to reopen.")
        fixes.reopen(store, number)
        return
    effect = fixing.verify(store, number)
    click.echo(f"fix {number} is verified. {fixing.reading(effect)}")


COMMANDS = (modes, list_fixes, fix)

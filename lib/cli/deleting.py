"""How a command deletes: what hangs on it is printed, the copy is made where it is wanted, the name is typed."""

from collections.abc import Callable

import click

from lib.cli.people import say_waits
from lib.records import UsageError
from lib.store import Store
from lib.store.removal.removing import Thing
from lib.workflow.overview import removing

_OPTIONS = (
    click.option("--dry-run", is_flag=True, help="Show what would go, and delete nothing."),
    click.option("--copy", "copy", is_flag=True, help="Copy the whole file beside it first."),
    click.option("--confirm", metavar="TEXT", help="What is to be typed: the name, of one trace its id, of several "
                 "their number [default: asked for]."),
    click.option("--reason", default="", help="Why, where labels of the principal expert would go and that person has "
                 "to agree."),
)


def deleting(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that deletes: dry_run, copy, confirm, reason; `delete` takes them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def delete(store: Store, thing: Thing, dry_run: bool, copy: bool, confirm: str | None, reason: str) -> None:
    """Shows what hangs on a thing and, unless it is a dry run, deletes it or asks the principal."""
    seen = removing.look(store, thing)
    for line in (*seen.lines, *seen.notes):
        click.echo(line, err=not dry_run)
    if dry_run:
        click.echo("Nothing was deleted.", err=True)
        return
    if confirm is None:
        confirm = _typed(thing)
    if copy:
        click.echo(f"copied to {removing.copy_first(store)}", err=True)
    asked = removing.remove(store, seen, confirm, reason)
    if asked is not None:
        say_waits(store, asked)
    else:
        click.echo(f"{thing.kind} {thing.name}: gone; 'log' keeps what went", err=True)


def _typed(thing: Thing) -> str:
    try:
        return click.prompt(f"Type '{thing.typed}' to delete all of this for good", err=True)
    except click.Abort:
        raise UsageError(f"Nobody typed '{thing.typed}': nothing was deleted. --confirm says it without a prompt."
                         ) from None

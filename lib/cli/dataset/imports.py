"""Commands for imports as things of their own: list them, name one, take one back whole."""

import click

from lib.cli.deleting import delete, deleting
from lib.cli.parts import AS_JSON, pass_store, print_list
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset import imported
from lib.store.dataset.imported import Imported
from lib.workflow.overview import removing


@click.group("imports")
def imports() -> None:
    """What was imported: list, rename, take back."""


@imports.command("list")
@AS_JSON
@pass_store
def list_imports(store: Store, as_json: bool) -> None:
    """List imports, the newest first: when, by whom, and what is there of each today."""
    print_list("imports", imported.every(store), _line, as_json)


def _line(one: Imported) -> str:
    counts = (f"- {what}s" if n is None else counted(n, what) for what, n in (
        ("trace", one.traces), ("label", one.labels), ("verdict", one.verdicts), ("code", one.codes)))
    more = [f"{counted(one.waiting, 'label waits', 'labels wait')}"] * bool(one.waiting) + ["under way"] * one.under_way
    return "\t".join((str(one.number), one.created_at[:16], one.author or "-", one.file, one.name,
                      ", ".join((*counts, *more))))


@imports.command()
@click.argument("number", metavar="N", type=int)
@click.argument("name")
@pass_store
def rename(store: Store, number: int, name: str) -> None:
    """Call import N by NAME; the file's own name stays beside it."""
    imported.rename(store, number, name)


@imports.command("take-back")
@click.argument("number", metavar="N", type=int)
@deleting
@pass_store
def take_back(store: Store, number: int, **options) -> None:
    """Take import N back: what it brought goes, with what hangs on that; traces it changed are as before."""
    delete(store, removing.of_import(store, number), **options)


COMMANDS = (imports,)

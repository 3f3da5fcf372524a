"""The command that writes the report of a project: one HTML file to send, or to print and save as PDF."""

from functools import partial
from pathlib import Path

import click

from lib.cli.parts import pass_store
from lib.store import Store
from lib.workflow import addresses
from lib.workflow.dataset import exchange
from lib.workflow.overview import report as verbs


@click.command("report")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--address", "base", default="", metavar="URL",
              help="Where colleagues open the app, for links: http://plumbline.example [default: no links].")
@pass_store
def report(store: Store, file: Path, base: str) -> None:
    """Write the project on one page as HTML to FILE: pass rate, what to fix first, how far to trust the judge."""
    link = partial(addresses.of, addresses.checked(base), store.project)
    exchange.write(file, [verbs.as_html(verbs.report(store), link)])
    click.echo(f"written to {file}")


COMMANDS = (report,)

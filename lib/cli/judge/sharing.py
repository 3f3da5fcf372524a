"""Commands for where one machine ends: a copy of the file merged back, and a judge written out for a cluster."""

from dataclasses import asdict
from pathlib import Path

import click

from lib.cli.judge.passports import FOLDER, passport
from lib.cli.parts import AS_JSON, pass_store, print_json
from lib.records import UsageError
from lib.records.words import counted
from lib.store import Store
from lib.workflow.judge.sharing import merging, scripts

SHOWN = 20  # conflicts that are listed one by one; --json has them all


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Count what would come in and list the conflicts; store nothing.")
@AS_JSON
@pass_store
def merge(store: Store, file: Path, dry_run: bool, as_json: bool) -> None:
    """Merge FILE, a copy of this database that colleagues worked on: its labels, runs and verdicts, once each."""
    found = merging.merge(store, file, dry_run)
    if as_json:
        print_json(asdict(found) | {"dry_run": dry_run})
        return
    for sentence in merging.words(store, found, dry_run):
        click.echo(sentence)
    for sentence in found.conflicts[:SHOWN]:
        click.echo(f"conflict: {sentence}")
    if len(found.conflicts) > SHOWN:
        click.echo(f"{counted(len(found.conflicts) - SHOWN, 'more conflict')}: --json lists them all")
    for what, n in found.left_out.items():
        click.echo(f"left out: {n:,} {what}")
    if found.elsewhere:
        click.echo(f"not merged: other projects of the copy, {', '.join(found.elsewhere)}; name each with --project")
    if dry_run:
        click.echo("Nothing was stored.")


@passport.command("script")
@click.argument("name")
@FOLDER
@click.option("--version", "number", type=int, help="[default: the newest]")
@click.option("--ray", is_flag=True, help="A script for Ray Data: Parquet in, Parquet with verdicts out.")
@pass_store
def script(store: Store, name: str, folder: Path, number: int | None, ray: bool) -> None:
    """Write judge NAME into FOLDER with a script that runs it over a cluster."""
    if not ray:
        raise UsageError("Say for what the script is: --ray.")
    for file in scripts.write_ray(store, name, folder, number):
        click.echo(folder / file)


COMMANDS = (merge,)

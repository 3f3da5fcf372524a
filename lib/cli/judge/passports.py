"""Commands for a judge that leaves: its passport written out, proved, and brought back."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from lib.cli.parts import AS_JSON, asking, pass_store, print_json
from lib.records import DEV, SPLITS, TRAIN, DataError
from lib.records.words import counted
from lib.store import Store
from lib.workflow.judge.passport import ADAPTERS, exporting, importing, proving, reading, tuning

FOLDER = click.argument("folder", type=click.Path(path_type=Path))


@click.group("judge")
def passport() -> None:
    """Write a judge out with code that runs anywhere, prove it, or bring one back."""


@passport.command()
@click.argument("name")
@FOLDER
@click.option("--version", "number", type=int, help="[default: the newest]")
@click.option("--with", "adapters", type=click.Choice([*ADAPTERS, "all"]), multiple=True,
              help="An adapter to this program too; may be named several times.")
@pass_store
def export(store: Store, name: str, folder: Path, number: int | None, adapters: tuple[str, ...]) -> None:
    """Write judge NAME into FOLDER: judge.json, judge.py, README.md, and adapters where asked for."""
    found = exporting.of(store, name, number)
    chosen = ADAPTERS if "all" in adapters else tuple(dict.fromkeys(adapters))
    for file in exporting.write(found, folder, chosen):
        click.echo(folder / file)
    for sentence in found["not_for"]:
        click.echo(f"not for: {sentence}", err=True)


@passport.command()
@FOLDER
@click.option("--limit", "most", type=click.IntRange(1), default=100, show_default=True,
              help="At most so many dev traces, a call each.")
@click.option("--messages-only", is_flag=True, help="Compare the messages and ask no model.")
@asking
@AS_JSON
@pass_store
def prove(store: Store, folder: Path, most: int, messages_only: bool, as_json: bool, **asked: Any) -> None:
    """Send dev traces through the file in FOLDER and through Plumbline, and compare messages and verdicts."""
    found = proving.prove(store, folder, most, ask=not messages_only, **asked)
    if as_json:
        print_json(asdict(found) | {"holds": found.holds})
    else:
        click.echo(found.sentence)
    for sentence in found.unanswered:
        click.echo(f"not answered: {sentence}", err=True)
    if found.left_out:
        click.echo(f"{counted(found.left_out, 'dev trace')} that the prompt shows left out", err=True)
    if not found.holds:
        named = f" They differ on {', '.join(found.differing[:10])}." if found.differing else ""
        raise DataError(f"The proof does not hold.{named} Export the judge again.")


@passport.command("import")
@FOLDER
@click.option("--as", "name", metavar="NAME", help="Under another name.")
@pass_store
def bring(store: Store, folder: Path, name: str | None) -> None:
    """Bring the passport in FOLDER back as a prompt version, and say what its figures no longer vouch for."""
    made = importing.bring(store, reading.read(folder), name)
    click.echo(f"{made.version.judge}, version {made.version.number}" + (" was here already" if made.already else ""))
    for sentence in made.remarks:
        click.echo(sentence, err=True)


@passport.command("tuning")
@click.argument("name")
@FOLDER
@click.option("--version", "number", type=int, help="[default: the newest]")
@click.option("--split", "wanted", type=click.Choice(SPLITS), multiple=True, help="[default: train and dev]")
@click.option("--no-examples", is_flag=True, help="Without the examples of the prompt.")
@pass_store
def tuning_files(store: Store, name: str, folder: Path, number: int | None, wanted: tuple[str, ...],
                 no_examples: bool) -> None:
    """Write the expert's labels into FOLDER as chats to tune a model on: the prompt of judge NAME, then the label."""
    made = tuning.write(store, name, folder, number, wanted or (TRAIN, DEV), not no_examples)
    for file, n in made.files.items():
        click.echo(f"{folder / file}: {counted(n, 'chat')}")
    if made.without_critique:
        click.echo(f"{counted(made.without_critique, 'label')} without a critique left out", err=True)


COMMANDS = (passport,)

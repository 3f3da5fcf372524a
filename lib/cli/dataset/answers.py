"""Commands for the AI system under test: its versions, and having one of them answer."""

import sys
from pathlib import Path
from typing import Any

import click

from lib.cli.jobs import execute
from lib.cli.parts import AS_JSON, CALLABLE, pass_store, print_list
from lib.records import SPLITS, UsageError
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset import systems
from lib.store.dataset.traces import Filter
from lib.workflow.dataset import answering


@click.command("systems")
@AS_JSON
@pass_store
def list_systems(store: Store, as_json: bool) -> None:
    """List versions of the AI system, newest first."""
    print_list("systems", systems.every(store), lambda system: (
        f"{system.version}\t{system.kind}\t{answering.address(system)}"), as_json)


@click.command("system-add")
@click.argument("version")
@click.option("--kind", required=True, help="openai, http or python.")
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="A field of the kind; may be repeated.")
@click.option("--set-file", "files", multiple=True, metavar="FIELD=FILE", help="A field whose value a file holds.")
@CALLABLE
@pass_store
def add_system(store: Store, version: str, kind: str, settings: tuple[str, ...], files: tuple[str, ...]) -> None:
    """Add a VERSION of the AI system; keys are named by their variable, never given."""
    values = dict(map(_named, settings)) | {name: _content(file) for name, file in map(_named, files)}
    system = answering.add_system(store, version, kind, values)
    click.echo(f"{system.version}: {system.kind}, {answering.address(system)}")


def _named(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"'{text}' names no value: write FIELD=VALUE.")
    return name, value


def _content(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{file} cannot be read as text: name another file.") from None


@click.command()
@click.option("--system", "version", required=True, help="The version that answers.")
@click.option("--again", is_flag=True, help="Also what other versions have answered; their answers stay.")
@click.option("--split", type=click.Choice(SPLITS), help="Only traces of this split [default: all].")
@click.option("--limit", type=click.IntRange(1), help="At most so many.")
@click.option("--concurrency", type=click.IntRange(1, 1024), default=answering.MOST_AT_ONCE, show_default=True)
@CALLABLE
@pass_store
def answer(store: Store, version: str, split: str | None, **options: Any) -> None:
    """Have the AI system answer inputs; --system names its version. After Ctrl-C, job-resume goes on."""
    started = answering.start(store, version, Filter(split=split), **options)
    click.echo(f"job {started.id}: {counted(started.total, 'input')} for {version}, "
               f"{answering.address(systems.get(store, version))}", file=sys.stderr)
    execute(store, started)


COMMANDS = (list_systems, add_system, answer)

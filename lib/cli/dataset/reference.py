"""Commands for reference documents: add, list, search, remove."""

from dataclasses import asdict
from pathlib import Path

import click

from lib.cli.parts import AS_JSON, pass_store, print_json
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset import documents
from lib.workflow.dataset import reference


@click.group("reference")
def group() -> None:
    """Texts and tables to look things up in while reviewing."""


@group.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...",
                type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--encoding", help="Where a file is not UTF-8, for instance latin-1.")
@pass_store
def add(store: Store, files: tuple[Path, ...], encoding: str | None) -> None:
    """Add texts (by headings or paragraphs) and tables (by rows): all files or none; a known one is replaced."""
    for changed in reference.add(store, [(file.name, file.read_bytes()) for file in files], encoding):
        click.echo(changed)


@group.command("list")
@AS_JSON
@pass_store
def list_files(store: Store, as_json: bool) -> None:
    """List the files with the number of their sections."""
    found = documents.files(store)
    if as_json:
        print_json({"files": [{"file": file, "sections": n} for file, n in found.items()]})
        return
    for file, n in found.items():
        click.echo(f"{file}\t{counted(n, 'section')}")


@group.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@AS_JSON
@pass_store
def search(store: Store, words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find sections that hold every one of the WORDS; the last may be the beginning of one."""
    found = documents.search(store, " ".join(words), limit)
    if as_json:
        print_json({"found": [asdict(one) | {"snippet": _plain(one.snippet)} for one in found]})
        return
    for one in found:
        click.echo(f"{one.file}\t{one.title}\t{_plain(one.snippet)}")


def _plain(snippet: str) -> str:
    return " ".join(snippet.replace(documents.FOUND, "").replace(documents.END, "").split())


@group.command()
@click.argument("file")
@pass_store
def remove(store: Store, file: str) -> None:
    """Take a FILE out of the project; its name as the list has it."""
    click.echo(f"{file}: {counted(documents.remove(store, file), 'section')} removed.")


COMMANDS = (group,)

"""Commands for batch files: write them for a machine of your own, read replies back, see and end what is under way."""

from dataclasses import asdict
from pathlib import Path

import click

from lib.cli.parts import AS_JSON, pass_store, print_json
from lib.cli.progress import counted_off
from lib.models.batches import BYTES, REQUESTS
from lib.records import UsageError
from lib.records.words import counted
from lib.store import Store
from lib.store.judge import runs
from lib.workflow.judge import batches, judging
from lib.workflow.judge.batches import reading, sending, starting, writing

RUN = click.argument("run", type=int)


@click.group()
def batch() -> None:
    """Files of requests of a run: write, read back, show, cancel."""


@batch.command()
@RUN
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--requests", type=click.IntRange(1), default=REQUESTS, show_default=True, help="Of a file at most.")
@click.option("--megabytes", type=click.FloatRange(0, min_open=True), default=BYTES / 1e6, show_default=True,
              help="Of a file at most.")
@pass_store
def write(store: Store, run: int, folder: Path, requests: int, megabytes: float) -> None:
    """Write all of RUN that has no verdict into batch files in FOLDER, and send nothing."""
    write_files(store, run, folder, writing.Limits(requests, int(megabytes * 1e6)))


def write_files(store: Store, run: int, folder: Path, limits: writing.Limits = writing.Limits()) -> None:
    """Writes the files of a run and names each."""
    judging.settle(store)
    writing.into_folder(store, run, folder, limits, lambda path, file: click.echo(
        f"{path}\t{counted(file.requests, 'request')}\t"
        f"{counted(file.bytes, 'byte')}"))
    click.echo(f"then: batch read {run} FILE", err=True)


@batch.command()
@RUN
@click.argument("file", type=click.Path(path_type=Path), nargs=-1, required=True)
@AS_JSON
@pass_store
def read(store: Store, run: int, file: tuple[Path, ...], as_json: bool) -> None:
    """Read replies to RUN out of files: OpenAI's output and error files, and what vllm run-batch writes; gzip'd too."""
    judging.settle(store)
    before = runs.get(store, run)
    with counted_off("replies stored", before.done, before.total) as moved:
        came = reading.into_run(store, run, list(file), moved)
    found = runs.get(store, run)
    if as_json:
        print_json({"files": [{"file": str(path), **asdict(one)} for path, one in zip(file, came, strict=True)],
                    "run": found.id, "status": found.status, "done": found.done, "total": found.total,
                    "errors": found.errors})
        return
    for path, one in zip(file, came, strict=True):
        click.echo(f"{path}: {one.words}")
    click.echo(f"run {run}: {found.status}, {found.done:,} of {found.total:,} judged, "
               f"{counted(found.errors, 'error')}")


@batch.command()
@RUN
@AS_JSON
@pass_store
def show(store: Store, run: int, as_json: bool) -> None:
    """Show how the files of RUN stand, as the service last said."""
    judging.settle(store)
    if (found := batches.of(store, runs.get(store, run).id)) is None:
        raise UsageError(f"Run {run} is not asked in batch files.")
    if as_json:
        print_json({"run": run, "way": found.way, "files": [asdict(file) for file in found.files]})
        return
    click.echo(found.words)
    for file in found.files:
        click.echo("\t".join((str(file.number), file.status, file.service, file.batch, file.file,
                              f"{file.requests:,}", file.message)).rstrip())


@batch.command()
@RUN
@pass_store
def cancel(store: Store, run: int) -> None:
    """Cancel RUN and its batches at the service; what they have done by then is kept."""
    judging.settle(store)
    found = sending.cancel(store, run)
    click.echo(f"run {run}: {found.status}, {found.done:,} of {found.total:,} judged, "
               f"{counted(found.errors, 'error')}")


@batch.command()
@RUN
@click.argument("number", type=int)
@click.option("--id", "name", help="The batch that the service has made of the file.")
@click.option("--not-there", is_flag=True, help="It has made none: resume has it made.")
@pass_store
def settle(store: Store, run: int, number: int, name: str | None, not_there: bool) -> None:
    """Say whether a batch was made of file NUMBER of RUN, where its answer was lost and the service lists none."""
    if bool(name) == not_there:
        raise UsageError("Say --id ID or --not-there.")
    starting.settle(store, run, number, name)
    click.echo(f"file {number} of run {run}: {name or 'not started'}", err=True)


COMMANDS = (batch,)

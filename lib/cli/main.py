"""The same verbs as the pages, without a screen: `python -m lib [--db FILE] [--project NAME] COMMAND`.

Exit code 0; 1 for a job that failed; 2 for bad usage. Results go to standard output, everything else to
standard error; --json prints one object and nothing else.
"""

import contextlib
import threading
from functools import partial
from pathlib import Path
from typing import Any

import click

from lib.cli import jobs, people, progress, users
from lib.cli import projects as whole
from lib.cli.dataset import answers, importing, imports, proposals, reference, sources, traces
from lib.cli.errors import checks, coding, fixes, gates, rates, watch
from lib.cli.judge import (
    agreement,
    baselines,
    batches,
    bench,
    bias,
    cascades,
    disagreements,
    judges,
    making,
    models,
    noise,
    passports,
    runs,
    sharing,
    splits,
    suggest,
    threshold,
)
from lib.cli.overview import cycles, report, sign_offs
from lib.cli.parts import pass_store
from lib.cli.review import feedback, queue, reviewers
from lib.models import local_model, model_files
from lib.records import PlumblineError, UsageError
from lib.records.words import counted
from lib.store import Store, create_backup, default_path, experts, open_store, projects
from lib.store.dataset import traces as stored
from lib.store.dataset.imports import unfinished
from lib.workflow.dataset import exchange, reading


class _Group(click.Group):
    """Turns our errors into a sentence and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except UsageError as error:
            raise click.UsageError(str(error)) from None
        except PlumblineError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--db", "path", type=click.Path(dir_okay=False, path_type=Path),
              help="The SQLite file [default: PLUMBLINE_DB, else data/plumbline.db].")
@click.option("--project", "project", help="A project by name [default: the first one].")
@click.option("--as", "person", help="Who does it [default: the one at the keyboard, for the principal expert].")
@click.pass_context
def main(ctx: click.Context, path: Path | None, project: str | None, person: str | None) -> None:
    """Plumbline: bring an LLM judge into line with one domain expert."""
    ctx.obj = partial(_open, path or default_path(), project, person, ctx.invoked_subcommand or "")


def _open(path: Path, project: str | None, person: str | None, command: str) -> Store:
    if command == "users":  # accounts are of the whole file, and come before the first project
        return open_store(path).by(person, "" if person else "command line")
    makes = command in ("init", "import")
    if not makes and command != "source" and not path.exists():  # a source may be where the first traces come from
        raise UsageError(f"There is no file {path}: import traces first, or name another file with --db.")
    store = open_store(path)
    for sentence in reading.finish(store):
        click.echo(sentence, err=True)
    # Some commands name the project themselves, or make it.
    if command == "projects":
        return _by(store, person)
    # What became of projects is in every project's log, and is told also where none is open.
    if command == "log" and project is None and not projects.every(store) and projects.every(store, archived=True):
        return _by(store, person)
    return store if makes else _by(projects.choose(store, project), person)


def _by(store: Store, person: str | None) -> Store:
    """In the hands of the named person; of nobody's name, it is noted that it came from here."""
    if person is None:
        return store.by(None, "command line")
    name = experts.called(store, person)
    if not name:
        raise UsageError("--as needs a name.")
    return store.by(name)


@main.command()
@click.option("--example", type=click.Choice(list(exchange.EXAMPLES)), help="The example project to open.")
@pass_store
def init(store: Store, example: str | None) -> None:
    """Prepare the file; with --example open that project where there is no project yet."""
    if projects.every(store, archived=True):
        click.echo(f"{store.path} is ready.", err=True)
    elif example:
        opened = exchange.open_example(store, example)
        click.echo(f"{store.path} holds the example '{projects.current(opened).name}', "
                   f"{counted(stored.count(opened), 'trace')}.", err=True)
    else:
        projects.choose(store, None)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_store
def backup(store: Store, file: Path) -> None:
    """Copy the whole database to FILE, also while others write."""
    under_way = [left.file for left in unfinished(store)]
    click.echo(f"backed up to {create_backup(store, file)}")
    for name in under_way:
        click.echo(f"The import of {name} is under way, and the copy holds a part of it: back up again once it is "
                   "done.", err=True)


@main.command("serve-model")
@click.option("--port", type=int, default=8080, show_default=True)
@click.option("--api-key", default="none", show_default=True, help="The key a caller must give.")
def serve_model(port: int, api_key: str) -> None:
    """Serve the embedded model on 127.0.0.1 for other programs, until Ctrl-C."""
    with local_model.serving(local_model.find_weights(), port, api_key) as endpoint:
        click.echo(endpoint.base_url)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


@main.command("fetch-model")
def fetch_model() -> None:
    """Fetch the bigger local model: resumable, verified by its hash."""
    with progress.shown("GB fetched", unit=1e9, first=1) as bar:
        path = model_files.fetch(bar.to)
    click.echo(path)


for _command in (*answers.COMMANDS, *baselines.COMMANDS, *batches.COMMANDS, *bench.COMMANDS, *bias.COMMANDS,
                 *cascades.COMMANDS,
                 *checks.COMMANDS, *coding.COMMANDS, *disagreements.COMMANDS, *cycles.COMMANDS, *agreement.COMMANDS,
                 *feedback.COMMANDS, *fixes.COMMANDS, *gates.COMMANDS, *importing.COMMANDS, *imports.COMMANDS,
                 *whole.COMMANDS, *jobs.COMMANDS, *judges.COMMANDS, *making.COMMANDS, *models.COMMANDS,
                 *passports.COMMANDS, *noise.COMMANDS, *people.COMMANDS, *proposals.COMMANDS, *queue.COMMANDS,
                 *rates.COMMANDS, *reference.COMMANDS, *report.COMMANDS, *reviewers.COMMANDS, *runs.COMMANDS,
                 *sharing.COMMANDS, *sign_offs.COMMANDS, *sources.COMMANDS, *splits.COMMANDS, *suggest.COMMANDS,
                 *threshold.COMMANDS, *traces.COMMANDS, *users.COMMANDS, *watch.COMMANDS):
    main.add_command(_command)

"""The same verbs as the pages, without a screen: `python -m lib [--db FILE] [--project NAME] COMMAND`.

Exit code 0; 1 for a job that failed; 2 for bad usage. Results go to standard output, everything else to
standard error; --json prints one object and nothing else.
"""

import contextlib
import sys
import threading
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click

from lib.cli import jobs
from lib.cli.dataset import answers, importing, proposals, reference
from lib.cli.errors import checks, coding, fixes, rates
from lib.cli.judge import agreement, baselines, bench, disagreements, judges, noise, splits, suggest
from lib.cli.overview import cycles
from lib.cli.parts import AS_JSON, capped, day, pass_store
from lib.cli.parts import print_json as _print
from lib.cli.review import queue
from lib.engine import runner
from lib.models import local_model, model_files
from lib.records import DONE, OUTCOMES, QUEUED, SPLITS, Caps, PlumblineError, Run, UsageError
from lib.sampling.splits import FEW
from lib.store import Store, create_backup, default_path, open_store, projects
from lib.store.dataset import traces
from lib.store.judge import runs
from lib.workflow import endpoints, figures
from lib.workflow.dataset import dataset
from lib.workflow.judge import budget, judging


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
@click.pass_context
def main(ctx: click.Context, path: Path | None, project: str | None) -> None:
    """Plumbline: bring an LLM judge into line with one domain expert."""
    ctx.obj = partial(_open, path or default_path(), project, ctx.invoked_subcommand or "")


def _open(path: Path, project: str | None, command: str) -> Store:
    makes = command in ("init", "import")
    if not makes and not path.exists():
        raise UsageError(f"There is no file {path}: import traces first, or name another file with --db.")
    return open_store(path) if makes else projects.choose(open_store(path), project)


@main.command()
@click.option("--example", type=click.Choice(list(dataset.EXAMPLES)), help="The example project to open.")
@pass_store
def init(store: Store, example: str | None) -> None:
    """Prepare the file; with --example open that project where there is no project yet."""
    if projects.every(store):
        click.echo(f"{store.path} is ready.", err=True)
    elif example:
        opened = dataset.open_example(store, example)
        click.echo(f"{store.path} holds the example '{projects.current(opened).name}', "
                   f"{traces.count(opened):,} traces.", err=True)
    else:
        projects.choose(store, None)


@main.command("traces")
@click.option("--split", type=click.Choice(SPLITS))
@click.option("--label", type=click.Choice((*OUTCOMES, "any", "none")), help="By the principal expert's outcome.")
@click.option("--dimension", metavar="NAME=VALUE", help="Only traces with this value.")
@click.option("--since", metavar="DATE", callback=day, help="The first day, in UTC: when the AI answered, where "
              "the trace says so, else when it was labelled.")
@click.option("--until", metavar="DATE", callback=day, help="The last day.")
@click.option("--search", help="A text in id, input or output.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@AS_JSON
@pass_store
def list_traces(store: Store, dimension: str | None, limit: int, as_json: bool, **narrow: Any) -> None:
    """List traces."""
    name, _, value = (dimension or "").partition("=")
    figures.check_dimension(store, name or None)
    where = traces.Filter(**narrow, dimension=name or None, value=value or None)
    found, total = traces.listing(store, where, limit), traces.count(store, where)
    if as_json:
        _print({"total": total, "traces": found})
        return
    for row in found:
        click.echo(f"{row['trace_id']}\t{row['split']}\t{row['outcome'] or '-'}\t{' '.join(row['input'].split())[:80]}")
    click.echo(f"{len(found):,} of {total:,} traces", err=True)


@main.command()
@click.option("--judge", "name", required=True, help="The judge whose newest prompt is run.")
@click.option("--split", type=click.Choice(SPLITS), help="Only traces of this split [default: all].")
@click.option("--labelled", is_flag=True, help="Only traces the principal expert has labelled.")
@click.option("--limit", type=click.IntRange(1), help="At most so many traces, labelled ones first.")
@click.option("--concurrency", type=click.IntRange(1, 1024), default=32, show_default=True)
@click.option("--endpoint", type=click.Choice((endpoints.EMBEDDED, endpoints.ENVIRONMENT)))
@click.option("--model", help="A model the endpoint lists.")
@click.option("--leave-one-out/--no-leave-one-out", default=None, help=(
    f"Judge the prompt's own examples too, each without itself [default: with fewer than {FEW} labelled traces]."))
@click.option("--anew", is_flag=True, help="Ask again what an earlier run has asked in the same words.")
@capped
@pass_store
def run(store: Store, name: str, labelled: bool, most_calls: int | None, most_tokens: int | None,
        most_cost: float | None, **options: Any) -> None:
    """Run a judge; --judge names it. Stopping with Ctrl-C keeps what came, and resume goes on."""
    if unseen := budget.unseen(store, name, labelled_only=labelled, **options):
        click.echo(unseen.strip(), err=True)
    started = budget.queued(store, name, Caps(most_calls, most_tokens, most_cost), labelled_only=labelled, **options)
    taken = f", {started.reused:,} taken over from earlier runs" if started.reused else ""
    click.echo(f"run {started.id}: {started.total:,} traces, model {started.model}{taken}", err=True)
    _execute(store, started)


@main.command()
@click.argument("run", type=int, nargs=-1, required=True)
@click.option("--queued", is_flag=True, hidden=True, help="Only if it waits to begin; the page's own processes.")
@click.option("--errors", is_flag=True, help="Ask again for every error of a run, refused and unreadable replies too.")
@capped
@pass_store
def resume(store: Store, run: tuple[int, ...], queued: bool, errors: bool, **most: Any) -> None:
    """Go on with runs that stopped; a stored reply is never bought again. Caps named here replace the earlier ones."""
    judging.settle(store)
    ready = judging.ask_errors_again if errors else judging.ready_to_resume
    for number in run:
        found = runs.get(store, number)
        if any(bound is not None for bound in most.values()):
            budget.put(store, number, Caps(*(most[f"most_{name}"] for name in ("calls", "tokens", "cost"))))
        _execute(store, found if queued or found.status == QUEUED else ready(store, number))


def _execute(store: Store, started: Run) -> None:
    with click.progressbar(length=started.total - started.done, file=sys.stderr) as bar:
        ended = runner.execute(store, started.id, moved=lambda: bar.update(1))
    click.echo(f"run {ended.id}: {ended.status}, {ended.done:,} of {ended.total:,} judged, {ended.errors:,} errors"
               + (f". {ended.message}" if ended.message else ""))
    if ended.status != DONE:
        raise click.exceptions.Exit(1)


@main.command("runs")
@AS_JSON
@pass_store
def list_runs(store: Store, as_json: bool) -> None:
    """List runs, newest first."""
    judging.settle(store)
    found = runs.every(store)
    if as_json:
        _print({"runs": [asdict(run) for run in found]})
        return
    for row in found:
        click.echo(f"{row.id}\t{row.judge}\t{row.model}\t{row.status}\t{row.done}/{row.total}\t{row.errors} errors"
                   f"\t{row.message}")


@main.command(epilog="\b\n" + "\n".join(f"{what:<12}{kind.text}" for what, kind in dataset.EXPORTS.items()))
@click.argument("what", metavar="WHAT", type=click.Choice(list(dataset.EXPORTS)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_store
def export(store: Store, what: str, file: Path) -> None:
    """Write WHAT, a whole table, to FILE, .csv or .jsonl by its ending."""
    dataset.export_file(store, what, file)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_store
def backup(store: Store, file: Path) -> None:
    """Copy the whole database to FILE, also while others write."""
    click.echo(f"backed up to {create_backup(store, file)}")


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
    with click.progressbar(length=model_files.BIGGER.size, file=sys.stderr) as bar:
        path = model_files.fetch(lambda done, _: bar.update(done - bar.pos))
    click.echo(path)


for _command in (*answers.COMMANDS, *baselines.COMMANDS, *bench.COMMANDS, *checks.COMMANDS,
                 *coding.COMMANDS, *disagreements.COMMANDS, *cycles.COMMANDS, *agreement.COMMANDS,
                 *fixes.COMMANDS, *importing.COMMANDS, *jobs.COMMANDS, *judges.COMMANDS,
                 *noise.COMMANDS, *proposals.COMMANDS, *queue.COMMANDS, *rates.COMMANDS,
                 *reference.COMMANDS, *splits.COMMANDS, *suggest.COMMANDS):
    main.add_command(_command)

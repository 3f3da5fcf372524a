"""Commands for runs: have a judge read traces, go on with what stopped, and list what there is."""

import sys
from dataclasses import asdict
from typing import Any

import click

from lib.cli.parts import AS_JSON, capped, pass_store, print_json
from lib.engine import runner
from lib.records import DONE, QUEUED, SPLITS, Caps, Run
from lib.sampling.splits import FEW
from lib.store import Store
from lib.store.judge import runs
from lib.workflow import endpoints
from lib.workflow.judge import budget, judging


@click.command()
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
    started = budget.queued(store, name, Caps(most_calls, most_tokens, most_cost), labelled_only=labelled, **options)
    taken = f", {started.reused:,} taken over from earlier runs" if started.reused else ""
    click.echo(f"run {started.id}: {started.total:,} traces, model {started.model}{taken}", err=True)
    _execute(store, started)


@click.command()
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


@click.command("runs")
@AS_JSON
@pass_store
def list_runs(store: Store, as_json: bool) -> None:
    """List runs, newest first."""
    judging.settle(store)
    found = runs.every(store)
    if as_json:
        print_json({"runs": [asdict(run) for run in found]})
        return
    for row in found:
        click.echo(f"{row.id}\t{row.judge}\t{row.model}\t{row.status}\t{row.done}/{row.total}\t{row.errors} errors"
                   f"\t{row.message}")


COMMANDS = (run, resume, list_runs)
